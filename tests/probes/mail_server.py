"""A stand-in mail server on loopback that misbehaves by script, in a thread of its own.

It records every byte it gets, in clear and in TLS apart, and counts the logins.
"""

import asyncio
import base64
import os
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from tests.probes.net.factories import IssuedCertificate, server_context

HOST = "127.0.0.1"
USER = "canary-user@mail.example"
PASSWORD = "Canary-77-pässword"


@dataclass
class Traffic:
    """What a server received on all its connections.

    Attributes:
        clear: every byte that came unencrypted, without those of TLS itself.
        secure: every byte that came in TLS.
        early: what came before a slow greeting was whole, TLS included.
        logins: how often credentials were given.
        gone: is set when a client has gone.
    """

    port: int = 0
    connections: int = 0
    clear: bytearray = field(default_factory=bytearray, repr=False)
    secure: bytearray = field(default_factory=bytearray, repr=False)
    early: bytearray = field(default_factory=bytearray)
    logins: int = 0
    gone: threading.Event = field(default_factory=threading.Event)

    @property
    def verbs(self) -> list[str]:
        """The first word of each line, in capitals."""
        lines = (bytes(self.clear) + bytes(self.secure)).splitlines()
        return [line.split()[0].decode("latin-1").upper() for line in lines if line.split()]


@dataclass
class Talk:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    traffic: Traffic
    number: int
    secured: bool = False

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> bytes:
        """The next line, without its end; b"" at the end."""
        line = await self.reader.readline()
        (self.traffic.secure if self.secured else self.traffic.clear).extend(line)
        return line.rstrip(b"\r\n")

    async def rest(self) -> None:
        """Wait until the client goes."""
        while await self.hear():
            pass

    async def secure(self, context: ssl.SSLContext) -> None:
        await self.writer.start_tls(context)
        self.secured = True


Act: TypeAlias = Callable[[Talk], Awaitable[None]]
Answer: TypeAlias = bytes | Act


@dataclass(frozen=True, kw_only=True)
class Script:
    """How a server behaves; the defaults are correct.

    Attributes:
        before: done first on a new connection.
        offers: after EHLO, or CAPA.
        in_tls: the same in TLS; None takes `offers`.
        answers: by verb, in place of the correct ones; `EHLO 2` is for the second EHLO.
        prompts: of AUTH LOGIN.
        password: the correct one.
    """

    protocol: str = "smtp"
    before: Act | None = None
    greeting: Answer = b"220 mail.example ESMTP\r\n"
    offers: tuple[str, ...] = ("SIZE 1000000", "STARTTLS", "AUTH PLAIN LOGIN")
    in_tls: tuple[str, ...] | None = ("SIZE 1000000", "AUTH PLAIN LOGIN")
    answers: Mapping[str, Answer] = field(default_factory=dict)
    prompts: tuple[bytes, bytes] = (b"Username:", b"Password:")
    implicit: bool = False
    certificate: str | tuple[IssuedCertificate, ...] = "good"
    password: str = field(default=PASSWORD, repr=False)


def pop3_script(**changed: object) -> Script:
    """Return the script of a POP3 server."""
    offers = ("TOP", "UIDL", "USER", "STLS", "SASL PLAIN")
    usual: dict[str, object] = {
        "protocol": "pop3",
        "greeting": b"+OK ready\r\n",
        "offers": offers,
        "in_tls": ("TOP", "UIDL", "USER", "SASL PLAIN"),
    }
    return Script(**(usual | changed))  # type: ignore[arg-type]


