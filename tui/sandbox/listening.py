"""Sockets on loopback for asyncio to serve on."""

import asyncio
import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def open_listener(port: int) -> socket.socket:
    """A socket that listens.

    Args:
        port: 0 takes one that is free.

    Raises:
        OSError: the port is taken.
    """
    # asyncio sends at once, without Nagle's delay, only where the protocol is named.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((LOOPBACK, port))
        made.listen()
    except OSError:
        made.close()
        raise
    return made


async def stop_accepting(sockets: Iterable[socket.socket]) -> None:
    """Takes no more connections; to be called before the servers are closed."""
    for one in sockets:
        asyncio.get_running_loop().remove_reader(one)
    # Whoever was let in just now gets a transport first: asyncio would never close theirs.
    for _ in range(3):
        await asyncio.sleep(0)
