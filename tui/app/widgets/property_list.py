"""The list of properties, with the line to search it and its counts."""

from collections.abc import Collection
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import MARKS, truncate
from tui.presentation.value_text import list_value
from tui.settings.catalog import Entry, Group
from tui.settings.values import SecretState
from tui.terminal.layout import width
from tui.terminal.signs import sign
from tui.terminal.visible import visible
from tui.workspace.editing import Editing

_WIDTH = 42
"""The columns of a list that has not been laid out yet."""

_MARKS = 3
"""The columns before a label."""


class PropertyList(OptionList):
    """The properties with their values; the pointer is at the one whose form is shown.

    A row is `>x*Label  value`: the pointer; the worst finding (`x`, `!`) or `~` for a conflict;
    `*` for changed, `#` for what cannot be changed here, `k` for a secret in a keyring. A value
    that is not set here is dim.
    """

    DEFAULT_CSS = "PropertyList { border: none; padding: 0; scrollbar-size: 0 0; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "select", "To its form", id="list.edit", show=False),
        Binding("j", "cursor_down", "Down", id="list.down", show=False),
        Binding("k", "cursor_up", "Up", id="list.up", show=False),
        Binding("g", "first", "First", id="list.first", show=False),
        Binding("G", "last", "Last", id="list.last", show=False),
        Binding("y", "screen.copy_value", "Copy the value", id="list.copy", show=False),
    ]

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._filter = ""
        self._pointer_name = ""
        self._rows: dict[str, Content] = {}
        self._values: dict[str, tuple[str, bool]] = {}
        super().__init__(compact=True, markup=False)
        self._fill()

    @property
    def current_property(self) -> str:
        """The property at the pointer, or ""."""
        option = self.highlighted_option
        return option.id or "" if option else ""

    @property
    def cursor_screen_offset(self) -> Offset:
        """The position of the pointer on the screen, for the terminal's cursor."""
        at = self.content_region.offset
        return at + Offset(0, (self.highlighted or 0) - round(self.scroll_y))

    def show_editing(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        before, self._editing = self._editing, editing
        names = {*editing.find_differences(before)}
        if before.held_to is not None and editing.held_to is None:
            names.add(self.current_property)
        if editing.review.incoming != before.review.incoming:
            names |= {name for name in self._rows if name.startswith("pop3_")}
        self._refresh(names)

    def _refresh(self, names: Collection[str]) -> None:
        for name in names:
            if name in self._rows:
                row = self._row(self._editing.draft.entries[name])
                if self._rows[name] != row:
                    self._rows[name] = row
                    self._replace_row(name, row)

    def _replace_row(self, name: str, row: Content) -> None:
        # Textual's own draws every row again.
        option = self.get_option(name)
        option._set_prompt(row)
        for key in [*self._option_render_cache.keys()]:
            if key[0] is option:
                self._option_render_cache.discard(key)
        self.refresh_line(self._index_to_line.get(self.get_option_index(name), 0))

    def on_resize(self, event: events.Resize) -> None:
        """Lay the rows out for the new width."""
        self._refresh(self._rows)

    def move_pointer(self, name: str) -> None:
        """Move the pointer to a property, if it is in the list."""
        if name != self.current_property and name in self._rows:
            self.highlighted = self.get_option_index(name)

    def set_filter(self, text: str) -> None:
        """List only the properties whose label or names contain a text."""
        chosen = self.current_property
        self._filter = text.casefold()
        self._fill()
        if self._rows:
            self.move_pointer(chosen if chosen in self._rows else next(iter(self._rows)))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Draw the pointer in the highlighted row."""
        super().watch_highlighted(highlighted)
        before, self._pointer_name = self._pointer_name, self.current_property
        self._refresh((before, self._pointer_name))

    def _fill(self) -> None:
        self._rows = {}
        self.clear_options()
        rows = self._prompts()
        entries = self._editing.draft.entries
        for group in Group:
            inside = [name for name in rows if entries[name].declared.group is group]
            if inside:
                self.add_option(Option(Content.styled(f" {group.value}", "dim"), disabled=True))
                self.add_options(Option(rows[name], id=name) for name in inside)
        if not rows:
            self.add_option(Option(Content.styled(" none has that name", "dim"), disabled=True))
        self._rows = rows

    def _prompts(self) -> dict[str, Content]:
        entries = self._editing.draft.entries.items()
        return {name: self._row(entry) for name, entry in entries if self._matches(entry)}

    def _matches(self, entry: Entry) -> bool:
        names = (entry.name, entry.declared.label, entry.declared.short, *entry.declared.instance)
        return any(self._filter in name.casefold() for name in names)

    def _row(self, entry: Entry) -> Content:
        name, room = entry.name, (self.size.width or _WIDTH)
        weight, state = self._marks(name)
        pointer = sign(">") if name == self.current_property else " "
        label = f"{self._editing.review.label(name):<{self._labels}}"
        words, is_set = self._value(name)
        value = truncate(visible(words, 2 * room), room - _MARKS - self._labels - 3)
        return Content.assemble(
            (pointer, "$accent"),
            (sign(weight), MARKS.get(weight, "")),
            (sign(state), MARKS.get(state, "dim")),
            label,
            "  ",
            (value, "" if is_set else "dim"),
        )

    def _value(self, name: str) -> tuple[str, bool]:
        """Return a value, and whether it is set here; what is being typed comes after a pause."""
        is_typed = self._editing.held_to is not None and name == self.current_property
        if not self._editing.session.is_read:
            return "", False
        if not (is_typed and name in self._values):
            self._values[name] = list_value(self._editing.review, name)
        return self._values[name]

    @property
    def _labels(self) -> int:
        """The columns that the longest label takes."""
        return max(width(each.declared.short) for each in self._editing.draft.entries.values())

    def _marks(self, name: str) -> tuple[str, str]:
        editing = self._editing
        found = editing.findings.get(name)
        worst = found[0].severity.mark if found else "-"
        weight = worst if worst in "x!" else " "
        if weight != "x" and editing.conflict(name):
            weight = "~"
        if name in editing.changed:
            return weight, "*"
        if name in editing.draft.base.locked:
            return weight, "#"
        kept = editing.draft.base.value(name) is SecretState.KEPT
        return weight, "k" if kept else " "


class Sidebar(Container):
    """The list, and the line to search it.

    Attributes:
        properties: the list.
    """

    class SearchSubmitted(Message):
        """Enter was pressed in the search line.

        Attributes:
            name: the property at the pointer, or "" if nothing was found.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="left")
        self.properties = PropertyList(editing)
        self._search = SafeInput(placeholder="find", id="find")

    def compose(self) -> ComposeResult:
        """Yield list and search line."""
        yield self.properties
        yield self._search

    def open_search(self) -> None:
        """Open the search line."""
        self._search.display = True
        self._search.focus()

    def close_search(self) -> None:
        """Close the search line, and list every property again."""
        if self._search.display:
            self._search.value = ""
            self._search.display = False
            self.properties.set_filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self.properties.set_filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was found."""
        event.stop()
        self.post_message(self.SearchSubmitted(self.properties.current_property))
