"""Keys that arrive together or in pieces, pastes, and a lost line."""

import signal

import pytest

from tests.cli.house import House, program
from tests.pty.configurator import (
    CLEAR,
    DOWN,
    SERVER,
    TAB,
    check_restored,
    configurator,
    field_line,
    has_draft,
    paste,
    press_and_wait,
    stop,
    type_server,
)
from tests.pty.terminal_emulator import TerminalEmulator

BYTES = [
    pytest.param(byte, marks=[pytest.mark.grid] if byte % 1024 > 1 else [])
    for byte in range(1, 3400, 512)
]
"""How much of the first screen is written when a signal comes."""


def test_keys_that_come_with_a_tab_get_to_the_field_it_leads_to(house: House) -> None:
    with configurator(house) as terminal:
        terminal.press(TAB + SERVER + TAB + "desk@corp.example")
        terminal.wait_for("desk@corp.example")
        terminal.wait_until_idle()
        assert f"Mail server          {SERVER}" in terminal.text()
        assert "│ desk@corp.example" in terminal.text()


@pytest.mark.grid
def test_a_pasted_escape_character_is_text_and_no_key(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        for text in ("ab\x1bcd", "ab\x1b[Acd", "ab\x1bcd\x11", "\x1b[200~x\x1b[20"):
            paste(terminal, f"{text}END")
            terminal.wait_for("END")
            terminal.wait_until_idle()
            assert "Quit?" not in terminal.text()
            assert "END" in field_line(terminal)
            press_and_wait(terminal, CLEAR, lambda: "END" not in terminal.text())


def test_ten_thousand_pasted_escape_characters_are_taken_at_once(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        paste(terminal, "ab\x1b" * 3333 + "END")
        terminal.wait_for("END")


@pytest.mark.grid
def test_the_key_that_clears_clears_a_text_and_leaves_the_clipboard_alone(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.press(CLEAR)
        terminal.wait_for("0 changed")
        assert b"\x1b]52" not in terminal.raw


@pytest.mark.grid
def test_the_cursor_is_in_the_field_that_has_the_focus(house: House) -> None:
    with configurator(house) as terminal:
        press_and_wait(terminal, DOWN * 4, "▸  Password")
        terminal.press(TAB)
        terminal.wait_until_idle()
        assert "not set" in field_line(terminal)


def test_the_cursor_is_in_the_row_that_the_list_points_to(house: House) -> None:
    with configurator(house) as terminal:
        press_and_wait(terminal, DOWN * 4, "▸  Password")
        terminal.wait_until_idle()
        column, row = terminal.cursor
        assert terminal.text().split("\n")[row][column:].startswith("▸  Password")


@pytest.mark.grid
def test_an_interrupt_from_outside_keeps_the_draft(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        assert stop(terminal, signal.SIGINT) == 130
        assert has_draft(house, SERVER)
        assert "Not saved: 1 change; kept as a draft" in check_restored(terminal)


@pytest.mark.parametrize("byte", BYTES)
def test_a_signal_while_it_draws_its_first_screen_ends_it_in_order(house: House, byte: int) -> None:
    with TerminalEmulator() as terminal:
        terminal.start(program(), house.environment)
        terminal.wait_for(lambda: len(terminal.raw) >= byte)
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)


@pytest.mark.grid
def test_a_lost_terminal_ends_it_as_a_hang_up_does(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.hang_up()
        assert terminal.wait_for_exit_unread() == 129
        assert has_draft(house, SERVER)
