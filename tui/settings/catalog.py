"""The declaration of every property.

A field of `Settings` gives a property's name, type and default, its `Property` the rest.
Whatever lists, shows, reads or writes properties takes them from `catalog(Settings)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_type_hints

from tui.settings.mail_protocol import POP3, SMTP, MailProtocol
from tui.settings.values import SecretState, Security


class Kind(Enum):
    """The meaning of a property's text, which decides its control and its parser."""

    HOST = "host name or address"
    PORT = "port number"
    SECURITY = "connection security"
    SWITCH = "yes or no"
    TEXT = "text"
    USER = "email address"
    ADDRESSES = "email addresses"
    SECRET = "secret"  # noqa: S105


class Group(Enum):
    """The group in which a property is listed, in this order."""

    OUTGOING = "Outgoing mail"
    CONNECTION = "Connection"
    SENDING = "Sending"
    INCOMING = "Incoming mail"


SAME_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What the declaration of a field adds to its name, type and default.

    Attributes:
        label: its label in KB0521756, or on the instance if the article has none.
        short: a label for little room.
        account_label: its label on an email account, if that isn't the short one.
        help: what it is and what a blank value does, in at most 90 characters.
        instance: its names on an instance, the one to show first; each with that name's
            words for values, where they differ from ours.
        account: the columns of an email account that hold it.
        protocol: what this host speaks.
        port: the property that holds the port of this host.
        security: the property that holds the connection security of this host.
        when_unset: what the instance does without it, if the default doesn't say.
        same_as: the property whose value counts if it isn't set; the same value is then as good
            as none.
    """

    kind: Kind
    label: str
    short: str
    account_label: str = ""
    help: str
    group: Group
    instance: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    account: tuple[str, ...] = ()
    protocol: MailProtocol | None = None
    port: str | None = None
    security: str | None = None
    when_unset: str = ""
    same_as: str | None = None


_TLS = {"tls": "starttls", "ssl": "ssl_tls"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings in effect: the specified values over the defaults."""

    server: Annotated[
        str,
        Property(
            kind=Kind.HOST,
            label="Outgoing (SMTP) mail server",
            short="Mail server",
            account_label="Server",
            help="SMTP host. Also the POP3 host unless one is set. Blank turns outgoing mail off.",
            group=Group.OUTGOING,
            instance={"glide.email.server": SAME_WORDS},
            account=("server",),
            protocol=SMTP,
            port="port",
            security="security",
            when_unset="outgoing mail is off",
        ),
    ] = ""
    user: Annotated[
        str,
        Property(
            kind=Kind.USER,
            label="User email (for example, helpdesk@company.com) "
            "that is used to log in to the SMTP server",
            short="User email",
            account_label="User name",
            help="The login, and the sender unless From is set.",
            group=Group.OUTGOING,
            instance={"glide.email.user": SAME_WORDS},
            account=("user_name",),
        ),
    ] = ""
    display_name: Annotated[
        str,
        Property(
            kind=Kind.TEXT,
            label="Outgoing email display name",
            short="Display name",
            account_label="Email user label",
            help="The name people see beside the sender's address. Blank shows the address alone.",
            group=Group.OUTGOING,
            instance={"glide.email.username": SAME_WORDS},
            account=("email_user_label",),
        ),
    ] = ""
    authenticate: Annotated[
        bool,
        Property(
            kind=Kind.SWITCH,
            label="Authenticate with the SMTP server using the user name and password properties",
            short="Authenticate",
            account_label="Authentication",
            help="Log in with user name and password. Most servers require it.",
            group=Group.OUTGOING,
            instance={"glide.smtp.auth": SAME_WORDS},
            account=("authentication",),
            when_unset=(
                "treated as no when the platform turns it into an email account; not confirmed "
                "for a running instance"
            ),
        ),
    ] = False
    password: Annotated[
        SecretState,
        Property(
            kind=Kind.SECRET,
            label="Outgoing (SMTP) mail server password",
            short="Password",
            help="Write-only. Also the POP3 password unless one is set.",
            group=Group.OUTGOING,
            instance={"glide.email.user_password": SAME_WORDS},
            account=("password",),
        ),
    ] = SecretState.UNSET
    port: Annotated[
        int,
        Property(
            kind=Kind.PORT,
            label="Port of the outgoing mail server",
            short="Port",
            help="25 unless set. 587 goes with STARTTLS, 465 with SSL/TLS.",
            group=Group.CONNECTION,
            instance={"glide.smtp.port": SAME_WORDS},
            account=("port",),
        ),
    ] = 25
    security: Annotated[
        Security,
        Property(
            kind=Kind.SECURITY,
            label="Connection security of the outgoing mail server",
            short="Connection security",
            help="SSL/TLS encrypts from the start, STARTTLS after a plain greeting.",
            group=Group.CONNECTION,
            instance={
                "glide.smtp.encryption": _TLS,
                "glide.smtp.tls": {"true": "starttls", "false": "none"},
                "glide.smtp.ssl": {"true": "ssl_tls", "false": "none"},
            },
            account=("connection_security", "enable_tls", "enable_ssl"),
        ),
    ] = Security.NONE
    from_: Annotated[
        str,
        Property(
            kind=Kind.USER,
            label="From",
            short="From",
            help="The sender, if not the user name. Only email accounts have it.",
            group=Group.SENDING,
            account=("from",),
            when_unset="same as the user name",
            same_as="user",
        ),
    ] = ""
    sending_enabled: Annotated[
        bool | None,
        Property(
            kind=Kind.SWITCH,
            label="Email sending enabled",
            short="Email sending",
            help="Whether the instance sends email. While off, emails queue up.",
            group=Group.SENDING,
            instance={"glide.email.smtp.active": SAME_WORDS},
            when_unset=(
                "unclear: one ServiceNow document says on, another says off on new and cloned "
                "instances"
            ),
        ),
    ] = None
    test_recipients: Annotated[
        tuple[str, ...],
        Property(
            kind=Kind.ADDRESSES,
            label="Send all email to this test email address (non-production testing)",
            short="Test address",
            help="Send all email to this address instead. Commas separate several. Blank: "
            "normal delivery.",
            group=Group.SENDING,
            instance={"glide.email.test.user": SAME_WORDS},
        ),
    ] = ()
    receiving: Annotated[
        bool | None,
        Property(
            kind=Kind.SWITCH,
            label="Email receiving enabled",
            short="Email receiving",
            help="Whether the instance reads email. It deletes what it reads from POP3 and "
            "IMAP mailboxes.",
            group=Group.INCOMING,
            instance={"glide.email.read.active": SAME_WORDS},
            when_unset="on, according to ServiceNow's documents; not confirmed",
        ),
    ] = None
    pop3_server: Annotated[
        str,
        Property(
            kind=Kind.HOST,
            label="POP3 mail server",
            short="POP3 server",
            help="Where the instance reads and deletes incoming mail. Blank: same as the mail "
            "server.",
            group=Group.INCOMING,
            instance={"glide.pop3.server": SAME_WORDS},
            protocol=POP3,
            port="pop3_port",
            security="pop3_security",
            when_unset="the outgoing mail server is used",
        ),
    ] = ""
    pop3_user: Annotated[
        str,
        Property(
            kind=Kind.TEXT,
            label="POP3 user name",
            short="POP3 user",
            help="The mailbox that the instance reads. Blank: the part of User email before the @.",
            group=Group.INCOMING,
            instance={"glide.pop3.user": SAME_WORDS},
            when_unset="the part of the user email before the @ is used",
        ),
    ] = ""
    pop3_password: Annotated[
        SecretState,
        Property(
            kind=Kind.SECRET,
            label="POP3 password",
            short="POP3 password",
            help="Write-only. Blank: same as the outgoing password.",
            group=Group.INCOMING,
            instance={"glide.pop3.password": SAME_WORDS},
            when_unset="the outgoing password is used",
        ),
    ] = SecretState.UNSET
    pop3_port: Annotated[
        int,
        Property(
            kind=Kind.PORT,
            label="Port of the POP3 mail server",
            short="POP3 port",
            help="110 unless set. Use 995 with SSL/TLS.",
            group=Group.INCOMING,
            instance={"glide.pop3.port": SAME_WORDS},
        ),
    ] = 110
    pop3_security: Annotated[
        Security,
        Property(
            kind=Kind.SECURITY,
            label="Connection security of the POP3 mail server",
            short="POP3 security",
            help="SSL/TLS encrypts from the start, STARTTLS after a plain greeting.",
            group=Group.INCOMING,
            instance={
                "glide.pop3.secure": {"true": "ssl_tls", "false": "none"},
                "glide.pop3.tls": {"true": "starttls", "false": "none"},
            },
        ),
    ] = Security.NONE


