"""What could move, hide or command on a terminal is written out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.visible import mask, visible

# st.text() alone never makes lone surrogates, and rarely what matters here.
ANYTHING = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Me"]),
        st.sampled_from("a\x1b\x9b\u0301\ufe0f\u3164\U000e0041"),
    )
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", "^[[31mred", id="an escape sequence"),
        pytest.param("\x1b]52;c;cHduZWQ=\x07", "^[]52;c;cHduZWQ=^G", id="a clipboard write"),
        pytest.param("\x9b2J", r"\u{9b}2J", id="an eight-bit control sequence"),
        pytest.param("a\nb\r\tc\0", "a^Jb^M^Ic^@", id="line break, tab and NUL"),
        pytest.param("a\x7fb", "a^?b", id="DEL"),
        pytest.param("user\u202etxt.exe", r"user\u{202e}txt.exe", id="a bidi override"),
        pytest.param("\u2066x\u2069", r"\u{2066}x\u{2069}", id="bidi isolates"),
        pytest.param("pass\u200bword", r"pass\u{200b}word", id="a zero-width space"),
        pytest.param("a\u200db", r"a\u{200d}b", id="a zero-width joiner"),
        pytest.param("\ufeffa", r"\u{feff}a", id="a byte order mark"),
        pytest.param("x\U000e0041\U000e007f", r"x\u{e0041}\u{e007f}", id="tag characters"),
        pytest.param("x\ufe0f\U000e0100", r"x\u{fe0f}\u{e0100}", id="variation selectors"),
        pytest.param("a\u3164b\uffa0\u115f", r"a\u{3164}b\u{ffa0}\u{115f}", id="fillers"),
        pytest.param("a\u034fb\u180bc", r"a\u{34f}b\u{180b}c", id="ignorable marks"),
        pytest.param("a\udc80b", r"a\u{dc80}b", id="a lone surrogate"),
        pytest.param("a\u2028b\u2029", r"a\u{2028}b\u{2029}", id="line and paragraph separators"),
        pytest.param("\ue000\U0010ffff", r"\u{e000}\u{10ffff}", id="private use and unassigned"),
        pytest.param("\u0301a", r"\u{301}a", id="a mark with no letter to stand on"),
    ],
)
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mail.example.com",
        "Grüße aus Köln",
        "e\u0301 decomposed",
        "メールサーバー\u3000設定",
        "почта",
        "بريد",
        "हिन्दी",
        "ภาษาไทย",
        "📧 ✓ 👍🏽",
        "a\u00a0b",
    ],
)
def test_what_can_be_read_stays(text: str) -> None:
    assert visible(text) == text


def test_a_stack_of_marks_is_cut_down() -> None:
    assert (
        visible("a" + "\u0301" * 6 + "b\u0301") == "a" + "\u0301" * 4 + r"\u{301}" * 2 + "b\u0301"
    )


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert visible("x" * 1_000_000, limit=5) == "xxxxx … (1000000 characters)"


def test_a_text_that_just_fits_is_whole() -> None:
    assert visible("äöüab", limit=5) == "äöüab"
    assert visible("abcde", limit=5) == "abcde"


def test_an_escape_is_never_cut_in_half() -> None:
    assert visible("ab\u202ecd", limit=5) == "ab … (5 characters)"
    assert visible("ab\x1bcd", limit=3) == "ab … (5 characters)"


@given(ANYTHING, st.none() | st.integers(0, 40))
def test_nothing_that_hides_or_commands_comes_out(text: str, limit: int | None) -> None:
    shown = visible(text, limit)
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not hidden & {unicodedata.category(char) for char in shown}
    shown.encode()


@given(ANYTHING)
def test_what_is_visible_already_stays(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANYTHING, st.integers(0, 40))
def test_a_cut_text_is_never_longer_than_its_limit_and_the_tail(text: str, limit: int) -> None:
    shown, tail = visible(text, limit), f" … ({len(text)} characters)"
    assert len(shown) <= limit or (shown.endswith(tail) and len(shown) <= limit + len(tail))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_ascii_is_unchanged(text: str) -> None:
    assert visible(text) == text


@given(ANYTHING)
def test_a_masked_text_is_as_long_and_shows_what_can_be_seen(text: str) -> None:
    shown = mask(text)
    assert len(shown) == len(text)
    assert visible(shown) == shown
    for before, after in zip(text, shown, strict=True):
        assert after in (before, "\ufffd")
