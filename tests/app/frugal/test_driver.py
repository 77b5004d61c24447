"""The frugal driver on a terminal, beside Textual's own."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pyte.screens import Char

from tests.pty.terminal_emulator import TerminalEmulator

TAB, ESCAPE, F2, F3 = "\t", "\x1b", "\x1bOQ", "\x1bOR"
UNBOUND = "\x1b[15~"
DOWN, PAGE_DOWN, END, HOME = "\x1b[B", "\x1b[6~", "\x1b[F", "\x1b[H"
MARK, REDRAW, SCRIBBLE, QUIT = "\x07", "\x0c", "\x0e", "\x11"
SYNC_START = b"\x1b[?2026h"
BELL = b"\x07"

Keys = str | Callable[[TerminalEmulator], None]


@contextmanager
def demo_app(
    *argv: str, stock: bool = False, knows_sync: bool = False, size: tuple[int, int] = (80, 24)
) -> Iterator[TerminalEmulator]:
    """Start the demo application on a terminal, ready for keys."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEXTUAL_ANIMATIONS": "none",
        "GLIDEMAIL_STOCK_DRIVER": "1" if stock else "",
    }
    with TerminalEmulator(knows_sync=knows_sync) as terminal:
        terminal.start(
            [sys.executable, "-m", "tests.app.frugal.demo_app", *argv], environment, size
        )
        terminal.wait_for("7 漢")
        wait_until_drawn(terminal)
        yield terminal


def wait_until_drawn(terminal: TerminalEmulator) -> None:
    """Wait until the program has drawn everything typed before."""
    while read_until_mark(terminal) != BELL:
        pass


def read_until_mark(terminal: TerminalEmulator) -> bytes:
    """Ask for a mark, and return what the program writes up to its bell."""
    before = len(terminal.raw)
    terminal.press(MARK)
    terminal.wait_for(lambda: BELL in terminal.raw[before:])
    return terminal.raw[before:]


def press_and_read(terminal: TerminalEmulator, key: str, column: int) -> bytes:
    """Press a key that takes the cursor to a column, and return what is written for it."""
    before = len(terminal.raw)
    terminal.press(key)
    terminal.wait_for(lambda: terminal.cursor[0] == column)
    wait_until_drawn(terminal)
    return terminal.raw[before:].replace(BELL, b"")


def quit_and_check(terminal: TerminalEmulator) -> None:
    """Quit and check that the terminal is as it was."""
    terminal.press(QUIT)
    assert terminal.wait_for_exit() == 0
    assert terminal.restored


def looks_like(terminal: TerminalEmulator, other: TerminalEmulator) -> bool:
    """Whether two terminals show the same cells and cursor."""
    return terminal.cursor == other.cursor and seen_cells(terminal) == seen_cells(other)


def seen_cells(terminal: TerminalEmulator) -> list[list[Char]]:
    """Return the cells without what cannot be seen: the colour and weight of a blank."""
    return [
        [
            cell._replace(fg="default", bold=False, italics=False)
            if cell.data == " " and not (cell.reverse or cell.underscore)
            else cell
            for cell in row
        ]
        for row in terminal.cells()
    ]


STEPS: list[tuple[Keys, str]] = [
    ("xyz", "xyz"),
    ("\x7f", "xy  "),
    ("é漢", "xyé漢"),
    (HOME, "xyé漢"),
    ("日", "日xyé漢"),
    (TAB, "ユーザー"),
    ("ー", "ー"),
    ("\x7f", "ユーザー"),
    (TAB, "ユーザー"),
    (PAGE_DOWN, "24  line"),
    (DOWN, "38 漢字"),
    (F2, "本当に保存"),
    (lambda terminal: terminal.resize(60, 20), "本当に保存"),
    (lambda terminal: terminal.resize(100, 30), "本当に保存"),
    (ESCAPE, "40 漢"),
    (F3, "plain text"),
    (F3, "Ready 日本"),
    (END, "59 漢字"),
    (HOME, "0  line"),
    (lambda terminal: terminal.resize(33, 12), "0  line"),
    (lambda terminal: terminal.resize(80, 24), "8 漢"),
]


