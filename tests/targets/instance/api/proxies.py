"""Small proxies on loopback: HTTP and SOCKS5, with and without a login and TLS."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.targets.instance.api.fakes import (
    HOST,
    ServerLog,
    answer,
    close_after,
    listen,
    pipe,
    read_request,
)

LOGIN = "proxy-user:c4nary"
"""The login that a proxy may require."""


@asynccontextmanager
async def serve_proxy(
    refusal: bytes = b"", *, login: str = "", tls: ssl.SSLContext | None = None
) -> AsyncIterator[ServerLog]:
    """Run an HTTP proxy that connects to whatever host is requested, or refuses.

    Args:
        refusal: what it answers instead.
        login: it is required.
    """
    served = ServerLog()
    expected = "Basic " + base64.b64encode(login.encode()).decode()

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        served.got.append(await read_request(reader))
        response = refusal
        if login and served.got[-1].headers.get("proxy-authorization") != expected:
            response = answer(status=407, headers="Proxy-Authenticate: Basic realm=c4nary\r\n")
        if response:
            await close_after(response)(reader, writer)
            return
        host, port = served.got[-1].line.split()[1].rsplit(":", 1)
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))

    async with listen(act, tls) as served.port:
        yield served


@asynccontextmanager
async def serve_socks(
    reply: bytes = b"\0", *, login: str = "", method: bytes = b""
) -> AsyncIterator[ServerLog]:
    """Run a SOCKS5 proxy (RFC 1928, RFC 1929).

    Args:
        reply: the code of its reply to CONNECT; anything but a zero refuses.
        login: it is required.
        method: what it answers to the offer of methods, instead of what is right.
    """
    served = ServerLog()
    wanted = b"\2" if login else b"\0"

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        offered = await reader.readexactly((await reader.readexactly(2))[1])
        writer.write(b"\5" + (method or (wanted if wanted in offered else b"\xff")))
        if wanted not in offered:
            return
        if login:
            user = await reader.readexactly((await reader.readexactly(2))[1])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            is_right = user + b":" + password == login.encode()
            writer.write(b"\1" + (b"\0" if is_right else b"\1"))
            if not is_right:
                return
        host, port = await _read_target(reader)
        served.targets.append(host)
        writer.write(b"\5" + reply + b"\0\1" + bytes(6))
        if reply == b"\0":
            far_reader, far_writer = await asyncio.open_connection(HOST, port)
            await asyncio.gather(pipe(reader, far_writer), pipe(far_reader, writer))

    async def close_when_done(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await act(reader, writer)
        writer.close()
        await writer.wait_closed()

    async with listen(close_when_done, None) as served.port:
        yield served


async def _read_target(reader: asyncio.StreamReader) -> tuple[str, int]:
    kind = (await reader.readexactly(4))[3]
    if kind == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
    else:
        address = await reader.readexactly(4 if kind == 1 else 16)
        host = ".".join(map(str, address)) if kind == 1 else address.hex(":")
    return host, int.from_bytes(await reader.readexactly(2))
