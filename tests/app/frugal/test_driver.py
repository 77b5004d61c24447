import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pty.screen import Screen
from tui.app.frugal.cells import PLAIN, Cell, Row, encode_rows
from tui.app.frugal.driver import CLOSE_TIMEOUT

TAB, ESCAPE, F2, F3 = "\t", "\x1b", "\x1bOQ", "\x1bOR"
UNBOUND = "\x1b[15~"
DOWN, PAGE_DOWN, END, HOME = "\x1b[B", "\x1b[6~", "\x1b[F", "\x1b[H"
MARK, REDRAW, SCRIBBLE, QUIT = "\x07", "\x0c", "\x0e", "\x11"
SYNC_START = b"\x1b[?2026h"
BELL = b"\x07"

Keys = str | Callable[[Screen], None]


@contextmanager
def demo(
    *argv: str, stock: bool = False, knows_sync: bool = False, size: tuple[int, int] = (80, 24)
) -> Iterator[Screen]:
    """The demo application on a terminal, ready for keys."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TEXTUAL_ANIMATIONS": "none",
        "GLIDEMAIL_STOCK_DRIVER": "1" if stock else "",
    }
    with Screen(knows_sync=knows_sync) as screen:
        screen.start([sys.executable, "-m", "tests.pty.demo", *argv], environment, size)
        screen.wait_for("7 漢")
        settle(screen)
        yield screen


def settle(screen: Screen) -> None:
    """Waits until the program has drawn all that was typed before: until it writes no more."""
    while written_until_mark(screen) != BELL:
        pass


def written_until_mark(screen: Screen) -> bytes:
    """What the program writes until it rings for a mark."""
    before = len(screen.raw)
    screen.press(MARK)
    screen.wait_for(lambda: BELL in screen.raw[before:])
    return screen.raw[before:]


def leave(screen: Screen) -> None:
    """Leaves, and finds the terminal as it was."""
    screen.press(QUIT)
    assert screen.end() == 0
    assert screen.restored


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
    (lambda screen: screen.resize(60, 20), "本当に保存"),
    (lambda screen: screen.resize(100, 30), "本当に保存"),
    (ESCAPE, "40 漢"),
    (F3, "plain text"),
    (F3, "Ready 日本"),
    (END, "59 漢字"),
    (HOME, "0  line"),
    (lambda screen: screen.resize(33, 12), "0  line"),
    (lambda screen: screen.resize(80, 24), "8 漢"),
]


@pytest.mark.parametrize("knows_sync", [False, True])
def test_it_shows_what_the_stock_driver_shows_in_text_colours_and_cursor(knows_sync: bool) -> None:
    with demo(stock=True) as stock, demo(knows_sync=knows_sync) as ours:
        for keys, words in [("", "Ready"), *STEPS]:
            for screen in (stock, ours):
                if isinstance(keys, str):
                    screen.press(keys)
                else:
                    keys(screen)
                screen.wait_for(words)
            ours.wait_for(lambda: stock.read(0.01) or ours.cells() == stock.cells())
            ours.wait_for(lambda: stock.read(0.01) or ours.cursor == stock.cursor)
        leave(stock)
        leave(ours)
        assert len(ours.raw) < len(stock.raw) / 2


COLUMNS, ROWS = 12, 3
PENS = st.sampled_from(
    [PLAIN, ("1", "31", "", ""), ("1;7", "", "44", ""), ("", "38;5;9", "48;5;17", "")]
)
CELLS = st.lists(
    st.tuples(st.sampled_from(["a", "b", " ", " ", "漢", "q\u0301"]), PENS),
    min_size=COLUMNS,
    max_size=COLUMNS,
)


def row(cells: list[Cell]) -> Row:
    """A row of these, cut where it is full; a wide character takes two."""
    wide = [half for text, pen in cells for half in [(text, pen), ("", pen)][: 1 + (text == "漢")]]
    return [*wide[: COLUMNS - (not wide[COLUMNS:] or not wide[COLUMNS][0])], (" ", PLAIN)][:COLUMNS]


SCREENS = st.lists(CELLS.map(row), min_size=ROWS, max_size=ROWS)


@given(SCREENS, SCREENS)
def test_what_is_written_turns_any_screen_into_any_other(
    before: list[Row], after: list[Row]
) -> None:
    shown, fresh = pyte.Screen(COLUMNS, ROWS), pyte.Screen(COLUMNS, ROWS)
    for screen in (shown, fresh):
        screen.reset_mode(7, private=True)
    pyte.Stream(shown).feed(encode_rows(before, None, (0, 0), None))
    pyte.Stream(shown).feed(encode_rows(after, before, (3, 1), (0, 0)))
    pyte.Stream(fresh).feed(encode_rows(after, None, (3, 1), None))
    assert shown.buffer == fresh.buffer
    assert shown.display == ["".join(text for text, _ in row) for row in after]
    assert (shown.cursor.x, shown.cursor.y) == (3, 1)
    assert shown.cursor.attrs == shown.default_char


def test_a_typed_key_takes_few_bytes() -> None:
    with demo() as screen:
        for count in range(1, 9):
            screen.press("q")
            screen.wait_for("q" * count + "  ")
            settle(screen)
            before = len(screen.raw)
            screen.press("q")
            screen.wait_for("q" * (count + 1))
            settle(screen)
            assert len(screen.raw[before:].replace(BELL, b"")) < 80
            screen.press("\x7f")


def test_nothing_is_written_where_nothing_changes() -> None:
    with demo() as screen:
        before = len(screen.raw)
        screen.press(UNBOUND)
        settle(screen)
        assert not screen.raw[before:].strip(BELL)


def test_only_large_updates_are_bracketed_and_only_if_the_terminal_knows_it() -> None:
    for knows_sync in (True, False):
        with demo(knows_sync=knows_sync) as screen:
            settle(screen)
            before = len(screen.raw)
            screen.press("q")
            screen.wait_for("q")
            settle(screen)
            assert SYNC_START not in screen.raw[before:]
            screen.press(F2)
            screen.wait_for("Save it?")
            settle(screen)
            assert (SYNC_START in screen.raw[before:]) is knows_sync


def test_no_control_character_in_a_text_reaches_the_terminal() -> None:
    with demo("hostile") as screen:
        settle(screen)
        assert "<a\ufffd]0;PWNED" in screen.text()
        assert "e\ufffd[2Jf>" in screen.text()
        written = screen.raw.decode()
        assert not set(written) & {*map(chr, [*range(7), *range(8, 27), *range(0x7F, 0xA0)])}
        assert "PWNED\x07" not in written
        assert "\x1b]0;" not in written
        leave(screen)


def test_characters_that_terminals_measure_differently_shift_nothing() -> None:
    with demo("hard") as screen:
        screen.wait_for(", done.")
        line = screen.text().splitlines()[4]
        assert line.rstrip().endswith(", done.")
        leave(screen)


def test_it_leaves_without_waiting_for_a_poll() -> None:
    with demo() as screen:
        screen.wait_for_state("S")
        screen.press(QUIT)
        assert screen.end(seconds=5) == 0
        assert screen.restored


def test_it_does_nothing_while_nobody_types() -> None:
    with demo() as screen:
        screen.wait_for_state("S")
        switches = switched(screen)
        assert screen.read(0.5) == b""
        assert switched(screen) - switches <= 2


def switched(screen: Screen) -> int:
    """How often the threads of a program were woken."""
    tasks = Path(f"/proc/{screen.pid}/task").iterdir()
    lines = [line for task in tasks for line in (task / "status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


def test_a_lone_escape_is_a_key_and_a_torn_sequence_is_not() -> None:
    with demo() as screen:
        screen.press(F2)
        screen.wait_for("Save it?")
        screen.press(ESCAPE)
        screen.wait_for(lambda: "Save it?" not in screen.text())
        screen.press(F2[:1])
        screen.press(F2[1:])
        screen.wait_for("Save it?")


def test_a_paste_comes_whole_however_it_arrives() -> None:
    with demo() as screen:
        for part in ("\x1b[200~pas", "ted", " whole\x1b[2", "01~!"):
            screen.press(part)
            screen.wait_for_state("S")
        screen.wait_for("pasted whole!")


def test_bytes_that_are_no_text_do_not_end_it() -> None:
    with demo() as screen:
        screen.press(b"a\xff\xc3b")
        screen.wait_for("a\ufffd\ufffdb")
        leave(screen)


@pytest.mark.parametrize("stop", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_draws_everything_when_it_goes_on_after_a_stop(stop: signal.Signals) -> None:
    with demo() as screen:
        screen.press("typed")
        screen.wait_for("typed")
        settle(screen)
        before = screen.cells()
        screen.send(stop)
        screen.wait_for_state("T")
        assert screen.restored is (stop == signal.SIGTSTP)
        stopped = len(screen.raw)
        screen.send(signal.SIGCONT)
        screen.wait_for(lambda: b"\x1b[?1049h" in screen.raw[stopped:])
        screen.wait_for(lambda: screen.cells() == before)
        screen.press("!")
        screen.wait_for("typed!")
        leave(screen)


def test_it_stops_and_goes_on_with_ctrl_z() -> None:
    with demo() as screen:
        before = screen.cells()
        screen.press("\x1a")
        screen.wait_for_state("T")
        assert screen.restored
        screen.wait_for(lambda: "Ready" not in screen.text())
        screen.send(signal.SIGCONT)
        screen.wait_for(lambda: screen.cells() == before)
        leave(screen)


def test_being_told_to_go_on_while_ending_does_not_keep_it() -> None:
    with demo() as screen:
        screen.send(signal.SIGTERM)
        screen.send(signal.SIGCONT)
        assert screen.end() == 143
        assert screen.restored


def test_what_another_program_wrote_is_healed_by_a_redraw() -> None:
    with demo() as screen:
        before = screen.cells()
        screen.press(SCRIBBLE)
        screen.wait_for("Broadcast")
        screen.press(REDRAW)
        screen.wait_for(lambda: screen.cells() == before)


def test_it_draws_everything_when_the_window_was_another_size_for_a_moment() -> None:
    with demo() as screen:
        before = screen.cells()
        screen.send(signal.SIGSTOP)
        screen.wait_for_state("T")
        screen.resize(40, 10)
        screen.resize(80, 24)
        screen.send(signal.SIGCONT)
        screen.wait_for(lambda: screen.cells() == before)


def test_it_ends_in_order_when_its_terminal_is_gone() -> None:
    with demo() as screen:
        screen.hang_up()
        assert screen.end() == 129


def test_a_terminal_that_takes_nothing_does_not_keep_it() -> None:
    with demo() as screen:
        for _ in range(20):
            screen.press(REDRAW)
            screen.wait_for_state("S")
        screen.press(QUIT)
        assert screen.end_unread(CLOSE_TIMEOUT + 5) == 0


def test_no_mouse_is_asked_for_unless_the_application_wants_one() -> None:
    for wanted in (False, True):
        with demo(*["mouse"] * wanted) as screen:
            settle(screen)
            assert (b"\x1b[?1003h" in screen.raw) is wanted
            leave(screen)
