"""A typed password is in its field and nowhere else."""

import base64
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.house import House, program, read_tree
from tests.programs import require
from tests.pty.configurator import (
    COPY,
    CUT,
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
    check_restored,
    configurator,
    go_to_password,
    has_draft,
    lock_owner,
    open_save_dialog,
    paste,
    press_and_wait,
    stop,
    type_password,
)
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sampling import sample

CANARY = "Kanarie-4711-geheim"
DOTS = "•" * len(CANARY)
SOME_DOTS = "•" * 8
"""What is left of any password once its field is left."""
FORMS = (
    CANARY.encode(),
    base64.b64encode(CANARY.encode()).rstrip(b"="),
    CANARY.encode().hex().encode(),
    CANARY[::-1].encode(),
)

_SELECT = "\x1b[1;2H"  # shift+home

# The real program, in which leaving the password's field fails.
_FAULT = """
import sys
from tui.app.widgets import fields
def fail(self, event):
    password = self.value
    raise ValueError(password)
fields.SecretField._on_blur = fail
from tui.cli.main import run
sys.argv = ["glidemail"]
run()
"""


def is_free_of_password(data: bytes) -> bool:
    """Whether the password is there in none of its forms."""
    return not any(form in data for form in FORMS)


def check_files(house: House) -> None:
    """Check that no file of the house has the password."""
    leaks = [
        path for path, content in read_tree(house.root).items() if not is_free_of_password(content)
    ]
    assert not leaks


def quit_with(terminal: TerminalEmulator, keys: str) -> str:
    """Quit and return what is written after the screen closed."""
    terminal.press(keys)
    assert terminal.wait_for_exit() == 0
    return check_restored(terminal)


@pytest.mark.parametrize("put", sample([TerminalEmulator.press, paste], 2), ids=["typed", "pasted"])
def test_password_is_shown_as_dots_and_left_nowhere(
    house: House, put: Callable[[TerminalEmulator, str], None]
) -> None:
    with configurator(house) as terminal:
        go_to_password(terminal)
        put(terminal, CANARY)
        terminal.wait_for(DOTS)
        terminal.wait_for(lambda: has_draft(house, '"password"'))
        press_and_wait(terminal, F1, "[ Close ]")
        press_and_wait(terminal, ENTER, "^S Save")
        press_and_wait(terminal, PALETTE, "[ Close ]")
        press_and_wait(terminal, ESCAPE, "^S Save")
        press_and_wait(terminal, SAVE, "Save to")
        press_and_wait(terminal, ENTER, "Not saved")
        press_and_wait(terminal, QUIT, "[ Discard ]")
        quit_with(terminal, f"{TAB}{TAB}{ENTER}")
        assert is_free_of_password(terminal.raw)
    check_files(house)


@pytest.mark.grid
def test_password_is_shown_only_while_it_is_revealed(house: House) -> None:
    with configurator(house) as terminal:
        type_password(terminal, CANARY)
        terminal.wait_until_idle()
        assert is_free_of_password(terminal.raw)
        press_and_wait(terminal, F2, CANARY)
        press_and_wait(terminal, F2, DOTS)
        terminal.wait_until_idle()
        shown = len(terminal.raw)
        press_and_wait(terminal, "\x19", CANARY)
        press_and_wait(terminal, TAB, "▸  Port")
        terminal.wait_until_idle()
        hidden = len(terminal.raw)
        assert not is_free_of_password(terminal.raw[shown:hidden])
        press_and_wait(terminal, SHIFT_TAB, DOTS)
        press_and_wait(terminal, ESCAPE, SOME_DOTS)
        press_and_wait(terminal, QUIT, "[ Discard ]")
        quit_with(terminal, f"{TAB}{TAB}{ENTER}")
        assert is_free_of_password(terminal.raw[hidden:])
    check_files(house)


