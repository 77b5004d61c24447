"""A whole way with keys only, and what a key costs on the line."""

import time
from collections.abc import Iterator

import pytest

from tests.cli.house import House, open_house
from tests.pty.program import (
    DOWN,
    ENTER,
    ESCAPE,
    F4,
    F7,
    F8,
    QUIT,
    RIGHT,
    SAVE,
    SERVER,
    TAB,
    configurator,
    draft,
    given_back,
    press_and_wait,
    settle,
    to_save,
    type_server,
)

KEY = 450
"""Bytes that one typed key may send at 80x24."""

QUIET = 3.0
"""Seconds in which nothing is sent while nobody types."""


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


def test_whole_way_from_a_first_start_to_a_saved_file(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen, f"smtp://{SERVER}:587")
        press_and_wait(screen, F4, "Done: use")
        press_and_wait(screen, TAB, ">   User email")
        press_and_wait(screen, "me@example.com", "│ me@example.com")
        screen.press(ESCAPE)
        settle(screen)  # what follows at once would be one key with it
        press_and_wait(screen, DOWN * 4, "> * Port")
        press_and_wait(screen, f"{TAB}{TAB}", ">!  Security")
        press_and_wait(screen, RIGHT, "(*) none")
        press_and_wait(screen, RIGHT, "(*) starttls")
        to_save(screen)
        press_and_wait(screen, ENTER, "Saved 4 changes to default.toml.")
        screen.wait_for("nothing changed")
        screen.press(QUIT)
        assert screen.end() == 0
        assert given_back(screen) == f"Saved to {house.settings}.\n"
    assert house.settings.read_text().partition("\n")[2] == (
        f'server = "{SERVER}"\nuser = "me@example.com"\nport = 587\nsecurity = "starttls"\n'
    )
    assert house.settings.stat().st_mode & 0o777 == 0o600
    assert "own-server" in house.attestations.read_text()
    assert not draft(house).exists()
    assert house.run("check").code == 0


def test_save_that_is_cancelled_writes_nothing_and_can_be_done_later(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, SAVE, "[ Cancel ]")
        press_and_wait(screen, ENTER, "Not saved: nothing was written.")
        assert not house.settings.exists()
        to_save(screen)
        press_and_wait(screen, ESCAPE, "Not saved: nothing was written.")
        assert not house.settings.exists()
        to_save(screen)
        press_and_wait(screen, ENTER, "Saved 1 change to default.toml.")
        screen.press(QUIT)
        assert screen.end() == 0
        given_back(screen)
    assert f'server = "{SERVER}"' in house.settings.read_text()


def test_save_with_another_word_writes_nothing(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        to_save(screen)
        press_and_wait(screen, f"\x1b[Z\x1b[Zx{TAB}{TAB}{ENTER}", "Still open: type default.")
        assert not house.settings.exists()


def test_discarded_changes_are_said_to_be_written_nowhere(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, QUIT, "1 change is not saved")
        press_and_wait(screen, ENTER, "1 changed")
        press_and_wait(screen, QUIT, "1 change is not saved")
        screen.press(f"{TAB}{TAB}{ENTER}")
        assert screen.end() == 0
        words = given_back(screen)
    assert words == f"Discarded: 1 change.\nNothing was written to {house.settings}.\n"
    assert not house.settings.exists()
    assert not draft(house).exists()


def test_undo_and_redo_take_a_visit_back_and_forward(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, F7, "nothing changed")
        press_and_wait(screen, F8, "1 changed")
        screen.wait_for(f"│ {SERVER}")


@pytest.mark.parametrize("downwards", [0, 2])
def test_typed_key_sends_little(house: House, downwards: int) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.press(TAB * downwards)
        screen.press("a")
        settle(screen)
        sent = []
        for key in "bcdefgh":
            before = len(screen.raw)
            screen.press(key)
            settle(screen, 0.1)
            sent.append(len(screen.raw) - before)
    assert min(sent) > 0
    assert max(sent) <= KEY, sent


def test_nothing_is_sent_while_nobody_types(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.wait_for(draft(house).exists)
        settle(screen)
        until = time.monotonic() + QUIET
        while (left := until - time.monotonic()) > 0:
            assert screen.read(left) == b""
