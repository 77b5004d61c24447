"""However it ends, the terminal is its owner's again and nothing that was typed is lost."""

import fcntl
import os
import signal
from collections.abc import Iterator

import pytest

from tests.cli.house import House, open_house, program, read_tree
from tests.pty.program import (
    ENTER,
    F7,
    F10,
    QUIT,
    SAVE,
    SERVER,
    TAB,
    configurator,
    cursor_in_form,
    draft,
    drafted,
    field_line,
    given_back,
    press_and_wait,
    settle,
    stop,
    to_save,
    type_server,
)
from tests.pty.screen import Screen

SECRET = "Canary-4711-secret"
SIZES = ((60, 18), (40, 10), (20, 5), (5, 2), (1, 1), (2, 1), (1, 3), (200, 60), (40, 10), (79, 23))


@pytest.fixture
def house() -> Iterator[House]:
    with open_house() as opened:
        yield opened


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signal_keeps_the_draft_and_gives_the_terminal_back(
    house: House, number: signal.Signals, code: int
) -> None:
    with configurator(house) as screen:
        type_server(screen)
        assert stop(screen, number) == code
        words = given_back(screen)
    assert "Not saved: 1 change; kept as a draft, which the next start offers.\n" in words
    assert f"Stopped by {number.name}.\n" in words
    assert f"Nothing was written to {house.settings}.\n" in words
    assert drafted(house, SERVER)
    assert draft(house).stat().st_mode & 0o777 == 0o600
    assert not house.settings.exists()


def test_signal_keeps_no_password_and_says_so(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, TAB * 4, ">   Outgoing password")
        press_and_wait(screen, SECRET, "•" * len(SECRET))
        assert stop(screen, signal.SIGTERM) == 143
        words = given_back(screen)
    assert "Not saved: 2 changes" in words
    assert "A password that was typed is in no draft: type it again then.\n" in words
    assert drafted(house, '"password"')
    assert all(SECRET.encode() not in content for content in read_tree(house.root).values())


def test_signal_with_nothing_changed_leaves_no_draft(house: House) -> None:
    with configurator(house) as screen:
        assert stop(screen, signal.SIGTERM) == 143
        words = given_back(screen)
    assert "Not saved" not in words
    assert not draft(house).exists()


