"""What providers publish of their mail servers: ports, connection security, shape of the login.

Mailbox providers stand in `mail_provider_list`, which is loaded when a host is first looked up.
Relays stand here, each with the documentation that it was taken from.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from itertools import groupby

from tui.settings.values import Security

_SECURITIES = {"s": Security.SSL_TLS, "t": Security.STARTTLS, "n": Security.NONE}


class LoginShape(Enum):
    """The shape of the user name that a mail server wants; the value is its mark in the lists."""

    ADDRESS = "@"
    LOCAL_PART = "local"
    DOTTED = "dotted"
    APIKEY = "apikey"
    KEY = "key"
    NONE = "-"

    @property
    def words(self) -> str:
        """The shape in words."""
        return _SHAPE_WORDS[self]

    def matches(self, user: str) -> bool:
        """Return whether a user name has this shape, as far as it can be seen."""
        if self is LoginShape.APIKEY:
            return user == "apikey"
        return self is LoginShape.NONE or ("@" in user) is (self is LoginShape.ADDRESS)

    def derive(self, address: str) -> str:
        """Return the user name that belongs to an address, or "" if it can't be derived."""
        if self is LoginShape.APIKEY:
            return "apikey"
        local_part, at, domain = address.rpartition("@")
        shapes = {
            LoginShape.ADDRESS: address,
            LoginShape.LOCAL_PART: local_part,
            LoginShape.DOTTED: f"{local_part}.{domain}",
        }
        return shapes.get(self, "") if at else ""


_SHAPE_WORDS = {
    LoginShape.ADDRESS: "the whole address",
    LoginShape.LOCAL_PART: "the part before the @",
    LoginShape.DOTTED: "the address with a dot for the @",
    LoginShape.APIKEY: "the word apikey",
    LoginShape.KEY: "a key or token",
}


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A port and the security that is published for it."""

    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server as its provider publishes it.

    Attributes:
        ports: its ports, the most secure first.
        logins: the shapes of user names that it takes.
        source: where this is from and when it was read.
        pop3: the hosts from which the same provider has mail read by POP3.
    """

    host: str
    ports: tuple[PublishedPort, ...]
    logins: tuple[LoginShape, ...]
    source: str
    pop3: tuple[str, ...] = ()

    def takes_word(self, user: str) -> bool:
        """Return whether a user name that isn't an address can be a login there."""
        plain = (LoginShape.ADDRESS, LoginShape.NONE)
        return any(each.matches(user) for each in self.logins if each not in plain)

    def takes(self, user: str) -> bool:
        """Return whether a user name has the shape of a login there."""
        return any(each.matches(user) for each in self.logins)

    def derive_login(self, address: str) -> str:
        """Return the login that belongs to an address, or "" if it can't be derived."""
        return next((text for each in self.logins if (text := each.derive(address))), "")

    def publishes(self, port: int, security: Security) -> bool:
        """Return whether a port and security are published."""
        return PublishedPort(port, security) in self.ports

    def suits(self, port: int, security: Security) -> bool:
        """Return whether they are published, and encrypted if anything published is."""
        secure = security is not Security.NONE or self._best.security is Security.NONE
        return secure and self.publishes(port, security)

    def choose(self, port: int, security: Security) -> PublishedPort | None:
        """Return the connection to use in place of another: never a weaker one.

        It is that one itself if it suits, else one with the same security if that encrypts, else
        the most secure one.
        """
        if self.suits(port, security):
            return PublishedPort(port, security)
        alike = (each for each in self.ports if each.security is security)
        offer = self._best if security is Security.NONE else next(alike, self._best)
        return None if offer.security.is_weaker_than(security) else offer

    def describe_ports(self) -> str:
        """Return the ports by security: "465 with SSL/TLS, or 587 with STARTTLS"."""
        words = []
        for security, group in groupby(self.ports, lambda each: each.security):
            *most, last = (str(each.port) for each in group)
            numbers = f"{', '.join(most)} or {last}" if most else last
            words.append(f"{numbers} {security.phrase}")
        return ", or ".join(words)

    def describe_login(self) -> str:
        """Return the shape of the login in a clause: "the user is the whole address"."""
        shapes = [each.words for each in self.logins if each is not LoginShape.NONE]
        clauses = [f"the user is {' or '.join(shapes)}"] if shapes else []
        if LoginShape.NONE in self.logins:
            clauses.append("no login is needed")
        return ", or ".join(clauses)

    @property
    def _best(self) -> PublishedPort:
        return self.ports[0]


