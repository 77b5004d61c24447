"""The dialogs of failed mail: its causes, and what must be typed before it is sent again."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.confirm_dialog import confirmation_widgets
from tui.app.screens.dialog import Dialog
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


class ReleaseDialog(Dialog[tuple[str, ...]]):
    """A dialog that shows what a release does; its answer is the words that were typed.

    Args:
        session: what the banner shows.
        plan: what is to be released.
        confirmations: what must be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "next_open", "Next", show=False)]

    def __init__(
        self, session: Session, plan: ReleasePlan, confirmations: Sequence[Confirmation]
    ) -> None:
        super().__init__(session, release_title(plan))
        self._plan = plan
        self._confirmations = confirmations

    def body(self) -> Iterable[Widget]:
        """Yield what it does, and the words to type."""
        yield WrappedLines(partial(_lines, self._plan), id="words")
        for position, confirmation in enumerate(self._confirmations):
            yield from confirmation_widgets(position, confirmation)

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Release."""
        return (Button("cancel", "Cancel"), Button(RELEASE, "Release"))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take back what was said of an open line."""
        event.stop()
        self.say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what is still to be typed, or to the button that releases."""
        event.stop()
        if not self._report_open_lines():
            self.query_one(f"#button-{RELEASE}").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Release, once everything is typed."""
        if event.name == RELEASE and not self._report_open_lines():
            self.dismiss(tuple(each.word for each in self._confirmations))

    def action_next_open(self) -> None:
        """Go from Cancel to what is still to be typed, else to the next widget."""
        lines = self._open_lines()
        if lines and self.query_one("#button-cancel").has_focus:
            next(iter(lines)).focus()
        else:
            self.focus_next()

    def _report_open_lines(self) -> bool:
        """Say what is still to be typed, and go there; return whether anything is."""
        lines = self._open_lines()
        if lines:
            self.say(f"Still open: type {', '.join(lines.values())}. Nothing was written.")
            next(iter(lines)).focus()
        return bool(lines)

    def _open_lines(self) -> dict[Widget, str]:
        typed = zip(self.query(Input), self._confirmations, strict=True)
        return {line: each.word for line, each in typed if line.value.strip() != each.word}


def _lines(plan: ReleasePlan, room: int) -> list[Line]:
    return [((line, MARKS.get(line.strip()[:1], "")),) for line in release_lines(plan, room)]
