"""A password that is typed is in its field, and nowhere else that anybody could look."""

import base64
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.house import House, open_house, program, read_tree
from tests.needs import needs
from tests.pty.program import (
    COPY,
    CUT,
    DOWN,
    ENTER,
    ESCAPE,
    F1,
    F2,
    F7,
    F8,
    PALETTE,
    QUIT,
    SAVE,
    SHIFT_TAB,
    TAB,
    configurator,
    drafted,
    given_back,
    holder,
    paste,
    press_and_wait,
    settle,
    stop,
    to_save,
)
from tests.pty.screen import Screen

CANARY = "Kanarie-4711-geheim"
DOTS = "•" * len(CANARY)
FORMS = (
    CANARY.encode(),
    base64.b64encode(CANARY.encode()).rstrip(b"="),
    CANARY.encode().hex().encode(),
    CANARY[::-1].encode(),
)

_SELECT = "\x1b[1;2H"  # shift+home

# The real program, with one step in it that fails as soon as the password's field is left.
_FAULT = """
import sys
from tui.app.widgets import secret_field
def fail(self, event):
    password = self.value
    raise ValueError(password)
secret_field.SecretField._on_blur = fail
from tui.cli.main import run
sys.argv = ["glidemail"]
run()
"""


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


def clean(data: bytes) -> bool:
    """Whether the password is in there in no form."""
    return not any(form in data for form in FORMS)


def nowhere(house: House) -> None:
    """Fails where a file of the house holds the password."""
    held = [path for path, content in read_tree(house.root).items() if not clean(content)]
    assert not held


def to_password(screen: Screen) -> None:
    """Goes to the field of the outgoing password."""
    press_and_wait(screen, DOWN * 4, ">   Outgoing password")
    screen.press(TAB)
    settle(screen, 0.15)


def type_password(screen: Screen) -> None:
    """Types it there."""
    to_password(screen)
    press_and_wait(screen, CANARY, DOTS)


def ends(screen: Screen, keys: str) -> str:
    """Quits, and gives what is said then."""
    screen.press(keys)
    assert screen.end() == 0
    return given_back(screen)


@pytest.mark.parametrize("put", [Screen.press, paste], ids=["typed", "pasted"])
def test_password_is_shown_as_dots_and_left_nowhere(
    house: House, put: Callable[[Screen, str], None]
) -> None:
    with configurator(house) as screen:
        to_password(screen)
        put(screen, CANARY)
        screen.wait_for(DOTS)
        screen.wait_for(lambda: drafted(house, '"password"'))
        press_and_wait(screen, F1, "[ Close ]")
        press_and_wait(screen, ENTER, "^S Save")
        press_and_wait(screen, PALETTE, "[ Close ]")
        press_and_wait(screen, ESCAPE, "^S Save")
        press_and_wait(screen, SAVE, "What changes")
        press_and_wait(screen, ENTER, "Not saved")
        press_and_wait(screen, QUIT, "[ Discard ]")
        ends(screen, f"{TAB}{TAB}{ENTER}")
        assert clean(screen.raw)
    nowhere(house)


def test_password_is_shown_only_while_it_is_revealed(house: House) -> None:
    with configurator(house) as screen:
        type_password(screen)
        settle(screen)
        assert clean(screen.raw)
        press_and_wait(screen, F2, CANARY)
        press_and_wait(screen, F2, DOTS)
        settle(screen)
        shown = len(screen.raw)
        press_and_wait(screen, "\x14", CANARY)
        press_and_wait(screen, TAB, DOTS)
        settle(screen)
        hidden = len(screen.raw)
        assert not clean(screen.raw[shown:hidden])
        press_and_wait(screen, SHIFT_TAB, DOTS)
        press_and_wait(screen, ESCAPE, DOTS)
        press_and_wait(screen, QUIT, "[ Discard ]")
        ends(screen, f"{TAB}{TAB}{ENTER}")
        assert clean(screen.raw[hidden:])
    nowhere(house)


