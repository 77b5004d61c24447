"""Stand-ins for a user: an empty home, and somebody who is not root."""

import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

import tui
from tests.cli.house import House
from tui.errors import Problem

NOBODY = 65534

PYTHON_ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": str(Path(tui.__file__).parents[1]),
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""For a Python that imports this package from another folder."""


def use_home(root: Path, patch: pytest.MonkeyPatch) -> House:
    """Let this process find all that the program reads and writes below `root`, and no keyring."""
    house = House(root)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        patch.delenv(name, raising=False)
    for name, value in house.environment.items():
        patch.setenv(name, value)
    return house


def run_as_ordinary_user(action: Callable[[], object]) -> str:
    """Return the code of the Problem that `action` raises for an ordinary user, or "done".

    Root becomes nobody in a child process; another user is ordinary already.
    """
    if os.geteuid() != 0:
        return _run(action)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, _run(action).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        outcome = pipe.read()
    os.waitpid(child, 0)
    return outcome


def _run(action: Callable[[], object]) -> str:
    try:
        action()
    except Problem as problem:
        return problem.code
    return "done"
