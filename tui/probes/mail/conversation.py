"""A conversation with a server: commands, replies, the record of both, and how it can break.

No credential gets into the record.
"""

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from tui.credentials.secret import Secret
from tui.probes.mail.echo import repeats
from tui.probes.mail.reply_parser import (
    BreakKind,
    BrokenReply,
    ReplyParser,
    ServerReply,
    decode,
    protocol_of,
)
from tui.probes.net.connection import (
    Connection,
    DeadlineExceeded,
    TlsError,
    TooMuchData,
    TransportError,
)
from tui.probes.net.handshake import HandshakeRecord, explain_wanted_certificate
from tui.probes.stage import StageError
from tui.terminal.visible import visible

R = TypeVar("R", bound=ServerReply)
_STATUS = re.compile(r"\A(?:[0-9]{3}(?:[ -]|\Z)|(?:\+OK|-ERR|\+)(?:[ \t]|\Z))")
_DETAIL = re.compile(r"[245](\.[0-9]{1,3}){2} |\[(AUTH|IN-USE|LOGIN-DELAY|SYS/TEMP|SYS/PERM)\] ")
"""What follows a status and says more, in words of the protocol."""
_STATUS_LENGTH = 3
"""In bytes: so much may be the beginning of a status."""
_EXCERPT_LENGTH = 80
_NOT_SHOWN = "(not shown: it repeats what was sent)"
_OTHER_PROTOCOLS: Mapping[str, str] = {
    "smtp": "SMTP",
    "pop3": "POP3",
    "imap": "IMAP",
    "http": "HTTP, as web servers do",
    "ssh": "SSH",
    "tls": "TLS",
}
_USUAL_PORTS = {
    "smtp": "SMTP is usually on port 587 (STARTTLS), 465 (SSL/TLS) or 25.",
    "pop3": "POP3 is usually on port 995 (SSL/TLS) or 110.",
}
_EXCESSES: Mapping[str, str] = {
    BreakKind.ENDLESS_LINE: "sent a line without an end",
    BreakKind.ENDLESS: "sent an answer with too many lines",
    BreakKind.OVERSIZED: "sent an answer that is too large",
    "too-much": "sent too much data",
}
_TRY_AGAIN = "Try again. If it keeps happening, check any firewall between here and the server."

_LINES = 300
_WIDTH = 240
_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Command:
    """One line to send: texts, and secrets between them."""

    def __init__(self, *parts: str | Secret) -> None:
        self.parts = parts

    @property
    def verb(self) -> str:
        """The first word; "" if the line begins with a secret."""
        first = self.parts[0]
        return "" if isinstance(first, Secret) else first.split(" ")[0]

    @property
    def shown(self) -> str:
        """The line as it may be shown."""
        return "".join("(credentials)" if isinstance(part, Secret) else part for part in self.parts)

    def to_bytes(self) -> bytes:
        """Return the line as it goes over the wire, with its end.

        Raises:
            ValueError: one of the parts would end the line, or is not text.
        """
        if any(
            not is_sendable(part.reveal() if isinstance(part, Secret) else part)
            for part in self.parts
        ):
            raise ValueError("that is not one line of text")
        return b"%b\r\n" % b"".join(
            (part.reveal() if isinstance(part, Secret) else part).encode() for part in self.parts
        )


def is_sendable(text: str) -> bool:
    """Whether a text fits into a line: no line ends, no NUL or other controls, no surrogates."""
    return not _UNSENDABLE.search(text)


