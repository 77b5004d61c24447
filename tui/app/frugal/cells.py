"""The cells of a screen, and a short text for a terminal that turns one screen into another."""

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
"""SGR codes for attributes, foreground and background; a link."""
Cell = tuple[str, Pen]
"""The text of a column, empty in the second column of a wide character; its pen."""
Row = list[Cell]

PLAIN: Pen = ("", "", "", "")
BLANK: Cell = (" ", PLAIN)

_WEIGHTS = ("1", "2")
"""Bold and dim, which one code turns off."""

_UNSEEN = {"", "1", "2", "3", "1;3", "2;3"}
"""Attributes that a blank does not show: bold, dim, italic."""


class _Blanks(dict[Pen, Cell]):
    """Blanks by pen: without what no blank shows, so that those that look alike are equal."""

    def __missing__(self, pen: Pen) -> Cell:
        attributes, _, back, link = pen
        seen = attributes not in _UNSEEN
        cell = (" ", pen if seen else ("", "", back, link))
        self[pen] = cell
        return cell


BLANKS = _Blanks()

_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\ufffd")
_SHORTEST_MOVE = 4


def apply_update(
    rows: list[Row], update: ChopsUpdate | LayoutUpdate, size: Size, colors: ColorSystem
) -> list[Row]:
    """Return the rows after an update; a row that it does not touch stays the same object."""
    after = rows.copy()
    for x, y, strip, length in _split_update(update):
        if y < size.height:
            if after[y] is rows[y]:
                after[y] = rows[y].copy()
            _overwrite(after[y], x, _truncate(_to_cells(strip, colors), length))
    return after


def encode_rows(
    rows: list[Row],
    before: list[Row] | None,
    cursor: tuple[int, int],
    cursor_before: tuple[int, int] | None,
    pen: Pen = PLAIN,
) -> tuple[str, Pen]:
    """Return the text that turns a screen into these rows, and the pen that it leaves.

    The first move is absolute, so that what others wrote in between cannot shift anything.

    Args:
        rows: the rows to show.
        before: the rows on the screen; None if unknown.
        cursor: where to leave the cursor.
        cursor_before: where the cursor is; None if unknown.
        pen: the terminal's pen, if the rows on the screen are known.
    """
    writer = _CellWriter(pen)
    if before is None:
        writer.reset_pen()
    # The row of the cursor comes last: it is often there then.
    for y in sorted(range(len(rows)), key=lambda each: each == cursor[1]):
        row, old = rows[y], before[y] if before else None
        if row is not old and row != old:
            writer.write_row(y, row, old)
    if writer.parts or cursor != cursor_before:
        writer.move(*cursor)
    return "".join(writer.parts), writer.pen


def _split_update(update: ChopsUpdate | LayoutUpdate) -> Iterator[tuple[int, int, Strip, int]]:
    """Yield column, row, strip and how many columns of it to write, as Textual writes them."""
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


def _to_cells(strip: Strip, colors: ColorSystem) -> Row:
    cells: Row = []
    for text, style, control in strip:
        if control:
            continue
        pen = _to_pen(style, colors) if style else PLAIN
        if text.isascii() and text.isprintable():
            cells += [BLANKS[pen] if character == " " else (character, pen) for character in text]
            continue
        text = text.translate(_CONTROLS)
        for start, end, width in split_graphemes(text)[0]:
            if width:
                cells += [(text[start:end], pen), ("", pen)][:width]
            elif cells:  # it combines with the character before, which may have another style
                base = -1 if cells[-1][0] else -2
                cells[base] = (cells[base][0] + text[start:end], cells[base][1])
    return cells


@lru_cache(maxsize=4096)
def _to_pen(style: Style, colors: ColorSystem) -> Pen:
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


def _truncate(cells: Row, length: int) -> Row:
    if len(cells) <= length:
        return cells
    kept = cells[: max(length, 0)]
    if kept and not cells[length][0]:
        kept[-1] = (" ", kept[-1][1])
    return kept


def _overwrite(row: Row, x: int, cells: Row) -> None:
    """Put cells into a row; if a wide character loses one half, blank the other."""
    cells = _truncate(cells, len(row) - x)
    end = x + len(cells)
    if not cells:
        return
    if x and not row[x][0]:
        row[x - 1] = (" ", row[x - 1][1])
    if end < len(row) and not row[end][0]:
        row[end] = (" ", row[end][1])
    row[x:end] = cells


