"""What a refusal by an SMTP or POP3 server means, and what to do about it.

Each table is for one question, and its first row that matches a reply counts.

Codes as in RFC 5321, RFC 3463, RFC 4954 (section 6) and RFC 5248 for SMTP, RFC 2449 (section 8)
and RFC 3206 for POP3; those of Exchange Online and Gmail as their own documents have them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from tui.probes.mail.reply_parser import ServerReply
from tui.probes.stage import StageError, StageResult


class Circumstance(Enum):
    """What a refusal may depend on besides the reply."""

    EXCHANGE_ONLINE = auto()
    NO_LOGIN = auto()
    """There was no login before."""
    NO_PASSWORD = auto()
    """The password was not sent yet."""


@dataclass(frozen=True, slots=True)
class ReplyCause:
    """A cause of a refusal, which applies if everything that is given holds.

    Attributes:
        kind: the end of the stage's code.
        sentence: what it means, after the server's own words.
        hint: what to do now.
        codes: one of these is among the reply's codes, as `4xx 535 5.7.8` or `SYS/TEMP`.
        pattern: the reply's text matches, in capitals or not.
    """

    kind: str
    sentence: str
    hint: str
    codes: str = ""
    pattern: str = ""
    when: Circumstance | None = None
    result: StageResult = StageResult.FAILED

    def on(
        self, codes: str = "", pattern: str = "", when: Circumstance | None = None
    ) -> "ReplyCause":
        """Return the same cause with another condition."""
        return replace(self, codes=codes, pattern=pattern, when=when)

    def matches(self, reply: ServerReply, circumstances: Collection[Circumstance]) -> bool:
        """Whether the cause applies to a reply."""
        return (
            (not self.codes or not reply.codes.isdisjoint(self.codes.split()))
            and (self.when is None or self.when in circumstances)
            and bool(re.search(self.pattern, reply.text, re.IGNORECASE))
        )


_LOG = "See what it says, and its log."
_LATER = "Try again in some minutes."
_OAUTH = (
    "Exchange Online turns logins with a password off by default at the end of December 2026 "
    "(an administrator may turn them on again; new tenants have them off from then on), and "
    "names a final date in the second half of 2027: see authenticated SMTP of the tenant and "
    "the mailbox, and plan for OAuth."
)

_CLOSING = ReplyCause("closing", "The server closes.", "Try again later.")
_TEMPORARY = ReplyCause("temporary", "This is for now.", _LATER, result=StageResult.WARNED)
_TEMPORARY_LOGIN = ReplyCause(
    "temporary",
    "This is for now; it says nothing of the password.",
    "Try again in some minutes; if it stays so, see the server's log.",
)
_NEEDS_TLS = ReplyCause(
    "needs-tls",
    "It wants TLS first.",
    "Set the security to starttls, or to ssl_tls with its port.",
)
_NEEDS_LOGIN = ReplyCause(
    "needs-login",
    "It seems to want a login, and the settings want none.",
    "Turn authenticate on, and give user and password.",
)
_GREYLISTED = ReplyCause(
    "greylisted",
    "It defers mail from strangers, and takes it when it is tried again.",
    "Nothing, if mail is sent again later: the instance does that.",
    result=StageResult.WARNED,
)
_RELAY_DENIED = ReplyCause(
    "relay-denied",
    "It takes no mail for others from here.",
    "Log in, or have this sender's machine allowed to relay.",
)
_UNKNOWN_USER = ReplyCause("unknown-user", "It knows no such mailbox.", "Correct the address.")
_REFUSED_FOR_NOW = ReplyCause("temporary", "It refuses for now.", "Try again later.")

_NOT_OWNED = r"\bown|not allowed to send|send ?as|not permitted to send"
_RELAY = r"\brelay"
# Postfix judges the sender, and whoever connects, only once there is a recipient.
_SENDER_IS_MEANT = re.compile(
    r"\bsender\b.{0,40}\b(rejected|refused|denied|not allowed)|not owned by user", re.IGNORECASE
)

# Something else has to be done before mail.
_FIRST = (
    _CLOSING.on("421"),
    _NEEDS_TLS.on("530", r"starttls|encrypt|\btls\b"),
    _NEEDS_LOGIN.on("530", when=Circumstance.NO_LOGIN),
    _NEEDS_LOGIN.on(
        pattern=r"authenticat|log(ged)? ?in|access denied|not permitted",
        when=Circumstance.NO_LOGIN,
    ),
)

SMTP_GREETING = (
    ReplyCause("busy", "It has no time now.", "Try again later.", codes="421"),
    _REFUSED_FOR_NOW.on("4xx"),
    ReplyCause(
        "refused",
        "It takes nothing from this machine.",
        "Ask who runs it whether this machine's address may send there.",
        codes="5xx",
    ),
    ReplyCause("unexpected", "That is no greeting.", "See host and port."),
)

SMTP_LOGIN = (
    _CLOSING.on("421"),
    _TEMPORARY_LOGIN.on("4xx"),
    _NEEDS_TLS.on("530 538 5.7.11"),
    ReplyCause(
        "mechanism",
        "It does not take the way it offers.",
        "Have its ways to log in put right.",
        codes="500 502 503 504",
    ),
    ReplyCause(
        "basic-off",
        "Logins with a password are turned off there.",
        _OAUTH,
        codes="5.7.139",
        pattern=r"^(?!.*locked)",
    ),
    ReplyCause(
        "app-password",
        "It wants a password made for this application.",
        "Make one in the account's security settings, and give that.",
        codes="5.7.9",
    ),
    ReplyCause(
        "browser",
        "It wants that the user signs in with a browser first.",
        "Sign in there, and allow the access.",
        codes="5.7.14",
    ),
    ReplyCause(
        "locked",
        "The account seems to be locked.",
        "Have it unlocked before anything else is tried: each try may lock it for longer.",
        pattern=r"\block|suspended|too many|blocked|account.{0,20}disabled",
    ),
    ReplyCause(
        "basic-off-maybe",
        "The password is wrong, or logins with one are turned off there.",
        _OAUTH,
        when=Circumstance.EXCHANGE_ONLINE,
    ),
    ReplyCause(
        "wrong",
        "User or password are wrong.",
        "Correct them before the next try: some servers lock an account after a few.",
        codes="535 5.7.8",
    ),
    ReplyCause("refused", "The login was refused.", "See what the server says, and its log."),
)

SENDER = (
    *_FIRST,
    _TEMPORARY.on("4xx"),
    ReplyCause(
        "too-big",
        "It takes not even a small message.",
        "See the limit in its setup.",
        codes="552 5.3.4",
    ),
    ReplyCause(
        "parameters", "It does not take what it offers.", "See its setup.", codes="555 5.5.4"
    ),
    ReplyCause(
        "address",
        "It does not take the address.",
        "Correct the address.",
        codes="501 5.1.7 5.1.8",
    ),
    ReplyCause(
        "not-owned",
        "The user may not send from this address.",
        "Send from the user's own, or have it allowed for the user.",
        pattern=_NOT_OWNED,
    ),
    ReplyCause("refused", "It refuses the sender.", _LOG),
)

RECIPIENT = (
    _GREYLISTED.on("450 451"),
    _GREYLISTED.on("4xx", "gr[ae]y"),
    _RELAY_DENIED.on("421", _RELAY),
    _CLOSING.on("421"),
    _TEMPORARY.on("4xx"),
    _RELAY_DENIED.on(pattern=_RELAY),
    *_FIRST,
    ReplyCause(
        "machine-refused",
        "It refuses this machine, not the recipient.",
        "Ask who runs it whether this machine's address may send there.",
        pattern=r"\b(client host|helo command) rejected",
    ),
    _UNKNOWN_USER.on("5.1.1 5.1.2 5.1.6 5.1.10"),
    _UNKNOWN_USER.on(pattern="unknown|no such|not exist|not found|no mailbox|unavailable"),
    ReplyCause("refused", "It refuses the recipient.", _LOG),
)

SENDER_AFTER_RECIPIENT = (
    *_FIRST,
    ReplyCause(
        "sender-temporary",
        "It means the sender, for now.",
        "Try again in some minutes; see the sender's domain, too.",
        codes="4xx",
        result=StageResult.WARNED,
    ),
    ReplyCause(
        "sender-refused",
        "It means the sender: the user may not send from this address.",
        "Send from the user's own, or have it allowed for the user.",
        pattern=_NOT_OWNED,
    ),
    ReplyCause(
        "sender-refused",
        "It means the sender, not the recipient.",
        "See what it says of the sender, and its log.",
    ),
)

POP3_GREETING = (
    _REFUSED_FOR_NOW.on("SYS/TEMP IN-USE LOGIN-DELAY"),
    ReplyCause(
        "refused",
        "It takes nobody from this machine.",
        "Ask who runs it whether this machine's address may read mail there.",
    ),
)

_POP3_HINT = (
    "Correct them before the next try: some servers want the whole address as the user, and "
    "some lock an account after a few."
)

POP3_LOGIN = (
    ReplyCause(
        "in-use",
        "The password was right, but another program reads that mailbox now.",
        "Try again in some minutes; only one program should read and delete there.",
        codes="IN-USE",
        result=StageResult.WARNED,
    ),
    ReplyCause(
        "login-delay",
        "It lets the user in only so often; the password was not judged.",
        "Try again in some minutes; something else reads that mailbox.",
        codes="LOGIN-DELAY",
    ),
    _TEMPORARY_LOGIN.on("SYS/TEMP"),
    ReplyCause(
        "system",
        "Its own setup is broken; it says nothing of the password.",
        "Have the server put right.",
        codes="SYS/PERM",
    ),
    ReplyCause(
        "needs-tls",
        "It wants TLS first.",
        "Set the POP3 security to starttls, or to ssl_tls with its port, mostly 995.",
        pattern=r"plain ?text|clear ?text|non-secure|starttls|\bstls\b"
        r"|\b(tls|ssl) (is )?(first|required)",
    ),
    ReplyCause(
        "user-refused",
        "The user was refused before the password was sent.",
        "See the POP3 user: some servers want the whole address, not the part before the @.",
        when=Circumstance.NO_PASSWORD,
    ),
    ReplyCause("wrong", "User or password are wrong.", _POP3_HINT, codes="AUTH"),
    ReplyCause("refused", "Most likely user or password are wrong.", _POP3_HINT),
)


def explain_refusal(
    table: Sequence[ReplyCause], reply: ServerReply, about: str, *circumstances: Circumstance
) -> StageError:
    """Explain a refusal by the first cause of a table that applies.

    Args:
        about: what was refused where, up to the server's own words.
    """
    cause = next(each for each in table if each.matches(reply, circumstances))
    message = f"{about} {reply.quote}. {cause.sentence}"
    return StageError(cause.kind, message, cause.hint, cause.result)


def explain_smtp_login(reply: ServerReply, server: str, about: str) -> StageError:
    """Explain why a login was refused; at Exchange Online that may mean more."""
    name = server.casefold().removesuffix(".")
    is_exchange = name.endswith((".office365.com", ".outlook.com", ".office365.us", ".outlook.cn"))
    circumstances = [Circumstance.EXCHANGE_ONLINE] if is_exchange else []
    return explain_refusal(SMTP_LOGIN, reply, about, *circumstances)


def explain_recipient(reply: ServerReply, about: str, *circumstances: Circumstance) -> StageError:
    """Explain why mail to an address is not accepted: the sender may be meant."""
    table = SENDER_AFTER_RECIPIENT if _SENDER_IS_MEANT.search(reply.text) else RECIPIENT
    return explain_refusal(table, reply, about, *circumstances)
