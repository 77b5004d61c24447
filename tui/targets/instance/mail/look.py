"""Looking at an instance again and again, until something is seen or the time is up."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused

T = TypeVar("T")

_LASTING = frozenset(
    {
        *("instance.forbidden", "instance.not-found", "instance.no-table"),
        *("instance.bad-request", "instance.stopped"),
    }
)
"""Codes of problems that another look meets again; any other may pass."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often an instance is looked at, and the clock that goes by.

    Attributes:
        message: seconds between two looks at a test message.
        mail: seconds between two looks at all mail.
        late: seconds in which a message whose queueing was not confirmed may turn up.
        now: the time, in seconds.
        sleep: waits that many seconds.
    """

    message: float = 2.0
    mail: float = 10.0
    late: float = 20.0
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def look_until(
    look: Callable[[], Awaitable[T | None]], seconds: float, pause: float, pace: Pace
) -> tuple[T | None, InstanceProblem | None]:
    """Return what a look finds, and why the last one failed; both are None if time is up.

    A look that fails is repeated, unless the next one would fail in the same way, or the instance's
    Retry-After lies beyond the time. The last look is made when the time is up.

    Args:
        seconds: in all; one look is made at least.
        pause: seconds between two looks.

    Raises:
        SignInRefused: nothing more may be sent.
    """
    until = pace.now() + seconds
    while True:
        asked, trouble = 0.0, None
        try:
            if (found := await look()) is not None:
                return found, None
        except SignInRefused:
            raise
        except InstanceProblem as problem:
            if problem.code in _LASTING:
                return None, problem
            asked, trouble = problem.retry_after or 0.0, problem
        left = until - pace.now()
        if left <= 0 or asked > left:
            return None, trouble
        await pace.sleep(min(max(pause, asked), left))