@pytest.mark.parametrize("revealed", [False, True])
def test_password_gets_to_no_clipboard(house: House, revealed: bool) -> None:
    with configurator(house) as screen:
        type_password(screen)
        if revealed:
            press_and_wait(screen, F2, CANARY)
        for keys in (COPY, _SELECT, COPY, CUT):
            screen.press(keys)
            settle(screen, 0.1)
        assert b"\x1b]52" not in screen.raw
        assert stop(screen, signal.SIGTERM) == 143
        assert clean(screen.raw) or revealed
    nowhere(house)


def test_password_that_was_saved_undone_and_done_again_is_in_no_file(house: House) -> None:
    house.write('server = "mail.example.com"\nuser = "me@example.com"\nsecurity = "starttls"\n')
    with configurator(house, shows="Read default.toml") as screen:
        type_password(screen)
        press_and_wait(screen, F7, "nothing changed")
        press_and_wait(screen, F8, "1 changed")
        to_save(screen)
        press_and_wait(screen, ENTER, "Saved 1 change")
        words = ends(screen, QUIT)
        assert "Saved to" in words
        assert clean(screen.raw)
    nowhere(house)


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGHUP])
def test_password_is_in_no_draft_and_is_asked_for_again(
    house: House, number: signal.Signals
) -> None:
    with configurator(house) as screen:
        type_password(screen)
        screen.wait_for(lambda: drafted(house, '"password"'))
        assert stop(screen, number) in (-number, 128 + number)
        assert clean(screen.raw)
    nowhere(house)
    with configurator(house, shows="[ Close ]") as screen:
        screen.wait_for("Outgoing password: typed, and in no draft. Type it again.")


def test_fault_of_the_program_shows_no_password(house: House) -> None:
    with Screen() as screen:
        screen.start([sys.executable, "-P", "-c", _FAULT], house.environment)
        screen.wait_for("Enter edits")
        type_password(screen)
        screen.press(TAB)
        assert screen.end() == 1
        words = given_back(screen)
        assert "The program has a fault: ValueError at" in words
        assert "Not saved: 1 change; kept as a draft" in words
        assert clean(screen.raw)
    nowhere(house)


def test_password_is_in_no_argument_and_no_environment_of_a_child(house: House) -> None:
    trace = house.root / "trace"
    strace = needs("strace", "strace")
    house.write('keep = "keyring"\n', house.config / "profiles" / "default.toml")
    argv = [strace, "-f", "-qq", "-v", "-s", "65536", "-e", "trace=execve", "-o", str(trace)]
    # A bus that nobody answers on: the keyring's process is started, and finds none.
    bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={house.root}/nobody"}
    with Screen() as screen:
        screen.start([*argv, *program()], {**house.environment, **bus})
        screen.wait_for("Enter edits")
        type_password(screen)
        press_and_wait(screen, SAVE, "[ Cancel ]")
        press_and_wait(screen, ESCAPE, "^S Save")
        to_save(screen)
        press_and_wait(screen, ENTER, "The keyring cannot be used.")
        os.kill(holder(house), signal.SIGTERM)
        assert screen.end() == 143
        assert clean(screen.raw)
    assert re.search(r'execve\(.*"tui.credentials.keyring_child"', trace.read_text())
    assert clean(trace.read_bytes())
    nowhere(house)


def test_settings_of_the_framework_write_no_log_of_what_is_typed(house: House) -> None:
    log = house.root / "log"
    with configurator(
        house, TEXTUAL_LOG=str(log), TEXTUAL_DEBUG="1", TEXTUAL="debug,devtools"
    ) as screen:
        type_password(screen)
        assert stop(screen, signal.SIGTERM) == 143
        assert clean(screen.raw)
    nowhere(house)
    assert not [path for path in Path.cwd().glob("*.log") if not clean(path.read_bytes())]
