"""What is said on the terminal once the screen is gone: what was and was not written."""

from collections.abc import Iterator

from tui.errors import Problem, internal_problem
from tui.presentation.path_text import short_path
from tui.workspace.apply import ApplyResult
from tui.workspace.editing import Editing


class ExitReport:
    """Collects what happened, for the lines after the end.

    Args:
        where: where the settings lie.

    Attributes:
        problem: the fault that ended it, if one did.
    """

    def __init__(self, where: str) -> None:
        self.problem: Problem | None = None
        self._where = short_path(where)
        self._visited = {self._where: False}
        self._lines: list[str] = []
        self._aside: dict[str, str] = {}
        self._unsaved: list[str] = []

    def moved(self, profile: str, where: str) -> None:
        """A profile is worked on from now on, and what was kept of it is at hand again."""
        self._where = short_path(where)
        self._visited.setdefault(self._where, False)
        self._aside.pop(profile, None)

    def put_aside(self, editing: Editing, *, kept: bool) -> None:
        """Another profile is worked on, and this one's draft is kept, or none could be."""
        name = editing.session.profile.name
        if editing.changed:
            words = "kept as a draft" if kept else "no draft was kept"
            changes = _changes(len(editing.changed))
            self._aside[name] = f"Not saved in profile {name}: {changes}; {words}."

    def saved(self, done: ApplyResult, sends: str = "") -> None:
        """A save was done, perhaps one that was under way when it ended.

        Args:
            done: what it did.
            sends: the account of an instance that sends since, or "".
        """
        self.wrote()
        before = short_path(done.written.previous)
        verb = "Written" if done.written.verified or sends else "Saved"
        line = f"{verb} to {self._where}" + (f" (before: {before})." if before else ".")
        self._lines.append(f"{line} {sends} sends now." if sends else line)

    def wrote(self) -> None:
        """It was written, whatever came after."""
        self._visited[self._where] = True

    def discarded(self, count: int) -> None:
        """Changes were not wanted."""
        self._lines.append(f"Discarded: {_changes(count)}.")

    def unsaved(self, editing: Editing, *, kept: bool) -> None:
        """Changes were not saved when it ended."""
        words = "kept as a draft, which the next start offers" if kept else "no draft was kept"
        self._unsaved = [f"Not saved: {_changes(len(editing.changed))}; {words}."]
        if editing.draft.secrets:
            self._unsaved.append("A password that was typed is in no draft: type it again then.")

    def all_saved(self) -> None:
        """What was not saved has been, after all."""
        self._unsaved = []

    def stopped_by(self, signal: str) -> None:
        """A signal ended it."""
        self._lines.append(f"Stopped by {signal}.")

    def unknown(self) -> None:
        """It was ended in the middle of writing."""
        self.wrote()
        self._lines.append(
            f"It was being written to {self._where} when this was stopped: what stands there is "
            "not known. Read it again before anything else."
        )

    def fault(self, error: Exception) -> None:
        """The program has a fault."""
        self.problem = internal_problem(error)

    def trouble(self, problem: Problem) -> None:
        """Something at the end went wrong, too late for the screen."""
        self._lines.append(f"{problem.message} {problem.hint}")

    def lines(self) -> Iterator[str]:
        """The lines; the last ones say where nothing was written."""
        yield from (*self._lines, *self._aside.values(), *self._unsaved)
        for where, written in self._visited.items():
            if not written:
                yield f"Nothing was written to {where}."


def _changes(count: int) -> str:
    return "1 change" if count == 1 else f"{count} changes"
