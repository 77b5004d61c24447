"""Work that may hang, and that the end of the program does not wait for."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Loop(asyncio.SelectorEventLoop):
    """An event loop that a name server which never answers cannot hold up at the end.

    The stock loop looks names up in threads that are waited for before the program can end: half
    a minute, and more.
    """

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        """Look a name up as the stock loop does, in a thread that ends with the program."""
        return await run_detached(lambda: socket.getaddrinfo(host, port, **options))


async def run_detached(call: Callable[[], T]) -> T:
    """Return what a blocking call returns, made in a thread that ends with the program."""
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(call())
        except BaseException as error:
            done.set_exception(error)

    done.set_running_or_notify_cancel()  # from here on, cancelling what waits leaves it alone
    Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(done)
