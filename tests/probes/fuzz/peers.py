"""The other end of a connection: it says what it is given, and closes."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from types import FrameType

from tests.probes.fuzz.strategies import Edit, split
from tests.probes.net.factories import server_context
from tui.probes.net.connection import Connection

DEADLINE = 1.0
"""Of one conversation, in seconds; the peer's end comes long before."""
MOMENT = 0.003
"""Seconds."""
HANDSHAKE_MOMENT = 0.05
"""Seconds: a client that waits for the rest of a mutated record is not waited for longer."""
SLACK = 8.0
"""Seconds that a busy machine may need beyond a deadline."""
PATIENCE = 30
"""Seconds after which a conversation has no end; a loop that never suspends is ended as well."""


@contextmanager
def ends_in_time() -> Iterator[None]:
    """Fail if the block does not end, even if it never suspends."""

    def fail(_: int, frame: FrameType | None) -> None:
        raise AssertionError(f"no end after {PATIENCE} seconds, at {frame}")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def connected() -> Iterator[tuple[Connection, socket.socket]]:
    """Return an open connection and its other end."""
    mine, other = socket.socketpair()
    with mine, other:
        for each in (mine, other):
            each.setblocking(False)
        yield Connection(mine, asyncio.get_running_loop().time() + DEADLINE), other


async def say(other: socket.socket, pieces: Sequence[bytes]) -> None:
    """Send pieces, each in a turn of its own."""
    loop = asyncio.get_running_loop()
    for piece in pieces:
        await loop.sock_sendall(other, piece)
        await asyncio.sleep(0)


async def answer(other: socket.socket, replies: Sequence[bytes], sizes: Sequence[int]) -> None:
    """Say the first reply, each of the others after a message of the client, and close.

    A client that still waits for the rest of a reply gets the next one after a moment.
    """
    loop = asyncio.get_running_loop()
    with suppress(OSError):
        for number, reply in enumerate(replies):
            with suppress(TimeoutError):
                async with asyncio.timeout(MOMENT):
                    if number and not await loop.sock_recv(other, 2**16):
                        break
            await say(other, split(reply, sizes))
        other.shutdown(socket.SHUT_WR)
        while await loop.sock_recv(other, 2**16):
            pass
    other.close()


@dataclass(frozen=True, slots=True)
class TlsScript:
    """What a TLS server does beside its handshake, which is real.

    Attributes:
        edits: changes of what it sends, each with the number of the flight that it changes.
        cut: the number of bytes after which nothing more is sent.
        says: what it sends in TLS afterwards.
        notifies: it ends TLS as it should, with a close_notify.
        after: what it sends behind that, unencrypted.
        sizes: of the pieces that it sends.
        legacy: TLS 1.2 instead of 1.3.
    """

    edits: tuple[tuple[int, Edit], ...] = ()
    cut: int = 2**30
    says: tuple[bytes, ...] = ()
    notifies: bool = False
    after: bytes = b""
    sizes: tuple[int, ...] = ()
    legacy: bool = False


@cache
def _tls_context(legacy: bool) -> ssl.SSLContext:
    context = server_context("whole-chain")
    if legacy:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context


@dataclass
class TlsPeer:
    """A TLS server at the other end of a socket pair."""

    other: socket.socket
    script: TlsScript
    sent: int = 0
    _flights: int = 0
    _in: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO)
    _out: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO)

    async def serve(self) -> None:
        """Do the handshake and the rest of the script, as far as it goes, and close."""
        tls = _tls_context(self.script.legacy).wrap_bio(self._in, self._out, server_side=True)
        with suppress(OSError, EOFError):
            await self._run(tls.do_handshake)
            for data in self.script.says:
                tls.write(data)
                await self._flush()
            if self.script.notifies:
                with suppress(ssl.SSLWantReadError):
                    tls.unwrap()
            await self._flush()
            await self._send(self.script.after)
        with suppress(OSError):
            self.other.shutdown(socket.SHUT_WR)
            loop = asyncio.get_running_loop()
            while await loop.sock_recv(self.other, 2**16):
                pass
        self.other.close()

    async def _run(self, step: Callable[[], object]) -> None:
        while True:
            try:
                step()
            except ssl.SSLWantReadError:
                await self._flush()
            except ssl.SSLError:
                await self._flush()
                raise
            else:
                await self._flush()
                return
            async with asyncio.timeout(HANDSHAKE_MOMENT):
                data = await asyncio.get_running_loop().sock_recv(self.other, 2**16)
            if not data:
                raise EOFError
            self._in.write(data)

    async def _flush(self) -> None:
        if data := self._out.read():
            for flight, edit in self.script.edits:
                if flight == self._flights:
                    data = edit.apply(data)
            self._flights += 1
            await self._send(data)

    async def _send(self, data: bytes) -> None:
        room = self.script.cut - self.sent
        await say(self.other, split(data[:room], self.script.sizes))
        self.sent += len(data)
        if len(data) > room:
            raise EOFError
