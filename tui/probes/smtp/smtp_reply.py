"""SMTP from the client's side, without I/O: replies, and what they offer.

Sources: RFC 5321 (4.2 replies, 4.1.1.1 EHLO), RFC 2034 (enhanced status codes), RFC 4954 (AUTH).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.mail.reply_parser import (
    QUOTE_LENGTH,
    BrokenReply,
    ReplyFlaw,
    ReplyParser,
    ServerReply,
    protocol_of,
)
from tui.replies.reply import Reply, ReplyStage
from tui.terminal.visible import visible

_LINE = re.compile(rb"[2-5][0-9]{2}(?P<more>[ -]|\Z)")
_ENHANCED = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}\b")


@dataclass(frozen=True, slots=True)
class SmtpReply(ServerReply):
    """A reply of one or more lines."""

    @property
    def code(self) -> int:
        """The code of three digits; if the lines differ, that of the last one."""
        return int(self.raw[-1][:3])

    @property
    def lines(self) -> tuple[str, ...]:
        """The texts after the codes."""
        return tuple(line[4:] for line in self.raw)

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines).strip()

    @property
    def quote(self) -> str:
        return visible(f"{self.code} {self.text}".rstrip(". "), QUOTE_LENGTH)

    @property
    def enhanced(self) -> str:
        """The enhanced status code, as `5.7.8`, or "" if there is none."""
        found = _ENHANCED.match(self.lines[-1])
        return found[0] if found else ""

    def to_refusal(self, stage: ReplyStage) -> Reply:
        text = self.text.removeprefix(self.enhanced).strip()
        return Reply(str(self.code), self.enhanced, text, stage)

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out (2xx)."""
        return self.code // 100 == 2

    @property
    def is_temporary(self) -> bool:
        """Whether the command may succeed another time (4xx)."""
        return self.code // 100 == 4


class SmtpParser(ReplyParser[SmtpReply]):
    def _end_with(self, line: bytes) -> SmtpReply | BrokenReply | None:
        found = _LINE.match(line)
        if found is None:
            return BrokenReply(protocol_of(line), self._raw[-1])
        if found["more"] == b"-":
            return None
        raw, flaws = self._take_lines()
        if len({text[:3] for text in raw}) > 1:
            flaws |= {ReplyFlaw.CODES_DIFFER}
        return SmtpReply(raw, flaws)


def parse_extensions(reply: SmtpReply) -> Mapping[str, str]:
    """Return what a reply to EHLO offers: each keyword in capitals, with its parameters.

    The old form `AUTH=LOGIN` counts as `AUTH LOGIN`.
    """
    found: dict[str, str] = {}
    for line in reply.lines[1:]:
        keyword, _, parameters = line.strip().partition(" ")
        name, equals, more = keyword.upper().partition("=")
        if name == "AUTH" and equals:
            parameters = f"{more} {parameters}"
        found[name] = f"{found.get(name, '')} {parameters}".strip()
    return found


def auth_mechanisms(extensions: Mapping[str, str]) -> tuple[str, ...]:
    """Return the mechanisms of AUTH that are offered, in capitals and in order, each once."""
    return tuple(dict.fromkeys(extensions.get("AUTH", "").upper().split()))