def _is_width_disputed(text: str) -> bool:
    """Return whether terminals may disagree on the columns that a character takes."""
    return len(text) > 1 or text > "\uffff"


class _CellWriter:
    """A writer of cells that knows the cursor's position and pen."""

    def __init__(self, pen: Pen) -> None:
        self.parts: list[str] = []
        self.pen = pen
        self._at: tuple[int, int] | None = None

    def reset_pen(self) -> None:
        """Make an unknown pen plain."""
        self.parts.append("\x1b[m")
        self.pen = PLAIN

    def write_row(self, y: int, row: Row, old: Row | None) -> None:
        """Write the cells that differ; all of them if a character's width is disputed."""
        whole = old is None or any(_is_width_disputed(text) for text, _ in chain(row, old))
        erasable = _find_erasable_tail(row)
        for x, cell in enumerate(row):
            if not cell[0] or not (whole or old is None or cell != old[x]):
                continue
            if self._at != (x, y):
                self._move_in_row(x, y, row)
            if self.pen is not cell[1] and not (x < erasable and self._suits_blank(cell)):
                self.set_pen(cell[1])
            if x >= erasable:
                self.parts.append("\x1b[K")
                return
            wide = x + 1 < len(row) and not row[x + 1][0]
            self._write_cell(cell[0], x, y, 1 + wide, len(row))

    def _suits_blank(self, cell: Cell) -> bool:
        """Return whether a cell is a blank that looks the same with the pen as it is."""
        return cell[0] == " " and BLANKS[self.pen][1] == cell[1]

    def set_pen(self, pen: Pen) -> None:
        """Change the pen."""
        *old, old_link = self.pen
        *new, link = pen
        if link != old_link:
            self.parts.append(f"\x1b]8;{link or ';'}\x1b\\")
        if new != old:
            if new == [*PLAIN[:3]]:
                self.parts.append("\x1b[m")
            else:
                weight = old[0] in _WEIGHTS and new[0] in ("", *_WEIGHTS) and old[0] != new[0]
                again = (old[0] not in ("", new[0]) and not weight) or any(
                    had and not has for had, has in zip(old[1:], new[1:], strict=True)
                )
                codes = [
                    has for had, has in zip(old, new, strict=True) if has and (again or has != had)
                ]
                first = ["0"] if again else ["22"] if weight else []
                self.parts.append(f"\x1b[{';'.join([*first, *codes])}m")
        self.pen = pen

    def move(self, x: int, y: int) -> None:
        """Move the cursor."""
        if self._at is None or self._at[1] != y:
            self.parts.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")
        elif by := x - self._at[0]:
            far = "" if abs(by) == 1 else abs(by)
            self.parts.append(f"\x1b[{far}{'C' if by > 0 else 'D'}")
        self._at = (x, y)

    def _move_in_row(self, x: int, y: int, row: Row) -> None:
        """Move right, by writing the cells in between again if that takes no more bytes."""
        if self._at and self._at[1] == y and 0 < x - self._at[0] <= _SHORTEST_MOVE:
            between = row[self._at[0] : x]
            if all(
                (cell[1] == self.pen or self._suits_blank(cell)) and cell[0] and cell[0].isascii()
                for cell in between
            ):
                self.parts += [text for text, _ in between]
                self._at = (x, y)
        self.move(x, y)

    def _write_cell(self, text: str, x: int, y: int, width: int, columns: int) -> None:
        end = (x + width, y)
        self._at = end if end[0] < columns else None  # at the edge, terminals differ
        if _is_width_disputed(text):
            # Blank both columns for a terminal that takes one; the cursor is unknown afterwards.
            self.parts.append(" " * width)
            self.move(x, y)
            self._at = None
        self.parts.append(text)


def _find_erasable_tail(row: Row) -> int:
    """Return the column from which erasing the rest of the line leaves only blanks.

    Only on the terminal's own background: not every terminal erases with another one.
    """
    text, (attributes, _, back, link) = row[-1]
    if text != " " or attributes or link or back not in ("", "49"):
        return len(row)
    start = len(row)
    while start and row[start - 1] == row[-1]:
        start -= 1
    return start if len(row) - start > len("\x1b[K") else len(row)
