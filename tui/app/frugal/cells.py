"""The cells of a screen, and the shortest text that turns one screen into another."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from rich.cells import split_graphemes
from rich.color import ColorSystem
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import SGR_STYLES, Strip

Pen = tuple[str, str, str, str]
"""What a cell is written with: SGR codes for attributes, foreground and background; a link."""
Cell = tuple[str, Pen]
"""One column: its text, which is empty in the second column of a wide character; its pen."""
Row = list[Cell]

PLAIN: Pen = ("", "", "", "")
BLANK: Cell = (" ", PLAIN)

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\ufffd")
_SHORTEST_MOVE = 4


def patched(
    rows: list[Row], update: ChopsUpdate | LayoutUpdate, size: Size, colors: ColorSystem
) -> list[Row]:
    """The rows after an update; a row that it does not touch is the same object as before."""
    after = rows.copy()
    for x, y, strip, length in _pieces(update):
        if y < size.height:
            if after[y] is rows[y]:
                after[y] = rows[y].copy()
            _put(after[y], x, _cut(_cells(strip, colors), length))
    return after


def painted(
    rows: list[Row],
    before: list[Row] | None,
    cursor: tuple[int, int],
    was_at: tuple[int, int] | None,
) -> str:
    """What turns a screen into these rows, written with a plain pen and leaving it plain.

    The first move is absolute, so that what others wrote in between cannot shift anything.

    Args:
        rows: what is to be shown.
        before: what is shown; None if nobody knows.
        cursor: where to leave the cursor.
        was_at: where it is; None if nobody knows.
    """
    brush = _Brush()
    for y, row in enumerate(rows):
        old = before[y] if before else None
        if row is not old and row != old:
            brush.paint(y, row, old)
    if brush.parts or cursor != was_at:
        brush.dip(PLAIN)
        brush.move(*cursor)
    return "".join(brush.parts)


def _pieces(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip, int]]:
    """Column, row, strip and how much of it to write, as Textual would write them."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield x, y, strip, strip.cell_length
                x += strip.cell_length
        return
    for y, left, right in update.spans:
        for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if x < right and end > left and chop:
                yield x, y, chop, min(chop.cell_length, end - x, right - x)


def _cells(strip: Strip, colors: ColorSystem) -> Row:
    cells: Row = []
    for text, style, control in strip:
        if control:
            continue
        pen = _pen(style, colors) if style else PLAIN
        if text.isascii() and text.isprintable():
            cells += [(character, pen) for character in text]
            continue
        text = text.translate(_CONTROLS)
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells += [(text[start:end], pen), ("", pen)][:width]
            elif cells:  # it stands on the character before, which may have another style
                base = -1 if cells[-1][0] else -2
                cells[base] = (cells[base][0] + text[start:end], cells[base][1])
    return cells


@lru_cache(maxsize=4096)
def _pen(style: Style, colors: ColorSystem) -> Pen:
    attributes = style._attributes & style._set_attributes
    fore, back = (
        ";".join(color.downgrade(colors).get_ansi_codes(foreground)) if color else ""
        for color, foreground in ((style.color, True), (style.bgcolor, False))
    )
    link = (style.link or "").translate(_CONTROLS)
    return (
        ";".join(code for bit, code in enumerate(SGR_STYLES) if attributes >> bit & 1),
        fore,
        back,
        f"id={style.link_id};{link}" if link else "",
    )


def _cut(cells: Row, length: int) -> Row:
    if len(cells) <= length:
        return cells
    kept = cells[: max(length, 0)]
    if kept and not cells[length][0]:
        kept[-1] = (" ", kept[-1][1])
    return kept


def _put(row: Row, x: int, cells: Row) -> None:
    """Puts cells into a row; of a wide character that loses one half, the other becomes blank."""
    cells = _cut(cells, len(row) - x)
    end = x + len(cells)
    if not cells:
        return
    if x and not row[x][0]:
        row[x - 1] = (" ", row[x - 1][1])
    if end < len(row) and not row[end][0]:
        row[end] = (" ", row[end][1])
    row[x:end] = cells


def _disputed(text: str) -> bool:
    """Whether terminals may not agree on the columns that a character takes."""
    return len(text) > 1 or text > "\uffff"


class _Brush:
    """Writes cells, remembering where the cursor is and with which pen it writes."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._at: tuple[int, int] | None = None
        self._pen = PLAIN

    def paint(self, y: int, row: Row, old: Row | None) -> None:
        """Writes what differs; a row with characters in dispute from end to end."""
        whole = old is None or any(_disputed(text) for text, _ in chain(row, old))
        erasable = _erasable_from(row)
        for x, cell in enumerate(row):
            if not cell[0] or not (whole or old is None or cell != old[x]):
                continue
            if self._at != (x, y):
                self._approach(x, y, row)
            if self._pen is not cell[1]:
                self.dip(cell[1])
            if x >= erasable:
                self.parts.append("\x1b[K")
                return
            wide = x + 1 < len(row) and not row[x + 1][0]
            self._write(cell[0], x, y, 1 + wide, len(row))

    def dip(self, pen: Pen) -> None:
        """Goes on with another pen."""
        *old, old_link = self._pen
        *new, link = pen
        if link != old_link:
            self.parts.append(f"\x1b]8;{link or ';'}\x1b\\")
        if new != old:
            if new == [*PLAIN[:3]]:
                self.parts.append("\x1b[m")
            else:
                again = old[0] not in ("", new[0]) or any(
                    had and not has for had, has in zip(old[1:], new[1:], strict=True)
                )
                codes = [
                    has for had, has in zip(old, new, strict=True) if has and (again or has != had)
                ]
                self.parts.append(f"\x1b[{';'.join(['0', *codes] if again else codes)}m")
        self._pen = pen

    def move(self, x: int, y: int) -> None:
        """Moves the cursor."""
        if self._at is None or self._at[1] != y:
            self.parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        elif by := x - self._at[0]:
            far = "" if abs(by) == 1 else abs(by)
            self.parts.append(f"\x1b[{far}{'C' if by > 0 else 'D'}")
        self._at = (x, y)

    def _approach(self, x: int, y: int, row: Row) -> None:
        """Moves, or writes again what lies between where that is not longer."""
        if self._at and self._at[1] == y and 0 < x - self._at[0] <= _SHORTEST_MOVE:
            between = row[self._at[0] : x]
            if all(pen == self._pen and text.isascii() and text for text, pen in between):
                self.parts += [text for text, _ in between]
                self._at = (x, y)
        self.move(x, y)

    def _write(self, text: str, x: int, y: int, width: int, columns: int) -> None:
        end = (x + width, y)
        self._at = end if end[0] < columns else None  # at the edge, terminals differ
        if _disputed(text):
            # Blank both columns for a terminal that takes one, and trust no cursor afterwards.
            self.parts.append(" " * width)
            self.move(x, y)
            self._at = None
        self.parts.append(text)


def _erasable_from(row: Row) -> int:
    """Where blanks begin that erasing to the end of the line would leave as they are.

    Only on the terminal's own background: not every terminal erases with another.
    """
    text, (attributes, _, back, link) = row[-1]
    if text != " " or attributes or link or back not in ("", "49"):
        return len(row)
    start = len(row)
    while start and row[start - 1] == row[-1]:
        start -= 1
    return start if len(row) - start > len("\x1b[K") else len(row)
