"""The lines of replies are put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.replies.reply_lines import join_replies


@pytest.mark.parametrize(
    ("lines", "replies"),
    [
        ([], []),
        (["", " \t"], []),
        (["550 no", "450 wait"], ["550 no", "450 wait"]),
        (["550-not", "550 here"], ["550-not here"]),
        (["550-5.7.1 not", "550-5.7.1  from", "550 5.7.1 here"], ["550-5.7.1 not from here"]),
        (
            ["  421-4.7.0 too", "", "  421 4.7.0 fast", "421 again"],
            ["421-4.7.0 too fast", "421 again"],
        ),
        (["550-not", "451 other"], ["550-not", "451 other"]),
        (["550-not", "wrapped by a log"], ["550-not", "wrapped by a log"]),
        (["250-SIZE", "250 HELP"], ["250-SIZE", "250 HELP"]),
        (["550-", "550"], ["550- "]),
    ],
)
def test_lines_of_one_reply_are_one_text(lines: list[str], replies: list[str]) -> None:
    assert join_replies(lines) == replies


@given(st.lists(st.text(max_size=9), max_size=5))
def test_no_word_is_lost_of_lines_that_go_on_nowhere(lines: list[str]) -> None:
    kept = [line.replace("-", "") for line in lines]
    assert join_replies(kept) == [line.strip() for line in kept if line.strip()]


def test_a_reply_without_an_end_is_one_text() -> None:
    (reply,) = join_replies(["550-5.7.1 word"] * 20_000)
    assert reply == f"550-5.7.1 {' '.join(['word'] * 20_000)}"
