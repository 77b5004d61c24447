"""Without a terminal that can show a screen, the configurator names the commands instead."""

import sys
from io import StringIO

import pytest

from tests.cli.house import House
from tui.cli.commands.screen import refuse_no_terminal
from tui.errors import UsageError


class Stream(StringIO):
    """A stream that is a terminal or not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


def find_refusal(term: str | None = "xterm-256color", redirected: str = "") -> UsageError | None:
    """Return the refusal on a terminal of a type, with one of the three streams redirected."""
    with pytest.MonkeyPatch.context() as patch:
        if term is None:
            patch.delenv("TERM", raising=False)
        else:
            patch.setenv("TERM", term)
        for name in ("stdin", "stdout", "stderr"):
            patch.setattr(sys, name, Stream(is_terminal=name != redirected))
        try:
            refuse_no_terminal()
        except UsageError as refusal:
            return refusal
    return None


def test_a_terminal_is_not_refused() -> None:
    assert find_refusal() is None


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_no_terminal_is_refused(name: str) -> None:
    refusal = find_refusal(redirected=name)
    assert refusal is not None
    assert refusal.code == "terminal.none"
    assert "glidemail show, check, plan, apply" in refusal.hint


@pytest.mark.parametrize("term", [None, "", "dumb"])
def test_a_terminal_that_can_show_no_screen_is_refused(term: str | None) -> None:
    refusal = find_refusal(term)
    assert refusal is not None
    assert refusal.code == "terminal.dumb"
    assert "glidemail show, check, plan, apply" in refusal.hint


def test_no_terminal_at_all_names_the_commands_instead(house: House) -> None:
    result = house.call(TERM="xterm-256color")
    assert result.code == 64
    assert "The configurator needs a terminal." in result.words
    assert "glidemail show, check, plan, apply" in result.words
    assert "\x1b" not in result.out + result.err


def test_json_needs_a_command(house: House) -> None:
    result = house.call("--json", TERM="xterm-256color")
    assert result.code == 64
    assert "--json needs a command." in result.words
    assert "\x1b" not in result.out + result.err
