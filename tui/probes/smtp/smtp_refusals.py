"""What a refusal by an SMTP server means, and what to do about it.

Codes as in RFC 5321, RFC 3463, RFC 4954 (section 6) and RFC 5248; those of Exchange Online and
Gmail as their own documents have them.
"""

import re

from tui.probes.fault import StageError
from tui.probes.smtp.smtp_reply import SmtpReply
from tui.probes.stage import StageResult
from tui.terminal.visible import visible

_SHOWN = 160
_LOCKED = re.compile(r"\block|suspended|too many|blocked|account.{0,20}disabled", re.IGNORECASE)
_GREY = re.compile(r"gr[ae]y", re.IGNORECASE)
_UNKNOWN = re.compile(r"unknown|no such|not exist|not found|no mailbox|unavailable", re.IGNORECASE)
_RELAY = re.compile(r"\brelay", re.IGNORECASE)
_LOGIN_FIRST = re.compile(r"authenticat|log(ged)? ?in|access denied|not permitted", re.IGNORECASE)
_TLS_FIRST = re.compile(r"starttls|encrypt|\btls\b", re.IGNORECASE)
_NOT_OWNED = re.compile(r"\bown|not allowed to send|send ?as|not permitted to send", re.IGNORECASE)
# Postfix judges the sender, and whoever connects, only once there is a recipient.
_SENDER = re.compile(
    r"\bsender\b.{0,40}\b(rejected|refused|denied|not allowed)|not owned by user", re.IGNORECASE
)
_CLIENT = re.compile(r"\b(client host|helo command) rejected", re.IGNORECASE)
_EXCHANGE = (
    "Exchange Online turns logins with a password off by default at the end of December 2026 "
    "(an administrator may turn them on again; new tenants have them off from then on), and "
    "names a final date in the second half of 2027: see authenticated SMTP of the tenant and "
    "the mailbox, and plan for OAuth."
)
_USE_TLS = "Set the security to starttls, or to ssl_tls with its port."


def quoted(reply: SmtpReply) -> str:
    """What the server said, safe to show."""
    return visible(f"{reply.code} {reply.text}".rstrip(". "), _SHOWN)


def is_exchange(server: str) -> bool:
    """Whether Exchange Online answers there."""
    name = server.casefold().removesuffix(".")
    return name.endswith((".office365.com", ".outlook.com", ".office365.us", ".outlook.cn"))


def login(reply: SmtpReply, server: str, about: str) -> StageError:
    """Why a login was refused.

    Args:
        about: who tried what and where, as the beginning of a sentence.
    """
    said = f"{about}: {quoted(reply)}."
    if reply.code == 421:
        return StageError("closing", f"{said} The server closes.", "Try again later.")
    if reply.is_temporary:
        return StageError(
            "temporary",
            f"{said} This is for now; it says nothing of the password.",
            "Try again in some minutes; if it stays so, see the server's log.",
        )
    if reply.code in (530, 538) or reply.enhanced == "5.7.11":
        return StageError("needs-tls", f"{said} It wants TLS first.", _USE_TLS)
    if reply.code in (500, 502, 503, 504):
        return StageError(
            "mechanism",
            f"{said} It does not take the way it offers.",
            "Have its ways to log in put right.",
        )
    return _credentials(reply, server, said)


def _credentials(reply: SmtpReply, server: str, said: str) -> StageError:
    text = reply.text.casefold()
    if reply.enhanced == "5.7.139" and "locked" not in text:
        return StageError(
            "basic-off", f"{said} Logins with a password are turned off there.", _EXCHANGE
        )
    if reply.enhanced == "5.7.9":
        return StageError(
            "app-password",
            f"{said} It wants a password made for this application.",
            "Make one in the account's security settings, and give that.",
        )
    if reply.enhanced == "5.7.14":
        return StageError(
            "browser",
            f"{said} It wants that the user signs in with a browser first.",
            "Sign in there, and allow the access.",
        )
    if _LOCKED.search(text):
        return StageError(
            "locked",
            f"{said} The account seems to be locked.",
            "Have it unlocked before anything else is tried: each try may lock it for longer.",
        )
    if is_exchange(server):
        return StageError(
            "basic-off-maybe",
            f"{said} The password is wrong, or logins with one are turned off there.",
            _EXCHANGE,
        )
    if reply.code == 535 or reply.enhanced == "5.7.8":
        return StageError(
            "wrong",
            f"{said} User or password are wrong.",
            "Correct them before the next try: some servers lock an account after a few.",
        )
    return StageError(
        "refused", f"{said} The login was refused.", "See what the server says, and its log."
    )


