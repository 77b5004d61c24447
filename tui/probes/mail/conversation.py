"""A protocol core on a line: one thing said, one answer heard, and both recorded."""

import asyncio
import re
from collections import deque
from dataclasses import replace
from typing import Generic, TypeVar

from tui.credentials.secret import Secret
from tui.probes import fault
from tui.probes.mail.reply_parser import BrokenReply, ReplyParser, ServerReply, foreign, text_of
from tui.probes.mail.transcript import Command, Transcript
from tui.probes.net.connection import (
    Connection,
    ConnectionClosed,
    DeadlineExceeded,
    TlsError,
    TooMuchData,
    TransportError,
)

A = TypeVar("A", bound=ServerReply)
_STATUS = re.compile(r"[0-9]{3}[ -]|\+OK |-ERR |\+ ")
_BEGUN = 3  # bytes, with which a status may begin
_TELLING = 4
"""A text with fewer characters says nothing by standing in an answer."""


class Conversation(Generic[A]):
    """One talk with a server.

    Attributes:
        protocol: `smtp` or `pop3`.
        place: the server and the port, for messages.
        alive: it can go on.
    """

    def __init__(
        self,
        protocol: str,
        place: str,
        line: Connection,
        core: ReplyParser[A],
        transcript: Transcript,
    ) -> None:
        self.protocol = protocol
        self.place = place
        self.line = line
        self.alive = True
        self._core = core
        self._transcript = transcript
        self._answers: deque[A | BrokenReply] = deque()
        self._hidden: list[Secret] = []

    @property
    def idle(self) -> bool:
        """Whether nothing came that was not asked for."""
        return not self._answers and self._core.idle

    def hide(self, secret: Secret) -> None:
        """From now on no answer that repeats it is shown."""
        self._hidden.append(secret)

    async def ask(self, what: Command, *, lists: bool = False) -> A:
        """Says one thing, and hears the answer.

        Args:
            lists: a good answer to it is a list.

        Raises:
            Fault: no answer came, or none that can be understood.
        """
        about = f" after {what.verb or 'the credentials'}"
        if self._answers:
            self.alive = False
            raise fault.out_of_step(self.place)
        for secret in what.secrets:
            self.hide(secret)
        self._transcript.sent(what)
        self._core.lists = lists
        try:
            await self.line.send(memoryview(what.wire()))
        except TransportError as error:
            failed = error
        else:
            return await self.answer(about)
        raise self._fault(failed, about, self.line.received, asyncio.get_running_loop().time())

    async def answer(self, about: str = "") -> A:
        """Hears the next answer.

        Args:
            about: when, as ` after EHLO`.

        Raises:
            Fault: no answer came, or none that can be understood.
        """
        loop = asyncio.get_running_loop()
        since, before = loop.time(), self.line.received
        while not self._answers:
            try:
                data = await self.line.receive()
            except TransportError as error:
                failed = error
            else:
                self._answers.extend(self._core.feed(data))
                continue
            raise self._fault(failed, about, before, since)
        answer = self._answers.popleft()
        if isinstance(answer, BrokenReply):
            self.alive = False
            self._transcript.received(self._excerpt(answer.excerpt))
            raise fault.broken(
                self.protocol,
                self.place,
                BrokenReply(answer.kind, self._excerpt(answer.excerpt)),
                about,
            )
        answer = self._censored(answer)
        for text in answer.raw:
            self._transcript.received(text)
        return answer

    def _excerpt(self, text: str) -> str:
        # A part of a credential would not be found in it.
        return "(not shown: it came after the credentials)" if self._hidden else text

    def _censored(self, answer: A) -> A:
        raw = tuple(_without_text(text) if self._repeats(text) else text for text in answer.raw)
        return answer if raw == answer.raw else replace(answer, raw=raw)

    def _repeats(self, text: str) -> bool:
        folded = text.casefold()
        return any(
            secret.shape.length >= _TELLING and secret.reveal().casefold() in folded
            for secret in self._hidden
        )

    def _fault(
        self, failed: TransportError, about: str, before: int, since: float
    ) -> fault.StageError:
        self.alive = False
        seconds = asyncio.get_running_loop().time() - since
        pending = b"" if self._core.within else self._core.pending
        heard = not self._core.idle
        kind = foreign(pending) if pending else ""
        told = kind not in ("", self.protocol, "garbage") or (
            kind == "garbage" and isinstance(failed, ConnectionClosed) and len(pending) > _BEGUN
        )
        self._transcript.note(_noted(failed))
        match failed:
            case DeadlineExceeded() | ConnectionClosed() if told:
                excerpt = self._excerpt(text_of(pending))
                return fault.broken(self.protocol, self.place, BrokenReply(kind, excerpt), about)
            case DeadlineExceeded() if heard or self.line.received > before:
                return fault.unfinished(self.place, seconds, about)
            case DeadlineExceeded():
                return fault.silent(self.place, seconds, about)
            case TooMuchData():
                return fault.broken(self.protocol, self.place, BrokenReply("too-much", ""), about)
            case TlsError():
                return fault.tls_broke(self.place, about, failed.why)
        return fault.cut(self.place, about, failed.why)


def _without_text(line: str) -> str:
    status = _STATUS.match(line)
    return f"{status[0] if status else ''}(a line that repeats the credentials)"


def _noted(failed: TransportError) -> str:
    match failed:
        case DeadlineExceeded():
            return "the time was up"
        case TooMuchData():
            return "too much came"
        case TlsError():
            return f"TLS broke: {failed.why}"
    return "the connection was closed"
