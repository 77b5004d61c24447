"""The causes for which a mail server rejects something, and what each of them means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a server rejects a login, a sender, a recipient or a message."""

    RECIPIENT_UNKNOWN = "recipient-unknown"
    RECIPIENT_MOVED = "recipient-moved"
    MAILBOX_FULL = "mailbox-full"
    MAILBOX_DISABLED = "mailbox-disabled"
    DOMAIN_UNKNOWN = "domain-unknown"
    """The recipient's domain."""
    RELAY_DENIED = "relay-denied"
    CLIENT_BLOCKED = "client-blocked"
    REVERSE_DNS = "reverse-dns"
    HELO = "helo"
    SENDER_REFUSED = "sender-refused"
    SENDER_DOMAIN = "sender-domain"
    SENDER_AUTHENTICATION = "sender-authentication"
    """SPF, DKIM or DMARC."""
    RATE_LIMITED = "rate-limited"
    GREYLISTED = "greylisted"
    TOO_BIG = "too-big"
    SPAM = "spam"
    VIRUS = "virus"
    CONTENT = "content"
    POLICY = "policy"
    TLS_REQUIRED = "tls-required"
    LOGIN_REQUIRED = "login-required"
    NO_CONNECTION = "no-connection"
    SERVER_UNKNOWN = "server-unknown"
    CONNECTION_ENDED = "connection-ended"
    TLS_FAILED = "tls-failed"
    SERVER_FAULT = "server-fault"
    TEMPORARY = "temporary"
    PASSWORD = "password"  # noqa: S105
    APP_PASSWORD = "app-password"  # noqa: S105
    LOGIN_DISABLED = "login-disabled"
    OAUTH_REQUIRED = "oauth-required"
    LOCKED = "locked"
    MECHANISM = "mechanism"
    TOO_LONG = "too-long"
    SYNTAX = "syntax"
    UNKNOWN = "unknown"


