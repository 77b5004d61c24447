"""Steps run to their end: in a loop if one is needed, under signals, with progress shown."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from tui.cli.output import StoppedError
from tui.coroutines import run_without_loop
from tui.errors import Problem
from tui.storage.profile import Profile
from tui.terminal.layout import width
from tui.terminal.visible import visible

if TYPE_CHECKING:
    from asyncio import Task

T = TypeVar("T")

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that end the program."""


def run_steps(steps: Coroutine[Any, Any, T], profile: Profile, *, writes: bool = False) -> T:
    """Run steps on a profile's target, and return their result; a local file needs no event loop.

    Args:
        writes: whether they change something; then success after a signal is still success.

    Raises:
        Stopped: a signal ended them.
        Problem: they failed.
    """
    if profile.instance is None:
        return run_without_loop(steps)
    return run_in_loop(steps, profile, writes=writes)


def run_in_loop(steps: Coroutine[Any, Any, T], profile: Profile, *, writes: bool = False) -> T:
    """Run steps in an event loop, and return their result.

    Each signal cancels them, so that a write under way can still report what it did.

    Raises:
        Stopped, Problem: as `run_steps`.
    """
    # Imported late: a local file needs no event loop.
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
        with handle_signals(stop), asyncio.Runner(loop_factory=Loop) as runner:
            tasks.append(runner.get_loop().create_task(steps))
            if stops:  # a signal came before there was anything to cancel
                tasks[0].cancel()
            result = runner.run(until_done())
    except asyncio.CancelledError:
        problem = _stop_problem(profile, writes)
    except Problem as failed:
        problem = failed
    else:
        if writes or not stops:
            return result
        problem = _stop_problem(profile, writes)
    finally:
        _rewrite_line("")
    if stops:
        raise StoppedError(stops[0], problem)
    raise problem


def _stop_problem(profile: Profile, writes: bool) -> Problem:
    words = f"Stopped before it finished.{'' if writes else ' Nothing was written.'}"
    return Problem("stopped", words, f"See: glidemail -p {profile.name} show")


def _cancel(task: "Task[Any]") -> None:
    show_progress("Stopping.")
    task.cancel()


@contextlib.contextmanager
def handle_signals(handler: Callable[[int], None]) -> Iterator[None]:
    """Call a handler for signals that would end the program; ignored ones stay ignored."""
    before = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    handled = [number for number, old in before.items() if old is not signal.SIG_IGN]
    for number in handled:
        signal.signal(number, lambda received, _: handler(received))
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, before[number])


def show_progress(words: str) -> None:
    """Show what is under way, in a line that the next one replaces."""
    _rewrite_line(visible(words))


def _rewrite_line(words: str) -> None:
    """Replace the line of progress; only on a terminal."""
    # The terminal may vanish in the middle of a write, which goes on.
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr.isatty():
            room = (os.get_terminal_size(sys.stderr.fileno()).columns or 80) - 1
            while width(words) > room:
                words = words[:-1]
            sys.stderr.write(f"\r{words}{' ' * (room - width(words))}\r")
            sys.stderr.flush()
