"""Dialogs of words: a question, a page, a problem, and progress."""

from collections.abc import Callable, Iterable, Sequence

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import Layout, Line, WrappedLines, page, prose
from tui.errors import Problem
from tui.presentation.target_text import hint_on_screen
from tui.workspace.session import Session

_ONLY_READ = "It is only read. Each answer is waited for half a minute at most."


class MessageDialog(Dialog[str]):
    """A dialog with a message; its answer is the name of the button.

    Args:
        session: what the banner shows.
        title: the question.
        layout: the message.
        answers: the name and the words of each button, the safe one first.
        focus: the name of the button that has the focus at first; "" for the safe one.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        layout: Layout,
        answers: Sequence[tuple[str, str]],
        focus: str = "",
    ) -> None:
        super().__init__(session, title)
        self._message = layout
        self._answers = answers
        self._first_button = focus
        self.decides = len(answers) > 1

    @classmethod
    def page(
        cls, session: Session, title: str, words: Callable[[int], Iterable[str]]
    ) -> "MessageDialog":
        """Return a page to read; lines without an indent are headings."""
        return cls(session, title, page(words), [("close", "Close")])

    @classmethod
    def problem(
        cls,
        session: Session,
        title: str,
        problem: Problem,
        answers: Sequence[tuple[str, str]] = (("back", "Back"),),
        focus: str = "",
    ) -> "MessageDialog":
        """Return a message about a problem: what went wrong, and what to do."""

        def layout(room: int) -> list[Line]:
            todo = prose(hint_on_screen(problem), style="bold")
            return [*prose(problem.message)(room), (), *todo(room)]

        return cls(session, title, layout, answers, focus)

    def body(self) -> Iterable[Widget]:
        """Yield the message."""
        yield WrappedLines(self._message, id="words")

    def buttons(self) -> Iterable[Button]:
        """Return a button for each answer."""
        return [Button(name, words) for name, words in self._answers]

    def first_focus(self) -> Widget:
        """Return the button to focus."""
        return (
            self.query_one(f"#button-{self._first_button}")
            if self._first_button
            else super().first_focus()
        )

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with the name of the button."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.name)


class ProgressDialog(Dialog[None]):
    """A dialog that shows progress until it is cancelled.

    Args:
        session: what the banner shows.
        title: what is under way.
        note: what Escape does, or how long it can take.
        writes: whether something is written, so that the program is not quit from it.
    """

    def __init__(
        self, session: Session, title: str, note: str = _ONLY_READ, *, writes: bool = False
    ) -> None:
        super().__init__(session, title)
        self.decides = writes
        self._note = note
        self._words = WrappedLines(prose(""), id="words")

    def body(self) -> Iterable[Widget]:
        """Yield the progress."""
        yield self._words
        yield WrappedLines(prose("", self._note, style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Return Cancel."""
        return (Button("cancel", "Cancel"),)

    def show_progress(self, words: str) -> None:
        """Show what is under way now."""
        self._words.set_layout(prose(words))
