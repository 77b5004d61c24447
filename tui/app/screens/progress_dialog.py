"""The dialog while an instance is waited for."""

from collections.abc import Iterable

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import WrappedLines, prose
from tui.workspace.session import Session


class ProgressDialog(Dialog[None]):
    """Says what is under way; Escape and Cancel end the waiting.

    Args:
        session: what the banner tells.
        title: what is waited for.
    """

    def __init__(self, session: Session, title: str) -> None:
        super().__init__(session, title)
        self.decides = False
        self._words = WrappedLines(prose(""), id="words")

    def body(self) -> Iterable[Widget]:
        """What is under way."""
        yield self._words
        words = "It is only read. Each answer is waited for half a minute at most."
        yield WrappedLines(prose("", words, style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Only the way out."""
        return (Button("cancel", "Cancel"),)

    def tell(self, words: str) -> None:
        """Says what is under way now."""
        self._words.lay(prose(words))
