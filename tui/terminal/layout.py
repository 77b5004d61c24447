"""Lines that fit a terminal: columns below one another, paragraphs within its width."""

from collections.abc import Iterable, Iterator, Sequence

from tui.terminal.visible import visible

VALUE_LIMIT = 200


def width(text: str) -> int:
    """The columns a visible text takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0
        if unicodedata.category(char)[0] == "M"
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def columns(rows: Iterable[Sequence[str]], indent: str = "  ") -> Iterator[str]:
    """Rows with their cells below one another; the last cell is not filled up."""
    shown = [[visible(cell, VALUE_LIMIT) for cell in row] for row in rows]
    most = [
        min(40, max(width(row[place]) for row in shown if place < len(row)))
        for place in range(max(map(len, shown), default=0))
    ]
    for row in shown:
        cells = [cell + " " * (most[place] - width(cell)) for place, cell in enumerate(row[:-1])]
        yield f"{indent}{'  '.join([*cells, row[-1]])}".rstrip()


def wrapped(
    text: str, indent: str = "  ", first: str | None = None, room: int = 0
) -> Iterator[str]:
    """A paragraph within a width: the terminal's, at most 100 columns, unless one is given."""
    import shutil
    import textwrap

    room = room or max(min(100, shutil.get_terminal_size((80, 24)).columns), 40)
    yield from textwrap.wrap(
        visible(text, 2000),
        max(room, len(indent) + 8),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
