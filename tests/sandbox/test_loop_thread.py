"""A thread with an event loop starts, ends, and passes on why it can't start."""

import threading

import pytest

from tui.sandbox.loop_thread import LoopThread


async def do_nothing() -> None:
    pass


async def fail() -> None:
    raise OSError("no socket")


def test_what_ends_runs_when_the_thread_is_stopped() -> None:
    ended = threading.Event()

    async def end() -> None:
        ended.set()

    thread = LoopThread()
    thread.start(do_nothing, end)
    assert thread.loop
    assert not ended.is_set()
    thread.stop()
    assert ended.is_set()
    assert thread.loop is None


def test_a_thread_that_did_not_start_can_be_stopped() -> None:
    LoopThread().stop()


def test_what_keeps_a_thread_from_starting_is_raised() -> None:
    thread = LoopThread()
    with pytest.raises(OSError, match="no socket"):
        thread.start(fail, do_nothing)
    thread.stop()
