"""A mail server for whole probes: right by default, strange where a script says so."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache

from tests.probes.fuzz.seeds import CAPA_REPLIES, EHLO_REPLIES, POP3_GREETINGS, SMTP_GREETINGS
from tests.probes.fuzz.strategies import split
from tests.probes.mail_server import HOST
from tests.probes.net.factories import server_context

_PAUSE = 0.02
"""Seconds: a client that still waits for the rest of a reply is not waited for longer."""
_PATIENCE = 0.2
"""Seconds for a handshake, which some clients do not begin."""
_MOST_LINES = 60
_RIGHT: Mapping[str, Mapping[str, bytes]] = {
    "smtp": {
        "": SMTP_GREETINGS[0],
        "EHLO": EHLO_REPLIES[0],
        "STARTTLS": b"220 2.0.0 Ready to start TLS\r\n",
        "AUTH": b"235 2.7.0 Authentication successful\r\n",
        "QUIT": b"221 2.0.0 Bye\r\n",
        "other": b"250 2.0.0 Ok\r\n",
    },
    "pop3": {
        "": POP3_GREETINGS[0],
        "CAPA": CAPA_REPLIES[0],
        "other": b"+OK\r\n",
    },
}
VERBS = {
    "smtp": ("", "EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "RSET", "QUIT", "other"),
    "pop3": ("", "CAPA", "STLS", "USER", "PASS", "AUTH", "QUIT", "other"),
}


@cache
def _tls_context() -> ssl.SSLContext:
    return server_context("good")


@dataclass(frozen=True, slots=True)
class MailScript:
    """How the server differs from a right one.

    Attributes:
        replies: by verb, "" for the greeting, `other` for any line that begins with none of them.
        lines: after so many lines of the client it closes.
        implicit: it speaks TLS from the first byte.
        aborts: it resets the connection instead of closing it.
    """

    protocol: str
    replies: Mapping[str, bytes] = field(default_factory=dict)
    lines: int = _MOST_LINES
    sizes: Sequence[int] = ()
    implicit: bool = False
    aborts: bool = False


class MailPeer:
    """A server in the probe's own event loop; the script changes from probe to probe."""

    def __init__(self) -> None:
        self.script = MailScript("smtp")
        self.port = 0
        self._server: asyncio.Server

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        self._server.close()
        await asyncio.sleep(0)  # the listener is closed in the next round

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        script = self.script
        with suppress(OSError, EOFError, ValueError, ssl.SSLError):
            await self._talk(script, reader, writer)
        if script.aborts:
            writer.transport.abort()
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_PAUSE):
                await writer.wait_closed()
        writer.transport.abort()

    async def _talk(
        self, script: MailScript, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if script.implicit:
            await self._start_tls(writer)
        replies = {**_RIGHT[script.protocol], **script.replies}
        await self._say(script, writer, replies[""])
        for _ in range(script.lines):
            async with asyncio.timeout(_PAUSE):
                line = await reader.readline()
            if not line:
                return
            verb = line.split()[0].decode("latin-1").upper() if line.split() else ""
            reply = replies.get(verb or "other", replies["other"])
            await self._say(script, writer, reply)
            if verb in ("STARTTLS", "STLS") and reply[:3] in (b"220", b"+OK"):
                await self._start_tls(writer)

    @staticmethod
    async def _start_tls(writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_PATIENCE):
            await writer.start_tls(_tls_context())

    @staticmethod
    async def _say(script: MailScript, writer: asyncio.StreamWriter, reply: bytes) -> None:
        for piece in split(reply, script.sizes):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