# https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html
# https://www.twilio.com/docs/sendgrid/for-developers/sending-email/integrating-with-the-smtp-api
# https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp
# https://postmarkapp.com/developer/user-guide/send-email-with-smtp
# https://developers.google.com/workspace/gmail/imap/imap-smtp
# https://support.google.com/a/answer/2956491
# https://learn.microsoft.com/exchange/mail-flow-best-practices (devices and applications)
_RELAYS = (
    ("AWS", "email-smtp.*.amazonaws.com 465s 2465s 587t 25t 2587t key"),
    ("AWS", "email-smtp-fips.*.amazonaws.com 465s 2465s 587t 25t 2587t key"),
    ("SendGrid", "smtp.sendgrid.net 465s 587t 25t 2525t apikey"),
    ("Mailgun", "smtp.mailgun.org 465s 587t 25t 2525t @"),
    ("Mailgun", "smtp.eu.mailgun.org 465s 587t 25t 2525t @"),
    ("Postmark", "smtp.postmarkapp.com 587t 25t 2525t key"),
    ("Postmark", "smtp-broadcasts.postmarkapp.com 587t 25t 2525t key"),
    ("Google", "smtp.gmail.com 465s 587t @ | pop.gmail.com 995s @"),
    ("Google", "smtp-relay.gmail.com 465s 587t 25t @ -"),
    ("Microsoft", "smtp.office365.com 587t 25t @ | outlook.office365.com 995s @"),
    ("Microsoft", "*.mail.protection.outlook.com 25t -"),
)


def find_smtp_server(host: str) -> MailServer | None:
    """Return what is published of an SMTP server."""
    return _parse(_load_entries().smtp, host) if host else None


def find_pop3_server(host: str) -> MailServer | None:
    """Return what is published of a POP3 server."""
    return _parse(_load_entries().pop3, host) if host else None


@dataclass(frozen=True, slots=True)
class _Entries:
    """The texts of servers by host, each with its source and the hosts of its POP3 servers."""

    smtp: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    pop3: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, line: str, source: str) -> None:
        """Add a provider: `host port+mark … login …, … | the same for POP3`."""
        sending, _, reading = line.partition(" | ")
        readers = {text.partition(" ")[0]: text for text in reading.split(", ") if text}
        for text in sending.split(", "):
            self.smtp[text.partition(" ")[0]] = text, source, tuple(readers)
        for host, text in readers.items():
            self.pop3[host] = text, source, ()


@cache
def _load_entries() -> _Entries:
    """Return all servers; a relay's own documentation goes before the list."""
    from tui.settings.mail_provider_list import LIST, SOURCE

    entries = _Entries()
    for line in LIST.splitlines():
        entries.add(line, SOURCE)
    for author, line in _RELAYS:
        entries.add(line, f"{author}'s documentation, read in November 2026")
    return entries


def _parse(entries: Mapping[str, tuple[str, str, tuple[str, ...]]], host: str) -> MailServer | None:
    name = host.casefold().removesuffix(".")
    # A pattern has one label of any name.
    first, _, rest = name.partition(".")
    patterns = (name, f"*.{rest}", f"{first}.*.{rest.partition('.')[2]}")
    entry = next((entries[each] for each in patterns if each in entries), None)
    if entry is None:
        return None
    text, source, pop3 = entry
    marks = text.split()[1:]
    ports = [
        PublishedPort(int(mark[:-1]), _SECURITIES[mark[-1]]) for mark in marks if mark[0].isdigit()
    ]
    logins = tuple(LoginShape(mark) for mark in marks if not mark[0].isdigit())
    strength = list(Security)
    # Those of one security stay in the published order.
    ports.sort(key=lambda each: -strength.index(each.security))
    return MailServer(name, tuple(ports), logins, source, pop3)
