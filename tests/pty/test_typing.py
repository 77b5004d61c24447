"""From start to saved file with keys only, and the bytes that a key costs."""

import time

import pytest

from tests.cli.house import House
from tests.pty.configurator import (
    CLEAR,
    DOWN,
    ENTER,
    ESCAPE,
    F2,
    F4,
    F7,
    F8,
    QUIT,
    RIGHT,
    SAVE,
    SERVER,
    TAB,
    check_restored,
    configurator,
    draft_path,
    field_line,
    go_to_password,
    open_save_dialog,
    press_and_wait,
    type_server,
)
from tests.pty.terminal_emulator import TerminalEmulator

KEY = 450
"""The most bytes that one typed key may send at 80x24."""

QUIET = 2.2
"""Seconds without a key in which nothing is sent; the file is looked at each second."""


def test_whole_way_from_a_first_start_to_a_saved_file(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal, f"smtp://{SERVER}:587")
        press_and_wait(terminal, F4, "Done: Use")
        press_and_wait(terminal, TAB, "▸  User email")
        press_and_wait(terminal, "me@example.com", "│ me@example.com")
        terminal.press(ESCAPE)
        terminal.wait_until_idle()  # what follows at once would be one key with it
        press_and_wait(terminal, DOWN * 4, "▸ ●Port")
        press_and_wait(terminal, f"{TAB}{TAB}", "▸ ●Connection security")
        press_and_wait(terminal, RIGHT, "◉ SSL/TLS")
        press_and_wait(terminal, RIGHT * 3, "◉ STARTTLS")
        open_save_dialog(terminal)
        press_and_wait(terminal, ENTER, "Saved 4 changes to default.toml.")
        terminal.wait_for("0 changed")
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        assert check_restored(terminal) == f"Saved to {house.settings}.\n"
    assert house.settings.read_text().partition("\n")[2] == (
        f'server = "{SERVER}"\nuser = "me@example.com"\nport = 587\nsecurity = "starttls"\n'
    )
    assert house.settings.stat().st_mode & 0o777 == 0o600
    assert not house.attestations.exists()
    assert not draft_path(house).exists()
    assert house.run("check").code == 0


@pytest.mark.grid
def test_save_that_is_cancelled_writes_nothing_and_can_be_done_later(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        press_and_wait(terminal, SAVE, "[ Cancel ]")
        press_and_wait(terminal, ENTER, "Not saved: nothing was written.")
        assert not house.settings.exists()
        open_save_dialog(terminal)
        press_and_wait(terminal, ESCAPE, "Not saved: nothing was written.")
        assert not house.settings.exists()
        open_save_dialog(terminal)
        press_and_wait(terminal, ENTER, "Saved 1 change to default.toml.")
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        check_restored(terminal)
    assert f'server = "{SERVER}"' in house.settings.read_text()


@pytest.mark.grid
def test_discarded_changes_are_said_to_be_written_nowhere(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        press_and_wait(terminal, QUIT, "1 change is not saved")
        press_and_wait(terminal, ENTER, "1 changed")
        press_and_wait(terminal, QUIT, "1 change is not saved")
        terminal.press(f"{TAB}{TAB}{ENTER}")
        assert terminal.wait_for_exit() == 0
        words = check_restored(terminal)
    assert words == f"Discarded: 1 change.\nNothing was written to {house.settings}.\n"
    assert not house.settings.exists()
    assert not draft_path(house).exists()


@pytest.mark.grid
def test_undo_and_redo_take_a_visit_back_and_forward(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        press_and_wait(terminal, F7, "0 changed")
        press_and_wait(terminal, F8, "1 changed")
        terminal.wait_for(f"│ {SERVER}")


@pytest.mark.grid
@pytest.mark.parametrize("downwards", [0, 2])
def test_typed_key_sends_little(house: House, downwards: int) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.press(TAB * downwards)
        terminal.press("a")
        terminal.wait_until_idle()
        sent = []
        for key in "bcdefgh":
            before = len(terminal.raw)
            terminal.press(key)
            terminal.wait_until_idle(0.1)
            sent.append(len(terminal.raw) - before)
    assert min(sent) > 0
    assert max(sent) <= KEY, sent


@pytest.mark.grid
def test_nothing_is_sent_while_nobody_types(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.wait_for(draft_path(house).exists)
        terminal.wait_until_idle()
        until = time.monotonic() + QUIET
        while (left := until - time.monotonic()) > 0:
            assert terminal.read(left) == b""


NOT_TEXT = "What was typed is not text in the terminal's encoding."


def wait_for_refusal(terminal: TerminalEmulator) -> None:
    """Wait until it is said that something was not text, and go on with an empty status line."""
    terminal.wait_for(NOT_TEXT)
    assert "\ufffd" not in terminal.text()
    terminal.press(CLEAR)
    terminal.wait_for(lambda: NOT_TEXT not in terminal.text())


@pytest.mark.grid
def test_a_password_takes_nothing_that_is_not_text(house: House) -> None:
    with configurator(house) as terminal:
        go_to_password(terminal)
        for keys in (b"gr\xfcn-1", b"\xe9", b"\x1b[200~caf\xe9\x1b[201~", b"\xc3\x28", b"x\xff"):
            press_and_wait(terminal, "ab", "••")
            terminal.press(keys)
            terminal.wait_for(NOT_TEXT)
            press_and_wait(terminal, F2, lambda: field_line(terminal).strip(" │") == "ab")
            press_and_wait(terminal, F2, "••")
            wait_for_refusal(terminal)


@pytest.mark.grid
def test_a_character_that_comes_in_two_parts_is_text(house: House) -> None:
    with configurator(house) as terminal:
        go_to_password(terminal)
        terminal.press(b"gr\xc3")
        press_and_wait(terminal, b"\xbcn", "••••")
        press_and_wait(terminal, F2, lambda: field_line(terminal).strip(" │") == "grün")
        assert NOT_TEXT not in terminal.text()


@pytest.mark.grid
def test_a_field_that_shows_its_text_takes_nothing_else_either(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.press(b"-m\xfcnchen")
        terminal.wait_for(NOT_TEXT)
        assert field_line(terminal).strip(" │") == SERVER
