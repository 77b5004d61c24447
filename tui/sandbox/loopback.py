"""Listening sockets and certificates on loopback."""

import asyncio
import functools
import socket
import ssl
from collections.abc import Iterable

import trustme

from tui.sandbox.sandbox_state import LOOPBACK_NAMES

LOOPBACK = "127.0.0.1"


def open_listener(port: int) -> socket.socket:
    """Return a socket that listens on loopback.

    Args:
        port: 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    # asyncio turns off Nagle's delay only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


async def stop_accepting(listeners: Iterable[socket.socket]) -> None:
    """Accept no more connections; call this before the servers are closed."""
    for listener in listeners:
        asyncio.get_running_loop().remove_reader(listener)
    # A connection accepted just now needs a transport first, or asyncio never closes it.
    for _ in range(3):
        await asyncio.sleep(0)


@functools.cache
def get_authority() -> trustme.CA:
    """Return the authority that signs the certificate of this process."""
    return trustme.CA(organization_name="glidemail sandbox")


@functools.cache
def _get_certificate() -> trustme.LeafCert:
    return get_authority().issue_cert(*LOOPBACK_NAMES)


def make_server_context() -> ssl.SSLContext:
    """Return the TLS context of a server on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _get_certificate().configure_cert(context)
    return context


def make_client_context() -> ssl.SSLContext:
    """Return a TLS context that trusts such a server, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    get_authority().configure_trust(context)
    return context
