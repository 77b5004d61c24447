"""Lines stay within their width and lose nothing but what is marked as cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.layout import blocks, columns, width, wrap
from tui.terminal.visible import visible

WORDS = st.lists(st.text("abcé漢", min_size=1, max_size=12), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("mail", 4), ("é", 1), ("e\u0301", 1), ("漢字", 4), ("Ａ", 2)]
)
def test_a_width_counts_the_columns_of_a_terminal(text: str, expected: int) -> None:
    assert width(text) == expected


@given(WORDS, st.integers(20, 60))
def test_a_paragraph_keeps_its_words_in_order_and_within_its_width(
    words: list[str], room: int
) -> None:
    lines = list(wrap(" ".join(words), "  ", "! ", room))
    assert lines[0].startswith("! ")
    assert all(line.startswith("  ") for line in lines[1:])
    assert " ".join(lines).removeprefix("! ").split() == words
    for line in lines:
        assert width(line) <= room or len(line.removeprefix("!").split()) == 1


def test_no_words_make_no_line() -> None:
    assert list(wrap("")) == []


def test_control_characters_are_written_out() -> None:
    assert list(wrap("a\x1b[2J b", "")) == ["a^[[2J b"]


def test_cells_are_below_one_another_and_the_last_one_is_wrapped() -> None:
    rows = [("server", "mail.corp.example is where all mail goes"), ("port", "587")]
    assert list(columns(rows, room=36)) == [
        "  server  mail.corp.example is where",
        "          all mail goes",
        "  port    587",
    ]
    assert [len(block) for block in blocks(rows, room=36)] == [2, 1]


def test_the_widest_cell_is_cut_to_leave_room_for_the_last() -> None:
    (line,) = columns([("n" * 60, "a", "short")], room=40)
    assert width(line) <= 40
    assert line.startswith("  nnn")
    assert "…  a  short" in line


def test_an_empty_last_cell_leaves_no_blanks_behind() -> None:
    assert list(columns([("name", ""), ("other", "x")], room=40)) == ["  name", "  other  x"]


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_any_row_has_a_block_of_visible_lines(rows: list[tuple[str, str]]) -> None:
    found = list(blocks(rows, room=50))
    assert len(found) == len(rows)
    for block in found:
        assert block
        assert all(visible(line) == line for line in block)