class Owner(StrEnum):
    """Who can solve it."""

    YOU = "you"
    MAIL_ADMIN = "mail admin"
    DNS_ADMIN = "DNS admin"
    PROVIDER = "provider"
    RECEIVER = "receiver"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cause means.

    Attributes:
        statement: what happened, in a sentence or two.
        next: what to do now.
        helps_to_wait: the same may succeed later, with nothing changed.
        may_lock: the credentials were judged, or may have been; another login may lock the account.
    """

    statement: str
    owner: Owner
    next: str
    helps_to_wait: bool = False
    may_lock: bool = False


MEANINGS: Mapping[Cause, Meaning] = {
    Cause.RECIPIENT_UNKNOWN: Meaning(
        "The recipient's mailbox doesn't exist.", Owner.YOU, "Correct the recipient's address."
    ),
    Cause.RECIPIENT_MOVED: Meaning(
        "The recipient's mailbox isn't on this server any more.",
        Owner.YOU,
        "Ask the recipient for the new address.",
    ),
    Cause.MAILBOX_FULL: Meaning(
        "The recipient's mailbox is full.",
        Owner.RECEIVER,
        "Tell the recipient another way. Send again when there is room.",
        helps_to_wait=True,
    ),
    Cause.MAILBOX_DISABLED: Meaning(
        "The recipient's mailbox is disabled.",
        Owner.RECEIVER,
        "Ask the recipient, or the admin of that domain, for an address that works.",
    ),
    Cause.DOMAIN_UNKNOWN: Meaning(
        "The recipient's domain doesn't exist, or accepts no mail.",
        Owner.YOU,
        "Check the part after the @. If it's right, that domain's admin has to fix its DNS.",
    ),
    Cause.RELAY_DENIED: Meaning(
        "The server doesn't send mail on to other domains for this sender.",
        Owner.MAIL_ADMIN,
        "Log in, or ask the server's admin to let the sending address relay.",
    ),
    Cause.CLIENT_BLOCKED: Meaning(
        "The server blocks the address that connects.",
        Owner.MAIL_ADMIN,
        "Look the address up in the block list that the reply names, and ask to have it removed.",
    ),
    Cause.REVERSE_DNS: Meaning(
        "The address that connects has no reverse DNS name, or one that doesn't match.",
        Owner.DNS_ADMIN,
        "Publish a PTR record for the sending address, and an address record for the name in it. "
        "Waiting doesn't help.",
    ),
    Cause.HELO: Meaning(
        "The server doesn't accept the name given in HELO or EHLO.",
        Owner.MAIL_ADMIN,
        "Set the sending server's name to a full host name that DNS resolves.",
    ),
    Cause.SENDER_REFUSED: Meaning(
        "The server doesn't let this login send from this address.",
        Owner.MAIL_ADMIN,
        "Send from the user's own address, or have this one allowed or verified for the user.",
    ),
    Cause.SENDER_DOMAIN: Meaning(
        "The sender's domain doesn't exist in DNS, or accepts no replies.",
        Owner.DNS_ADMIN,
        "Check the part after the @ in the sender's address. Its domain needs an MX or address "
        "record.",
    ),
    Cause.SENDER_AUTHENTICATION: Meaning(
        "The message failed SPF, DKIM or DMARC for the sender's domain.",
        Owner.DNS_ADMIN,
        "Authorize the sending server in the domain's SPF record, and sign its mail with DKIM.",
    ),
    Cause.RATE_LIMITED: Meaning(
        "Too much mail was sent, or too fast.",
        Owner.YOU,
        "Send more slowly. If it keeps happening, ask the provider for a higher limit.",
        helps_to_wait=True,
    ),
    Cause.GREYLISTED: Meaning(
        "The server defers the first message from a sender that it doesn't know.",
        Owner.RECEIVER,
        "Usually nothing: the next attempt is accepted after a few minutes.",
        helps_to_wait=True,
    ),
    Cause.TOO_BIG: Meaning(
        "The message, or a line in it, is larger than the server allows.",
        Owner.YOU,
        "Send less, or a link instead of an attachment.",
    ),
    Cause.SPAM: Meaning(
        "The server treats the message as spam.",
        Owner.YOU,
        "Check the text, links and attachments of the message. Ask the receiver what its filter "
        "found.",
    ),
    Cause.VIRUS: Meaning(
        "The server found malware in the message.",
        Owner.YOU,
        "Scan the attachments and the machine they come from. Don't send it again.",
    ),
    Cause.CONTENT: Meaning(
        "The server doesn't accept something in the message or its headers.",
        Owner.YOU,
        "Check the headers, attachments and links of the message. Ask the receiver which rule "
        "applies.",
    ),
    Cause.POLICY: Meaning(
        "A rule on the server forbids it.",
        Owner.MAIL_ADMIN,
        "Ask the server's admin which rule it is. The reply is what they need.",
        may_lock=True,
    ),
    Cause.TLS_REQUIRED: Meaning(
        "The server requires an encrypted connection first.",
        Owner.YOU,
        "Set the connection security to STARTTLS, or to SSL/TLS with its port.",
    ),
    Cause.LOGIN_REQUIRED: Meaning(
        "The server requires a login before it accepts mail.",
        Owner.YOU,
        "Turn authentication on, and set the user and the password.",
    ),
    Cause.NO_CONNECTION: Meaning(
        "The mail server couldn't be reached.",
        Owner.MAIL_ADMIN,
        "Check server and port. Then check whether a firewall blocks the connecting addresses.",
    ),
    Cause.SERVER_UNKNOWN: Meaning(
        "DNS doesn't know the mail server's name.", Owner.YOU, "Correct the server's name."
    ),
    Cause.CONNECTION_ENDED: Meaning(
        "The mail server closed the connection without a reply.",
        Owner.YOU,
        "Check that the port and the connection security match, and that the server accepts the "
        "connecting addresses.",
    ),
    Cause.TLS_FAILED: Meaning(
        "No encrypted connection could be made.",
        Owner.YOU,
        "Check that the port and the connection security match, and that the server's "
        "certificate is valid.",
    ),
    Cause.SERVER_FAULT: Meaning(
        "The server has an internal error.",
        Owner.MAIL_ADMIN,
        "Ask the server's admin to look at its log for this time.",
        helps_to_wait=True,
    ),
    Cause.TEMPORARY: Meaning(
        "The server can't do this right now.",
        Owner.MAIL_ADMIN,
        "Try again in a few minutes. If it keeps happening, ask the server's admin.",
        helps_to_wait=True,
    ),
    Cause.PASSWORD: Meaning(
        "The user or the password is wrong.",
        Owner.YOU,
        "Correct them before the next attempt. Some servers require the whole address as the "
        "user name.",
        may_lock=True,
    ),
    Cause.APP_PASSWORD: Meaning(
        "The server requires an app password, not the user's own password.",
        Owner.YOU,
        "Create one in the account's security settings, and use that.",
        may_lock=True,
    ),
    Cause.LOGIN_DISABLED: Meaning(
        "Logins with a password are turned off for this user or this service.",
        Owner.MAIL_ADMIN,
        "Have SMTP or POP3 logins turned on for the mailbox, or use another way to send.",
        may_lock=True,
    ),
    Cause.OAUTH_REQUIRED: Meaning(
        "The server accepts OAuth only, not a password.",
        Owner.MAIL_ADMIN,
        "Set the email account up with OAuth.",
        may_lock=True,
    ),
    Cause.LOCKED: Meaning(
        "The account is locked, suspended or disabled.",
        Owner.MAIL_ADMIN,
        "Have it unlocked before the next attempt.",
        may_lock=True,
    ),
    Cause.MECHANISM: Meaning(
        "The server doesn't accept this login method.",
        Owner.MAIL_ADMIN,
        "Have AUTH PLAIN or LOGIN over TLS turned on on the server.",
    ),
    Cause.TOO_LONG: Meaning(
        "A line was longer than the server accepts.",
        Owner.YOU,
        "A shorter password may work. The server's admin can raise the limit.",
    ),
    Cause.SYNTAX: Meaning(
        "The server doesn't understand the command, or didn't expect it at this point.",
        Owner.MAIL_ADMIN,
        "Check for a proxy or firewall that modifies SMTP on the way. Check port and connection "
        "security.",
    ),
    Cause.UNKNOWN: Meaning(
        "The reply doesn't say why.",
        Owner.MAIL_ADMIN,
        "Ask the server's admin to look at its log for this time.",
        may_lock=True,
    ),
}
