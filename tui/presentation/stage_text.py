"""How a stage looks, of the probe and of `why` alike: mark, name, what was found, what to do."""

import shutil
from collections.abc import Iterator

from tui.probes.stage import StageResult
from tui.terminal.layout import wrap

MARKS = {
    StageResult.PASSED: "+",
    StageResult.WARNED: "!",
    StageResult.FAILED: "x",
    StageResult.SKIPPED: "-",
}
"""One character for each result, so that a colour is never the only sign."""

_BELOW = 7
"""The column of the message where it goes below the head."""


def stage_layout(
    head: str,
    message: str,
    step: str,
    room: int = 0,
    *,
    narrow: int,
    details: tuple[str, ...] = (),
) -> Iterator[str]:
    """Return the lines of a stage.

    Args:
        head: mark, name and whatever else begins the first line; its width is the column of the
            message.
        message: what was found.
        step: what to do now, or "".
        room: the width in columns; 0 for the terminal's.
        narrow: with fewer columns than this the message goes below the head.
        details: more of what was found, a line each.
    """
    column = len(head)
    if (room or shutil.get_terminal_size((80, 24)).columns) < narrow:
        yield head.rstrip()
        column, head = _BELOW, " " * _BELOW
    indent = " " * column
    yield from wrap(message, indent, head, room)
    for each in details:
        yield from wrap(each, f"{indent}  ", indent, room)
    if step:
        yield from wrap(step, indent, f"{'->':>{column - 2}}  ", room)
