"""Bytes into lines, and lines into replies: what SMTP and POP3 have in common. It does no I/O.

Any bytes, however they are split, give the same events and no exception, and never take more
memory than the bounds below.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from tui.replies.reply import Reply, ReplyStage

LINE_LIMIT = 4096
"""In bytes, with its end; RFC 5321 (4.5.3.1.5) and RFC 2449 (4) promise at most 512."""
REPLY_LINES = 128
REPLY_LIMIT = 32768
"""In bytes."""
QUOTE_LENGTH = 160
_PROMISED = 512

_PROTOCOLS = (
    ("tls", re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")),
    ("smtp", re.compile(rb"[2-5][0-9]{2}[ -]")),
    ("pop3", re.compile(rb"\+OK|-ERR")),
    ("imap", re.compile(rb"\* (OK|BYE|PREAUTH)", re.IGNORECASE)),
    ("http", re.compile(rb"HTTP/|<(html|!doctype)", re.IGNORECASE)),
    ("ssh", re.compile(rb"SSH-")),
    ("binary", re.compile(rb".*[^\t\n\r\x1b-\x7e\x80-\xff]", re.DOTALL)),
)


class ReplyFlaw(StrEnum):
    """What is wrong with a reply that can be understood all the same."""

    CODES_DIFFER = "codes-differ"
    NUL = "nul"
    CONTROLS = "controls"
    LONG_LINE = "long-line"
    BARE_LF = "bare-lf"


class BreakKind(StrEnum):
    """A bound that a reply exceeds."""

    ENDLESS_LINE = "endless-line"
    ENDLESS = "endless"
    """More lines than `REPLY_LINES`."""
    OVERSIZED = "oversized"
    """More bytes than `REPLY_LIMIT`."""


@dataclass(frozen=True, slots=True)
class BrokenReply:
    """A reply after which nothing can be understood.

    Attributes:
        kind: a `BreakKind`, or what `protocol_of` returns.
        excerpt: what came, as it came.
    """

    kind: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ServerReply(ABC):
    """A whole reply.

    Attributes:
        raw: its lines without their ends, as they came.
    """

    raw: tuple[str, ...]
    flaws: frozenset[ReplyFlaw] = frozenset()

    @abstractmethod
    def to_refusal(self, stage: ReplyStage) -> Reply:
        """Return the reply as one that rejects what a stage is about."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The words after the status, in one line."""

    @property
    @abstractmethod
    def quote(self) -> str:
        """The reply in one line, safe to show."""


R = TypeVar("R", bound=ServerReply)


def protocol_of(beginning: bytes) -> str:
    """Return what speaks so: smtp, pop3, imap, http, ssh or tls, else binary or garbage."""
    return next((name for name, form in _PROTOCOLS if form.match(beginning)), "garbage")


def decode(line: bytes) -> str:
    r"""Return the line as text; bytes that are not UTF-8 are written as `\x9b`."""
    return line.decode("utf-8", "backslashreplace")


class ReplyParser(ABC, Generic[R]):
    """A parser of a server's bytes. A subclass says where a reply ends.

    Attributes:
        expects_list: the next reply, if it is positive, is a list; set before a command.
    """

    def __init__(self) -> None:
        self.expects_list = False
        self._rest = bytearray()
        self._raw: list[str] = []
        self._size = 0
        self._flaws: set[ReplyFlaw] = set()
        self._broken = False

    @property
    def pending(self) -> bytes:
        """The bytes of a line that is not complete yet."""
        return bytes(self._rest)

    @property
    def is_within_reply(self) -> bool:
        """Whether a reply of several lines has begun and not ended."""
        return bool(self._raw)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of the next reply has come."""
        return not self._rest and not self._raw

    def feed(self, data: bytes) -> list[R | BrokenReply]:
        """Return the replies that end with these bytes. Nothing follows a `BrokenReply`."""
        events: list[R | BrokenReply] = []
        if self._broken:
            return events
        for line in self._split(data):
            event = line if isinstance(line, BrokenReply) else self._add_line(line)
            if event:
                events.append(event)
            if isinstance(event, BrokenReply):
                self._broken = True
                self._rest.clear()
                self._raw.clear()
                break
        return events

    def _split(self, data: bytes) -> Iterator[bytes | BrokenReply]:
        self._rest += data
        while (end := self._rest.find(b"\n")) >= 0 and end < LINE_LIMIT:
            line = bytes(self._rest[: end + 1])
            del self._rest[: end + 1]
            yield line
        if len(self._rest) > LINE_LIMIT:
            yield BrokenReply(BreakKind.ENDLESS_LINE, decode(bytes(self._rest[:LINE_LIMIT])))

    def _add_line(self, line: bytes) -> R | BrokenReply | None:
        content = line[:-1].removesuffix(b"\r")
        self._size += len(line)
        self._flaws |= _flaws(line, content)
        self._raw.append(decode(content))
        if self._size > REPLY_LIMIT:
            return BrokenReply(BreakKind.OVERSIZED, self._raw[0])
        if len(self._raw) > REPLY_LINES:
            return BrokenReply(BreakKind.ENDLESS, self._raw[0])
        return self._end_with(content)

    def _take_lines(self) -> tuple[tuple[str, ...], frozenset[ReplyFlaw]]:
        """Return the lines of the reply that ends here, and their flaws; the next one begins."""
        lines, flaws = tuple(self._raw), frozenset(self._flaws)
        self._raw, self._size, self._flaws = [], 0, set()
        return lines, flaws

    @abstractmethod
    def _end_with(self, line: bytes) -> R | BrokenReply | None:
        """Return the reply that ends with this line, or None if it goes on."""


def _flaws(line: bytes, content: bytes) -> set[ReplyFlaw]:
    found = {
        ReplyFlaw.BARE_LF: not line.endswith(b"\r\n"),
        ReplyFlaw.LONG_LINE: len(line) > _PROMISED,
        ReplyFlaw.NUL: b"\0" in content,
        ReplyFlaw.CONTROLS: bool(re.search(rb"[\x01-\x08\x0a-\x1f\x7f]", content)),
    }
    return {flaw for flaw in found if found[flaw]}
