"""A thread that runs an event loop until it is stopped."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future


class LoopThread:
    """A thread with an event loop.

    Attributes:
        loop: The event loop while it runs.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[None] = Future()
        self._stop_event: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(
        self, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        """Start the thread and return once `begin` is done; `end` runs when it is stopped.

        Raises:
            Exception: What `begin` raised.
        """
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(begin, end)), name="sandbox", daemon=True
        )
        self._thread.start()
        self._ready.result()

    def stop(self) -> None:
        """End the thread."""
        if self.loop and self._stop_event and self._thread:
            self.loop.call_soon_threadsafe(self._stop_event.set)
            self._thread.join()
            self.loop = None

    async def _run(
        self, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
    ) -> None:
        self._stop_event = asyncio.Event()
        try:
            await begin()
        except BaseException as error:
            self._ready.set_exception(error)
            return
        self.loop = asyncio.get_running_loop()
        self._ready.set_result(None)
        await self._stop_event.wait()
        await end()
