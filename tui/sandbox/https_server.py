"""Serves the stand-in over TLS from a thread with a loop of its own."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tui.sandbox.loopback import make_server_context

T = TypeVar("T")


class _Connection(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Puts the transport where the application can reach it, to cut the connection."""
        super().connection_made(transport)
        self.app_state = {"transport": transport}


class HttpsServer:
    """uvicorn's protocol over asyncio's server: that can be stopped without waiting."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http=_Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            # A client that pauses between two requests is not to be hung up on.
            timeout_keep_alive=60,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def start(self, listening: socket.socket) -> None:
        """Serves on a socket that listens already."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._config, self._state, {}),
            sock=listening,
            ssl=make_server_context(),
        )

    async def stop(self) -> None:
        """Takes no more connections and cuts those there are."""
        if self._server:
            self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        # Each request hears of it as if its client had hung up.
        while self._state.tasks or self._state.connections:
            await asyncio.sleep(0)


class LoopThread:
    """A thread with a loop, from `start` until `stop`."""

    def __init__(self) -> None:
        self._ready: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(
        self, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        """Returns once `begin` is through; `end` runs when it is stopped.

        Raises:
            Exception: what `begin` raised.
        """
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(begin, end)), name="sandbox", daemon=True
        )
        self._thread.start()
        self._ready.result()

    def stop(self) -> None:
        """Ends the thread."""
        if self._loop and self._over and self._thread:
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join()
            self._loop = None

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs on the loop.

        Raises:
            RuntimeError: it is not running.
        """
        if self._loop is None:
            coroutine.close()
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _live(
        self, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        self._over = asyncio.Event()
        try:
            await begin()
        except BaseException as error:
            self._ready.set_exception(error)
            return
        self._loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        await self._over.wait()
        await end()