def test_it_shows_what_the_stock_driver_shows_in_text_colours_and_cursor() -> None:
    with demo_app(stock=True) as stock, demo_app() as plain, demo_app(knows_sync=True) as synced:
        for keys, words in [("", "Ready"), *STEPS]:
            for terminal in (stock, plain, synced):
                if isinstance(keys, str):
                    terminal.press(keys)
                else:
                    keys(terminal)
                terminal.wait_for(words)
            plain.wait_for(lambda: stock.read(0.01) or looks_like(plain, stock))
            synced.wait_for(lambda: stock.read(0.01) or looks_like(synced, stock))
        for terminal in (stock, plain, synced):
            quit_and_check(terminal)
        assert max(len(plain.raw), len(synced.raw)) < len(stock.raw) / 2


def test_a_typed_key_takes_few_bytes() -> None:
    with demo_app() as terminal:
        for count in range(1, 9):
            terminal.press("q")
            terminal.wait_for("q" * count + "  ")
            wait_until_drawn(terminal)
            before = len(terminal.raw)
            terminal.press("q")
            terminal.wait_for("q" * (count + 1))
            wait_until_drawn(terminal)
            assert len(terminal.raw[before:].replace(BELL, b"")) < 80
            terminal.press("\x7f")


def test_a_key_typed_in_a_field_takes_a_move_and_itself() -> None:
    with demo_app("own") as terminal:
        for count in range(6):
            written = press_and_read(terminal, "q", count + 1)
            # The pen stays the field's once it has been drawn.
            assert count == 0 or written == f"\x1b[1;{count + 1}Hq".encode()
        written = press_and_read(terminal, "\x7f", 5)
        assert written == b"\x1b[1;6H \x1b[D"
        assert terminal.text().startswith("qqqqq\n")
        quit_and_check(terminal)


def test_nothing_is_written_where_nothing_changes() -> None:
    with demo_app() as terminal:
        before = len(terminal.raw)
        terminal.press(UNBOUND)
        wait_until_drawn(terminal)
        assert not terminal.raw[before:].strip(BELL)


@pytest.mark.grid
def test_only_large_updates_are_bracketed_and_only_if_the_terminal_knows_it() -> None:
    for knows_sync in (True, False):
        with demo_app(knows_sync=knows_sync) as terminal:
            wait_until_drawn(terminal)
            before = len(terminal.raw)
            terminal.press("q")
            terminal.wait_for("q")
            wait_until_drawn(terminal)
            assert SYNC_START not in terminal.raw[before:]
            terminal.press(F2)
            terminal.wait_for("Save it?")
            wait_until_drawn(terminal)
            assert (SYNC_START in terminal.raw[before:]) is knows_sync


def test_no_control_character_in_a_text_reaches_the_terminal() -> None:
    with demo_app("hostile") as terminal:
        wait_until_drawn(terminal)
        assert "<a\ufffd]0;PWNED" in terminal.text()
        assert "e\ufffd[2Jf>" in terminal.text()
        written = terminal.raw.decode()
        assert not set(written) & {*map(chr, [*range(7), *range(8, 27), *range(0x7F, 0xA0)])}
        assert "PWNED\x07" not in written
        assert "\x1b]0;" not in written
        quit_and_check(terminal)


def test_characters_that_terminals_measure_differently_shift_nothing() -> None:
    with demo_app("hard") as terminal:
        terminal.wait_for(", done.")
        line = terminal.text().splitlines()[4]
        assert line.rstrip().endswith(", done.")
        quit_and_check(terminal)


def test_it_leaves_without_waiting_for_a_poll() -> None:
    with demo_app() as terminal:
        terminal.wait_until_idle()
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        assert terminal.restored


def test_it_does_nothing_while_nobody_types() -> None:
    with demo_app() as terminal:
        terminal.wait_until_idle()
        wakeups = terminal.count_wakeups()
        assert terminal.read(0.5) == b""
        assert terminal.count_wakeups() - wakeups <= 2


