"""What the configurator costs a terminal, beside the smallest application of its library.

`python -m tests.performance.cost` prints the medians of five runs, made in turn, at 80x24.
Times differ from machine to machine, so only their ratios say something; bytes are exact.
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
SETTLED = 0.3
"""Seconds without a byte after which a screen is complete."""

FLOOR = """
from textual.app import App
from textual.widgets import Input
class Floor(App):
    def compose(self):
        yield Input(placeholder="Outgoing mail server")
Floor().run()
"""
SETTINGS = 'server = "mail.corp.example"\nuser = "helpdesk@corp.example"\n'


@dataclass(frozen=True)
class Cost:
    """One run.

    Attributes:
        ready: milliseconds until the form is seen.
        first: bytes of the first screen.
        key: bytes of a typed character.
        idle: bytes in ten seconds in which nobody types.
        memory: MiB at most.
        leaving: milliseconds until the program is gone.
    """

    ready: float
    first: float
    key: float
    idle: float
    memory: float
    leaving: float


def measure(argv: list[str], *, home: Path, into: str) -> Cost:
    """Runs a program once.

    Args:
        argv: the program.
        home: its home directory.
        into: the keys that lead to a field.
    """
    start = time.perf_counter()
    with TerminalEmulator().start(argv, {"HOME": str(home), "PATH": "/usr/bin:/bin"}) as terminal:
        terminal.wait_for("Outgoing mail server")
        ready = time.perf_counter() - start
        _settle(terminal)
        first = len(terminal.raw)
        terminal.press(into)
        _settle(terminal)
        terminal.press("m")
        key = _settle(terminal)
        terminal.press("\x7f")
        _settle(terminal)
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


def _settle(terminal: TerminalEmulator) -> int:
    before = len(terminal.raw)
    while terminal.read(SETTLED):
        pass
    return len(terminal.raw) - before


def main() -> None:
    """Prints the medians, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        file = home / ".config" / "glidemail" / "default.toml"
        file.parent.mkdir(parents=True)
        file.write_text(SETTINGS)
        floor, ours = [], []
        for _ in range(RUNS + 1):
            floor.append(measure([sys.executable, "-c", FLOOR], home=home, into=""))
            ours.append(measure([sys.executable, "-m", "tui"], home=home, into="\r"))
    print(f"{'':10}{'smallest':>10}{'glidemail':>11}{'ratio':>8}")
    for field in fields(Cost):
        # The first round fills the caches.
        theirs, mine = ([getattr(each, field.name) for each in runs[1:]] for runs in (floor, ours))
        low, high = statistics.median(theirs), statistics.median(mine)
        ratio = f"{high / low:8.2f}" if low else ""
        print(f"{field.name:10}{low:10.0f}{high:11.0f}{ratio}")


if __name__ == "__main__":
    main()