def test_signal_in_the_middle_of_a_dialog_ends_it_all_the_same(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        press_and_wait(screen, SAVE, "[ Cancel ]")
        assert stop(screen, signal.SIGTERM) == 143
        assert "Not saved: 1 change; kept" in given_back(screen)
    assert drafted(house, SERVER)


def test_signal_while_a_save_waits_says_truly_what_was_written(house: House) -> None:
    house.config.mkdir(parents=True)
    with configurator(house) as screen:
        type_server(screen)
        to_save(screen)
        folder = os.open(house.config, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)  # as another save would
        screen.press(ENTER)
        settle(screen)
        screen.send(signal.SIGTERM)
        settle(screen)
        os.close(folder)
        assert screen.end() == 143
        words = given_back(screen)
    assert house.settings.exists() is (f"Saved to {house.settings}" in words)
    assert house.settings.exists() is not (f"Nothing was written to {house.settings}" in words)
    assert house.settings.exists() or drafted(house, SERVER)


def test_second_signal_changes_nothing(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.send(signal.SIGHUP)
        screen.send(signal.SIGTERM)
        assert screen.end() in (129, 143)
        assert "Not saved: 1 change; kept" in given_back(screen)
    assert drafted(house, SERVER)


def test_signal_during_the_first_frame_gives_the_terminal_back(house: House) -> None:
    with Screen() as screen:
        screen.start(program(), house.environment)
        screen.wait_for(lambda: b"FILE" in screen.raw)
        assert stop(screen, signal.SIGTERM) == 143
        given_back(screen)


def test_ctrl_c_ends_nothing_and_says_what_does(house: House) -> None:
    with configurator(house) as screen:
        press_and_wait(screen, "\x03", "^Q quits.")
        type_server(screen)
        press_and_wait(screen, "\x03x", lambda: f"{SERVER}x" in field_line(screen))
        assert screen.running


@pytest.mark.parametrize("keys", [QUIT, F10])
def test_quitting_with_nothing_changed_asks_nothing(house: House, keys: str) -> None:
    with configurator(house) as screen:
        screen.press(keys)
        assert screen.end() == 0
        assert given_back(screen) == f"Nothing was written to {house.settings}.\n"
    assert not draft(house).exists()


def test_stopped_and_continued_it_is_drawn_again(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        settle(screen)
        before = screen.text()
        screen.send(signal.SIGTSTP)
        screen.wait_for_state("T")
        settle(screen)
        assert screen.restored
        assert screen.raw.count(b"\x1b[?1049l") == 1
        screen.send(signal.SIGCONT)
        screen.wait_for(lambda: screen.text() == before)
        press_and_wait(screen, "x", lambda: f"{SERVER}x" in field_line(screen))
        assert stop(screen, signal.SIGTERM) == 143
        given_back(screen)


def test_killed_while_typing_it_offers_what_was_typed(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        screen.wait_for(lambda: drafted(house, SERVER))
        assert stop(screen, signal.SIGKILL) == -signal.SIGKILL
    with configurator(house, shows="[ Restore ]") as screen:
        screen.wait_for("There are changes that were not saved")
        screen.wait_for(f"* Outgoing mail server: {SERVER}")
        press_and_wait(screen, ENTER, "Restored. F7 takes it back.")
        press_and_wait(screen, TAB, lambda: SERVER in field_line(screen))
        screen.press(F7)
        screen.wait_for("nothing changed")
        screen.press(QUIT)
        assert screen.end() == 0
    assert not draft(house).exists()


def test_draft_that_is_not_wanted_is_gone(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        assert stop(screen, signal.SIGTERM) == 143
    with configurator(house, shows="[ Restore ]") as screen:
        press_and_wait(screen, f"{TAB}{ENTER}", "The draft is gone")
        assert not draft(house).exists()


def test_draft_that_nobody_decided_about_stays(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        assert stop(screen, signal.SIGTERM) == 143
    with configurator(house, shows="[ Restore ]") as screen:
        assert stop(screen, signal.SIGTERM) == 143
        given_back(screen)
    assert drafted(house, SERVER)


@pytest.mark.parametrize("typed", [True, False])
def test_terminal_that_goes_away_ends_it_by_itself(house: House, typed: bool) -> None:
    with configurator(house) as screen:
        if typed:
            type_server(screen)
        screen.hang_up()
        screen.end_unread()
    assert drafted(house, SERVER) is typed
    assert not house.settings.exists()


def test_window_of_any_size_on_the_way_is_survived(house: House) -> None:
    with configurator(house) as screen:
        type_server(screen)
        for columns, rows in SIZES * 2:
            screen.resize(columns, rows)
            screen.read(0.01)
        screen.resize(80, 24)
        screen.wait_for("^S Save")
        press_and_wait(screen, "x", lambda: f"{SERVER}x" in field_line(screen))
        assert stop(screen, signal.SIGTERM) == 143
        given_back(screen)


@pytest.mark.parametrize("size", [(40, 10), (1, 1)])
def test_it_starts_and_ends_at_any_size(house: House, size: tuple[int, int]) -> None:
    with configurator(house, shows="", size=size) as screen:
        screen.wait_for(lambda: b"\x1b[m" in screen.raw)
        settle(screen)
        screen.resize(80, 24)
        screen.wait_for("^S Save")
        press_and_wait(screen, TAB, lambda: cursor_in_form(screen))
        assert stop(screen, signal.SIGHUP) == 129
        given_back(screen)


def test_two_of_one_profile_do_not_take_each_others_draft(house: House) -> None:
    with configurator(house) as first:
        type_server(first)
        first.wait_for(lambda: drafted(house, SERVER))
        with configurator(house, shows="Another glidemail") as second:
            second.wait_for(f"(process {first.pid}) edits this profile")
            type_server(second, "other.example.org")
            assert stop(second, signal.SIGTERM) == 143
            assert "no draft was kept" in given_back(second)
        assert drafted(house, SERVER)
        assert stop(first, signal.SIGTERM) == 143
    assert drafted(house, SERVER)
    assert os.listdir(draft(house).parent).count("default.json") == 1
