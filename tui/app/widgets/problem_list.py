"""Every finding, in a window that has room for them."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.app.widgets.lines import MARKS
from tui.settings.findings import Finding
from tui.terminal.layout import wrap
from tui.terminal.signs import sign
from tui.workspace.editing import Editing


class ProblemList(OptionList):
    """The findings; Enter goes to the property of one."""

    DEFAULT_CSS = "ProblemList { border: none; padding: 0; scrollbar-size: 0 0; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
        Binding("g", "first", "First", show=False),
        Binding("G", "last", "Last", show=False),
    ]

    def __init__(self, editing: Editing) -> None:
        super().__init__(id="problems", compact=True, markup=False)
        self._editing = editing
        self._findings: tuple[Finding, ...] | None = None
        self.border_title = "Problems"

    @property
    def cursor_screen_offset(self) -> Offset:
        """The position of the pointer on the screen, for the terminal's cursor."""
        line = self._index_to_line.get(self.highlighted or 0, 0)
        return self.content_region.offset + Offset(0, line - round(self.scroll_y))

    def show_editing(self, editing: Editing) -> None:
        """Show the findings of the draft as it is now."""
        if editing.session is not self._editing.session:
            self._findings = None
        self._editing = editing
        self._fill()

    def on_resize(self) -> None:
        """Lay the findings out for the new width."""
        self._findings = None
        self._fill()

    def _fill(self) -> None:
        room = self.content_size.width
        if not room or self._editing.shown_findings == self._findings:
            return
        self._findings, chosen = self._editing.shown_findings, self.highlighted
        entries = self._editing.draft.entries
        self.clear_options()
        for number, each in enumerate(self._findings):
            entry = entries.get(each.property)
            label = f"{self._editing.review.label(entry.name)}: " if entry else ""
            words = f"{label}{each.message}"
            text = "\n".join(wrap(words, "  ", "  ", room))[1:]
            mark, style = each.severity.mark, MARKS.get(each.severity.mark, "dim")
            content = Content.assemble((sign(mark), style), text)
            self.add_option(Option(content, id=f"{number}:{each.property}", disabled=entry is None))
        if not self._findings:
            words = "Nothing is wrong." if self._editing.session.is_read else "Not read yet."
            self.add_option(Option(Content.styled(words, "dim"), disabled=True))
        self.highlighted = chosen if chosen is not None and chosen < len(self._findings) else None
