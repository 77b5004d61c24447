"""A coroutine that never waits gives its result without an event loop."""

import asyncio

import pytest

from tui.coroutines import run_without_loop


def test_the_result_of_a_coroutine_that_never_waits_is_returned() -> None:
    async def inner() -> int:
        return 42

    async def outer() -> int:
        return await inner() + 1

    assert run_without_loop(outer()) == 43


def test_an_exception_of_the_coroutine_reaches_the_caller() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run_without_loop(fail())


def test_a_coroutine_that_waits_is_a_fault() -> None:
    async def wait() -> None:
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="event loop"):
        run_without_loop(wait())
