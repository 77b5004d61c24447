"""Measure the configurator beside the smallest Textual application: `scripts/measure`.

It prints the medians of five alternating runs at 80x24. Times depend on the machine, so compare
only their ratios; bytes are exact.
"""

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, fields
from pathlib import Path

from tests.pty.terminal_emulator import TerminalEmulator

RUNS = 5
IDLE = 10.0
"""Seconds."""
QUIET = 0.3
"""Seconds without a byte that mark a screen as complete."""

FLOOR = """
from textual.app import App
from textual.widgets import Input
class Floor(App):
    def compose(self):
        yield Input(placeholder="Mail server")
Floor().run()
"""
SETTINGS = 'server = "mail.corp.example"\nuser = "helpdesk@corp.example"\n'


@dataclass(frozen=True)
class Cost:
    """The cost of one run.

    Attributes:
        ready: milliseconds until the form is visible.
        first: bytes of the first screen.
        key: bytes of the first character typed in a field.
        idle: bytes in ten seconds without a key.
        memory: peak memory in MiB.
        leaving: milliseconds from the key to quit until the program has ended.
    """

    ready: float
    first: float
    key: float
    idle: float
    memory: float
    leaving: float


def measure(argv: list[str], *, home: Path, keys: str) -> Cost:
    """Run a program once and return its cost.

    Args:
        argv: the program and its arguments.
        home: its home directory.
        keys: the keys that move the focus to a field.
    """
    start = time.perf_counter()
    with TerminalEmulator().start(argv, {"HOME": str(home), "PATH": "/usr/bin:/bin"}) as terminal:
        terminal.wait_for("Mail server")
        ready = time.perf_counter() - start
        _read_until_quiet(terminal)
        first = len(terminal.raw)
        terminal.press(keys)
        _read_until_quiet(terminal)
        terminal.press("m")
        key = _read_until_quiet(terminal)
        terminal.press("\x7f")
        _read_until_quiet(terminal)
        seen = len(terminal.raw)
        deadline = time.perf_counter() + IDLE
        while (left := deadline - time.perf_counter()) > 0:
            terminal.read(left)
        idle = len(terminal.raw) - seen
        status = Path(f"/proc/{terminal.pid}/status").read_text()
        memory = int(status.split("VmHWM:")[1].split()[0]) / 1024
        start = time.perf_counter()
        terminal.press("\x11")
        terminal.wait_for_exit()
        leaving = time.perf_counter() - start
    return Cost(ready * 1000, first, key, idle, memory, leaving * 1000)


def _read_until_quiet(terminal: TerminalEmulator) -> int:
    before = len(terminal.raw)
    while terminal.read(QUIET):
        pass
    return len(terminal.raw) - before


def main() -> None:
    """Print the medians and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file = home / ".config" / "glidemail" / "default.toml"
        file.parent.mkdir(parents=True)
        file.write_text(SETTINGS)
        smallest, glidemail = [], []
        for _ in range(RUNS + 1):
            smallest.append(measure([sys.executable, "-c", FLOOR], home=home, keys=""))
            glidemail.append(measure([sys.executable, "-m", "tui"], home=home, keys="\r"))
    print(f"{'':10}{'smallest':>10}{'glidemail':>11}{'ratio':>8}")
    for field in fields(Cost):
        # The first round only fills the caches.
        low, high = (
            statistics.median(getattr(each, field.name) for each in runs[1:])
            for runs in (smallest, glidemail)
        )
        ratio = f"{high / low:8.2f}" if low else ""
        print(f"{field.name:10}{low:10.0f}{high:11.0f}{ratio}")


if __name__ == "__main__":
    main()
