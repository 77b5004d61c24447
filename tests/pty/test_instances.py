"""On an instance: keys while one waits, unwished-for ends, and what reaches the terminal."""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.running import House, open_house, program, tree
from tests.pty.program import (
    DOWN,
    ENTER,
    ESCAPE,
    F5,
    PALETTE,
    QUIT,
    TAB,
    cursor_in_form,
    draft,
    field_line,
    given_back,
    press_and_wait,
    settle,
    stop,
)
from tests.pty.screen import DEADLINE, Screen
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.switches import Switches

SOON = DEADLINE / 3
"""Seconds in which it is left, even on a machine that does much else; answers take longer."""

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
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


@pytest.fixture
def sandbox(house: House) -> Iterator[Sandbox]:
    """A stand-in on which the properties count, and a profile that names it."""
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        add(house, sandbox.running.url, str(sandbox.running.ca_file))
        yield sandbox


def add(house: House, url: str, ca_file: str, name: str = "corp") -> None:
    """Makes a profile."""
    added = house.call(
        *("profiles", "add", name, "--instance", url, "--user", "admin"),
        *("--environment", "non-production", "--ca-file", ca_file),
    )
    assert added.code == 0, added


@contextmanager
def asked(house: House, **environment: str) -> Iterator[Screen]:
    """The program while it asks for a password."""
    with Screen() as screen:
        screen.start([*program(), "-p", "corp"], {**house.environment, **environment})
        screen.wait_for("[ Sign in ]")
        settle(screen)
        yield screen


@contextmanager
def connected(house: House, sandbox: Sandbox, **environment: str) -> Iterator[Screen]:
    """The program on an instance that was read."""
    with asked(house, **environment) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("[ Close ]")
        settle(screen)
        press_and_wait(screen, ENTER, "^S Save")
        settle(screen)
        yield screen


def drafted(house: House, words: str) -> bool:
    """Whether a draft of the profile is kept that holds some words."""
    path = draft(house, "corp")
    return path.exists() and words in path.read_text()


def sign_in(screen: Screen, sandbox: Sandbox) -> None:
    """Types the password."""
    screen.press(sandbox.running.user("admin").password + ENTER)


def cost(screen: Screen, keys: str) -> int:
    """The bytes that keys bring to the terminal."""
    settle(screen)
    before = len(screen.raw)
    screen.press(keys)
    settle(screen)
    return len(screen.raw) - before


def leaves(screen: Screen, keys: str) -> str:
    """Leaves at once; what is said then."""
    started = time.monotonic()
    screen.press(keys)
    assert screen.end() == 0
    assert time.monotonic() - started < SOON
    return given_back(screen)


@pytest.mark.parametrize("keys", [QUIT, ESCAPE + QUIT])
def test_an_instance_that_never_answers_holds_up_no_key_and_no_leaving(
    house: House, sandbox: Sandbox, keys: str
) -> None:
    sandbox.switches.never_answers = True
    with asked(house) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("Signing in at 127.0.0.1")
        assert cost(screen, "x" + DOWN) == 0
        words = leaves(screen, keys)
    assert words == f"Nothing was written to {sandbox.running.url[8:]}.\n"


def test_a_name_server_that_never_answers_holds_up_no_leaving(house: House) -> None:
    add(house, "https://far.example", "/etc/ssl/certs/ca-certificates.crt", "far")
    with Screen() as screen:
        screen.start([sys.executable, "-P", "-c", DEAF], house.environment)
        screen.wait_for("[ Sign in ]")
        settle(screen)
        screen.press("secret" + ENTER)
        screen.wait_for("Signing in at far.example")
        leaves(screen, QUIT)


def test_a_key_costs_no_more_while_a_slow_instance_is_read(house: House, sandbox: Sandbox) -> None:
    with connected(house, sandbox) as screen:
        press_and_wait(screen, TAB, lambda: cursor_in_form(screen))
        screen.press("m")  # the first one draws marks
        usual = cost(screen, "m")
        sandbox.switches.never_answers = True
        press_and_wait(screen, F5, "Signing in")
        settle(screen)
        screen.press("m")  # the first one takes what was said away
        assert cost(screen, "m") <= usual + 8
        assert "mmmm" in field_line(screen)
        sandbox.switches.never_answers = False
        assert stop(screen, signal.SIGTERM) == 143
    assert drafted(house, "mmmm")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_while_it_connects_gives_the_terminal_back(
    house: House, sandbox: Sandbox, number: signal.Signals
) -> None:
    sandbox.switches.never_answers = True
    with asked(house) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("Signing in at 127.0.0.1")
        assert stop(screen, number) == 128 + number
        words = given_back(screen)
    assert words == (
        f"Stopped by {number.name}.\nNothing was written to {sandbox.running.url[8:]}.\n"
    )
    assert not draft(house, "corp").exists()