def test_a_lone_escape_is_a_key_and_a_torn_sequence_is_not() -> None:
    with demo_app() as terminal:
        terminal.press(F2)
        terminal.wait_for("Save it?")
        terminal.press(ESCAPE)
        terminal.wait_for(lambda: "Save it?" not in terminal.text())
        terminal.press(F2[:1])
        terminal.press(F2[1:])
        terminal.wait_for("Save it?")


def test_a_paste_comes_whole_however_it_arrives() -> None:
    with demo_app() as terminal:
        for part in ("\x1b[200~pas", "ted", " whole\x1b[2", "01~!"):
            terminal.press(part)
            terminal.wait_for_state("S")
        terminal.wait_for("pasted whole!")


def test_bytes_that_are_no_text_do_not_end_it() -> None:
    with demo_app() as terminal:
        terminal.press(b"a\xff\xc3b")
        wait_until_drawn(terminal)
        terminal.press("typed")
        terminal.wait_for("▊  typed ")
        assert "\ufffd" not in terminal.text()
        quit_and_check(terminal)


@pytest.mark.parametrize("stop", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_draws_everything_when_it_goes_on_after_a_stop(stop: signal.Signals) -> None:
    with demo_app() as terminal:
        terminal.press("typed")
        terminal.wait_for("typed")
        wait_until_drawn(terminal)
        before = terminal.cells()
        terminal.send_signal(stop)
        terminal.wait_for_state("T")
        assert terminal.restored is (stop == signal.SIGTSTP)
        stopped = len(terminal.raw)
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for(lambda: b"\x1b[?1049h" in terminal.raw[stopped:])
        terminal.wait_for(lambda: terminal.cells() == before)
        terminal.press("!")
        terminal.wait_for("typed!")
        quit_and_check(terminal)


def test_it_stops_and_goes_on_with_ctrl_z() -> None:
    with demo_app() as terminal:
        before = terminal.cells()
        terminal.press("\x1a")
        terminal.wait_for_state("T")
        assert terminal.restored
        terminal.wait_for(lambda: "Ready" not in terminal.text())
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for(lambda: terminal.cells() == before)
        quit_and_check(terminal)


def test_being_told_to_go_on_while_ending_does_not_keep_it() -> None:
    with demo_app() as terminal:
        terminal.send_signal(signal.SIGTERM)
        terminal.send_signal(signal.SIGCONT)
        assert terminal.wait_for_exit() == 143
        assert terminal.restored


def test_what_another_program_wrote_is_healed_by_a_redraw() -> None:
    with demo_app() as terminal:
        before = terminal.cells()
        terminal.press(SCRIBBLE)
        terminal.wait_for("Broadcast")
        terminal.press(REDRAW)
        terminal.wait_for(lambda: terminal.cells() == before)


def test_it_draws_everything_when_the_window_was_another_size_for_a_moment() -> None:
    with demo_app() as terminal:
        before = terminal.cells()
        terminal.send_signal(signal.SIGSTOP)
        terminal.wait_for_state("T")
        terminal.resize(40, 10)
        terminal.resize(80, 24)
        terminal.send_signal(signal.SIGCONT)
        terminal.wait_for(lambda: terminal.cells() == before)


def test_it_ends_in_order_when_its_terminal_is_gone() -> None:
    with demo_app() as terminal:
        terminal.hang_up()
        assert terminal.wait_for_exit() == 129


def test_a_terminal_that_takes_nothing_does_not_keep_it() -> None:
    with demo_app("impatient") as terminal:
        for _ in range(20):
            terminal.press(REDRAW)
            terminal.wait_for_state("S")
        terminal.press(QUIT)
        assert terminal.wait_for_exit_unread() == 0


@pytest.mark.grid
def test_no_mouse_is_asked_for_unless_the_application_wants_one() -> None:
    for wanted in (False, True):
        with demo_app(*["mouse"] * wanted) as terminal:
            wait_until_drawn(terminal)
            assert (b"\x1b[?1003h" in terminal.raw) is wanted
            quit_and_check(terminal)