@pytest.mark.parametrize("revealed", sample([True, False], 2))
def test_password_gets_to_no_clipboard(house: House, revealed: bool) -> None:
    with configurator(house) as terminal:
        type_password(terminal, CANARY)
        if revealed:
            press_and_wait(terminal, F2, CANARY)
        for keys in (COPY, _SELECT, COPY, CUT):
            terminal.press(keys)
            terminal.wait_until_idle(0.1)
        assert b"\x1b]52" not in terminal.raw
        assert stop(terminal, signal.SIGTERM) == 143
        assert is_free_of_password(terminal.raw) or revealed
    check_files(house)


@pytest.mark.grid
def test_password_that_was_saved_undone_and_done_again_is_in_no_file(house: House) -> None:
    house.write('server = "mail.example.com"\nuser = "me@example.com"\nsecurity = "starttls"\n')
    with configurator(house, shows="Read default.toml") as terminal:
        type_password(terminal, CANARY)
        press_and_wait(terminal, F7, "0 changed")
        press_and_wait(terminal, F8, "1 changed")
        open_save_dialog(terminal)
        press_and_wait(terminal, ENTER, "Saved 1 change")
        words = quit_with(terminal, QUIT)
        assert "Saved to" in words
        assert is_free_of_password(terminal.raw)
    check_files(house)


@pytest.mark.grid
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGHUP])
def test_password_is_in_no_draft_and_is_asked_for_again(
    house: House, number: signal.Signals
) -> None:
    with configurator(house) as terminal:
        type_password(terminal, CANARY)
        terminal.wait_for(lambda: has_draft(house, '"password"'))
        assert stop(terminal, number) in (-number, 128 + number)
        assert is_free_of_password(terminal.raw)
    check_files(house)
    with configurator(house, shows="[ Close ]") as terminal:
        terminal.wait_for("Password: not kept in the draft. Type it again.")


@pytest.mark.grid
def test_fault_of_the_program_shows_no_password(house: House) -> None:
    with TerminalEmulator() as terminal:
        terminal.start([sys.executable, "-P", "-c", _FAULT], house.environment)
        terminal.wait_for("Enter edits")
        type_password(terminal, CANARY)
        terminal.press(TAB)
        assert terminal.wait_for_exit() == 1
        words = check_restored(terminal)
        assert "This is a bug in glidemail: ValueError at" in words
        assert "Not saved: 1 change; kept as a draft" in words
        assert is_free_of_password(terminal.raw)
    check_files(house)


def test_password_is_in_no_argument_and_no_environment_of_a_child(house: House) -> None:
    trace = house.root / "trace"
    strace = require("strace", "strace")
    house.write('keep = "keyring"\n', house.config / "profiles" / "default.toml")
    argv = [strace, "-f", "-qq", "-v", "-s", "65536", "-e", "trace=execve", "-o", str(trace)]
    # A bus without a keyring: the keyring's process starts and finds none.
    bus = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={house.root}/nobody"}
    with TerminalEmulator() as terminal:
        terminal.start([*argv, *program()], {**house.environment, **bus})
        terminal.wait_for("Enter edits")
        type_password(terminal, CANARY)
        press_and_wait(terminal, SAVE, "[ Cancel ]")
        press_and_wait(terminal, ESCAPE, "^S Save")
        open_save_dialog(terminal)
        press_and_wait(terminal, ENTER, "Can't use the keyring.")
        os.kill(lock_owner(house), signal.SIGTERM)
        assert terminal.wait_for_exit() == 143
        assert is_free_of_password(terminal.raw)
    assert re.search(r'execve\(.*"tui.credentials.keyring_child"', trace.read_text())
    assert is_free_of_password(trace.read_bytes())
    check_files(house)


@pytest.mark.grid
def test_settings_of_the_framework_write_no_log_of_what_is_typed(house: House) -> None:
    log = house.root / "log"
    with configurator(
        house, TEXTUAL_LOG=str(log), TEXTUAL_DEBUG="1", TEXTUAL="debug,devtools"
    ) as terminal:
        type_password(terminal, CANARY)
        assert stop(terminal, signal.SIGTERM) == 143
        assert is_free_of_password(terminal.raw)
    check_files(house)
    assert not [
        path for path in Path.cwd().glob("*.log") if not is_free_of_password(path.read_bytes())
    ]
