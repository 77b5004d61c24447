"""Work that may hang, and an end of the program that does not wait for it."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from tests.cli.house import DEADLINE
from tui.threads import Loop, run_detached

HANGS = """
import asyncio, socket, time
from tui.threads import Loop
socket.getaddrinfo = lambda *_, **__: time.sleep(60)
async def look():
    try:
        async with asyncio.timeout(0.05):
            await asyncio.get_running_loop().getaddrinfo("far.example", 443)
    except TimeoutError:
        print("given up")
with asyncio.Runner(loop_factory=Loop) as runner:
    runner.run(look())
"""


def in_loop(steps: Any) -> Any:
    """Runs a coroutine in a loop of this kind."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(steps)


async def look(*asked: Any, **options: Any) -> Any:
    """Looks a name up."""
    return await asyncio.get_running_loop().getaddrinfo(*asked, **options)


def test_a_name_is_looked_up_as_ever() -> None:
    found = in_loop(look("127.0.0.1", 25, type=socket.SOCK_STREAM))
    assert found == socket.getaddrinfo("127.0.0.1", 25, type=socket.SOCK_STREAM)


@pytest.mark.parametrize(
    "error", [socket.gaierror(socket.EAI_NONAME, "none"), UnicodeError("no name"), OSError("no")]
)
def test_whatever_goes_wrong_is_raised_to_who_asked(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(type(error)) as raised:
        in_loop(look("far.example", 443))
    assert raised.value is error


def test_a_name_server_that_never_answers_does_not_hold_up_the_end() -> None:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", HANGS], capture_output=True, timeout=DEADLINE, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"given up\n", b"")
    assert time.monotonic() - started < DEADLINE


def test_an_answer_that_comes_after_the_end_is_dropped_without_a_word(
    capfd: pytest.CaptureFixture[str],
) -> None:
    go_on, gone = threading.Event(), threading.Event()

    def late() -> None:
        go_on.wait(DEADLINE)
        gone.set()

    async def leave() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await run_detached(late)

    in_loop(leave())
    go_on.set()
    assert gone.wait(DEADLINE)
    for thread in threading.enumerate():
        if thread.daemon:
            thread.join(0.1)
    assert capfd.readouterr() == ("", "")


def test_an_answer_after_the_asking_was_cancelled_does_no_harm() -> None:
    go_on = threading.Event()

    async def cancel() -> int:
        asked = asyncio.ensure_future(run_detached(lambda: go_on.wait(DEADLINE)))
        await asyncio.sleep(0.01)
        asked.cancel()
        go_on.set()
        await asyncio.sleep(0.05)
        return await run_detached(lambda: 4711)

    assert in_loop(cancel()) == 4711
