"""The dialog that waits for an instance."""

from collections.abc import Iterable

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import WrappedLines, prose
from tui.workspace.session import Session


class ProgressDialog(Dialog[None]):
    """A dialog that shows progress until it is cancelled.

    Args:
        session: what the banner shows.
        title: what is under way.
    """

    def __init__(self, session: Session, title: str) -> None:
        super().__init__(session, title)
        self.decides = False
        self._words = WrappedLines(prose(""), id="words")

    def body(self) -> Iterable[Widget]:
        """Yield the progress."""
        yield self._words
        words = "It is only read. Each answer is waited for half a minute at most."
        yield WrappedLines(prose("", words, style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Return Cancel."""
        return (Button("cancel", "Cancel"),)

    def show_progress(self, words: str) -> None:
        """Show what is under way now."""
        self._words.set_layout(prose(words))
