"""The configurator on a terminal: how to start, drive and end it."""

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cli.house import House, program
from tests.pty.terminal_emulator import TerminalEmulator

SERVER = "mail.example.com"

SOON = 15.0
"""Seconds in which the program ends while something waits for an answer: far fewer than it
waits, enough for a busy machine."""

ESCAPE, ENTER, TAB, SHIFT_TAB, SPACE = "\x1b", "\r", "\t", "\x1b[Z", " "
UP, DOWN, RIGHT, LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
F1, F2, F3, F4 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS"
F5, F6, F7, F8, F9, F10 = (f"\x1b[{number}~" for number in (15, 17, 18, 19, 20, 21))
COPY, CLEAR, CUT, EXPLAIN, PALETTE, QUIT, RESET, SAVE = (
    "\x03",
    "\x15",
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
    """Start the program on a terminal and wait for a text."""
    with TerminalEmulator() as terminal:
        terminal.start([*program(), *argv], {**house.environment, **environment}, size)
        terminal.wait_for(shows)
        yield terminal


def draft_path(house: House, profile: str = "default") -> Path:
    """Return the path of a profile's draft."""
    return house.root / "state" / "glidemail" / "drafts" / f"{profile}.json"


def lock_owner(house: House, profile: str = "default") -> int:
    """Return the ID of the process that edits a profile."""
    return int(draft_path(house, profile).with_suffix(".lock").read_text())


def has_draft(house: House, words: str, profile: str = "default") -> bool:
    """Whether a draft is saved that contains some words."""
    path = draft_path(house, profile)
    return path.exists() and words in path.read_text()


def type_server(terminal: TerminalEmulator, text: str = SERVER) -> None:
    """Go from the list to the first field, and type."""
    press_and_wait(terminal, TAB, lambda: is_cursor_in_form(terminal))
    terminal.press(text)
    terminal.wait_for(lambda: text in field_line(terminal))
    terminal.wait_until_idle(0.05)  # the field shows a key before the draft has it


def go_to_password(terminal: TerminalEmulator) -> None:
    """Go from the top of the list to the field of the outgoing password."""
    row = re.compile("▸.{1,3}Password")
    press_and_wait(terminal, DOWN * 4, lambda: row.search(terminal.text()))
    terminal.press(TAB)
    terminal.wait_until_idle()


def type_password(terminal: TerminalEmulator, password: str) -> None:
    """Go to the field of the outgoing password, and type."""
    go_to_password(terminal)
    press_and_wait(terminal, password, "•" * len(password))


def paste(terminal: TerminalEmulator, text: str) -> None:
    """Paste as a terminal does with bracketed paste on, and read what the program draws."""
    marked = f"\x1b[200~{text}\x1b[201~".encode()
    for start in range(0, len(marked), 1000):
        terminal.press(marked[start : start + 1000])
        terminal.read()


def is_cursor_in_form(terminal: TerminalEmulator) -> bool:
    """Whether the cursor is right of the list."""
    return terminal.cursor[0] > 42


def field_line(terminal: TerminalEmulator) -> str:
    """Return the line of the cursor, right of the list."""
    return terminal.text().split("\n")[terminal.cursor[1]][44:]


def press_and_wait(
    terminal: TerminalEmulator, keys: str | bytes, shows: str | Callable[[], object]
) -> None:
    """Type keys and wait for their effect."""
    terminal.press(keys)
    terminal.wait_for(shows)


def open_save_dialog(terminal: TerminalEmulator, word: str = "default") -> None:
    """Open the dialog before a save, fill in all that it asks for, and go to its Save button."""
    press_and_wait(terminal, SAVE, "[ Cancel ]")
    if "changes no instance" not in terminal.text():
        press_and_wait(terminal, RIGHT + ENTER, "Still open")
        request = re.search(r"Still open: (?:(\d+) to attest)?(.*)", terminal.text())
        assert request
        terminal.press((SPACE + TAB) * int(request[1] or 0))
        if "type" in request[2]:
            press_and_wait(terminal, word, lambda: f"│ {word} " in terminal.text())
            terminal.press(TAB)
    press_and_wait(terminal, TAB, lambda: focused_button(terminal) == "[ Save ]")


def close(terminal: TerminalEmulator, keys: str, shown: str) -> None:
    """Close a dialog by keys, and wait until it, which shows a text, is gone."""
    press_and_wait(terminal, keys, lambda: shown not in terminal.text())


def focused_button(terminal: TerminalEmulator) -> str:
    """Return the focused button: the reversed text below the banner."""
    cells = (cell for line in terminal.cells()[2:] for cell in line)
    reversed_text = "".join(cell.data for cell in cells if cell.reverse)
    return "".join(re.findall(r"\[ .+? \]", reversed_text))  # a scrollbar is reversed too


def check_restored(terminal: TerminalEmulator) -> str:
    """Check that the terminal is as it was, and return what was written after the screen closed."""
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
    """Send a signal and return the exit code."""
    terminal.send_signal(number)
    return terminal.wait_for_exit()
