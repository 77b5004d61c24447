"""What is said on the terminal once the screen is gone: what was and was not written."""

from collections.abc import Iterator

from tui.applying.apply import Applied
from tui.applying.editing import Editing
from tui.errors import Problem, internal
from tui.words.paths import short_path


class Ending:
    """Collects what happened, for the lines after the end.

    Args:
        where: where the settings lie.

    Attributes:
        problem: the fault that ended it, if one did.
    """

    def __init__(self, where: str) -> None:
        self.problem: Problem | None = None
        self._where = short_path(where)
        self._lines: list[str] = []
        self._unsaved: list[str] = []
        self._saves = 0

    def saved(self, done: Applied) -> None:
        """A save was done, perhaps one that was under way when it ended."""
        self.wrote()
        before = short_path(done.written.previous)
        self._lines.append(f"Saved to {self._where}" + (f" (before: {before})." if before else "."))

    def wrote(self) -> None:
        """It was written, whatever came after."""
        self._saves += 1
        self._unsaved = []

    def discarded(self, count: int) -> None:
        """Changes were not wanted."""
        self._lines.append(f"Discarded: {_changes(count)}.")

    def unsaved(self, editing: Editing, *, kept: bool) -> None:
        """Changes were not saved when it ended."""
        words = "kept as a draft, which the next start offers" if kept else "no draft was kept"
        self._unsaved = [f"Not saved: {_changes(len(editing.changed))}; {words}."]
        if editing.draft.secrets:
            self._unsaved.append("A password that was typed is in no draft: type it again then.")

    def stopped_by(self, signal: str) -> None:
        """A signal ended it."""
        self._lines.append(f"Stopped by {signal}.")

    def fault(self, error: Exception) -> None:
        """The program has a fault."""
        self.problem = internal(error)

    def trouble(self, problem: Problem) -> None:
        """Something at the end went wrong, too late for the screen."""
        self._lines.append(f"{problem.message} {problem.next}")

    def lines(self) -> Iterator[str]:
        """The lines; the last one says where nothing was written."""
        yield from (*self._lines, *self._unsaved)
        if not self._saves:
            yield f"Nothing was written to {self._where}."


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"
