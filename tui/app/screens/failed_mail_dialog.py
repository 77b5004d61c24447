"""The dialogs of failed mail: its causes, and what must be typed before it is sent again."""

from collections.abc import Iterable, Sequence
from functools import partial

from textual.widget import Widget

from tui.app.screens.consent_dialog import ConsentDialog
from tui.app.screens.pick_list import PickList, PickRow
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import MARKS, Line, WrappedLines
from tui.presentation.failed_mail_text import (
    group_words,
    reading_words,
    release_lines,
    release_title,
)
from tui.settings.delivery.failed_mail import FailedMailReading, FailureGroup, ReleasePlan
from tui.settings.plan import Confirmation
from tui.workspace.session import Session

RELEASE = "release"
"""The answer that asks for a release of all of them."""


class FailedMailList(PickList):
    """The causes of failed mail; its answer is a cause, or `RELEASE`.

    Args:
        session: what the banner shows.
        found: the failed mail.
        groups: the same by cause.
    """

    def __init__(
        self, session: Session, found: FailedMailReading, groups: Sequence[FailureGroup]
    ) -> None:
        rows = [PickRow(each.cause, *group_words(each)) for each in groups]
        title = f"{reading_words(found)} Enter shows the emails of a cause."
        super().__init__(session, title, rows, search=False)

    def buttons(self) -> Iterable[Button]:
        """Return Close, and the release of all."""
        return (*super().buttons(), Button(RELEASE, "Release all"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Ask for the release of all."""
        if event.name == RELEASE:
            self.dismiss(RELEASE)


class ReleaseDialog(ConsentDialog[tuple[str, ...]]):
    """A dialog that shows what a release does; its answer is the words that were typed.

    Args:
        session: what the banner shows.
        plan: what is to be released.
        confirmations: what must be typed.
    """

    ACCEPT = RELEASE

    def __init__(
        self, session: Session, plan: ReleasePlan, confirmations: Sequence[Confirmation]
    ) -> None:
        super().__init__(session, release_title(plan), confirmations)
        self._plan = plan

    def body(self) -> Iterable[Widget]:
        """Yield what it does, and the words to type."""
        yield WrappedLines(partial(_lines, self._plan), id="words")
        yield from self.word_lines()

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Release."""
        return (Button("cancel", "Cancel"), Button(self.ACCEPT, "Release"))

    def accept(self) -> tuple[str, ...]:
        """Return the words that were typed."""
        return tuple(each.word for each in self.confirmations)


def _lines(plan: ReleasePlan, room: int) -> list[Line]:
    return [((line, MARKS.get(line.strip()[:1], "")),) for line in release_lines(plan, room)]
