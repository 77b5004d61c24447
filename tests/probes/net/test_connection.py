"""The bounds of a connection."""

import asyncio
import socket
from contextlib import suppress

from tui.probes.net.connection import CHUNK, LIMIT, Connection, TooMuchData


def test_no_more_is_read_than_the_bound() -> None:
    async def run() -> int:
        mine, other = socket.socketpair()
        mine.setblocking(False)
        other.setblocking(False)
        loop = asyncio.get_running_loop()
        sending = asyncio.create_task(loop.sock_sendall(other, bytes(2 * LIMIT)))
        opened = Connection(mine, loop.time() + 20)
        with suppress(TooMuchData):
            while len(await opened.receive()) <= CHUNK:
                pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        opened.close()
        other.close()
        return opened.received

    assert LIMIT < asyncio.run(run()) <= LIMIT + CHUNK
