"""However the program ends, it restores the terminal and keeps what was typed."""

import fcntl
import os
import signal

import pytest

from tests.cli.house import House, program, read_tree
from tests.pty.configurator import (
    ENTER,
    F7,
    F10,
    QUIT,
    SAVE,
    SERVER,
    TAB,
    check_restored,
    configurator,
    draft_path,
    field_line,
    has_draft,
    is_cursor_in_form,
    open_save_dialog,
    press_and_wait,
    stop,
    type_server,
)
from tests.pty.terminal_emulator import TerminalEmulator
from tests.sampling import sample

SECRET = "Canary-4711-secret"
SIZES = ((60, 18), (40, 10), (20, 5), (5, 2), (1, 1), (2, 1), (1, 3), (200, 60), (40, 10), (79, 23))


@pytest.mark.parametrize(
    ("number", "code"), sample([(signal.SIGHUP, 129), (signal.SIGTERM, 143)], 2)
)
def test_signal_keeps_the_draft_and_gives_the_terminal_back(
    house: House, number: signal.Signals, code: int
) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        assert stop(terminal, number) == code
        words = check_restored(terminal)
    assert "Not saved: 1 change; kept as a draft, offered at the next start.\n" in words
    assert f"Stopped by {number.name}.\n" in words
    assert f"Nothing was written to {house.settings}.\n" in words
    assert has_draft(house, SERVER)
    assert draft_path(house).stat().st_mode & 0o777 == 0o600
    assert not house.settings.exists()


