"""Coroutines that never wait: they need no event loop, whose import costs a command its start."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run_without_loop(steps: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that never waits, as a local file's never do.

    Raises:
        RuntimeError: it waits.
    """
    try:
        steps.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("it waits: it needs an event loop")
