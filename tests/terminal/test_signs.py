"""The signs of the screen, in UTF-8 and in ASCII."""

import io
import sys
from collections.abc import Iterator

import pytest

from tui.terminal.layout import width
from tui.terminal.signs import has_signs, sign

MARKS = ("x", "!", "-", "+", "*", ">", "o", "->", "_", "|")


@pytest.fixture(autouse=True)
def _ask_again() -> Iterator[None]:
    """Look at the terminal in each test; the program looks once."""
    has_signs.cache_clear()
    yield
    has_signs.cache_clear()


def use_terminal(monkeypatch: pytest.MonkeyPatch, encoding: str, term: str) -> None:
    monkeypatch.setattr(sys, "__stderr__", io.TextIOWrapper(io.BytesIO(), encoding))
    monkeypatch.setenv("TERM", term)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8"])
def test_a_terminal_that_reads_utf_8_is_sent_signs(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    use_terminal(monkeypatch, encoding, "xterm-256color")
    assert "".join(map(sign, MARKS)) == "✗▲·✓●▸o→─▏"
    assert len({*map(sign, MARKS)}) == len(MARKS)
    for mark in MARKS:
        assert width(sign(mark)) == 1


@pytest.mark.parametrize(
    ("encoding", "term"),
    [
        ("utf-8", "linux"),
        ("ascii", "xterm-256color"),
        ("latin-1", "xterm-256color"),
        ("iso8859-15", "linux"),
    ],
)
def test_any_other_terminal_is_sent_ascii(
    monkeypatch: pytest.MonkeyPatch, encoding: str, term: str
) -> None:
    use_terminal(monkeypatch, encoding, term)
    assert [sign(mark) for mark in MARKS] == [*MARKS]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_what_has_no_other_sign_is_its_own(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    use_terminal(monkeypatch, encoding, "xterm-256color")
    assert [sign(mark) for mark in ("~", "#", "k", " ", "")] == ["~", "#", "k", " ", ""]


def test_without_a_terminal_the_present_stream_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stderr__", None)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), "ascii"))
    monkeypatch.setenv("TERM", "xterm")
    assert not has_signs()
