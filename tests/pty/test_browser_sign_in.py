"""Before the screen opens: the address to sign in at, whole, on the bare terminal."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.house import House, program, read_tree
from tests.pty.configurator import ENTER, ESCAPE, QUIT, SOON, close
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sandbox.browser import sign_in_with_browser
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sandbox_state import Switches


@pytest.fixture
def sandbox(house: House) -> Iterator[Sandbox]:
    """A stand-in, and a profile for it that signs in with a browser."""
    with Sandbox(switches=Switches(sender_seconds=0)) as sandbox:
        running = sandbox.running
        result = house.call(
            *("profiles", "add", "web", "--instance", running.url, "--sign-in", "browser"),
            *("--user", running.oauth.client_id, "--environment", "non-production"),
            *("--ca-file", str(running.ca_file)),
        )
        assert result.code == 0, result
        yield sandbox


@contextmanager
def at_address(house: House) -> Iterator[tuple[TerminalEmulator, str]]:
    """Start the program, and wait for the address that it prints in one piece."""
    with TerminalEmulator() as terminal:
        terminal.start([*program(), "-p", "web"], house.environment)
        terminal.wait_for("it has none):")
        terminal.press(ENTER)
        terminal.wait_for("Code or address from the browser:")
        found = re.search(rb"https://\S+/oauth_auth\.do\?\S+", bytes(terminal.raw))
        assert found
        yield terminal, found[0].decode()


def test_the_screen_opens_signed_in(house: House, sandbox: Sandbox) -> None:
    with at_address(house) as (terminal, address):
        pasted = sign_in_with_browser(sandbox, address)
        terminal.press(pasted + ENTER)
        terminal.wait_for("[ Close ]")
        terminal.wait_until_idle()
        terminal.press(QUIT)
        assert terminal.wait_for_exit(SOON) == 0
        assert pasted.encode() not in bytes(terminal.raw)
    code = pasted.partition("code=")[2].partition("&")[0]
    assert not [1 for data in read_tree(house.root).values() if code.encode() in data]


@pytest.mark.grid
def test_without_a_paste_the_screen_asks(house: House, sandbox: Sandbox) -> None:
    with at_address(house) as (terminal, _):
        terminal.press(ENTER)
        terminal.wait_for("have a secret?")
        terminal.wait_until_idle()
        close(terminal, ESCAPE, "have a secret?")
        terminal.wait_for("F5 connects.")
        terminal.press(QUIT)
        assert terminal.wait_for_exit(SOON) == 0
    assert "/oauth_token.do" not in [each.path for each in sandbox.recorded]
