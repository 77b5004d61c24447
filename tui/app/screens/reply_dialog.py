"""The dialog that explains a reply of a mail server while it is typed or pasted."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from textual.geometry import Region
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import Line, WrappedLines, prose
from tui.presentation.reply_text import assumption_row, explanation_rows
from tui.replies.explain import explain_text
from tui.replies.reply import MOST_CHARACTERS
from tui.replies.reply_lines import join_replies
from tui.terminal.layout import width, wrap
from tui.terminal.visible import visible
from tui.workspace.session import Session

PAUSE = 0.3
"""Seconds without a change after which the reply is explained: half a code says little."""

_HELP = prose(
    "Paste what a mail server said, or a line of a mail log.",
    "Several lines become one reply. ^U clears it.",
    "Nothing of it is saved or sent.",
    style="dim",
)
_INDENT = len("Solved by  ")
_STYLES = {"Next": "bold", "Careful": "bold $warning", "Server": "dim", "Reply": "dim"}


class ReplyField(SafeInput):
    """A line for one reply; pasted lines are joined."""

    def __init__(self) -> None:
        super().__init__(placeholder="such as 550 5.1.1 User unknown", id="reply")
        self.max_length = MOST_CHARACTERS
        self._initial_value = False  # else Textual doesn't scroll to the end of a first paste

    def join_lines(self, lines: list[str]) -> tuple[str, str]:
        """Join all lines to one reply, as long as there is room."""
        text = " ".join(join_replies(lines))
        room = MOST_CHARACTERS - len(self.value) + len(self.selected_text)
        words = f"{len(lines)} lines were read as one reply." if len(lines) > 1 else ""
        if len(text) > room:
            words = f"The line takes {MOST_CHARACTERS} characters. The rest was left out."
        return text[:room], words

    def describe_paste(self, text: str) -> str:
        """Return "": blanks around a reply mean nothing."""
        return ""

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        cursor = Region(self._cursor_offset, 0, 1, 1)
        self.scroll_to_region(cursor, force=True, animate=False)


class ReplyDialog(Dialog[None]):
    """A dialog that explains replies until it is closed; it keeps nothing.

    Args:
        session: what the banner shows.
        server: the outgoing mail server, or "": some providers have codes of their own.
    """

    def __init__(self, session: Session, server: str) -> None:
        super().__init__(session, "Explain a mail server's reply")
        self.decides = False
        self._server = server
        self._field = ReplyField()
        self._answer = WrappedLines(_HELP, id="answer")
        self._pause: Timer | None = None

    def body(self) -> Iterable[Widget]:
        """Yield the line for the reply, and the answer."""
        yield self._field
        yield self._answer

    def buttons(self) -> Iterable[Button]:
        """Return Close."""
        return (Button("cancel", "Close"),)

    def first_focus(self) -> Widget:
        """Return the line."""
        return self._field

    def on_input_changed(self, event: Input.Changed) -> None:
        """Explain the reply after a pause."""
        event.stop()
        self.say("")
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._explain)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter for the end of a line: some terminals send a paste as keys."""
        event.stop()
        self._field.insert_text_at_cursor(" ")

    def _explain(self) -> None:
        reply = self._field.value.strip()
        rows = tuple(_explain_rows(reply, self._server)) if reply else ()
        self._answer.set_layout(partial(_lay_out, reply, rows) if rows else _HELP)
        self.query_one("#body").scroll_home(animate=False)


def _explain_rows(reply: str, server: str) -> Iterator[tuple[str, str]]:
    found = explain_text(reply, server=server)
    yield from explanation_rows(found)
    if found != explain_text(reply):
        yield assumption_row(server)


def _lay_out(reply: str, rows: Sequence[tuple[str, str]], room: int) -> list[Line]:
    """Lay out an answer, and the reply itself if its line doesn't show all of it."""
    lines = _align(rows, room)
    shown = visible(reply)
    if shown != reply or width(shown) >= room:
        lines += [(), *_align([("Reply", shown)], room)]
    return lines


def _align(rows: Iterable[tuple[str, str]], room: int) -> list[Line]:
    return [
        ((line[:_INDENT], "dim"), (line[_INDENT:], _STYLES.get(label, "")))
        for label, text in rows
        for line in wrap(text, " " * _INDENT, label.ljust(_INDENT), room)
    ]
