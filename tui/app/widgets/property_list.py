"""The list of properties, grouped, each with its state as characters."""

from collections.abc import Collection
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.app.widgets.lines import MARKS
from tui.presentation.field_text import short_value
from tui.settings.catalog import Entry, Group
from tui.settings.values import SecretState
from tui.terminal.layout import width
from tui.workspace.editing import Editing


class PropertyList(OptionList):
    """Every property; the one under the pointer is the one whose form is looked at.

    A row is `>x*Label  value`: the pointer, the weight of the worst finding (`x`, `!`) or `~`
    for a conflict, `*` for changed, `#` for what cannot be changed here, or `k` for a secret that
    a keyring keeps.
    """

    DEFAULT_CSS = "PropertyList { border: none; padding: 0; scrollbar-size: 0 0; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "select", "To its form", id="list.edit", show=False),
    ]

    def __init__(self, editing: Editing) -> None:
        self._editing = editing
        self._filter = ""
        self._pointed = ""
        self._rows: dict[str, Content] = {}
        super().__init__(compact=True, markup=False)
        self._fill()

    @property
    def chosen(self) -> str:
        """The property under the pointer, or ""."""
        option = self.highlighted_option
        return option.id or "" if option else ""

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the pointer is on the screen, for the terminal's cursor."""
        at = self.content_region.offset
        return at + Offset(0, (self.highlighted or 0) - round(self.scroll_y))

    def show(self, editing: Editing) -> None:
        """Show the draft as it is now."""
        before, self._editing = self._editing, editing
        self._refresh(editing.differing(before))

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

    def point(self, name: str) -> None:
        """Moves the pointer to a property, if it is in the list."""
        if name != self.chosen and name in self._rows:
            self.highlighted = self.get_option_index(name)

    def filter(self, text: str) -> None:
        """Leaves the properties whose label or names hold a text."""
        chosen = self.chosen
        self._filter = text.casefold()
        self._fill()
        if self._rows:
            self.point(chosen if chosen in self._rows else next(iter(self._rows)))

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Keep the pointer in the row that is chosen."""
        super().watch_highlighted(highlighted)
        before, self._pointed = self._pointed, self.chosen
        self._refresh((before, self._pointed))

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
        pointer = ">" if name == self.chosen else " "
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
