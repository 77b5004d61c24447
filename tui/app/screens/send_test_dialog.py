"""The dialogs of a test message: the address that it is for, and what becomes of it."""

import asyncio
from collections.abc import Iterable
from functools import partial

from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import Line, WrappedLines, prose
from tui.presentation.test_message_text import (
    MARKS,
    STILL_SENT,
    TEST_TITLE,
    outcome_lines,
    plan_words,
)
from tui.settings.delivery.test_message import MessageOutcome
from tui.settings.parse.address import find_address_problem
from tui.workspace.session import Session

_STYLES = {"+": "bold $success", "x": "bold $error", "!": "bold $warning"}


class AddressDialog(Dialog[str]):
    """A dialog that asks for the one address of a test message; its answer is that address.

    Args:
        session: what the banner shows.
        address: the one that was typed last, or "".
    """

    def __init__(self, session: Session, address: str) -> None:
        super().__init__(session, TEST_TITLE)
        self.decides = False
        self._address = address

    def body(self) -> Iterable[Widget]:
        """Yield the line for the address, and where the message goes."""
        yield WrappedLines(prose("To one address:"))
        yield SafeInput()
        yield WrappedLines(prose("", *plan_words(self.session), style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Send."""
        return (Button("cancel", "Cancel"), Button("send", "Send"))

    def first_focus(self) -> Widget:
        """Return the line, with the last address in it."""
        line = self.query_one(Input)
        line.value = self._address
        line.cursor_position = len(self._address)
        return line

    def on_input_changed(self, event: Input.Changed) -> None:
        """Take back what was said of another address."""
        event.stop()
        self.say("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Answer."""
        event.stop()
        self._answer()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer, or cancel."""
        if event.name == "send":
            self._answer()
        else:
            super().on_button_pressed(event)

    def _answer(self) -> None:
        address = self.query_one(Input).value.strip()
        if problem := find_address_problem(address):
            words = problem if address else "No address is typed yet."
            self.say("Give one address." if "," in address or ";" in address else words)
            self.query_one(Input).focus()
        else:
            self.dismiss(address)


class SendTestDialog(Dialog[None]):
    """A dialog that shows what becomes of a test message, and can be left at any time.

    Args:
        session: what the banner shows.
        address: the one that it is for.

    Attributes:
        opened: set once the dialog is on the screen.
    """

    def __init__(self, session: Session, address: str) -> None:
        super().__init__(session, f"Test message to {address}")
        self.decides = False
        self.opened = asyncio.Event()
        self._words = WrappedLines(prose(""), id="words")
        self._note = WrappedLines(prose("", STILL_SENT, style="dim"))

    def on_mount(self) -> None:
        """Say that it is open."""
        super().on_mount()
        self.opened.set()

    def body(self) -> Iterable[Widget]:
        """Yield what is under way, and what leaving it means."""
        yield self._words
        yield self._note

    def buttons(self) -> Iterable[Button]:
        """Return Close."""
        return (Button("cancel", "Close"),)

    def show_progress(self, words: str) -> None:
        """Show what is under way now."""
        self._words.set_layout(prose(words))

    def show_outcome(self, outcome: MessageOutcome, url: str) -> None:
        """Show what became of the message."""
        self._words.set_layout(partial(_outcome, outcome, url))
        self._note.display = False


def _outcome(outcome: MessageOutcome, url: str, room: int) -> list[Line]:
    mark = MARKS[outcome.state]
    first, *rest = outcome_lines(outcome, url, room)
    return [((first, _STYLES[mark]),), *(((line, ""),) for line in rest)]
