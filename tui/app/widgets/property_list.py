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
from tui.app.widgets.lines import MARKS, Line, Lines
from tui.presentation.value_text import short_value
from tui.settings.catalog import Entry, Group
from tui.settings.values import SecretState
from tui.terminal.layout import width
from tui.workspace.editing import Editing


class PropertyList(OptionList):
    """The properties; the pointer is at the one whose form is in sight.

    A row is `>x*Label  value`: the pointer; the worst finding (`x`, `!`) or `~` for a conflict;
    `*` for changed, `#` for what cannot be changed here, `k` for a secret in a keyring.
    """

    DEFAULT_CSS = "PropertyList { border: none; padding: 0; scrollbar-size: 0 0; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "select", "To its form", id="list.edit", show=False),
    ]

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._filter = ""
        self._pointer_name = ""
        self._rows: dict[str, Content] = {}
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
        self._refresh(editing.find_differences(before))

    def _refresh(self, names: Collection[str]) -> None:
        for name in names:
            if name in self._rows:
                row = self._row(self._editing.draft.entries[name])
                if self._rows[name] != row:
                    self._rows[name] = row
                    self.replace_option_prompt(name, row)

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
        name, room = entry.name, (self.size.width or 26)
        weight, state = self._marks(name)
        pointer = ">" if name == self.current_property else " "
        value = short_value(self._editing.review, name) if self._editing.session.is_read else ""
        free = room - 5 - width(entry.declared.short) - width(value)
        if free < 1:
            value, free = "", 0
        return Content.assemble(
            (pointer, "bold"),
            (weight, MARKS.get(weight, "")),
            (state, MARKS.get(state, "dim")),
            f" {entry.declared.short}",
            (f"{' ' * free}{value}", "dim"),
        )

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
    """The list, the search line and the counts."""

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
        self._properties = PropertyList(editing)
        self._search = SafeInput(placeholder="find", id="find")
        self._counts = Lines(id="counts")

    def compose(self) -> ComposeResult:
        """Yield list, search line and counts."""
        yield self._properties
        yield self._search
        yield self._counts

    def show_editing(self, editing: Editing, *, keeps_draft: bool = True) -> None:
        """Show the draft as it is now.

        Args:
            keeps_draft: whether what is changed is kept as a draft.
        """
        self._properties.show_editing(editing)
        entries, findings = editing.draft.entries, editing.findings.items()
        marks = [
            each.severity.mark for name, found in findings if name in entries for each in found
        ]
        weights = "".join(f"  {mark} {marks.count(mark)}" for mark in "x!" if mark in marks)
        changed = len(editing.changed) or "nothing"
        line: Line = ((f" {changed} changed{weights}", "dim"),)
        if editing.changed and not keeps_draft:
            line = ((f" {changed} changed", "dim"), ("  no draft", MARKS["!"]), (weights, "dim"))
        self._counts.set_lines(line)

    def open_search(self) -> None:
        """Open the search line."""
        self._search.display = True
        self._search.focus()

    def close_search(self) -> None:
        """Close the search line, and list every property again."""
        if self._search.display:
            self._search.value = ""
            self._search.display = False
            self._properties.set_filter("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._properties.set_filter(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Say what was found."""
        event.stop()
        self.post_message(self.SearchSubmitted(self._properties.current_property))
