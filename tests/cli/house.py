"""The program as a person runs it: in a process, on a terminal, or in this process."""

import contextlib
import fcntl
import io
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui.cli.main import main
from tui.settings.catalog import Settings
from tui.terminal.visible import visible

DEADLINE = 10.0
"""Seconds after which a program that says nothing has failed the test."""

NOBODY = 65534

_AS_PERSON = """
import os, sys
from importlib import _bootstrap
user = int(sys.argv.pop(1))
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(user)
    os.setresuid(user, user, 0)
    find_and_load = _bootstrap._find_and_load
    def load_as_root(*arguments):
        before = os.geteuid()
        os.seteuid(0)
        try:
            return find_and_load(*arguments)
        finally:
            os.seteuid(before)
    _bootstrap._find_and_load = load_as_root
from tui.cli.main import run
run()
"""
"""Runs as another user, who need not be able to read the program: root loads its modules."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: its exit code (of a signal, its negative number), and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """What it wrote, in one line, however it was wrapped."""
        return " ".join(f"{self.out} {self.err}".split())

    def answer(self) -> Any:
        """The one JSON document that it wrote, of schema 1."""
        assert self.err == ""
        assert self.out.isascii()
        assert self.out.replace("\n", "").isprintable()
        document = json.loads(self.out)
        assert document["schema"] == 1
        return document


@dataclass(frozen=True, slots=True)
class House:
    """A directory in which the program finds all that it reads and writes."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings of the default profile."""
        return self.config / "default.toml"

    @property
    def config(self) -> Path:
        """Where settings and profiles lie."""
        return self.root / "config" / "glidemail"

    @property
    def attestations(self) -> Path:
        """What was attested for the default profile."""
        return self.root / "state" / "glidemail" / "attestations" / "default.toml"

    @property
    def environment(self) -> dict[str, str]:
        """What the program sees of the machine; no session bus, so no keyring."""
        passed = {name: os.environ[name] for name in ("PYTHONPATH", "PATH") if name in os.environ}
        return {
            **passed,
            "HOME": str(self.root / "home"),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_STATE_HOME": str(self.root / "state"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "80",
        }

    def write(self, text: str | bytes, path: Path | None = None) -> Path:
        """Write a file (the settings of the default profile unless given) and return its path."""
        path = path or self.settings
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def run(self, *argv: str | bytes, stdin: bytes = b"", **environment: str | None) -> Result:
        """Run the program in a process of its own.

        Args:
            argv: its arguments.
            stdin: what it reads.
            environment: variables beside those of the house; None takes one away.
        """
        done = subprocess.run(
            [*program(), *argv],
            input=stdin,
            capture_output=True,
            env=self._with(environment),
            cwd=self.root,
            timeout=DEADLINE,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def shell(self, command: str, *argv: str, **environment: str | None) -> Result:
        """Run a shell's command line in which "$@" is the program with its arguments."""
        done = subprocess.run(
            ["/bin/bash", "-o", "pipefail", "-c", command, "bash", *program(), *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._with(environment),
            cwd=self.root,
            timeout=DEADLINE,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_as_person(self, *argv: str, user: int = NOBODY, **environment: str | None) -> Result:
        """Run the program as a user who is not root."""
        done = subprocess.run(
            [sys.executable, "-P", "-c", _AS_PERSON, str(user), *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=self._with(environment),
            cwd=self.root,
            timeout=DEADLINE,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def call(
        self,
        *argv: str,
        stdin: bytes = b"",
        settings: type[Settings] | None = None,
        **environment: str | None,
    ) -> Result:
        """Run the program in this process, which takes a few milliseconds; as `run`."""
        out, err = _stream(), _stream()
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "SUDO_USER"):
                patch.delenv(name, raising=False)
            for name, value in {**self.environment, **environment}.items():
                if value is None:
                    patch.delenv(name, raising=False)
                else:
                    patch.setenv(name, value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = main(argv, settings)
            except SystemExit as exit_:
                code = int(exit_.code or 0)
        return Result(code, _read_stream(out), _read_stream(err))

    def on_terminal(self, *argv: str) -> "contextlib.AbstractContextManager[Terminal]":
        """Run the program on a terminal of its own."""
        return _on_terminal([*program(), *argv], self._with({}), self.root)

    def _with(self, environment: Mapping[str, str | None]) -> dict[str, str]:
        both: dict[str, str | None] = {**self.environment, **environment}
        return {name: value for name, value in both.items() if value is not None}


@contextlib.contextmanager
def open_house() -> Iterator[House]:
    """Make a house that every user may enter and only its owner may write in."""
    root = Path(tempfile.mkdtemp(prefix="glidemail-"))
    try:
        root.chmod(0o755)
        yield House(root)
    finally:
        for folder, _, _ in os.walk(root):
            os.chmod(folder, 0o700)
        # A program that lost its terminal may still be keeping its draft.
        shutil.rmtree(root, ignore_errors=True)


def give_to(path: Path, user: int = NOBODY) -> None:
    """Give everything below to the user that `run_as_person` runs as."""
    if os.geteuid() == 0:
        for each in (path, *path.rglob("*")):
            os.chown(each, user, user, follow_symlinks=False)


def program() -> list[str]:
    """Return the command that starts the program."""
    return [sys.executable, "-P", "-m", "tui"]


class Terminal:
    """A program on a terminal: what it shows, what is typed, and whether typing shows.

    Attributes:
        shown: every byte that the terminal got so far.
    """

    def __init__(self, process: subprocess.Popen[bytes], ours: int, theirs: int) -> None:
        self.shown = b""
        self._waited_for = 0
        self._process, self._ours, self._theirs = process, ours, theirs

    @property
    def text(self) -> str:
        """What was shown, with the line ends of a file."""
        return self.shown.decode().replace("\r\n", "\n")

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        return bool(termios.tcgetattr(self._theirs)[3] & termios.ECHO)

    def until(self, words: str) -> None:
        """Wait until it has shown these words after the last ones that were waited for."""
        deadline = time.monotonic() + DEADLINE
        while (found := self.shown.find(words.encode(), self._waited_for)) < 0:
            left = deadline - time.monotonic()
            assert left > 0, f"it did not show {words!r} but {self.shown!r}"
            assert self._read(min(left, 0.05)) or self._process.poll() is None, self.shown
        self._waited_for = found + len(words.encode())

    def type(self, text: str | bytes) -> None:
        """Type."""
        os.write(self._ours, text.encode() if isinstance(text, str) else text)

    def stop(self, number: signal.Signals) -> None:
        """Stop the program while it waits for what is typed; with Ctrl-C if it is SIGINT."""
        # A signal that comes between a question and its reading is seen after the reading.
        status = Path(f"/proc/{self._process.pid}/stat")
        deadline = time.monotonic() + DEADLINE
        while status.exists() and status.read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < deadline, f"it does not wait after {self.shown!r}"
        if number is signal.SIGINT:
            self.type("\x03")
        else:
            self._process.send_signal(number)

    def end(self) -> int:
        """Wait for its end, and return the exit code."""
        deadline = time.monotonic() + DEADLINE
        while self._process.poll() is None:
            assert time.monotonic() < deadline, f"it goes on after {self.shown!r}"
            self._read(0.02)
        while self._read(0):
            pass
        return self._process.returncode

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._ours], [], [], seconds)
        data = os.read(self._ours, 65536) if ready else b""
        self.shown += data
        return data


@contextlib.contextmanager
def _on_terminal(
    argv: Sequence[str], environment: Mapping[str, str], folder: Path
) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        argv,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    try:
        yield Terminal(process, ours, theirs)
    finally:
        process.kill()
        process.wait()
        os.close(theirs)
        os.close(ours)


def assert_harmless(result: Result) -> None:
    """Fail if a person got to see a fault of the program, or anything that is not text."""
    for text in (result.out, result.err):
        assert "Traceback" not in text
        assert "This is a bug in glidemail" not in text
        assert "Exception ignored" not in text
        assert_printable(text)


def assert_printable(text: str) -> None:
    """Fail unless nothing in the text can move, hide or command."""
    for line in text.split("\n"):
        assert visible(line) == line


def read_tree(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")


def _read_stream(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.detach()
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode()
