"""A question with a few answers, and a page to read."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from tui.applying.session import Session
from tui.errors import Problem
from tui.screens.dialog import Dialog
from tui.terminal.layout import wrapped
from tui.widgets.buttons import Button
from tui.widgets.lines import Line, Lines


class Ask(Dialog[str]):
    """A question; the answer is the name of the button, or None where nothing was chosen.

    Args:
        session: what the banner tells.
        title: the question.
        lines: what there is to know for an answer.
        answers: name and words of each button, the safe one first.
    """

    def __init__(
        self,
        session: Session,
        title: str,
        lines: Sequence[Line],
        answers: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(session, title)
        self._lines = lines
        self._answers = answers

    @classmethod
    def page(cls, session: Session, title: str, words: Iterable[str]) -> "Ask":
        """A page to read; lines that are not indented are headings."""
        lines: list[Line] = [((line, "bold" if line[:1].strip() else ""),) for line in words]
        return cls(session, title, lines, [("close", "Close")])

    @classmethod
    def problem(cls, session: Session, title: str, problem: Problem, room: int) -> "Ask":
        """What went wrong, and what to do now."""
        lines: list[Line] = [((line, ""),) for line in wrapped(problem.message, "", room=room)]
        lines += [(), *(((line, "bold"),) for line in wrapped(problem.next, "", room=room))]
        return cls(session, title, lines, [("back", "Back")])

    def body(self) -> Iterable[Widget]:
        """The lines."""
        yield Lines(self._lines, id="words")

    def buttons(self) -> Iterable[Button]:
        """A button for each answer."""
        return [Button(name, words) for name, words in self._answers]

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answers."""
        event.stop()
        event.prevent_default()
        self.dismiss(event.name)
