"""What the driver writes turns any screen into any other."""

import pyte
from hypothesis import given
from hypothesis import strategies as st

from tui.app.frugal.cells import PLAIN, Cell, Row, encode_rows

COLUMNS, ROWS = 12, 3
PENS = st.sampled_from(
    [PLAIN, ("1", "31", "", ""), ("1;7", "", "44", ""), ("", "38;5;9", "48;5;17", "")]
)
CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b", " ", " ", "漢", "q\u0301"]), PENS),
    min_size=COLUMNS,
    max_size=COLUMNS,
)


def make_row(cells: list[Cell]) -> Row:
    """Return a full row of these cells; a wide character takes two."""
    wide = [half for text, pen in cells for half in [(text, pen), ("", pen)][: 1 + (text == "漢")]]
    return [*wide[: COLUMNS - (not wide[COLUMNS:] or not wide[COLUMNS][0])], (" ", PLAIN)][:COLUMNS]


SCREENS = st.lists(CELLS.map(make_row), min_size=ROWS, max_size=ROWS)


@given(SCREENS, SCREENS)
def test_what_is_written_turns_any_screen_into_any_other(
    before: list[Row], after: list[Row]
) -> None:
    shown, fresh = pyte.Screen(COLUMNS, ROWS), pyte.Screen(COLUMNS, ROWS)
    for screen in (shown, fresh):
        screen.reset_mode(7, private=True)
    pyte.Stream(shown).feed(encode_rows(before, None, (0, 0), None))
    pyte.Stream(shown).feed(encode_rows(after, before, (3, 1), (0, 0)))
    pyte.Stream(fresh).feed(encode_rows(after, None, (3, 1), None))
    assert shown.buffer == fresh.buffer
    assert shown.display == ["".join(text for text, _ in row) for row in after]
    assert (shown.cursor.x, shown.cursor.y) == (3, 1)
    assert shown.cursor.attrs == shown.default_char
