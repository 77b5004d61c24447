"""Choosing one of many: the commands, the profiles, and the reasons against a save."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.fuzzy import Matcher
from textual.widget import Widget
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import MARKS
from tui.settings.review import Review
from tui.terminal.layout import width
from tui.terminal.signs import sign
from tui.terminal.visible import visible
from tui.workspace.session import Session

_ERROR = MARKS["x"]


@dataclass(frozen=True, slots=True)
class PickRow:
    """A row to pick.

    Attributes:
        id: the answer; "" for a heading, which can't be picked.
        words: the label.
        aside: what is shown beside it: a key, or the instance's name.
        style: the style of the words.
    """

    id: str
    words: str
    aside: str = ""
    style: str = ""


class PickList(Dialog[str]):
    """A list to pick from; its answer is the id of the row.

    Args:
        session: what the banner shows.
        title: what to pick.
        rows: all rows.
        search: whether there is a line that narrows the list.
        first: the id of the row to point at; "" for the first one.

    Attributes:
        rows: all rows.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", id="pick.down", show=False),
        Binding("up", "move(-1)", "Up", id="pick.up", show=False),
    ]

    def __init__(
        self,
        session: Session,
        title: str,
        rows: Sequence[PickRow],
        search: bool = True,
        first: str = "",
    ) -> None:
        super().__init__(session, title)
        self._first = first
        self.rows = rows
        self._search = search
        self.set_class(search, "-search")

    @classmethod
    def reasons(cls, session: Session, review: Review) -> "PickList":
        """Return a list of what blocks a save; its answer is `number:property`."""
        rows = [
            PickRow(
                f"{at}:{f.property}", f"{sign('x')} {review.label(f.property)}", f.message, _ERROR
            )
            for at, f in enumerate(review.blocking)
        ]
        return cls(session, "Not saved: correct these first. Enter goes there.", rows, search=False)

    def body(self) -> Iterable[Widget]:
        """Yield the search line and the list."""
        if self._search:
            yield SafeInput(placeholder="type to narrow")
        yield OptionList(id="rows", compact=True, markup=False)

    def buttons(self) -> Iterable[Button]:
        """Return Close; Enter picks."""
        return (Button("cancel", "Close"),)

    def first_focus(self) -> Widget:
        """Return the search line, or the list."""
        rows = self.query_one("#rows", OptionList)
        self._show_rows(self.rows)
        if self._first and self._first in (row.id for row in self.rows):
            rows.highlighted = rows.get_option_index(self._first)
        return self.query_one(Input) if self._search else rows

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._show_rows(self._matches(event.value))

    def _show_rows(self, shown: Sequence[PickRow]) -> None:
        rows = self.query_one("#rows", OptionList)
        rows.highlighted = None
        rows.set_options(
            Option(self.draw_row(row), id=row.id or None, disabled=not row.id) for row in shown
        )
        rows.action_first()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Pick the highlighted row."""
        event.stop()
        self.query_one("#rows", OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Answer with the picked row."""
        event.stop()
        self.dismiss(event.option.id)

    def action_move(self, step: int) -> None:
        """Highlight another row while the search line has the focus."""
        rows = self.query_one("#rows", OptionList)
        (rows.action_cursor_down if step > 0 else rows.action_cursor_up)()

    def _matches(self, text: str) -> Sequence[PickRow]:
        """Return the rows that match, the best first; all of them if nothing is typed."""
        if not text:  # Matcher cannot be made of nothing
            return self.rows
        matcher = Matcher(text)
        rows = [row for row in self.rows if row.id]
        scored = [(matcher.match(f"{row.words} {row.aside}"), row) for row in rows]
        return [row for score, row in sorted(scored, key=lambda each: -each[0]) if score > 0]

    def draw_row(self, row: PickRow) -> Content:
        """Return what is shown of a row."""
        words, aside = visible(row.words), visible(row.aside)
        if not self._search:
            return Content.assemble((words, row.style), "\n  ", aside)
        room = min(max((width(each.words) for each in self.rows), default=0), 56) + 2
        gap = " " * max(room - width(words), 2)
        return Content.assemble((words, row.style), gap, (aside, "dim"))
