"""A conversation with a server: one command, one reply, and both recorded."""

import asyncio
import re
from collections import deque
from dataclasses import replace
from typing import Generic, TypeVar

from tui.credentials.secret import Secret
from tui.probes.mail import conversation_errors as errors
from tui.probes.mail.reply_parser import BrokenReply, ReplyParser, ServerReply, decode, protocol_of
from tui.probes.mail.transcript import Command, Transcript
from tui.probes.net.connection import (
    Connection,
    ConnectionClosed,
    DeadlineExceeded,
    TlsError,
    TooMuchData,
    TransportError,
)
from tui.probes.stage import StageError

R = TypeVar("R", bound=ServerReply)
_STATUS = re.compile(r"[0-9]{3}[ -]|\+OK |-ERR |\+ ")
_STATUS_LENGTH = 3
"""In bytes: so much may be the beginning of a status."""
_TELLING_LENGTH = 4
"""A reply may repeat a shorter text by chance."""


class Conversation(Generic[R]):
    """A conversation on one connection.

    Attributes:
        protocol: `smtp` or `pop3`.
        place: the server and the port, for messages.
        alive: another command can be sent.
    """

    def __init__(
        self,
        protocol: str,
        place: str,
        connection: Connection,
        parser: ReplyParser[R],
        transcript: Transcript,
    ) -> None:
        self.protocol = protocol
        self.place = place
        self.connection = connection
        self.alive = True
        self._parser = parser
        self._transcript = transcript
        self._replies: deque[R | BrokenReply] = deque()
        self._hidden: list[Secret] = []

    @property
    def is_idle(self) -> bool:
        """Whether nothing came beyond the replies that were read."""
        return not self._replies and self._parser.is_idle

    def hide(self, secret: Secret) -> None:
        """From now on, show no line of a reply that repeats the secret."""
        self._hidden.append(secret)

    async def execute(self, sent: Command, *, expects_list: bool = False) -> R:
        """Send a command and return the reply.

        Raises:
            StageError: no reply came, or none that can be understood.
        """
        about = f" after {sent.verb or 'the credentials'}"
        if self._replies:
            self.alive = False
            raise errors.explain_extra_reply(self.place)
        for secret in sent.secrets:
            self.hide(secret)
        self._transcript.add_sent(sent)
        self._parser.expects_list = expects_list
        try:
            await self.connection.send(memoryview(sent.to_bytes()))
        except TransportError as error:
            failure = error
        else:
            return await self.read_reply(about)
        now = asyncio.get_running_loop().time()
        raise self._explain(failure, about, self.connection.received, now)

    async def read_reply(self, about: str = "") -> R:
        """Return the next reply.

        Args:
            about: what it follows, as ` after EHLO`.

        Raises:
            StageError: no reply came, or none that can be understood.
        """
        since, before = asyncio.get_running_loop().time(), self.connection.received
        while not self._replies:
            try:
                data = await self.connection.receive()
            except TransportError as error:
                failure = error
            else:
                self._replies.extend(self._parser.feed(data))
                continue
            raise self._explain(failure, about, before, since)
        reply = self._replies.popleft()
        if isinstance(reply, BrokenReply):
            self.alive = False
            broken = replace(reply, excerpt=self._excerpt(reply.excerpt))
            self._transcript.add_received(broken.excerpt)
            raise errors.explain_broken_reply(self.protocol, self.place, broken, about)
        reply = self._censor(reply)
        for text in reply.raw:
            self._transcript.add_received(text)
        return reply

    def _excerpt(self, text: str) -> str:
        # A part of a credential would not be found in it.
        return "(not shown: it came after the credentials)" if self._hidden else text

    def _censor(self, reply: R) -> R:
        raw = tuple(_status_only(text) if self._repeats(text) else text for text in reply.raw)
        return reply if raw == reply.raw else replace(reply, raw=raw)

    def _repeats(self, text: str) -> bool:
        folded = text.casefold()
        return any(
            secret.shape.length >= _TELLING_LENGTH and secret.reveal().casefold() in folded
            for secret in self._hidden
        )

    def _explain(
        self, failure: TransportError, about: str, before: int, since: float
    ) -> StageError:
        self.alive = False
        seconds = asyncio.get_running_loop().time() - since
        pending = b"" if self._parser.is_within_reply else self._parser.pending
        kind = protocol_of(pending) if pending else ""
        is_foreign = kind not in ("", self.protocol, "garbage") or (
            kind == "garbage"
            and isinstance(failure, ConnectionClosed)
            and len(pending) > _STATUS_LENGTH
        )
        self._transcript.add_note(_note(failure))
        match failure:
            case DeadlineExceeded() | ConnectionClosed() if is_foreign:
                broken = BrokenReply(kind, self._excerpt(decode(pending)))
                return errors.explain_broken_reply(self.protocol, self.place, broken, about)
            case DeadlineExceeded() if (
                not self._parser.is_idle or self.connection.received > before
            ):
                return errors.explain_unfinished_reply(self.place, seconds, about)
            case DeadlineExceeded():
                return errors.explain_silence(self.place, seconds, about)
            case TooMuchData():
                broken = BrokenReply("too-much", "")
                return errors.explain_broken_reply(self.protocol, self.place, broken, about)
            case TlsError():
                return errors.explain_broken_tls(self.place, about, failure.why)
        return errors.explain_closed_connection(self.place, about, failure.why)


def _status_only(line: str) -> str:
    status = _STATUS.match(line)
    return f"{status[0] if status else ''}(a line that repeats the credentials)"


def _note(failure: TransportError) -> str:
    match failure:
        case DeadlineExceeded():
            return "the time was up"
        case TooMuchData():
            return "too much came"
        case TlsError():
            return f"TLS broke: {failure.why}"
    return "the connection was closed"