@dataclass(frozen=True, slots=True)
class Entry:
    """A property in the catalog.

    Attributes:
        field: the name of its field in `Settings`.
    """

    field: str
    type: Any
    default: object
    declared: Property

    @property
    def name(self) -> str:
        """Its name: that of the field, without the `_` after a keyword of Python."""
        return self.field.removesuffix("_")

    @property
    def label_on_account(self) -> str:
        """Its label on an email account."""
        return self.declared.account_label or self.declared.short

    @property
    def is_secret(self) -> bool:
        """Whether the value must never be shown or written."""
        return self.declared.kind is Kind.SECRET

    @property
    def instance_name(self) -> str:
        """The name of the property on an instance, or "" if it has none."""
        return next(iter(self.declared.instance), "")

    @property
    def platform_name(self) -> str:
        """Its name on an instance, or else its column of an email account; "" without either."""
        column = next(iter(self.declared.account), "")
        return self.instance_name or (f"sys_email_account.{column}" if column else "")


def catalog(settings: type[Settings] = Settings) -> Mapping[str, Entry]:
    """Return the properties by name, in the order of declaration.

    Fields without a `Property` are left out.
    """
    return _read_entries(settings)  # type: ignore[arg-type]  # mypy sees the instances' hash


@cache
def _read_entries(settings: type[Settings]) -> Mapping[str, Entry]:
    hints = get_type_hints(settings, include_extras=True)
    return MappingProxyType(
        {
            entry.name: entry
            for item in fields(settings)
            for extra in getattr(hints[item.name], "__metadata__", ())
            if isinstance(extra, Property)
            for entry in (Entry(item.name, hints[item.name].__origin__, item.default, extra),)
        }
    )


def find_entry(entries: Mapping[str, Entry], name: str) -> Entry | None:
    """Return the property of a name: ours, or the name on an instance."""
    if name in entries:
        return entries[name]
    return next((entry for entry in entries.values() if name in entry.declared.instance), None)
