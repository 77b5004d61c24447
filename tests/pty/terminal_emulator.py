"""A terminal with a program on it: its text, colours and cursor."""

import codecs
import errno
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
from pyte.screens import Char

DEADLINE = 30.0
"""Seconds a test waits for the program before it fails."""

SYNC_QUERY = b"\x1b[?2026$p"
SYNC_REPLY = b"\x1b[?2026;2$y"
ALTERNATE = re.compile(r"(\x1b\[\?1049[hl])")

# Sequences that pyte would draw as text, and a sequence that isn't complete yet.
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[(?:[<>=][0-9;]*[a-z]|\?[0-9;]*\$p)")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*)?\Z")


class TerminalEmulator:
    """A terminal with a program on it; the `with` ends both.

    Attributes:
        raw: every byte the program has written.
    """

    def __init__(self, *, knows_sync: bool = False) -> None:
        """Make a terminal.

        Args:
            knows_sync: report support for synchronized output when asked.
        """
        self.raw = b""
        self._knows_sync = knows_sync
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._unfinished = ""
        self._text = ""  # once it was asked for, until the screen changes
        self._shown = pyte.Screen(80, 24)
        self._stream = pyte.Stream(self._shown)
        self._process: subprocess.Popen[bytes] | None = None
        self._ours = self._theirs = -1
        self._modes_before: list[object] = []

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], size: tuple[int, int] = (80, 24)
    ) -> Self:
        """Start a program.

        Args:
            argv: the program and its arguments.
            env: its whole environment; `TERM` and `LC_ALL` have defaults.
            size: columns and rows.
        """
        self._ours, self._theirs = os.openpty()
        self.resize(*size)
        self._modes_before = termios.tcgetattr(self._theirs)
        self._process = subprocess.Popen(
            argv,
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
            env={"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **env},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._process and self.running:
            self._process.kill()
            self._process.wait()
        self.hang_up()

    @property
    def pid(self) -> int:
        """The program's process ID."""
        assert self._process
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program is still running."""
        return self._process is not None and self._process.poll() is None

    @property
    def restored(self) -> bool:
        """Whether the terminal's modes are what they were before the program started."""
        return termios.tcgetattr(self._theirs) == self._modes_before

    @property
    def cursor(self) -> tuple[int, int]:
        """The cursor's column and row."""
        return self._shown.cursor.x, self._shown.cursor.y

    def text(self) -> str:
        """Return the text shown, one line per row."""
        if not self._text:
            self._text = "\n".join(line.rstrip() for line in self._shown.display)
        return self._text

    def cells(self) -> list[list[Char]]:
        """Return the cells shown, with colours and attributes."""
        shown = self._shown
        return [[shown.buffer[y][x] for x in range(shown.columns)] for y in range(shown.lines)]

    def press(self, keys: bytes | str) -> None:
        """Type keys."""
        os.write(self._ours, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Resize the window."""
        self._shown.resize(rows, columns)
        self._text = ""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        assert self._process
        self._process.send_signal(number)

    def wait_for(self, condition: str | Callable[[], object], seconds: float = DEADLINE) -> None:
        """Read until the terminal shows a text, or a condition is true."""
        deadline = time.monotonic() + seconds
        while not (condition in self.text() if isinstance(condition, str) else condition()):
            assert time.monotonic() < deadline, (
                f"not {condition!r}:\n{self.text()}\n{self.raw[-500:]!r}"
            )
            self.read(0.02)

    def wait_for_state(self, state: str) -> None:
        """Wait for a process state: S is waiting, T is stopped (proc(5))."""
        status = Path(f"/proc/{self.pid}/stat")
        self.wait_for(lambda: status.read_text().rpartition(")")[2].split()[0] == state)

    def wait_until_idle(self, seconds: float = 0.15, pid: int | None = None) -> None:
        """Read until the program has written nothing and done nothing for `seconds`.

        A program that is kept from running by a busy machine isn't idle.

        Args:
            seconds: how long nothing may happen.
            pid: the process to watch, if it isn't the one that was started.
        """
        pid = pid or self.pid
        deadline = time.monotonic() + DEADLINE
        while True:
            wakeups = self.count_wakeups(pid)
            is_quiet = not self.read(seconds) and not self._is_busy(pid)
            if is_quiet and self.count_wakeups(pid) == wakeups:
                return
            assert time.monotonic() < deadline, f"it is never idle:\n{self.text()}"

    def count_wakeups(self, pid: int | None = None) -> int:
        """Return how often the program's threads have waited for something until now."""
        statuses = [self._read_or_nothing(task / "status") for task in self._tasks(pid or self.pid)]
        waits = re.findall(r"^voluntary_ctxt_switches:\s*(\d+)", "\n".join(statuses), re.MULTILINE)
        return sum(map(int, waits))

    def read(self, seconds: float = 0) -> bytes:
        """Return what the program has written; wait up to `seconds` for the first byte."""
        if self._ours < 0:
            time.sleep(seconds)
            return b""
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._ours, 65536)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""
        self.raw += data
        if self._knows_sync and SYNC_QUERY in data:
            self.press(SYNC_REPLY)
        self._feed(self._unfinished + self._decode(data))
        return data

    def wait_for_exit(self, seconds: float = DEADLINE) -> int:
        """Read until the program ends; return its exit code, or minus the signal's number."""
        self.wait_for(lambda: not self.running, seconds)
        while self.read():
            pass
        return self.wait_for_exit_unread(seconds)

    def wait_for_exit_unread(self, seconds: float = DEADLINE) -> int:
        """Wait for the program's end without reading what it writes."""
        assert self._process
        return self._process.wait(seconds)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        for descriptor in {self._ours, self._theirs} - {-1}:
            os.close(descriptor)
        self._ours = self._theirs = -1

    def has_open(self, path: Path) -> bool:
        """Whether the program has a file or folder open."""
        links = Path(f"/proc/{self.pid}/fd").glob("*")
        return any(os.path.realpath(link) == str(path.resolve()) for link in links)

    @staticmethod
    def _tasks(pid: int) -> list[Path]:
        return [*Path(f"/proc/{pid}/task").glob("*")]

    def _is_busy(self, pid: int) -> bool:
        """Whether a thread runs or wants to: state R, or D for a disk (proc(5))."""
        stats = [self._read_or_nothing(task / "stat") for task in self._tasks(pid)]
        return any(re.search(r"\) [RD]", stat) for stat in stats)

    @staticmethod
    def _read_or_nothing(path: Path) -> str:
        try:
            return path.read_text()
        except OSError:  # the thread has ended
            return ""

    def _feed(self, text: str) -> None:
        self._text = ""
        half = _UNFINISHED.search(text)
        self._unfinished = text[half.start() :] if half else ""
        whole = _UNKNOWN_TO_PYTE.sub("", text[: half.start()] if half else text)
        for part in ALTERNATE.split(whole):
            if ALTERNATE.fullmatch(part):  # pyte has a single screen, so clear it
                self._shown.erase_in_display(2)
            else:
                self._stream.feed(part)