class Transcript:
    """What was said, line by line and safe to show; of an endless conversation its beginning."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(self._lines)

    def add_sent(self, sent: Command) -> None:
        self._add(">", sent.shown)

    def add_received(self, text: str) -> None:
        self._add("<", text)

    def add_note(self, text: str) -> None:
        """Add an event that is not a message of either side."""
        self._add("=", text)

    def _add(self, mark: str, text: str) -> None:
        if len(self._lines) < _LINES:
            self._lines.append(f"{mark} {visible(text, _WIDTH)}")
        elif len(self._lines) == _LINES:
            self._lines.append("= and more, which is not kept")


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
        """From now on, show no line of a reply that repeats the secret in any encoding."""
        self._hidden.append(secret)

    async def execute(self, sent: Command, *, expects_list: bool = False) -> R:
        """Send a command and return the reply."""
        about = f" after {sent.verb or 'the credentials'}"
        if self._replies:
            self.alive = False
            raise StageError(
                "out-of-step",
                f"{self.place} sent an answer that was not asked for. It isn't known which "
                "answer belongs to which command.",
                "Check any firewall between here and the server.",
            )
        self._hidden += [part for part in sent.parts if isinstance(part, Secret)]
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
            raise explain_broken_reply(self.protocol, self.place, broken, about)
        reply = self._censor(reply)
        for text in reply.raw:
            self._transcript.add_received(text)
        return reply

    def _excerpt(self, text: str) -> str:
        # A part of a credential would not be found in it.
        return "(not shown: it came after the credentials)" if self._hidden else text

    def _censor(self, reply: R) -> R:
        """Return a reply without its words if they repeat a credential, in one line or in many."""
        texts = [_STATUS.sub("", line) for line in reply.raw]
        if not any(repeats(end.join(texts), self._hidden) for end in ("", "\n")):
            return reply
        return replace(reply, raw=tuple(map(_hide, reply.raw)))

    def _explain(
        self, failure: TransportError, about: str, before: int, since: float
    ) -> StageError:
        """Explain why no reply came after a time and a number of received bytes."""
        self.alive = False
        seconds = asyncio.get_running_loop().time() - since
        match failure:
            case DeadlineExceeded():
                self._transcript.add_note("time ran out")
            case TooMuchData():
                self._transcript.add_note("too much data arrived")
                return explain_broken_reply(
                    self.protocol, self.place, BrokenReply("too-much", ""), about
                )
            case TlsError():
                self._transcript.add_note(f"TLS failed: {failure.why}")
                return explain_broken_tls(self.place, about, failure.why, self.connection.handshake)
            case _:
                self._transcript.add_note("the connection was closed")
        closed = not isinstance(failure, DeadlineExceeded)
        if foreign := self._foreign_protocol(closed=closed):
            broken = BrokenReply(foreign, self._excerpt(decode(self._parser.pending)))
            return explain_broken_reply(self.protocol, self.place, broken, about)
        if closed:
            why = f" ({failure.why})" if failure.why else ""
            wanted = (
                "It asked for a client certificate before and may require one. "
                if self.connection.handshake.certificate_requested
                else ""
            )
            return StageError(
                "cut",
                f"{self.place} closed the connection{about} before its answer was complete{why}.",
                f"{wanted}It may not allow this machine, or so many connections: ask its admin, "
                "or check its log.",
            )
        if not self._parser.is_idle or self.connection.received > before:
            return StageError(
                "unfinished",
                f"{self.place} started to answer{about} but didn't finish in {seconds:.3g} "
                "seconds.",
                _TRY_AGAIN,
            )
        return StageError(
            "silent",
            f"{self.place} said nothing{about} in {seconds:.3g} seconds.",
            "Check host and port. A firewall in between may allow connections but block "
            "everything else.",
        )

    def _foreign_protocol(self, *, closed: bool) -> str:
        """Return what an unfinished first line seems to be; "" if it may be this protocol."""
        pending = b"" if self._parser.is_within_reply else self._parser.pending
        kind = protocol_of(pending)
        if kind == "garbage":
            return kind if closed and len(pending) > _STATUS_LENGTH else ""
        return "" if kind == self.protocol else kind


def explain_broken_reply(
    protocol: str, place: str, broken: BrokenReply, about: str = ""
) -> StageError:
    """Explain a reply that cannot be understood; `about` says what it follows, as ` after EHLO`."""
    usual = f"Check host and port: {_USUAL_PORTS[protocol]}"
    if broken.kind in _EXCESSES:
        return StageError(
            broken.kind,
            f"{place} {_EXCESSES[broken.kind]}{about}.",
            f"No mail server does this. {usual}",
        )
    excerpt = visible(broken.excerpt, _EXCERPT_LENGTH)
    if broken.kind in _OTHER_PROTOCOLS:
        said = f"speaks {_OTHER_PROTOCOLS[broken.kind]}, not {protocol.upper()}"
    else:
        said = f"answers{about} with something that isn't {protocol.upper()}"
    return StageError(broken.kind, f"{place} {said}: {excerpt}", usual)


def explain_broken_tls(place: str, about: str, why: str, record: HandshakeRecord) -> StageError:
    """Explain that the server, or something between, broke off TLS."""
    # In TLS 1.3 a server looks at the client's certificate after the client is done.
    if wanted := explain_wanted_certificate(place, why, record):
        return wanted
    return StageError("tls-broke", f"{place} ended TLS{about} ({why}).", _TRY_AGAIN)


def _hide(line: str) -> str:
    """Return no more of a line than what the protocol itself says."""
    status = _STATUS.match(line)
    detail = _DETAIL.match(line, status.end()) if status else None
    return f"{status[0] if status else ''}{detail[0] if detail else ''}{_NOT_SHOWN}"