def test_killed_while_it_connects_and_while_one_types_the_draft_is_there_still(
    house: House, sandbox: Sandbox
) -> None:
    with connected(house, sandbox) as screen:
        press_and_wait(screen, TAB, lambda: cursor_in_form(screen))
        screen.press("mail.new.example")
        screen.wait_for(lambda: drafted(house, "mail.new.example"))
        assert stop(screen, signal.SIGKILL) == -signal.SIGKILL
    sandbox.switches.never_answers = True
    with asked(house) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("Signing in at 127.0.0.1")
        assert stop(screen, signal.SIGKILL) == -signal.SIGKILL
    sandbox.switches.never_answers = False
    with asked(house) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("[ Close ]")
        settle(screen)
        press_and_wait(screen, ENTER, "There are changes that were not saved")
        press_and_wait(screen, ENTER, "Restored. F7 takes it back.")
        assert stop(screen, signal.SIGHUP) == 129
        assert "kept as a draft" in given_back(screen)
    password = sandbox.running.user("admin").password.encode()
    assert all(password not in content for content in tree(house.root).values())


def test_a_terminal_that_goes_away_while_it_connects_ends_it(
    house: House, sandbox: Sandbox
) -> None:
    sandbox.switches.never_answers = True
    with asked(house) as screen:
        sign_in(screen, sandbox)
        screen.wait_for("Signing in at 127.0.0.1")
        screen.hang_up()
        screen.end_unread(SOON)


def test_a_signal_while_it_writes_waits_for_the_end_and_tells_the_truth(
    house: House, sandbox: Sandbox
) -> None:
    with connected(house, sandbox) as screen:
        press_and_wait(screen, DOWN * 2 + TAB, lambda: cursor_in_form(screen))
        screen.press("x")
        press_and_wait(screen, "\x13", "[ Cancel ]")
        settle(screen)
        sandbox.switches.slow_seconds = 0.2
        screen.press(TAB + ENTER)
        screen.wait_for("Writing glide.email.username")
        assert stop(screen, signal.SIGTERM) == 143
        words = given_back(screen)
    rows = sandbox.rows("sys_properties")
    written = next(row["value"] for row in rows if row["name"] == "glide.email.username")
    assert "Stopped by SIGTERM.\n" in words
    assert "Nothing was written" not in words
    assert "Not known: display_name." in words or written.endswith("x")
    print(words)


HOSTILE = "Evil\x1b]0;t\x07\x1b[2J[bold red]x[/]\u202egnp\u200b\x9b31m"


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
    with connected(house, sandbox) as screen:
        for keys in (TAB, "\x07", ESCAPE, PALETTE, ESCAPE, "\x0f", ESCAPE, F5, PALETTE + "sends"):
            screen.press(keys)
            settle(screen)
        assert stop(screen, signal.SIGTERM) == 143
        for bad in (b"\x1b]0;t", b"\x1b[2J[bold", b"\xc2\x9b31m", "\u202e".encode(), b"\x9b31m"):
            assert bad not in screen.raw, bad
        assert b"^[]0;t" in screen.raw
        assert b"[bold red]x[/]" in screen.raw
        assert given_back(screen)


def test_without_colours_no_colour_is_sent_and_every_state_is_a_character(
    house: House, sandbox: Sandbox
) -> None:
    with Sandbox("accounts", switches=Switches(sender_seconds=0)) as accounts:
        os.unlink(house.config / "profiles" / "corp.toml")
        add(house, accounts.running.url, str(accounts.running.ca_file))
        with connected(house, accounts, NO_COLOR="1") as screen:
            assert ">!# Outgoing mail server" in screen.text()
            assert "NON-PROD" in screen.text()
            assert stop(screen, signal.SIGTERM) == 143
            colours = set(re.findall(rb"(?:\[|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]", screen.raw))
            assert not colours
