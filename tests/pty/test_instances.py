"""On an instance: keys during a request, sudden ends, and the bytes at the terminal."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.house import House, program, read_tree
from tests.pty.configurator import (
    CLEAR,
    DOWN,
    ENTER,
    ESCAPE,
    F5,
    PALETTE,
    QUIT,
    RIGHT,
    SAVE,
    SHIFT_TAB,
    SOON,
    TAB,
    check_restored,
    draft_path,
    field_line,
    has_draft,
    is_cursor_in_form,
    paste,
    press_and_wait,
    stop,
)
from tests.pty.hostile_texts import ALL, check_harmless
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sampling import sample
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sandbox_state import Switches

DEAF = """
import socket, sys, time
def look(*_, **__):
    time.sleep(60)
socket.getaddrinfo = look
sys.argv[1:] = ["-p", "far"]
from tui.cli.main import run
run()
"""
"""The program on a machine whose name server never answers."""


@pytest.fixture
def sandbox(house: House) -> Iterator[Sandbox]:
    """A stand-in on which the properties decide, and a profile for it."""
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        add_profile(house, sandbox.running.url, str(sandbox.running.ca_file))
        yield sandbox


def add_profile(house: House, url: str, ca_file: str, name: str = "corp") -> None:
    """Add a profile."""
    result = house.call(
        *("profiles", "add", name, "--instance", url, "--user", "admin"),
        *("--environment", "non-production", "--ca-file", ca_file),
    )
    assert result.code == 0, result


@contextmanager
def at_sign_in(house: House, **environment: str) -> Iterator[TerminalEmulator]:
    """Start the program and wait until it asks for a password."""
    with TerminalEmulator() as terminal:
        terminal.start([*program(), "-p", "corp"], {**house.environment, **environment})
        terminal.wait_for("[ Sign in ]")
        terminal.wait_until_idle()
        yield terminal


@contextmanager
def on_instance(house: House, sandbox: Sandbox, **environment: str) -> Iterator[TerminalEmulator]:
    """Start the program and wait until it has read the instance."""
    with at_sign_in(house, **environment) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("[ Close ]")
        terminal.wait_until_idle()
        press_and_wait(terminal, ENTER, "^S Save")
        terminal.wait_until_idle()
        yield terminal


def sign_in(terminal: TerminalEmulator, sandbox: Sandbox) -> None:
    """Type the password."""
    terminal.press(sandbox.running.user("admin").password + ENTER)


def count_bytes(terminal: TerminalEmulator, keys: str) -> int:
    """Return how many bytes some keys bring to the terminal."""
    terminal.wait_until_idle()
    before = len(terminal.raw)
    terminal.press(keys)
    terminal.wait_until_idle()
    return len(terminal.raw) - before


def quit_at_once(terminal: TerminalEmulator, keys: str) -> str:
    """Quit at once and return what is written after the screen closed."""
    terminal.press(keys)
    assert terminal.wait_for_exit(SOON) == 0
    return check_restored(terminal)


@pytest.mark.parametrize("keys", sample([QUIT, ESCAPE + QUIT], 2))
def test_an_instance_that_never_answers_holds_up_no_key_and_no_leaving(
    house: House, sandbox: Sandbox, keys: str
) -> None:
    sandbox.switches.never_answers = True
    with at_sign_in(house) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("Signing in at 127.0.0.1")
        assert count_bytes(terminal, "x" + DOWN) == 0
        words = quit_at_once(terminal, keys)
    assert words == f"Nothing was written to {sandbox.running.url[8:]}.\n"


@pytest.mark.grid
def test_a_name_server_that_never_answers_holds_up_no_leaving(house: House) -> None:
    add_profile(house, "https://far.example", "/etc/ssl/certs/ca-certificates.crt", "far")
    with TerminalEmulator() as terminal:
        terminal.start([sys.executable, "-P", "-c", DEAF], house.environment)
        terminal.wait_for("[ Sign in ]")
        terminal.wait_until_idle()
        terminal.press("secret" + ENTER)
        terminal.wait_for("Signing in at far.example")
        quit_at_once(terminal, QUIT)


@pytest.mark.grid
def test_a_key_costs_no_more_while_a_slow_instance_is_read(house: House, sandbox: Sandbox) -> None:
    with on_instance(house, sandbox) as terminal:
        press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
        terminal.press("m")  # the first one draws marks
        usual = count_bytes(terminal, "m")
        sandbox.switches.never_answers = True
        press_and_wait(terminal, F5, "Signing in")
        terminal.wait_until_idle()
        terminal.press("m")  # the first one takes what was said away
        assert count_bytes(terminal, "m") <= usual + 8
        assert "mmmm" in field_line(terminal)
        sandbox.switches.never_answers = False
        assert stop(terminal, signal.SIGTERM) == 143
    assert has_draft(house, "mmmm", "corp")


@pytest.mark.grid
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_while_it_connects_gives_the_terminal_back(
    house: House, sandbox: Sandbox, number: signal.Signals
) -> None:
    sandbox.switches.never_answers = True
    with at_sign_in(house) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("Signing in at 127.0.0.1")
        assert stop(terminal, number) == 128 + number
        words = check_restored(terminal)
    assert words == (
        f"Stopped by {number.name}.\nNothing was written to {sandbox.running.url[8:]}.\n"
    )
    assert not draft_path(house, "corp").exists()


@pytest.mark.grid
def test_killed_while_it_connects_and_while_one_types_the_draft_is_there_still(
    house: House, sandbox: Sandbox
) -> None:
    with on_instance(house, sandbox) as terminal:
        press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
        terminal.press("mail.new.example")
        terminal.wait_for(lambda: has_draft(house, "mail.new.example", "corp"))
        assert stop(terminal, signal.SIGKILL) == -signal.SIGKILL
    sandbox.switches.never_answers = True
    with at_sign_in(house) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("Signing in at 127.0.0.1")
        assert stop(terminal, signal.SIGKILL) == -signal.SIGKILL
    sandbox.switches.never_answers = False
    with at_sign_in(house) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("[ Close ]")
        terminal.wait_until_idle()
        press_and_wait(terminal, ENTER, "There are changes that were not saved")
        press_and_wait(terminal, ENTER, "Draft restored. F7 undoes it.")
        assert stop(terminal, signal.SIGHUP) == 129
        assert "kept as a draft" in check_restored(terminal)
    password = sandbox.running.user("admin").password.encode()
    assert all(password not in content for content in read_tree(house.root).values())


@pytest.mark.grid
def test_paste_into_the_word_of_a_save_is_shown_as_text_and_saves_nothing(
    house: House, sandbox: Sandbox
) -> None:
    with on_instance(house, sandbox) as terminal:
        press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
        press_and_wait(terminal, f"{CLEAR}mail.new.example", "1 changed")
        press_and_wait(terminal, SAVE, "[ Cancel ]")
        press_and_wait(terminal, SHIFT_TAB, "to continue:")
        terminal.wait_until_idle(0.1)
        paste(terminal, ALL.replace("\x1b", ""))
        terminal.wait_until_idle(0.1)
        press_and_wait(terminal, f"{TAB}{RIGHT}{ENTER}", "Still open")
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)
        check_harmless(terminal)
    assert {each.method for each in sandbox.recorded} == {"GET"}


@pytest.mark.grid
def test_a_terminal_that_goes_away_while_it_connects_ends_it(
    house: House, sandbox: Sandbox
) -> None:
    sandbox.switches.never_answers = True
    with at_sign_in(house) as terminal:
        sign_in(terminal, sandbox)
        terminal.wait_for("Signing in at 127.0.0.1")
        terminal.hang_up()
        terminal.wait_for_exit_unread(SOON)


def test_a_signal_while_it_writes_waits_for_the_end_and_tells_the_truth(
    house: House, sandbox: Sandbox
) -> None:
    with on_instance(house, sandbox) as terminal:
        press_and_wait(terminal, DOWN * 2 + TAB, lambda: is_cursor_in_form(terminal))
        terminal.press("x")
        press_and_wait(terminal, "\x13", "[ Cancel ]")
        terminal.wait_until_idle()
        sandbox.switches.slow_seconds = 0.2
        terminal.press(TAB + ENTER)
        terminal.wait_for("Writing glide.email.username")
        assert stop(terminal, signal.SIGTERM) == 143
        words = check_restored(terminal)
    rows = sandbox.rows("sys_properties")
    written = next(row["value"] for row in rows if row["name"] == "glide.email.username")
    assert "Stopped by SIGTERM.\n" in words
    assert "Nothing was written" not in words
    assert "Not known: display_name." in words or written.endswith("x")


HOSTILE = "Evil\x1b]0;t\x07\x1b[2J[bold red]x[/]\u202egnp\u200b\x9b31m"


@pytest.mark.grid
def test_what_an_instance_says_reaches_the_terminal_as_text_only(
    house: House, sandbox: Sandbox
) -> None:
    mail = sandbox.running.mail
    sandbox.insert(
        "sys_email_account",
        name=HOSTILE,
        type="smtp",
        active="true",
        server=HOSTILE,
        port="25",
        user_name=HOSTILE,
        email_user_label=HOSTILE,
        authentication="password",
        password=mail.password,
    )
    sandbox.insert("sys_email_account", name=HOSTILE, type="pop3", active="true", server=HOSTILE)
    with on_instance(house, sandbox) as terminal:
        for keys in (TAB, "\x07", ESCAPE, PALETTE, ESCAPE, "\x0f", ESCAPE, F5, PALETTE + "sends"):
            terminal.press(keys)
            terminal.wait_until_idle()
        assert stop(terminal, signal.SIGTERM) == 143
        for bad in (b"\x1b]0;t", b"\x1b[2J[bold", b"\xc2\x9b31m", "\u202e".encode(), b"\x9b31m"):
            assert bad not in terminal.raw, bad
        assert b"^[]0;t" in terminal.raw
        assert b"[bold red]x[/]" in terminal.raw
        assert check_restored(terminal)


def test_without_colours_no_colour_is_sent_and_every_state_is_a_character(
    house: House, sandbox: Sandbox
) -> None:
    with Sandbox("accounts", switches=Switches(sender_seconds=0)) as accounts:
        os.unlink(house.config / "profiles" / "corp.toml")
        add_profile(house, accounts.running.url, str(accounts.running.ca_file))
        with on_instance(house, accounts, NO_COLOR="1") as terminal:
            assert "▸▲#Server" in terminal.text()
            assert "NON-PROD" in terminal.text()
            assert stop(terminal, signal.SIGTERM) == 143
            colours = set(
                re.findall(rb"(?:\[|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]", terminal.raw)
            )
            assert not colours
