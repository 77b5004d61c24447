"""Does something as a user who is not root."""

import os
import traceback
from collections.abc import Callable

from tui.errors import Problem

NOBODY = 65534


def as_person(action: Callable[[], object]) -> str:
    """The code of the Problem that `action` raises for an ordinary user, or "done".

    Root becomes nobody in a child process; another user is ordinary already.
    """
    if os.geteuid() != 0:
        return _outcome(action)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.write(writing, _outcome(action).encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        outcome = pipe.read()
    os.waitpid(child, 0)
    return outcome


def _outcome(action: Callable[[], object]) -> str:
    try:
        action()
    except Problem as problem:
        return problem.code
    return "done"
