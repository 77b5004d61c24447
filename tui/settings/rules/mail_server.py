"""Rules for the mail servers: host, port, security and signing in.

Ports: RFC 8314, RFC 6409.
"""

from tui.settings.catalog import Group, Settings, catalog
from tui.settings.delivery.activation import find_redirected_secrets
from tui.settings.delivery.status import Model
from tui.settings.findings import Fix
from tui.settings.incoming import derive_incoming
from tui.settings.mail_providers import MailServer, find_pop3_server, find_smtp_server
from tui.settings.rules.rule import Findings, error, note, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import SecretState, Security


@rule("server")
def blank_server(settings: Settings, context: Context) -> Findings:
    """KB0521756: "Leave this value blank to disable outgoing email"."""
    if settings.server:
        return
    if context.facts.model is Model.ACCOUNT:
        yield error(
            "server",
            "server.blank",
            "An email account needs a server. To stop outgoing mail, turn email sending off "
            "instead.",
        )
    elif "server" in context.after.blank:
        yield warning("server", "server.blank", "Blank turns outgoing mail off.")
    elif context.facts.is_file:
        yield note("server", "server.blank", "Not set: outgoing mail is off.")
    else:
        yield note(
            "server",
            "server.blank",
            "Not returned: missing, or hidden from this user. If it is missing, outgoing mail is "
            "off.",
        )


@rule("server", "password", "pop3_server", "pop3_password")
def redirected_secret(settings: Settings, context: Context) -> Findings:
    """A stored password would go to a new host within a minute."""
    for each in find_redirected_secrets(context):
        group = catalog()[each.secret].declared.group
        words = "POP3 password" if group is Group.INCOMING else "password"
        yield warning(
            each.cause,
            "secret.new-host",
            f"A stored {words} would go to {each.host}: type the password again, or confirm that "
            "host.",
        )


@rule("authenticate", "user")
def missing_user(settings: Settings, context: Context) -> Findings:
    """Signing in needs a user. KB0521756: the check box uses user name and password."""
    if settings.authenticate and not settings.user and not context.facts.uses_oauth:
        label = "user name" if context.facts.model is Model.ACCOUNT else "user email"
        yield error("user", "authenticate.user", f"Authentication needs a {label}.")


@rule("authenticate", "password")
def missing_password(settings: Settings, context: Context) -> Findings:
    """Signing in needs a password; one that can't be seen from here isn't missing."""
    state = settings.password
    if not settings.authenticate:
        if state.is_set:
            yield note(
                "authenticate",
                "authenticate.off",
                "A password is set, but it isn't used for sending.",
            )
    elif state in (SecretState.UNSET, SecretState.CLEARED):
        yield error("password", "authenticate.password", "Authentication needs a password.")
    elif state is SecretState.NOT_KEPT:
        yield note(
            "password",
            "password.not-kept",
            "It isn't kept here: you are asked for it when it's needed.",
        )
    elif state is SecretState.UNKNOWN:
        yield note(
            "password", "password.unknown", "An instance never shows whether a password is set."
        )


@rule("authenticate", "security")
def unencrypted_login(settings: Settings, context: Context) -> Findings:
    """The credentials are sent without TLS."""
    if settings.authenticate and settings.security is Security.NONE:
        login = "The OAuth token is" if context.facts.uses_oauth else "User name and password are"
        yield warning(
            "security",
            "authenticate.clear",
            f"{login} sent unencrypted.",
            Fix("Use STARTTLS", {"security": Security.STARTTLS}),
        )


PROTOCOLS = {25: "SMTP", 465: "SMTP", 587: "SMTP", 110: "POP", 995: "POP", 143: "IMAP", 993: "IMAP"}
"""The protocol of each port that is reserved for mail."""


@rule("port", "security")
def port_and_security(settings: Settings, context: Context) -> Findings:
    """Port 465 expects TLS from the first byte, 587 and 25 start unencrypted."""
    port, security = settings.port, settings.security
    if _is_published(find_smtp_server(settings.server), port, security):
        return
    if PROTOCOLS.get(port, "SMTP") != "SMTP":
        yield warning(
            "port",
            "port.incoming",
            f"Port {port} is for reading mail ({PROTOCOLS[port]}), not for sending it.",
        )
    elif port == 465 and security is not Security.SSL_TLS:
        yield warning(
            "security",
            "port.implicit-tls",
            "Port 465 normally requires SSL/TLS.",
            Fix("Use SSL/TLS", {"security": Security.SSL_TLS}),
        )
    elif port == 587 and security is Security.NONE:
        yield warning(
            "security",
            "port.submission",
            "Port 587 normally requires STARTTLS.",
            Fix("Use STARTTLS", {"security": Security.STARTTLS}),
        )
    elif port in (25, 587) and security is Security.SSL_TLS:
        yield warning(
            "port",
            "port.plain-first",
            f"Port {port} starts unencrypted. SSL/TLS uses port 465.",
            Fix("Use port 465", {"port": "465"}),
        )


def _is_published(server: MailServer | None, port: int, security: Security) -> bool:
    """Return whether a provider publishes an encrypted connection, however unusual its port."""
    encrypted = security is not Security.NONE
    return encrypted and server is not None and server.publishes(port, security)


@rule("pop3_port", "pop3_security")
def pop3_port_and_security(settings: Settings, context: Context) -> Findings:
    """RFC 8314: 995 is POP3 with TLS from the first byte, 110 starts unencrypted."""
    if not context.facts.derives_incoming:
        return
    port, security = settings.pop3_port, settings.pop3_security
    host = derive_incoming(context.after).server.value or ""
    if _is_published(find_pop3_server(str(host)), port, security):
        return
    if PROTOCOLS.get(port, "POP") != "POP":
        yield warning("pop3_port", "pop3.port", f"Port {port} is for {PROTOCOLS[port]}.")
    elif port == 995 and security is not Security.SSL_TLS:
        yield warning(
            "pop3_security",
            "pop3.port-security",
            "Port 995 normally requires SSL/TLS.",
            Fix("Use SSL/TLS", {"pop3_security": Security.SSL_TLS}),
        )
    elif port == 110 and security is Security.SSL_TLS:
        yield warning(
            "pop3_port",
            "pop3.port-security",
            "Port 110 starts unencrypted. SSL/TLS uses port 995.",
            Fix("Use port 995", {"pop3_port": "995"}),
        )


@rule("pop3_security", "pop3_server", "server")
def unencrypted_incoming(settings: Settings, context: Context) -> Findings:
    """The default is no encryption at all."""
    read = context.facts.derives_incoming and derive_incoming(context.after).server.value
    if read and settings.pop3_security is Security.NONE:
        yield note(
            "pop3_security",
            "pop3.clear",
            "Incoming mail and its password are sent unencrypted.",
        )


@rule("user", "pop3_user", "pop3_server", "server")
def missing_pop3_user(settings: Settings, context: Context) -> Findings:
    """KB0521756: "the string before the @ … is used as the incoming POP account name"."""
    incoming = derive_incoming(context.after)
    is_read = context.facts.derives_incoming and incoming.server.value
    if is_read and settings.user and incoming.user.value is None:
        yield warning(
            "pop3_user",
            "pop3.user",
            "The user email has no @, so there is no POP3 user name.",
        )
