"""POP3 from the client's side, without I/O: replies, and what they offer.

Sources: RFC 1939 (3 responses), RFC 2449 (CAPA, response codes), RFC 3206 (SYS, AUTH), RFC 5034.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.mail.reply_parser import (
    QUOTE_LENGTH,
    BrokenReply,
    ReplyParser,
    ServerReply,
    protocol_of,
)
from tui.terminal.visible import visible

_STATUS = re.compile(rb"(\+OK|-ERR)(?=[ \t]|\Z)|\+(?=[ ]|\Z)")
_CODE = re.compile(r"\[(?P<code>[A-Z0-9/-]{1,40})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pop3Reply(ServerReply):
    """A reply: its status line and, if it is a list, the lines of that."""

    @property
    def is_ok(self) -> bool:
        """Whether the command was carried out."""
        return self.raw[0].startswith("+OK")

    @property
    def is_challenge(self) -> bool:
        """Whether the server waits for more (RFC 5034)."""
        return self.raw[0] == "+" or self.raw[0].startswith("+ ")

    @property
    def text(self) -> str:
        """The words after the status."""
        return self.raw[0].partition(" ")[2].strip()

    @property
    def quote(self) -> str:
        """The status line, safe to show."""
        return visible(self.raw[0].rstrip(". "), QUOTE_LENGTH)

    @property
    def code(self) -> str:
        """The response code in capitals, as `IN-USE`, or "" if there is none."""
        found = _CODE.match(self.text)
        return found["code"].upper() if found else ""

    @property
    def codes(self) -> frozenset[str]:
        """The response code."""
        return frozenset({self.code})

    @property
    def listed(self) -> tuple[str, ...]:
        """The lines of a list, without its end; dots are unstuffed."""
        return tuple(line.removeprefix(".") for line in self.raw[1:-1])


class Pop3Parser(ReplyParser[Pop3Reply]):
    """A parser of POP3 replies."""

    def _end_with(self, line: bytes) -> Pop3Reply | BrokenReply | None:
        if len(self._raw) == 1:
            if not _STATUS.match(line):
                return BrokenReply(protocol_of(line), self._raw[0])
            if self.expects_list and line.startswith(b"+OK"):
                return None
        elif line != b".":
            return None
        self.expects_list = False
        return Pop3Reply(*self._take_lines())


def parse_capabilities(reply: Pop3Reply) -> Mapping[str, str]:
    """Return what a reply to CAPA offers: each keyword in capitals, with its parameters."""
    found: dict[str, str] = {}
    for line in reply.listed:
        keyword, _, parameters = line.strip().partition(" ")
        if keyword:
            found[keyword.upper()] = parameters.strip()
    return found