@contextmanager
def serve(script: Script) -> Iterator[Traffic]:
    """Run a server until the block ends."""
    traffic, started = Traffic(), threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            traffic.connections += 1
            talk = Talk(reader, writer, traffic, traffic.connections)
            tasks.add(loop.create_task(_serve(talk, script)))

        server = await asyncio.start_server(connected, HOST, 0)
        traffic.port = server.sockets[0].getsockname()[1]
        started.set()
        await stop.wait()
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # what was aborted is closed in the next round

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    started.wait()
    try:
        yield traffic
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(talk: Talk, script: Script) -> None:
    try:
        with suppress(OSError, EOFError, ValueError):
            if script.before:
                await script.before(talk)
            if script.implicit:
                await talk.secure(server_context(script.certificate))
            await _speak(talk, script.greeting)
            await _serve_lines(talk, script)
    finally:
        talk.traffic.gone.set()
        talk.writer.transport.abort()


async def _speak(talk: Talk, what: Answer) -> None:
    if isinstance(what, bytes):
        await talk.say(what)
    else:
        await what(talk)


async def _serve_lines(talk: Talk, script: Script) -> None:
    given: dict[str, int] = {}
    while line := await talk.hear():
        verb = line.split()[0].decode("latin-1").upper()
        given[verb] = given.get(verb, 0) + 1
        if verb == "PASS" or (verb == "AUTH" and len(line.split()) > 2):
            talk.traffic.logins += 1
        answer = script.answers.get(f"{verb} {given[verb]}", script.answers.get(verb))
        if answer is not None:
            await _speak(talk, answer)
        elif script.protocol == "smtp":
            await talk.say(await _smtp(talk, script, verb, line))
        else:
            await talk.say(await _pop3(talk, script, verb, line))
        if verb == "QUIT":
            return
        if verb in ("STARTTLS", "STLS"):
            answer = script.answers.get(verb)
            if answer is None:
                await talk.secure(server_context(script.certificate))
            elif not isinstance(answer, bytes) or answer.startswith((b"220", b"+OK")):
                await talk.rest()


def _extensions(talk: Talk, script: Script) -> tuple[str, ...]:
    inside = talk.secured and script.in_tls is not None
    return script.in_tls or () if inside else script.offers


async def _smtp(talk: Talk, script: Script, verb: str, line: bytes) -> bytes:
    match verb:
        case "EHLO":
            lines = ["mail.example", *_extensions(talk, script)]
            ends = ["-"] * (len(lines) - 1) + [" "]
            return b"".join(
                f"250{end}{text}\r\n".encode() for end, text in zip(ends, lines, strict=True)
            )
        case "STARTTLS":
            return b"220 go on\r\n"
        case "QUIT":
            return b"221 bye\r\n"
        case "AUTH":
            right = await _auth(talk, script, line)
            return b"235 2.7.0 welcome\r\n" if right else b"535 5.7.8 no\r\n"
    return b"250 2.0.0 fine\r\n"


async def _auth(talk: Talk, script: Script, line: bytes) -> bool:
    match line.split():
        case [_, b"PLAIN", given]:
            return base64.b64decode(given).split(b"\0")[2] == script.password.encode()
        case [_, b"PLAIN"]:
            await talk.say(b"334 \r\n")
            talk.traffic.logins += 1
            given = await talk.hear()
            return base64.b64decode(given).split(b"\0")[2] == script.password.encode()
        case [_, b"LOGIN"]:
            await talk.say(b"334 %b\r\n" % base64.b64encode(script.prompts[0]))
            if await talk.hear() == b"*":
                return False
            await talk.say(b"334 %b\r\n" % base64.b64encode(script.prompts[1]))
            talk.traffic.logins += 1
            return await talk.hear() == base64.b64encode(script.password.encode())
        case [_, b"CRAM-MD5"]:
            await talk.say(b"334 %b\r\n" % base64.b64encode(b"<17.4@mail.example>"))
            talk.traffic.logins += 1
            return len(await talk.hear()) > 20
    return False


