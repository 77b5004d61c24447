"""A server on loopback that answers with scripted bytes, and records what it received."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeAlias

import trustme

HOST = "127.0.0.1"

Handler: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def answer(body: object = "", status: int = 200, headers: str = "", kind: str = "json") -> bytes:
    """Return a whole response; `headers` are lines, each with its line end."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body != "" else b""
    head = f"HTTP/1.1 {status} Words\r\nContent-Type: application/{kind}\r\n{headers}"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content


def web_page(text: str, status: int = 200) -> bytes:
    """Return a web page."""
    return answer(text.encode(), status, kind="xhtml+xml, text/html")


def records_response(*found: object, total: int | None = None) -> bytes:
    """Return a response with records."""
    return answer(
        {"result": list(found)}, headers="" if total is None else f"X-Total-Count: {total}\r\n"
    )


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ServerLog:
    """What a server saw.

    Attributes:
        got: the requests, in order.
        targets: the hosts that a SOCKS proxy was asked to connect to.
        asked: is set once a request has arrived.
        gone: is set once a client has closed a connection.
    """

    port: int = 0
    connections: int = 0
    got: list[ReceivedRequest] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"


@cache
def authority(name: str) -> trustme.CA:
    """Return a certificate authority of that name."""
    return trustme.CA(organization_name=name)


@cache
def tls_context(kind: str = "good") -> ssl.SSLContext:
    """Return a server's context: with a good certificate, or one with something wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    past = datetime.now(UTC) - timedelta(days=1)
    match kind:
        case "self-signed":
            own = authority("self")
            with own.cert_pem.tempfile() as file, own.private_key_pem.tempfile() as key:
                context.load_cert_chain(file, key)
            return context
        case "expired":
            cert = authority("trusted").issue_cert(
                HOST, not_before=past - timedelta(1), not_after=past
            )
        case "other name":
            cert = authority("trusted").issue_cert("other.example")
        case "unknown" | "system":
            cert = authority(kind).issue_cert(HOST)
        case _:
            cert = authority("trusted").issue_cert(HOST)
    cert.configure_cert(context)
    return context


def write_ca_file(folder: Path, name: str = "trusted") -> Path:
    """Write a file of certificates that holds one authority, and return its path."""
    path = folder / f"{name}.pem"
    authority(name).cert_pem.write_to_path(str(path))
    return path


@asynccontextmanager
async def listen(act: Handler, context: ssl.SSLContext | None) -> AsyncIterator[int]:
    """Have a function handle each connection, on a port of its own."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await act(reader, writer)
        finally:
            writer.transport.abort()

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(handle(reader, writer)))

    server = await asyncio.start_server(start, HOST, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted is closed in the next round


@asynccontextmanager
async def serve(*answers: bytes | Handler, kind: str = "good") -> AsyncIterator[ServerLog]:
    """Serve these answers in order, and the last one from then on."""
    served = ServerLog()

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        try:
            while True:
                served.got.append(await read_request(reader))
                served.asked.set()
                reply = answers[min(len(served.got), len(answers)) - 1]
                if callable(reply):
                    await reply(reader, writer)
                    return
                writer.write(reply)
                await writer.drain()
        finally:
            served.gone.set()

    async with listen(act, tls_context(kind)) as served.port:
        yield served


async def read_request(reader: asyncio.StreamReader) -> ReceivedRequest:
    """Read one request to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1)[:1] + line.split(": ", 1)[1:] for line in head[1:-2])
    return ReceivedRequest(
        head[0], headers, await reader.readexactly(int(headers.get("content-length", "0")))
    )


def close_after(begun: bytes) -> Handler:
    """Begin an answer, then close."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return act


def stay_silent_after(begun: bytes = b"") -> Handler:
    """Begin an answer, then wait until the client leaves."""

    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        await reader.read()

    return act


def send_endlessly(begun: bytes, more: bytes, every: float = 0) -> Handler:
    """Begin an answer that has no end."""

    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(begun)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(every)

    return act


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy what comes from one end to the other, then close that."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


def free_port() -> int:
    """Return a port where nothing listens."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])
