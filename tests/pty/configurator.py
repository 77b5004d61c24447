"""The configurator on a terminal, and what a person may expect of that terminal."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.running import House, program
from tests.pty.terminal_emulator import TerminalEmulator

SERVER = "mail.example.com"

SOON = 15.0
"""Seconds in which the program ends while something waits for an answer: far fewer than it
waits, enough for a busy machine."""

ESCAPE, ENTER, TAB, SHIFT_TAB, SPACE = "\x1b", "\r", "\t", "\x1b[Z", " "
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
F5, F6, F7, F8, F9, F10 = (f"\x1b[{number}~" for number in (15, 17, 18, 19, 20, 21))
COPY, CUT, EXPLAIN, PALETTE, QUIT, RESET, SAVE = (
    "\x03",
    "\x18",
    "\x07",
    "\x10",
    "\x11",
    "\x12",
    "\x13",
)

_LEFT = b"\x1b[?1049l"
_MODE = re.compile(rb"\x1b\[\?(\d+)([hl])")


@contextmanager
def configurator(
    house: House,
    *argv: str,
    shows: str = "Enter edits",
    size: tuple[int, int] = (80, 24),
    **environment: str,
) -> Iterator[TerminalEmulator]:
    """The program on a terminal of its own, once it shows a text."""
    with TerminalEmulator() as terminal:
        terminal.start([*program(), *argv], {**house.environment, **environment}, size)
        terminal.wait_for(shows)
        yield terminal


def draft_path(house: House, profile: str = "default") -> Path:
    """Where a profile's draft lies."""
    return house.root / "state" / "glidemail" / "drafts" / f"{profile}.json"


def lock_owner(house: House, profile: str = "default") -> int:
    """The process that edits a profile."""
    return int(draft_path(house, profile).with_suffix(".lock").read_text())


def has_draft(house: House, words: str) -> bool:
    """Whether a draft is kept that holds some words."""
    return draft_path(house).exists() and words in draft_path(house).read_text()


def type_server(terminal: TerminalEmulator, text: str = SERVER) -> None:
    """Goes from the list to the first field, and types."""
    press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
    terminal.press(text)
    terminal.wait_for(lambda: text in field_line(terminal))
    terminal.wait_until_idle(0.05)  # the field shows a key a moment before the draft has it


def paste(terminal: TerminalEmulator, text: str) -> None:
    """Pastes as a terminal does that was told to mark it, and reads what that draws."""
    marked = f"\x1b[200~{text}\x1b[201~".encode()
    for start in range(0, len(marked), 1000):
        terminal.press(marked[start : start + 1000])
        terminal.read()


def is_cursor_in_form(terminal: TerminalEmulator) -> bool:
    """Whether the cursor is right of the list."""
    return terminal.cursor[0] > 26


def field_line(terminal: TerminalEmulator) -> str:
    """The line that the cursor is in, right of the list."""
    return terminal.text().split("\n")[terminal.cursor[1]][26:]


def press_and_wait(
    terminal: TerminalEmulator, keys: str, shows: str | Callable[[], object]
) -> None:
    """Types, and waits for what that is to show."""
    terminal.press(keys)
    terminal.wait_for(shows)


def open_save_dialog(terminal: TerminalEmulator, word: str = "default") -> None:
    """Opens the dialog before a save, settles all that is open, and goes to its last button."""
    press_and_wait(terminal, SAVE, "[ Cancel ]")
    press_and_wait(terminal, RIGHT + ENTER, "Still open")
    wanted = re.search(r"Still open: (?:(\d+) to attest)?(.*)", terminal.text())
    assert wanted
    terminal.press((SPACE + TAB) * int(wanted[1] or 0))
    if "type" in wanted[2]:
        press_and_wait(terminal, word, lambda: f"\n {word}\n" in terminal.text())
        terminal.press(TAB)
    press_and_wait(terminal, TAB, lambda: focused_button(terminal) == "[ Save ]")


def focused_button(terminal: TerminalEmulator) -> str:
    """The button that has the focus: the words in the last line that stand out."""
    return "".join(cell.data for cell in terminal.cells()[-1] if cell.reverse).strip()


def check_restored(terminal: TerminalEmulator) -> str:
    """What was written after the screen was left; fails unless the terminal is as it was."""
    assert terminal.restored
    modes: dict[bytes, bytes] = dict(_MODE.findall(terminal.raw))
    assert modes.pop(b"25") == b"h"  # the cursor shows
    assert modes.pop(b"7") == b"h"  # lines wrap
    assert set(modes.values()) <= {b"l"}, modes
    assert terminal.raw.count(b"\x1b[>25u") == terminal.raw.count(b"\x1b[<u")
    _, left, after = terminal.raw.rpartition(_LEFT)
    assert left
    words = _MODE.sub(b"", after).decode()
    assert "\x1b" not in words
    assert "Traceback" not in words
    return words.replace("\r\n", "\n")


def stop(terminal: TerminalEmulator, number: signal.Signals) -> int:
    """Sends a signal, and gives the exit code."""
    terminal.send_signal(number)
    return terminal.wait_for_exit()
