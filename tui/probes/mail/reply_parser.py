"""Bytes into lines, and lines into answers: what SMTP and POP3 have in common. No I/O is here.

Whatever comes, and however it is split, gives the same events, no exception, and holds no more
memory than the bounds below.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

LINE_LIMIT = 4096
"""In bytes, with its end; RFC 5321 (4.5.3.1.5) and RFC 2449 (4) promise at most 512."""
ANSWER_LINES = 128
ANSWER_LIMIT = 32768
"""In bytes."""
_PROMISED = 512

_FOREIGN = (
    ("tls", re.compile(rb"[\x14-\x17]\x03[\x00-\x04]")),
    ("smtp", re.compile(rb"[2-5][0-9]{2}[ -]")),
    ("pop3", re.compile(rb"\+OK|-ERR")),
    ("imap", re.compile(rb"\* (OK|BYE|PREAUTH)", re.IGNORECASE)),
    ("http", re.compile(rb"HTTP/|<(html|!doctype)", re.IGNORECASE)),
    ("ssh", re.compile(rb"SSH-")),
    ("binary", re.compile(rb".*[^\t\n\r\x1b-\x7e\x80-\xff]", re.DOTALL)),
)


class ReplyFlaw(StrEnum):
    """What is wrong with an answer that can be understood all the same."""

    CODES_DIFFER = "codes-differ"
    NUL = "nul"
    CONTROLS = "controls"
    LONG_LINE = "long-line"
    BARE_LF = "bare-lf"


class BreakKind(StrEnum):
    """Why nothing more can be made of what comes, where it is another protocol or none."""

    ENDLESS_LINE = "endless-line"
    ENDLESS = "endless"
    """An answer has more lines than any should."""
    OVERSIZED = "oversized"
    """An answer has more bytes than any should."""


@dataclass(frozen=True, slots=True)
class BrokenReply:
    """Nothing more can be understood.

    Attributes:
        kind: a `Broke`, or what `foreign` names.
        excerpt: what came, as it came.
    """

    kind: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ServerReply:
    """A whole answer.

    Attributes:
        raw: its lines without their ends, as they came.
    """

    raw: tuple[str, ...]
    flaws: frozenset[ReplyFlaw] = frozenset()


A = TypeVar("A", bound=ServerReply)


def foreign(begun: bytes) -> str:
    """What speaks so: smtp, pop3, imap, http, ssh, tls, else binary or garbage."""
    return next((name for name, form in _FOREIGN if form.match(begun)), "garbage")


def text_of(line: bytes) -> str:
    r"""The line as text; what is no UTF-8 is written as `\x9b`."""
    return line.decode("utf-8", "backslashreplace")


class ReplyParser(ABC, Generic[A]):
    """Answers out of the bytes of a server. A subclass says what a line means.

    Attributes:
        lists: the next answer, if it is a good one, is a list. Whoever asks for one sets it.
    """

    def __init__(self) -> None:
        self.lists = False
        self._rest = bytearray()
        self._raw: list[str] = []
        self._size = 0
        self._flaws: set[ReplyFlaw] = set()
        self._broken = False

    @property
    def pending(self) -> bytes:
        """The bytes of a line that is not whole yet."""
        return bytes(self._rest)

    @property
    def within(self) -> bool:
        """Whether an answer has begun with a whole line, and is not whole itself."""
        return bool(self._raw)

    @property
    def idle(self) -> bool:
        """Whether nothing of a next answer has come."""
        return not self._rest and not self._raw

    def feed(self, data: bytes) -> list[A | BrokenReply]:
        """The answers that are whole with these bytes. After a Broken nothing comes any more."""
        events: list[A | BrokenReply] = []
        if self._broken:
            return events
        for line in self._lines(data):
            event = line if isinstance(line, BrokenReply) else self._taken(line)
            if event:
                events.append(event)
            if isinstance(event, BrokenReply):
                self._broken = True
                self._rest.clear()
                self._raw.clear()
                break
        return events

    def _lines(self, data: bytes) -> Iterator[bytes | BrokenReply]:
        self._rest += data
        while (end := self._rest.find(b"\n")) >= 0 and end < LINE_LIMIT:
            line = bytes(self._rest[: end + 1])
            del self._rest[: end + 1]
            yield line
        if len(self._rest) > LINE_LIMIT:
            yield BrokenReply(BreakKind.ENDLESS_LINE, text_of(bytes(self._rest[:LINE_LIMIT])))

    def _taken(self, line: bytes) -> A | BrokenReply | None:
        content = line[:-1].removesuffix(b"\r")
        self._size += len(line)
        self._flaws |= _flaws(line, content)
        self._raw.append(text_of(content))
        if self._size > ANSWER_LIMIT:
            return BrokenReply(BreakKind.OVERSIZED, self._raw[0])
        if len(self._raw) > ANSWER_LINES:
            return BrokenReply(BreakKind.ENDLESS, self._raw[0])
        return self._line(content)

    def _whole(self) -> tuple[tuple[str, ...], frozenset[ReplyFlaw]]:
        """The lines of the answer that ends here, and their flaws; the next one starts."""
        found = tuple(self._raw), frozenset(self._flaws)
        self._raw, self._size, self._flaws = [], 0, set()
        return found

    @abstractmethod
    def _line(self, line: bytes) -> A | BrokenReply | None:
        """The answer that ends with this line, None where it goes on."""


def _flaws(line: bytes, content: bytes) -> set[ReplyFlaw]:
    found = set()
    if not line.endswith(b"\r\n"):
        found.add(ReplyFlaw.BARE_LF)
    if len(line) > _PROMISED:
        found.add(ReplyFlaw.LONG_LINE)
    if b"\0" in content:
        found.add(ReplyFlaw.NUL)
    if re.search(rb"[\x01-\x08\x0a-\x1f\x7f]", content):
        found.add(ReplyFlaw.CONTROLS)
    return found
