"""What the driver writes turns any screen into any other."""

from functools import cache

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyte.screens import Char

from tui.app.frugal.cells import BLANK, BLANKS, PLAIN, Cell, Pen, Row, encode_rows

COLUMNS, ROWS = 12, 3
RED: Pen = ("", "31", "", "")
FIELD: Pen = ("", "38;5;253", "48;5;24", "")
PENS = st.sampled_from(
    [
        *(PLAIN, RED, FIELD, ("1", "31", "", ""), ("2", "31", "", ""), ("2;3", "", "44", "")),
        *(("1;7", "", "44", ""), ("4", "32", "", ""), ("", "38;5;9", "48;5;17", "")),
    ]
)
CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b", " ", " ", " ", "漢", "q\u0301"]), PENS),
    min_size=COLUMNS,
    max_size=COLUMNS,
)


def make_row(cells: list[Cell]) -> Row:
    """Return a full row of these cells; a wide character takes two, and all blanks are alike."""
    row: Row = []
    for text, pen in cells:
        if len(row) < COLUMNS:
            row += [BLANKS[pen] if text == " " else (text, pen)]
            row += [("", pen)] if text == "漢" else []
    return row if len(row) == COLUMNS else [*row[: COLUMNS - 1], BLANK]


SCREENS = st.lists(CELLS.map(make_row), min_size=ROWS, max_size=ROWS)


def make_terminal() -> tuple[pyte.Screen, pyte.Stream]:
    """Return a terminal that does not wrap lines."""
    screen = pyte.Screen(COLUMNS, ROWS)
    screen.reset_mode(7, private=True)
    return screen, pyte.Stream(screen)


@cache
def draw(pen: Pen) -> Char:
    """Return a cell as a terminal draws it with a pen."""
    screen, stream = make_terminal()
    stream.feed(f"\x1b[{';'.join(['0', *filter(None, pen[:3])])}mx")
    return screen.buffer[0][0]


def look(char: Char) -> Char:
    """Return a cell without what cannot be seen in it."""
    seen = char.reverse or char.underscore or char.strikethrough
    if char.data != " " or seen:
        return char
    return char._replace(fg="default", bold=False, italics=False)


@given(st.lists(SCREENS, min_size=2, max_size=4))
def test_what_is_written_turns_any_screen_into_any_other(screens: list[list[Row]]) -> None:
    terminal, stream = make_terminal()
    before, at, pen = None, None, PLAIN
    for number, rows in enumerate(screens):
        cursor = (3 * number, number % ROWS)
        text, pen = encode_rows(rows, before, cursor, at, pen)
        stream.feed(text)
        shown = [[look(terminal.buffer[y][x]) for x in range(COLUMNS)] for y in range(ROWS)]
        expected = [[look(draw(p)._replace(data=each)) for each, p in row] for row in rows]
        assert shown == expected
        assert (terminal.cursor.x, terminal.cursor.y) == cursor
        assert terminal.cursor.attrs == draw(pen)._replace(data=" ")
        before, at = rows, cursor


@given(SCREENS, PENS)
def test_nothing_is_written_where_nothing_changes(rows: list[Row], pen: Pen) -> None:
    assert encode_rows(rows, [*map(list, rows)], (1, 1), (1, 1), pen) == ("", pen)


def test_an_unknown_screen_is_written_with_a_plain_pen_first() -> None:
    text, pen = encode_rows([[("a", RED), BLANK]], None, (0, 0), None, FIELD)
    assert text.startswith("\x1b[m")
    assert pen in (PLAIN, RED)


def make_field(text: str, columns: int = 30) -> Row:
    """Return a row with a field of 20 columns."""
    cells = [(char, FIELD) for char in text]
    return [*cells, *[BLANKS[FIELD]] * (20 - len(text)), *[BLANK] * (columns - 20)]


@pytest.mark.parametrize(
    ("pen", "written"),
    [
        (FIELD, "\x1b[1;5Hd"),
        (PLAIN, "\x1b[1;5H\x1b[38;5;253;48;5;24md"),
        (RED, "\x1b[1;5H\x1b[38;5;253;48;5;24md"),
        (("1", "38;5;253", "48;5;24", ""), "\x1b[1;5H\x1b[22md"),
        (("4", "38;5;253", "48;5;24", ""), "\x1b[1;5H\x1b[0;38;5;253;48;5;24md"),
    ],
)
def test_a_typed_key_takes_a_move_and_itself(pen: Pen, written: str) -> None:
    before, after = [make_field("mail")], [make_field("maild")]
    assert encode_rows(after, before, (5, 0), (4, 0), pen) == (written, FIELD)


def test_a_deleted_character_is_a_blank_of_any_colour_on_the_same_background() -> None:
    before, after = [make_field("mail")], [make_field("mai")]
    written = "\x1b[1;4H \x1b[D"
    for pen in (FIELD, ("", "31", "48;5;24", ""), ("1", "31", "48;5;24", "")):
        assert encode_rows(after, before, (3, 0), (4, 0), pen) == (written, pen)
    underlined: Pen = ("4", "31", "48;5;24", "")
    text, _ = encode_rows(after, before, (3, 0), (4, 0), underlined)
    assert text == "\x1b[1;4H\x1b[0;48;5;24m \x1b[D"


def test_bold_and_dim_are_turned_off_without_the_colours() -> None:
    def change(old: str, new: str) -> str:
        before: list[Row] = [[("a", (old, "31", "", "")), ("b", (old, "31", "", ""))]]
        after: list[Row] = [[("a", (old, "31", "", "")), ("c", (new, "31", "", ""))]]
        text, pen = encode_rows(after, before, (1, 0), (1, 0), (old, "31", "", ""))
        assert pen == (new, "31", "", "")
        return text.removeprefix("\x1b[1;2H").partition("c")[0]

    assert change("1", "") == change("2", "") == "\x1b[22m"
    assert change("1", "2") == "\x1b[22;2m"
    assert change("2", "1") == "\x1b[22;1m"
    assert change("", "1") == "\x1b[1m"
    assert change("1", "3") == "\x1b[0;3;31m"


@pytest.mark.parametrize(
    ("pen", "is_erased"),
    [(PLAIN, True), (RED, True), (FIELD, False), (("7", "", "", ""), False)],
)
def test_only_blanks_on_the_background_of_the_terminal_are_erased(
    pen: Pen, *, is_erased: bool
) -> None:
    # Not every terminal erases with another background.
    before: list[Row] = [[("a", PLAIN)] * COLUMNS]
    after: list[Row] = [[("a", PLAIN), *[BLANKS[pen]] * (COLUMNS - 1)]]
    text, _ = encode_rows(after, before, (0, 0), (0, 0))
    assert ("\x1b[K" in text) is is_erased
    assert (" " * (COLUMNS - 1) in text) is not is_erased
