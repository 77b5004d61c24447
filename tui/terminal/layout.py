"""Lines that fit a terminal: aligned columns and wrapped paragraphs."""

from collections.abc import Iterable, Iterator, Sequence

from tui.terminal.visible import visible

VALUE_LIMIT = 200
_MIN_COLUMN, _LAST_COLUMN = 8, 32


def width(text: str) -> int:
    """Return how many columns a visible text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0
        if unicodedata.category(char)[0] == "M"
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def columns(rows: Iterable[Sequence[str]], indent: str = "  ", room: int = 0) -> Iterator[str]:
    """Yield the lines of rows with aligned cells, within the same width as `wrap`.

    The last cell is wrapped; the widest column of the others is cut to leave room for it.
    """
    for lines in blocks(rows, indent, room):
        yield from lines


def blocks(rows: Iterable[Sequence[str]], indent: str = "  ", room: int = 0) -> Iterator[list[str]]:
    """Yield the lines of each row, as `columns` lays them out."""
    shown = [[visible(cell, VALUE_LIMIT) for cell in row] for row in rows]
    most = [
        max(width(row[place]) for row in shown if place < len(row) - 1)
        for place in range(max((len(row) - 1 for row in shown), default=0))
    ]
    space = _line_width(room) - len(indent) - 2 * len(most)
    if most:
        last = min(_LAST_COLUMN, _line_width(room) // 2, max(width(row[-1]) for row in shown))
        widest = most.index(max(most))
        left = space - last - (sum(most) - most[widest])
        most[widest] = min(most[widest], max(left, _MIN_COLUMN))
    for row in shown:
        cells = [_fit(cell, size) for cell, size in zip(row[:-1], most, strict=False)]
        head = indent + "".join(f"{cell}  " for cell in cells)
        yield list(wrap(row[-1], " " * width(head), head, room)) or [head.rstrip()]


def _fit(cell: str, size: int) -> str:
    """Return a cell padded or cut to `size` columns."""
    cell = cut(cell, size)
    return cell + " " * (size - width(cell))


def cut(text: str, size: int) -> str:
    """Return a visible text in at most `size` columns; one that was longer ends in `…`."""
    if width(text) <= size:
        return text
    while width(text) > size - 1:
        text = text[:-1]
    return f"{text}…"


def _line_width(room: int) -> int:
    import shutil

    return room or max(min(100, shutil.get_terminal_size((80, 24)).columns), 40)


def wrap(text: str, indent: str = "  ", first: str | None = None, room: int = 0) -> Iterator[str]:
    """Yield the lines of a paragraph.

    A word that is longer than a line stays whole.

    Args:
        first: the indent of the first line, if it is another.
        room: the width in columns; 0 is the terminal's, from 40 to 100.
    """
    room = max(_line_width(room), len(indent) + _MIN_COLUMN)
    line, empty = indent if first is None else first, True
    for word in visible(text, 2000).split():
        if not empty and width(line) + 1 + width(word) > room:
            yield line
            line, empty = indent, True
        line, empty = f"{line}{'' if empty else ' '}{word}", False
    if not empty:
        yield line
