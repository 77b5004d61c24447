"""Rules for servers whose providers publish how to connect to them.

They only offer: a provider's page may be newer than what is known here.
"""

from collections.abc import Mapping

from tui.settings.catalog import Settings
from tui.settings.delivery.status import Model
from tui.settings.findings import Fix
from tui.settings.incoming import derive_incoming
from tui.settings.mail_providers import MailServer, find_pop3_server, find_smtp_server
from tui.settings.parse.address import find_address_problem
from tui.settings.rules.rule import Findings, note, rule
from tui.settings.target_facts import Context
from tui.settings.values import Security


def find_outgoing_server(settings: Settings, context: Context) -> MailServer | None:
    """Return what is published of the outgoing mail server, if it sends."""
    if not settings.server or context.facts.model in (Model.OTHER_SENDER, Model.UNDETERMINED):
        return None
    return find_smtp_server(settings.server)


@rule("server", "port", "security", "user", "authenticate")
def published_connection(settings: Settings, context: Context) -> Findings:
    """A provider's host with a port or security that its provider doesn't publish."""
    server = find_outgoing_server(settings, context)
    if server is None or server.suits(settings.port, settings.security):
        return
    texts = _connection_texts(server, settings.port, settings.security, "port", "security")
    fix = None
    if texts:
        texts |= _login_text(server, settings, context)
        fix = Fix(_label(server, settings.port, settings.security, texts.get("user", "")), texts)
    yield note("server", "provider.connection", _describe(server), fix)


@rule("server", "user", "authenticate")
def published_login(settings: Settings, context: Context) -> Findings:
    """A user name of another shape than the provider's logins."""
    server = find_outgoing_server(settings, context)
    if server is None or not settings.authenticate or not settings.user:
        return
    if any(each.matches(settings.user) for each in server.logins):
        return
    texts = _login_text(server, settings, context)
    words = f"{server.host} wants as user: {server.describe_login()} ({server.source})."
    if not texts and not context.facts.sent_from and "@" in settings.user:
        words += " Mail comes from the user name unless the email account has a From."
    fix = Fix(f"use {texts['user']}", texts) if texts else None
    yield note("user", "provider.login", words, fix)


def _login_text(server: MailServer, settings: Settings, context: Context) -> dict[str, str]:
    """Return the user name to set: only if mail doesn't come from it."""
    user = settings.user
    if not (settings.authenticate and context.facts.sent_from and user):
        return {}
    if any(each.matches(user) for each in server.logins) or find_address_problem(user):
        return {}
    derived = next((text for each in server.logins if (text := each.derive(user))), "")
    return {"user": derived} if derived else {}


@rule("server", "user", "pop3_server", "pop3_port", "pop3_security", "pop3_user")
def published_pop3(settings: Settings, context: Context) -> Findings:
    """Incoming settings, derived or set, that the provider doesn't publish."""
    if not context.facts.derives_incoming:
        return
    incoming = derive_incoming(context.after)
    host = incoming.server.value
    server = find_pop3_server(str(host)) if host else None
    texts: dict[str, str] = {}
    if server is None and incoming.server.follows == "server":
        outgoing = find_outgoing_server(settings, context)
        if outgoing is None:
            return
        if not outgoing.pop3:
            yield note(
                "pop3_server",
                "provider.no-pop3",
                f"No POP3 server of this provider is known ({outgoing.source}). What is derived "
                "here is assumed by the platform: check with your provider.",
            )
            return
        server = find_pop3_server(outgoing.pop3[0])
        texts = {"pop3_server": outgoing.pop3[0]}
    if server is None:
        return
    port, security = settings.pop3_port, settings.pop3_security
    connection = _connection_texts(server, port, security, "pop3_port", "pop3_security")
    login = _pop3_login_text(server, settings, str(incoming.user.value or ""))
    texts |= connection | login
    if not texts and server.suits(port, security):
        return
    fix = None
    if server.choose(port, security):
        fix = Fix(_label(server, port, security, login.get("pop3_user", "")), texts)
    words = _describe(server)
    if incoming.server.follows == "server":
        words += " What is derived here is assumed by the platform."
    yield note("pop3_server", "provider.pop3", words, fix)


def _pop3_login_text(server: MailServer, settings: Settings, present: str) -> dict[str, str]:
    """Return the POP3 user name to set, if the address tells it."""
    if not present or any(each.matches(present) for each in server.logins):
        return {}
    if find_address_problem(settings.user):
        return {}
    derived = next((text for each in server.logins if (text := each.derive(settings.user))), "")
    return {"pop3_user": derived} if derived else {}


def _connection_texts(
    server: MailServer, port: int, security: Security, port_name: str, security_name: str
) -> dict[str, str]:
    """Return the port and security to set; nothing if all that is published is weaker."""
    offer = server.choose(port, security)
    if offer is None:
        return {}
    texts: Mapping[str, tuple[object, str]] = {
        port_name: (port, str(offer.port)),
        security_name: (security, offer.security.value),
    }
    return {name: new for name, (old, new) in texts.items() if str(old) != new}


def _describe(server: MailServer) -> str:
    return (
        f"{server.host}: {server.describe_connections()}; the user is {server.describe_login()} "
        f"({server.source})."
    )


def _label(server: MailServer, port: int, security: Security, user: str) -> str:
    """Return what a fix does: "use smtp.corp.example, 465 with SSL/TLS"."""
    offer = server.choose(port, security)
    words = f"use {server.host}"
    if offer:
        words += f", {offer.port} with {offer.security.label}"
    return f"{words}, user {user}" if user else words
