"""A protocol core on a line: one thing said, one answer heard, and both recorded."""

import asyncio
import re
from collections import deque
from dataclasses import replace
from typing import Generic, TypeVar

from tui.credentials.secret import Secret
from tui.probes import fault
from tui.probes.mail.reply_parser import Answer, Broken, Core, foreign, text_of
from tui.probes.mail.transcript import Sent, Transcript
from tui.probes.net.connection import Cut, Late, Line, LineError, TlsBroke, TooMuch

A = TypeVar("A", bound=Answer)
_STATUS = re.compile(r"[0-9]{3}[ -]|\+OK |-ERR |\+ ")
_BEGUN = 3  # bytes, with which a status may begin
_TELLING = 4
"""A text with fewer characters says nothing by standing in an answer."""


class Session(Generic[A]):
    """One talk with a server.

    Attributes:
        protocol: `smtp` or `pop3`.
        place: the server and the port, for messages.
        alive: it can go on.
    """

    def __init__(
        self, protocol: str, place: str, line: Line, core: Core[A], transcript: Transcript
    ) -> None:
        self.protocol = protocol
        self.place = place
        self.line = line
        self.alive = True
        self._core = core
        self._transcript = transcript
        self._answers: deque[A | Broken] = deque()
        self._hidden: list[Secret] = []

    @property
    def idle(self) -> bool:
        """Whether nothing came that was not asked for."""
        return not self._answers and self._core.idle

    def hide(self, secret: Secret) -> None:
        """From now on no answer that repeats it is shown."""
        self._hidden.append(secret)

    async def ask(self, what: Sent, *, lists: bool = False) -> A:
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
        except LineError as error:
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
            except LineError as error:
                failed = error
            else:
                self._answers.extend(self._core.feed(data))
                continue
            raise self._fault(failed, about, before, since)
        answer = self._answers.popleft()
        if isinstance(answer, Broken):
            self.alive = False
            self._transcript.received(self._excerpt(answer.excerpt))
            raise fault.broken(
                self.protocol,
                self.place,
                Broken(answer.kind, self._excerpt(answer.excerpt)),
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

    def _fault(self, failed: LineError, about: str, before: int, since: float) -> fault.Fault:
        self.alive = False
        seconds = asyncio.get_running_loop().time() - since
        pending = b"" if self._core.within else self._core.pending
        heard = not self._core.idle
        kind = foreign(pending) if pending else ""
        told = kind not in ("", self.protocol, "garbage") or (
            kind == "garbage" and isinstance(failed, Cut) and len(pending) > _BEGUN
        )
        self._transcript.note(_noted(failed))
        match failed:
            case Late() | Cut() if told:
                excerpt = self._excerpt(text_of(pending))
                return fault.broken(self.protocol, self.place, Broken(kind, excerpt), about)
            case Late() if heard or self.line.received > before:
                return fault.unfinished(self.place, seconds, about)
            case Late():
                return fault.silent(self.place, seconds, about)
            case TooMuch():
                return fault.broken(self.protocol, self.place, Broken("too-much", ""), about)
            case TlsBroke():
                return fault.tls_broke(self.place, about, failed.why)
        return fault.cut(self.place, about, failed.why)


def _without_text(line: str) -> str:
    status = _STATUS.match(line)
    return f"{status[0] if status else ''}(a line that repeats the credentials)"


def _noted(failed: LineError) -> str:
    match failed:
        case Late():
            return "the time was up"
        case TooMuch():
            return "too much came"
        case TlsBroke():
            return f"TLS broke: {failed.why}"
    return "the connection was closed"
