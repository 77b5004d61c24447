"""The rule above the status line, with what is changed and how much is wrong."""

from collections.abc import Sequence
from functools import partial

from tui.app.widgets.lines import MARKS, Line, Part, WrappedLines
from tui.terminal.layout import width
from tui.terminal.signs import sign
from tui.workspace.editing import Editing


class CountsRule(WrappedLines):
    """A rule across the screen: `── 2 changed  ✗ 1  ▲ 1 ──`."""

    def __init__(self) -> None:
        super().__init__(partial(_rule, ()), id="counts")
        self._parts: tuple[Part, ...] = ()

    def show_editing(self, editing: Editing, *, keeps_draft: bool = True) -> None:
        """Show the draft as it is now.

        Args:
            keeps_draft: whether what is changed is kept as a draft.
        """
        parts = _count(editing, keeps_draft=keeps_draft)
        if parts != self._parts:
            self._parts = parts
            self.set_layout(partial(_rule, parts))


def _count(editing: Editing, *, keeps_draft: bool) -> tuple[Part, ...]:
    """Return how much is changed and how much is wrong."""
    parts: list[Part] = [(f" {len(editing.changed)} changed ", "")]
    if editing.changed and not keeps_draft:
        parts.append((" no draft ", MARKS["!"]))
    names = editing.draft.entries
    marks = [each.severity.mark for each in editing.shown_findings if each.property in names]
    for mark in "x!":
        if mark in marks:
            parts.append((f" {sign(mark)} {marks.count(mark)} ", MARKS[mark]))
    return tuple(parts)


def _rule(parts: Sequence[Part], room: int) -> list[Line]:
    """Return the rule for a width."""
    free = room - sum(width(words) for words, _ in parts) - 2
    line, end = sign("_") * max(free, 0), sign("_") * 2
    return [((line, "$panel"), *parts, (end, "$panel"))]