@pytest.mark.grid
def test_signal_keeps_no_password_and_says_so(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        press_and_wait(terminal, TAB * 4, "▸  Password")
        press_and_wait(terminal, SECRET, "•" * len(SECRET))
        assert stop(terminal, signal.SIGTERM) == 143
        words = check_restored(terminal)
    assert "Not saved: 2 changes" in words
    assert "A typed password is never kept in a draft: type it again then.\n" in words
    assert has_draft(house, '"password"')
    assert all(SECRET.encode() not in content for content in read_tree(house.root).values())


def test_signal_with_nothing_changed_leaves_no_draft(house: House) -> None:
    with configurator(house) as terminal:
        assert stop(terminal, signal.SIGTERM) == 143
        words = check_restored(terminal)
    assert "Not saved" not in words
    assert not draft_path(house).exists()


@pytest.mark.grid
def test_signal_in_the_middle_of_a_dialog_ends_it_all_the_same(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        press_and_wait(terminal, SAVE, "[ Cancel ]")
        assert stop(terminal, signal.SIGTERM) == 143
        assert "Not saved: 1 change; kept" in check_restored(terminal)
    assert has_draft(house, SERVER)


@pytest.mark.grid
def test_signal_while_a_save_waits_says_truly_what_was_written(house: House) -> None:
    house.config.mkdir(parents=True)
    with configurator(house) as terminal:
        type_server(terminal)
        open_save_dialog(terminal)
        folder = os.open(house.config, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)  # as another save would
        press_and_wait(terminal, ENTER, lambda: terminal.has_open(house.config))
        terminal.send_signal(signal.SIGTERM)
        terminal.read(0.2)
        os.close(folder)
        assert terminal.wait_for_exit() == 143
        words = check_restored(terminal)
    assert house.settings.exists() is (f"Saved to {house.settings}" in words)
    assert house.settings.exists() is not (f"Nothing was written to {house.settings}" in words)
    assert house.settings.exists() or has_draft(house, SERVER)


@pytest.mark.grid
def test_second_signal_changes_nothing(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.send_signal(signal.SIGHUP)
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait_for_exit() in (129, 143)
        assert "Not saved: 1 change; kept" in check_restored(terminal)
    assert has_draft(house, SERVER)


def test_signal_during_the_first_frame_gives_the_terminal_back(house: House) -> None:
    with TerminalEmulator() as terminal:
        terminal.start(program(), house.environment)
        terminal.wait_for(lambda: b"FILE" in terminal.raw)
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)


@pytest.mark.grid
def test_ctrl_c_ends_nothing_and_says_what_does(house: House) -> None:
    with configurator(house) as terminal:
        press_and_wait(terminal, "\x03", "^Q quits.")
        type_server(terminal)
        press_and_wait(terminal, "\x03x", lambda: f"{SERVER}x" in field_line(terminal))
        assert terminal.running


@pytest.mark.parametrize("keys", sample([QUIT, F10], 2))
def test_quitting_with_nothing_changed_asks_nothing(house: House, keys: str) -> None:
    with configurator(house) as terminal:
        terminal.press(keys)
        assert terminal.wait_for_exit() == 0
        assert check_restored(terminal) == f"Nothing was written to {house.settings}.\n"
    assert not draft_path(house).exists()


@pytest.mark.grid
def test_stopped_and_continued_it_is_drawn_again(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.wait_until_idle()
        before = terminal.text()
        terminal.send_signal(signal.SIGTSTP)
        terminal.wait_for_state("T")
        terminal.wait_until_idle()
        assert terminal.restored
        assert terminal.raw.count(b"\x1b[?1049l") == 1
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for(lambda: terminal.text() == before)
        press_and_wait(terminal, "x", lambda: f"{SERVER}x" in field_line(terminal))
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)


def test_killed_while_typing_it_offers_what_was_typed(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        terminal.wait_for(lambda: has_draft(house, SERVER))
        assert stop(terminal, signal.SIGKILL) == -signal.SIGKILL
    with configurator(house, shows="[ Restore ]") as terminal:
        terminal.wait_for("There are changes that were not saved")
        terminal.wait_for(f"* Mail server: {SERVER}")
        press_and_wait(terminal, ENTER, "Draft restored. F7 undoes it.")
        press_and_wait(terminal, TAB, lambda: SERVER in field_line(terminal))
        terminal.press(F7)
        terminal.wait_for("0 changed")
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
    assert not draft_path(house).exists()


@pytest.mark.grid
def test_draft_that_is_not_wanted_is_gone(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        assert stop(terminal, signal.SIGTERM) == 143
    with configurator(house, shows="[ Restore ]") as terminal:
        press_and_wait(terminal, f"{TAB}{ENTER}", "The draft is gone")
        assert not draft_path(house).exists()


@pytest.mark.grid
def test_draft_that_nobody_decided_about_stays(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        assert stop(terminal, signal.SIGTERM) == 143
    with configurator(house, shows="[ Restore ]") as terminal:
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)
    assert has_draft(house, SERVER)


@pytest.mark.grid
@pytest.mark.parametrize("typed", [True, False])
def test_terminal_that_goes_away_ends_it_by_itself(house: House, typed: bool) -> None:
    with configurator(house) as terminal:
        if typed:
            type_server(terminal)
        terminal.hang_up()
        terminal.wait_for_exit_unread()
    assert has_draft(house, SERVER) is typed
    assert not house.settings.exists()


@pytest.mark.grid
def test_window_of_any_size_on_the_way_is_survived(house: House) -> None:
    with configurator(house) as terminal:
        type_server(terminal)
        for columns, rows in SIZES * 2:
            terminal.resize(columns, rows)
            terminal.read(0.01)
        terminal.resize(80, 24)
        terminal.wait_for("^S Save")
        press_and_wait(terminal, "x", lambda: f"{SERVER}x" in field_line(terminal))
        assert stop(terminal, signal.SIGTERM) == 143
        check_restored(terminal)


@pytest.mark.grid
@pytest.mark.parametrize("size", [(40, 10), (1, 1)])
def test_it_starts_and_ends_at_any_size(house: House, size: tuple[int, int]) -> None:
    with configurator(house, shows="", size=size) as terminal:
        terminal.wait_for(lambda: b"\x1b[m" in terminal.raw)
        terminal.wait_until_idle()
        terminal.resize(80, 24)
        terminal.wait_for("^S Save")
        press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
        assert stop(terminal, signal.SIGHUP) == 129
        check_restored(terminal)


@pytest.mark.grid
def test_two_of_one_profile_do_not_take_each_others_draft(house: House) -> None:
    with configurator(house) as first:
        type_server(first)
        first.wait_for(lambda: has_draft(house, SERVER))
        with configurator(house, shows="Another glidemail") as second:
            second.wait_for(f"(process {first.pid}) is editing this profile")
            type_server(second, "other.example.org")
            assert stop(second, signal.SIGTERM) == 143
            assert "no draft was kept" in check_restored(second)
        assert has_draft(house, SERVER)
        assert stop(first, signal.SIGTERM) == 143
    assert has_draft(house, SERVER)
    assert os.listdir(draft_path(house).parent).count("default.json") == 1