async def _pop3(talk: Talk, script: Script, verb: str, line: bytes) -> bytes:
    match verb:
        case "CAPA":
            listed = "".join(f"{each}\r\n" for each in _extensions(talk, script))
            return f"+OK list\r\n{listed}.\r\n".encode()
        case "PASS":
            right = line.removeprefix(b"PASS ") == script.password.encode()
            return b"+OK in\r\n" if right else b"-ERR [AUTH] no\r\n"
        case "AUTH":
            given = line.split()[-1]
            if given == b"PLAIN":
                await talk.say(b"+ \r\n")
                talk.traffic.logins += 1
                given = await talk.hear()
            right = base64.b64decode(given).split(b"\0")[2] == script.password.encode()
            return b"+OK in\r\n" if right else b"-ERR [AUTH] no\r\n"
    return b"+OK fine\r\n"


async def stay_silent(talk: Talk) -> None:
    """Say nothing until the client goes."""
    await talk.rest()


async def hang_up(_: Talk) -> None:
    """Close the connection."""
    raise EOFError


async def end_tls(talk: Talk) -> None:
    """End TLS as the protocol asks for it, with a close_notify, and wait for the client."""
    talk.writer.close()
    await talk.reader.read()
    raise EOFError


async def turn_away(talk: Talk) -> None:
    """Say something that is no reply, and close the connection."""
    await talk.say(b"You may not come in")
    raise EOFError


async def cut_reply(talk: Talk) -> None:
    """Close the connection in the middle of a line."""
    await talk.say(b"250-mail.exam")
    raise EOFError


def talk_endlessly(more: bytes, begun: bytes = b"") -> Act:
    """Say something that has no end, as fast as possible."""

    async def act(talk: Talk) -> None:
        await talk.say(begun)
        while True:
            await talk.say(more * (4096 // len(more)))

    return act


async def drip(talk: Talk) -> None:
    """Say a line that never ends, bit by bit."""
    await talk.say(b"220")
    while True:
        await talk.say(b"-")
        await asyncio.sleep(0.01)


def greet_slowly(seconds: float, *parts: bytes) -> Act:
    """Say the parts of a greeting, each after a pause but the first, and listen in the pauses."""

    async def act(talk: Talk) -> None:
        await talk.say(parts[0])
        for part in parts[1:]:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    talk.traffic.early += await talk.reader.read(1)
            await talk.say(part)

    return act


def send_alert(number: int) -> Act:
    """End the handshake with an alert of RFC 8446, section 6."""

    async def act(talk: Talk) -> None:
        await talk.reader.read(5)
        await talk.say(bytes((21, 3, 1, 0, 2, 2, number)))
        await talk.reader.read()

    return act


def greet_late(talk_to_second: threading.Event) -> Act:
    """Greet only once another connection has come and gone."""

    async def act(talk: Talk) -> None:
        if talk.number > 1:
            await talk.reader.read(1)
            talk_to_second.set()
            raise EOFError
        while not talk_to_second.is_set():
            await asyncio.sleep(0.005)
        await talk.say(b"220 mail.example ESMTP, at last\r\n")

    return act


async def answer_garbage(talk: Talk) -> None:
    """Accept STARTTLS, and answer the handshake with text."""
    await talk.say(b"220 go on\r\n")
    await talk.reader.read(5)
    await talk.say(b"I have changed my mind\r\n")
    await talk.reader.read()


async def refuse_handshake(talk: Talk) -> None:
    """Accept STARTTLS, and close the connection when the handshake begins."""
    await talk.say(b"220 go on\r\n")
    await talk.reader.read(5)
    raise EOFError


async def break_record(talk: Talk) -> None:
    """Send a record that is not encrypted, in TLS."""
    raw = talk.writer.transport.get_extra_info("socket")
    os.write(raw.fileno(), b"\x17\x03\x03\x00\x20" + b"no more of that, thank you very much")
    await talk.reader.read()


async def repeat_credentials(talk: Talk) -> None:
    """Refuse a login, and repeat the credentials, in clear and in base64."""
    lines = bytes(talk.traffic.secure).splitlines()
    given = lines[-1].split()[-1]
    await talk.say(b"535-5.7.8 you said %b\r\n" % given)
    await talk.say(b"535 5.7.8 it is %b\r\n" % base64.b64decode(given).replace(b"\0", b" "))
