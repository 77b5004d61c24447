"""Pastes are told apart from keys, in whatever pieces they arrive."""

from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import deterministic
from tui.app.frugal.paste import Paste, PasteSplitter

BEGIN, END = "\x1b[200~", "\x1b[201~"
KEYS = st.lists(st.sampled_from(["a", "\t", "\x1b[A", "\x1bOP", "\r"]), max_size=6).map("".join)
TEXTS = st.text(st.sampled_from(["a", "\x1b", "[", "2", "0", "1", "\n", "\x11"]), max_size=20)


def split(pieces: list[str]) -> list[str | Paste]:
    """Return what the splitter makes of the pieces, with adjacent keys joined."""
    pastes, parts = PasteSplitter(), list[str | Paste]()
    for piece in pieces:
        for part in pastes.split(piece):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    return parts


def test_keys_pass_as_they_are() -> None:
    assert split(["ab\x1b[A", "\x1b", "c"]) == ["ab\x1b[A\x1bc"]


def test_a_paste_is_one_text_whatever_stands_in_it() -> None:
    pasted = "a\x1bb\x1b[A\x11\r"
    assert split([f"x{BEGIN}{pasted}{END}y"]) == ["x", Paste(pasted), "y"]


def test_the_escape_key_does_not_wait_for_more() -> None:
    assert list(PasteSplitter().split("\x1b")) == ["\x1b"]


@deterministic
@given(before=KEYS, text=TEXTS, after=KEYS, size=st.integers(3, 40))
def test_the_pieces_it_comes_in_make_no_difference(
    before: str, text: str, after: str, size: int
) -> None:
    whole = f"{before}{BEGIN}{text}{END}{after}"
    if whole.count(END) > 1 or END in text:
        return
    # A piece that ends within the first two characters of a marker is the escape key's.
    begin = len(before)
    pieces = [
        whole[: begin + 3],
        *(whole[i : i + size] for i in range(begin + 3, len(whole), size)),
    ]
    expected: list[str | Paste] = [Paste(text)]
    expected = [*([before] if before else []), *expected, *([after] if after else [])]
    assert split(pieces) == expected
