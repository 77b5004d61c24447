"""Waiting for an instance: a loop where one is needed, signals, and words meanwhile."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from tui.cli.output import Stopped
from tui.coroutines import run_without_loop
from tui.errors import Problem
from tui.storage.profile import Profile
from tui.terminal.layout import width
from tui.terminal.visible import visible

if TYPE_CHECKING:
    from asyncio import Task

T = TypeVar("T")

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end the program."""


def run_steps(steps: Coroutine[Any, Any, T], profile: Profile, *, writes: bool = False) -> T:
    """The result of steps on a profile's target: at once for a file, in a loop for an instance.

    Args:
        steps: what to wait for.
        profile: whose target they work on.
        writes: they change something: where they end well after a signal, that is no stop.

    Raises:
        Stopped: a signal ended it.
        Problem: it failed.
    """
    if profile.instance is None:
        return run_without_loop(steps)
    return run_in_loop(steps, profile, writes=writes)


def run_in_loop(steps: Coroutine[Any, Any, T], profile: Profile, *, writes: bool = False) -> T:
    """The result of steps that wait for a line.

    A signal cancels them, once or several times, so that what was under way can still say what
    it did.

    Raises:
        Stopped, Problem: as `waited`.
    """
    # Imported late: a local file needs no loop.
    import asyncio

    from tui.threads import Loop

    stops: list[int] = []
    tasks: list[Task[T]] = []

    def stop(number: int) -> None:
        stops.append(number)
        for task in tasks:
            if not (loop := task.get_loop()).is_closed():
                loop.call_soon_threadsafe(_cancel, task)

    async def until_done() -> T:
        return await tasks[0]

    try:
        with heard(stop), asyncio.Runner(loop_factory=Loop) as runner:
            tasks.append(runner.get_loop().create_task(steps))
            if stops:  # one came before there was anything to cancel
                tasks[0].cancel()
            result = runner.run(until_done())
    except asyncio.CancelledError:
        problem = _stopped(profile, writes)
    except Problem as failed:
        problem = failed
    else:
        if writes or not stops:
            return result
        problem = _stopped(profile, writes)
    finally:
        _rewrite("")
    if stops:
        raise Stopped(stops[0], problem)
    raise problem


def _stopped(profile: Profile, writes: bool) -> Problem:
    words = "Stopped before it was done."
    if not writes:
        words += " Nothing was written."
    return Problem("stopped", words, f"See: glidemail -p {profile.name} show")


def _cancel(task: "Task[Any]") -> None:
    tell("Stopping.")
    task.cancel()


@contextlib.contextmanager
def heard(hear: Callable[[int], None]) -> Iterator[None]:
    """Has the signals that would end the program told instead; one that is ignored stays so."""
    before = {number: signal.getsignal(number) for number in ENDING}
    taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in taken:
        signal.signal(number, lambda which, _: hear(which))
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, before[number])


def tell(words: str) -> None:
    """Says what is under way, in a line that the next one takes the place of."""
    _rewrite(visible(words))


def _rewrite(words: str) -> None:
    """Shows words in place of those before, on a terminal only, in one line of it."""
    # It may be gone in the middle of a write, which goes on.
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr.isatty():
            room = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
            while width(words) > room:
                words = words[:-1]
            sys.stderr.write(f"\r{words}{' ' * (room - width(words))}\r")
            sys.stderr.flush()
