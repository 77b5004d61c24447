"""POP3 from the client's side, without I/O: bytes into answers, and what they offer.

Sources: RFC 1939 (3 answers), RFC 2449 (CAPA, response codes), RFC 3206 (SYS, AUTH), RFC 5034.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.mail.reply_parser import BrokenReply, ReplyParser, ServerReply, foreign

_STATUS = re.compile(rb"(\+OK|-ERR)(?=[ \t]|\Z)|\+(?=[ ]|\Z)")
_CODE = re.compile(r"\[(?P<code>[A-Z0-9/-]{1,40})\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pop3Reply(ServerReply):
    """An answer: its status line and, where it is a list, the lines of that."""

    @property
    def is_ok(self) -> bool:
        """Whether it was done."""
        return self.raw[0].startswith("+OK")

    @property
    def goes_on(self) -> bool:
        """Whether the server waits for more, as RFC 5034 has it."""
        return self.raw[0] == "+" or self.raw[0].startswith("+ ")

    @property
    def text(self) -> str:
        """What stands behind the status."""
        return self.raw[0].partition(" ")[2].strip()

    @property
    def code(self) -> str:
        """The response code in capitals, as `IN-USE`, or "" where there is none."""
        found = _CODE.match(self.text)
        return found["code"].upper() if found else ""

    @property
    def listed(self) -> tuple[str, ...]:
        """The lines of a list, without its end; dots are unstuffed."""
        return tuple(line.removeprefix(".") for line in self.raw[1:-1])


class Pop3Parser(ReplyParser[Pop3Reply]):
    """Answers out of the bytes of a server."""

    def _line(self, line: bytes) -> Pop3Reply | BrokenReply | None:
        if len(self._raw) == 1:
            if not _STATUS.match(line):
                return BrokenReply(foreign(line), self._raw[0])
            if self.lists and line.startswith(b"+OK"):
                return None
        elif line != b".":
            return None
        self.lists = False
        return Pop3Reply(*self._whole())


def capabilities(status: Pop3Reply) -> Mapping[str, str]:
    """What an answer to CAPA offers: each keyword in capitals, with its parameters."""
    found: dict[str, str] = {}
    for line in status.listed:
        keyword, _, parameters = line.strip().partition(" ")
        if keyword:
            found[keyword.upper()] = parameters.strip()
    return found
