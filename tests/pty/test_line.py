"""What a line brings at once, out of order, or not at all."""

import signal
from collections.abc import Iterator

import pytest

from tests.cli.house import House, open_house, program
from tests.pty.program import (
    CUT,
    DOWN,
    SERVER,
    TAB,
    configurator,
    drafted,
    field_line,
    given_back,
    paste,
    press_and_wait,
    settle,
    stop,
    type_server,
)
from tests.pty.screen import Screen


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


def test_keys_that_come_with_a_tab_get_to_the_field_it_leads_to(house: House) -> None:
    with configurator(house) as screen:
        screen.press(TAB + SERVER + TAB + "desk@corp.example")
        screen.wait_for("desk@corp.example")
        settle(screen)
        assert f"│ {SERVER}" in screen.text()
        assert "│ desk@corp.example" in screen.text()


@pytest.mark.parametrize("text", ["ab\x1bcd", "ab\x1b[Acd", "ab\x1bcd\x11", "\x1b[200~x\x1b[20"])
def test_a_pasted_escape_character_is_text_and_no_key(house: House, text: str) -> None:
    with configurator(house) as screen:
        type_server(screen)
        paste(screen, f"{text}END")
        screen.wait_for("END")
        assert "Quit?" not in screen.text()
        assert "END" in field_line(screen)


def test_ten_thousand_pasted_escape_characters_are_taken_at_once(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        paste(screen, "ab\x1b" * 3333 + "END")
        screen.wait_for("END")


def test_the_key_that_clears_clears_a_text_and_leaves_the_clipboard_alone(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.press(CUT)
        screen.wait_for("nothing changed")
        assert b"\x1b]52" not in screen.raw


def test_the_cursor_is_in_the_field_that_has_the_focus(house: House) -> None:
    with configurator(house) as screen:
        press_and_wait(screen, DOWN * 4, ">   Outgoing password")
        screen.press(TAB)
        settle(screen)
        assert "not set" in field_line(screen)


def test_the_cursor_is_in_the_row_that_the_list_points_to(house: House) -> None:
    with configurator(house) as screen:
        press_and_wait(screen, DOWN * 4, ">   Outgoing password")
        settle(screen)
        column, row = screen.cursor
        assert screen.text().split("\n")[row][column:].startswith(">   Outgoing password")


def test_an_interrupt_from_outside_keeps_the_draft(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        assert stop(screen, signal.SIGINT) == 130
        assert drafted(house, SERVER)
        assert "Not saved: 1 change; kept as a draft" in given_back(screen)


@pytest.mark.parametrize("byte", range(1, 4096, 512))
def test_a_signal_while_it_draws_its_first_screen_ends_it_in_order(house: House, byte: int) -> None:
    with Screen() as screen:
        screen.start(program(), house.environment)
        screen.wait_for(lambda: len(screen.raw) >= byte)
        assert stop(screen, signal.SIGTERM) == 143
        given_back(screen)


def test_a_lost_terminal_ends_it_as_a_hang_up_does(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.hang_up()
        assert screen.end_unread() == 129
        assert drafted(house, SERVER)
