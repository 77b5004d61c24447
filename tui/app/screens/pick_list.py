"""Choosing one of many: the palette, the profiles, and the reasons against a save."""

from collections.abc import Iterable, Mapping, Sequence
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
from tui.errors import Problem
from tui.presentation.value_text import short_path
from tui.settings.review import Review
from tui.settings.values import Environment
from tui.storage.profile import Profile
from tui.terminal.layout import width
from tui.terminal.signs import sign
from tui.terminal.visible import visible
from tui.workspace.session import Session

_ERROR = MARKS["x"]


@dataclass(frozen=True, slots=True)
class PickRow:
    """A row to pick.

    Attributes:
        id: the answer.
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
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", id="pick.down", show=False),
        Binding("up", "move(-1)", "Up", id="pick.up", show=False),
    ]

    def __init__(
        self, session: Session, title: str, rows: Sequence[PickRow], search: bool = True
    ) -> None:
        super().__init__(session, title)
        self._rows = rows
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
        yield OptionList(*self._options(self._rows), id="rows", compact=True, markup=False)

    def buttons(self) -> Iterable[Button]:
        """Return Close; Enter picks."""
        return (Button("cancel", "Close"),)

    def first_focus(self) -> Widget:
        """Return the search line, or the list."""
        rows = self.query_one("#rows", OptionList)
        rows.highlighted = 0 if rows.option_count else None
        return self.query_one(Input) if self._search else rows

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        rows = self.query_one("#rows", OptionList)
        rows.highlighted = None
        rows.set_options(self._options(self._matches(event.value)))
        rows.highlighted = 0 if rows.option_count else None

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
            return self._rows
        matcher = Matcher(text)
        scored = [(matcher.match(f"{row.words} {row.aside}"), row) for row in self._rows]
        return [row for score, row in sorted(scored, key=lambda each: -each[0]) if score > 0]

    def _options(self, rows: Sequence[PickRow]) -> list[Option]:
        room = min(max((width(row.words) for row in self._rows), default=0), 56) + 2
        return [Option(self._content(row, room), id=row.id) for row in rows]

    def _content(self, row: PickRow, room: int) -> Content:
        words, aside = visible(row.words), visible(row.aside)
        gap = " " * max(room - width(words), 2) if self._search else "\n  "
        return Content.assemble((words, row.style), gap, (aside, "dim" if self._search else ""))


def make_profile_list(session: Session, profiles: Mapping[str, Profile | Problem]) -> PickList:
    """Return a list of profiles to pick from; its answer is the name.

    Args:
        session: what is worked on now.
        profiles: profiles by name, or what is wrong with one that cannot be read.
    """
    here = session.profile.name
    rows = [_row(name, found, here=name == here) for name, found in profiles.items()]
    return PickList(session, "Work on which profile?", rows)


def _row(name: str, found: Profile | Problem, *, here: bool) -> PickRow:
    if isinstance(found, Problem):
        return PickRow(name, f"{sign('x')} {name}", found.message, MARKS["x"])
    tag, where = "FILE", short_path(str(found.file))
    if found.instance:
        is_test = found.environment is Environment.NON_PRODUCTION
        tag, where = "NON-PROD" if is_test else "PRODUCTION", found.instance.host
    words = f"{name} (this one)" if here else name
    return PickRow(name, words, f"{tag:<10}  {where}")
