"""A server's reply as a log or a bounce has it, taken apart."""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST_CHARACTERS = 4096
"""What is looked at of one reply."""

NO_CODE = "none"
"""What a rule goes by if there is no code: the words are not a server's, or it gave none."""

_BLANKS = re.compile(r"\s+")
_STATUS = re.compile(
    r"(?:^|(?P<mark>[:;('\"<>]\s?))(?P<code>[2-5]\d\d)(?:[ -]|,|$)"
    r"\s?(?:b['\"])?#?(?P<enhanced>[45]\.\d{1,3}\.\d{1,3}(?![\d.]))?"
)
_ENHANCED = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")
_LATER = re.compile(r" (?P<code>55[0-6]) (?!bytes|sec|min|messages)")
"""A permanent rejection after a temporary one, as logs put them in one line."""
_TRAILER = re.compile(
    r"(?:I'm not going to try again; this message has been in the queue too long|Giving up on |"
    r"No action is required on your part|Remote-MTA: ).*",
    re.I,
)
"""What the sending server adds of its own."""
_POP3 = re.compile(
    r"(?:^|[:;('\"<>]\s?)-ERR\b\s*(?:\[(?P<code>[A-Z0-9/-]{1,40})\])?", re.IGNORECASE
)
_COMMAND = re.compile(r"\(?in reply to (?:the )?(?P<command>[a-z ]{1,20}?)(?: command)?\)", re.I)


class ReplyStage(StrEnum):
    """What was rejected."""

    CONNECTION = "connection"
    LOGIN = "login"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"


_STAGES = (
    ("end of data", ReplyStage.DATA),
    ("data", ReplyStage.DATA),
    ("rcpt", ReplyStage.RECIPIENT),
    ("mail from", ReplyStage.SENDER),
    ("auth", ReplyStage.LOGIN),
)
_LOGIN_CODES = frozenset({"432", "534", "535", "538", "4.7.12", "5.7.8", "5.7.139"})


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that rejects something.

    Attributes:
        code: three digits, or the response code of POP3 (`IN-USE`); "" if there is none.
        enhanced: the enhanced status code (RFC 3463), as `5.7.8`, or "".
        text: the words, in one line.
        stage: what was rejected, if that is known.
    """

    code: str
    enhanced: str
    text: str
    stage: ReplyStage | None = None
    is_pop3: bool = False

    @property
    def is_temporary(self) -> bool:
        """Whether the server says that it may succeed later (4xx, RFC 5321; RFC 3206)."""
        return self.code.startswith("4") or self.code in ("SYS/TEMP", "IN-USE", "LOGIN-DELAY")

    @property
    def codes(self) -> frozenset[str]:
        """Everything in it that a rule may go by."""
        if not (self.code or self.enhanced):
            return frozenset({NO_CODE})
        detail = self.enhanced.partition(".")[2]
        return frozenset({self.code, f"{self.code[:1]}xx", self.enhanced, detail} - {""})


def parse_reply(text: str, stage: ReplyStage | None = None) -> Reply:
    """Take apart a reply of SMTP or POP3, with whatever a log has around it."""
    line = _BLANKS.sub(" ", text[:MOST_CHARACTERS]).strip()
    line = _TRAILER.sub("", line).rstrip()
    if stage is None and (command := _COMMAND.search(line)):
        said = command["command"].casefold()
        stage = next((each for words, each in _STAGES if words in said), None)
    if pop3 := _POP3.search(line):
        code = (pop3["code"] or "").upper()
        return Reply(code, "", line[pop3.end() :].strip(), stage or ReplyStage.LOGIN, is_pop3=True)
    status = _STATUS.search(line)
    code = status["code"] if status else ""
    if code.startswith("4") and (later := _LATER.search(line)):
        code = later["code"]
    inner = status["enhanced"] if status else ""
    enhanced = inner or (found[0] if (found := _ENHANCED.search(line)) else "")
    if stage is None and _LOGIN_CODES & {code, enhanced}:
        stage = ReplyStage.LOGIN
    return Reply(code, enhanced, line[status.end() if status else 0 :].strip(), stage)
