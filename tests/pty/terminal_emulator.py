"""A program on a terminal, and what that terminal shows: its text, colours and cursor."""

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

DEADLINE = 15.0
"""Seconds after which a program that does not do what it should has failed the test."""

SYNC_QUERY = b"\x1b[?2026$p"
SYNC_REPLY = b"\x1b[?2026;2$y"
ALTERNATE = re.compile(r"(\x1b\[\?1049[hl])")

# What pyte would draw instead of ignoring, and the start of a sequence whose rest is to come.
_UNKNOWN_TO_PYTE = re.compile(r"\x1b\[(?:[<>=][0-9;]*[a-z]|\?[0-9;]*\$p)")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*)?\Z")


class TerminalEmulator:
    """A terminal of its own with a program on it; ends both on leaving the `with`.

    Attributes:
        raw: every byte that the program wrote.
    """

    def __init__(self, *, knows_sync: bool = False) -> None:
        """Makes a terminal.

        Args:
            knows_sync: whether it says that it knows synchronized output.
        """
        self.raw = b""
        self._knows_sync = knows_sync
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._unfinished = ""
        self._shown = pyte.Screen(80, 24)
        self._stream = pyte.Stream(self._shown)
        self._process: subprocess.Popen[bytes] | None = None
        self._ours = self._theirs = -1
        self._modes_before: list[object] = []

    def start(
        self, argv: Sequence[str], env: Mapping[str, str], size: tuple[int, int] = (80, 24)
    ) -> Self:
        """Starts a program.

        Args:
            argv: the program and its arguments.
            env: its whole environment; a terminal type is added unless there is one.
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
        """The program's process."""
        assert self._process
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def restored(self) -> bool:
        """Whether the terminal's modes are as they were before the program started."""
        return termios.tcgetattr(self._theirs) == self._modes_before

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        return self._shown.cursor.x, self._shown.cursor.y

    def text(self) -> str:
        """What it shows, a line for each row."""
        return "\n".join(line.rstrip() for line in self._shown.display)

    def cells(self) -> list[list[Char]]:
        """What it shows, each cell with its colours and attributes."""
        shown = self._shown
        return [[shown.buffer[y][x] for x in range(shown.columns)] for y in range(shown.lines)]

    def press(self, keys: bytes | str) -> None:
        """Types."""
        os.write(self._ours, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Makes the window another size."""
        self._shown.resize(rows, columns)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal."""
        assert self._process
        self._process.send_signal(number)

    def wait_for(self, wanted: str | Callable[[], object], seconds: float = DEADLINE) -> None:
        """Reads until it shows a text, or until something is so."""
        deadline = time.monotonic() + seconds
        while not (wanted in self.text() if isinstance(wanted, str) else wanted()):
            assert time.monotonic() < deadline, (
                f"not {wanted!r}:\n{self.text()}\n{self.raw[-500:]!r}"
            )
            self.read(0.02)

    def wait_for_state(self, state: str) -> None:
        """Waits until the process is in a state: S when it waits, T when it is stopped."""
        status = Path(f"/proc/{self.pid}/stat")
        self.wait_for(lambda: status.read_text().rpartition(")")[2].split()[0] == state)

    def read(self, seconds: float = 0) -> bytes:
        """Reads what the program has written, waiting at most so long for something."""
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
        """Waits for the program's end; its exit code, or the negative number of a signal."""
        self.wait_for(lambda: not self.running, seconds)
        while self.read():
            pass
        return self.wait_for_exit_unread(seconds)

    def wait_for_exit_unread(self, seconds: float = DEADLINE) -> int:
        """The same for a terminal that takes nothing any more."""
        assert self._process
        return self._process.wait(seconds)

    def hang_up(self) -> None:
        """Takes the terminal away, as a lost connection does."""
        for descriptor in {self._ours, self._theirs} - {-1}:
            os.close(descriptor)
        self._ours = self._theirs = -1

    def _feed(self, text: str) -> None:
        half = _UNFINISHED.search(text)
        self._unfinished = text[half.start() :] if half else ""
        whole = _UNKNOWN_TO_PYTE.sub("", text[: half.start()] if half else text)
        for part in ALTERNATE.split(whole):
            if ALTERNATE.fullmatch(part):  # pyte has one screen only: what it showed is gone
                self._shown.erase_in_display(2)
            else:
                self._stream.feed(part)
