"""Work that may hang, and that the end of the program does not wait for."""

import asyncio
import concurrent.futures
import socket
from collections.abc import Callable
from contextlib import suppress
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
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        done: concurrent.futures.Future[T] = concurrent.futures.Future()
        try:
            done.set_result(call())
        except BaseException as error:
            done.set_exception(error)
        with suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(report, done)

    def report(done: "concurrent.futures.Future[T]") -> None:
        if result.done():
            return
        if error := done.exception():
            result.set_exception(error)
        else:
            result.set_result(done.result())

    Thread(target=run, daemon=True).start()
    return await result
