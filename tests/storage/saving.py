"""Saves one file once, here or in a program that a test does something to meanwhile."""

import json
import os
import sys
from pathlib import Path

import pytest

import tui
from tui.errors import Problem
from tui.storage.file import lock_file

ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(tui.__file__).parents[1]),
    "PYTHONDONTWRITEBYTECODE": "1",
}

_PROGRAM = """
import json, os, signal, sys
from pathlib import Path
from tui.storage.file import lock_file
from tui.errors import Problem
if {stops}:
    os.kill(os.getpid(), signal.SIGSTOP)
try:
    with lock_file(Path(sys.argv[1])) as file:
        file.replace(sys.argv[2])
except Problem as problem:
    os.write(1, json.dumps([problem.code, problem.message, problem.hint]).encode())
    os._exit(problem.exit_code)
os._exit(0)
"""


def saving(path: Path, text: str, *, stops: bool = False) -> list[str]:
    """The command line of a program that saves `text` at `path`, and tells a Problem as JSON.

    Args:
        path: of the file.
        text: its new content.
        stops: whether the program stops itself once everything is imported.
    """
    return [sys.executable, "-S", "-c", _PROGRAM.format(stops=stops), str(path), text]


def told(output: bytes) -> tuple[str, str, str]:
    """The code, message and next step of the Problem that such a program told."""
    code, message, then = json.loads(output)
    return code, message, then


def save(path: Path, text: str = "new\n", keep_old: bool = True) -> None:
    """Saves `text` at `path`."""
    with lock_file(path) as file:
        file.replace(text, keep_old)


def save_fails(path: Path) -> Problem:
    """The Problem that a save at `path` ends in."""
    with pytest.raises(Problem) as raised:
        save(path)
    return raised.value


def names(path: Path) -> list[str]:
    """What lies in the directory of `path`."""
    return sorted(os.listdir(path.parent))