def sender(reply: SmtpReply, about: str, *, wants_login: bool) -> StageError:
    """Why an address may not send.

    Args:
        wants_login: the settings want one, and there was one.
    """
    said = f"{about}: {quoted(reply)}."
    if found := _first(reply, said, wants_login=wants_login):
        return found
    if reply.is_temporary:
        return StageError(
            "temporary",
            f"{said} This is for now.",
            "Try again in some minutes.",
            StageResult.WARNED,
        )
    if reply.code == 552 or reply.enhanced == "5.3.4":
        return StageError(
            "too-big", f"{said} It takes not even a small message.", "See the limit in its setup."
        )
    if reply.code == 555 or reply.enhanced == "5.5.4":
        return StageError(
            "parameters", f"{said} It does not take what it offers.", "See its setup."
        )
    if reply.enhanced in ("5.1.7", "5.1.8") or reply.code == 501:
        return StageError(
            "address", f"{said} It does not take the address.", "Correct the address."
        )
    if _NOT_OWNED.search(reply.text):
        return StageError(
            "not-owned",
            f"{said} The user may not send from this address.",
            "Send from the user's own, or have it allowed for the user.",
        )
    return StageError("refused", f"{said} It refuses the sender.", "See what it says, and its log.")


def recipient(reply: SmtpReply, about: str, *, wants_login: bool) -> StageError:
    """Why mail to an address is not taken."""
    said = f"{about}: {quoted(reply)}."
    if _SENDER.search(reply.text):
        return _late(reply, said, wants_login=wants_login)
    if reply.code in (450, 451) or (reply.is_temporary and _GREY.search(reply.text)):
        return StageError(
            "greylisted",
            f"{said} It defers mail from strangers, and takes it when it is tried again.",
            "Nothing, if mail is sent again later: the instance does that.",
            StageResult.WARNED,
        )
    if reply.code != 421 and reply.is_temporary:
        return StageError(
            "temporary",
            f"{said} This is for now.",
            "Try again in some minutes.",
            StageResult.WARNED,
        )
    if _RELAY.search(reply.text):
        return StageError(
            "relay-denied",
            f"{said} It takes no mail for others from here.",
            "Log in, or have this sender's machine allowed to relay.",
        )
    if found := _first(reply, said, wants_login=wants_login):
        return found
    if _CLIENT.search(reply.text):
        return StageError(
            "machine-refused",
            f"{said} It refuses this machine, not the recipient.",
            "Ask who runs it whether this machine's address may send there.",
        )
    if reply.enhanced in ("5.1.1", "5.1.2", "5.1.6", "5.1.10") or _UNKNOWN.search(reply.text):
        return StageError(
            "unknown-user", f"{said} It knows no such mailbox.", "Correct the address."
        )
    return StageError(
        "refused", f"{said} It refuses the recipient.", "See what it says, and its log."
    )


def _late(reply: SmtpReply, said: str, *, wants_login: bool) -> StageError:
    """The sender is what is refused, only now that there is a recipient."""
    if found := _first(reply, said, wants_login=wants_login):
        return found
    if reply.is_temporary:
        return StageError(
            "sender-temporary",
            f"{said} It means the sender, for now.",
            "Try again in some minutes; see the sender's domain, too.",
            StageResult.WARNED,
        )
    if _NOT_OWNED.search(reply.text):
        return StageError(
            "sender-refused",
            f"{said} It means the sender: the user may not send from this address.",
            "Send from the user's own, or have it allowed for the user.",
        )
    return StageError(
        "sender-refused",
        f"{said} It means the sender, not the recipient.",
        "See what it says of the sender, and its log.",
    )


def _first(reply: SmtpReply, said: str, *, wants_login: bool) -> StageError | None:
    """Something else has to be done before."""
    if reply.code == 421:
        return StageError("closing", f"{said} The server closes.", "Try again later.")
    if reply.code == 530 and _TLS_FIRST.search(reply.text):
        return StageError("needs-tls", f"{said} It wants TLS first.", _USE_TLS)
    if not wants_login and (reply.code == 530 or _LOGIN_FIRST.search(reply.text)):
        return StageError(
            "needs-login",
            f"{said} It seems to want a login, and the settings want none.",
            "Turn authenticate on, and give user and password.",
        )
    return None
