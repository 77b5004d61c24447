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


@rule("server", "port", "security")
def published_port(settings: Settings, context: Context) -> Findings:
    """A provider's host with a port or security that its provider doesn't publish."""
    server = find_outgoing_server(settings, context)
    if server is None or server.suits(settings.port, settings.security):
        return
    texts = _port_texts(server, settings.port, settings.security, "port", "security")
    if texts:
        texts |= _login_text(server, settings, context)
    fix = _make_fix(texts, server, settings.port, settings.security)
    yield note("server", "provider.port", _describe(server), fix)


@rule("server", "user", "from", "authenticate")
def published_login(settings: Settings, context: Context) -> Findings:
    """A user name of another shape than the provider's logins."""
    server = find_outgoing_server(settings, context)
    if server is None or not settings.authenticate or not settings.user:
        return
    if context.facts.uses_oauth:
        return
    if server.takes(settings.user):
        return
    texts = _login_text(server, settings, context)
    words = f"{server.host}: {server.describe_login()} ({server.source})."
    if "@" in settings.user and not context.after.own_from:
        words += " Mail comes from the user name, unless From is set."
    fix = Fix(f"Use user {texts['user']}{_from_words(texts)}", texts) if texts else None
    yield note("user", "provider.login", words, fix)


def _login_text(server: MailServer, settings: Settings, context: Context) -> dict[str, str]:
    """Return the user name to set, and From if mail came from the user name until now."""
    is_broken = not {"user", "from"}.isdisjoint(context.after.broken)
    if is_broken or not settings.authenticate or not settings.user or server.takes(settings.user):
        return {}
    address = "" if find_address_problem(settings.user) else settings.user
    login = server.derive_login(address)
    if not login or not address or context.after.own_from:
        return {"user": login} if login else {}
    return {"user": login, "from": address} if context.facts.has_from else {}


@rule("server", "pop3_server", "pop3_port", "pop3_security", "pop3_user")
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
                f"No POP3 server of this provider is known ({outgoing.source}). The derived one "
                "is the platform's assumption: check with your provider.",
            )
            return
        server = find_pop3_server(outgoing.pop3[0])
        texts = {"pop3_server": outgoing.pop3[0]}
    if server is None:
        return
    port, security = settings.pop3_port, settings.pop3_security
    texts |= _port_texts(server, port, security, "pop3_port", "pop3_security")
    texts |= _pop3_login_text(server, settings, str(incoming.user.value or ""))
    if not texts and server.suits(port, security):
        return
    words = _describe(server)
    if incoming.server.follows == "server":
        words += " The derived settings are the platform's assumption."
    fix = _make_fix(texts, server, port, security)
    yield note("pop3_server", "provider.pop3", words, fix)


def _pop3_login_text(server: MailServer, settings: Settings, present: str) -> dict[str, str]:
    """Return the POP3 user name to set, if the address tells it."""
    if not present or server.takes(present) or find_address_problem(settings.user):
        return {}
    login = server.derive_login(settings.user)
    return {"pop3_user": login} if login else {}


def _port_texts(
    server: MailServer, port: int, security: Security, port_name: str, security_name: str
) -> dict[str, str]:
    """Return the port and security to set; nothing if all that is published is weaker."""
    offer = server.choose(port, security)
    if offer is None:
        return {}
    texts = {} if offer.port == port else {port_name: str(offer.port)}
    return texts if offer.security is security else {**texts, security_name: offer.security.value}


def _make_fix(
    texts: Mapping[str, str], server: MailServer, port: int, security: Security
) -> Fix | None:
    """Return the fix that sets texts: "Use pop.corp.example, port 995 and SSL/TLS"."""
    offer = server.choose(port, security)
    if offer is None:
        return None
    port_words = "" if server.suits(port, security) else offer.security.after_port(offer.port)
    user = texts.get("user") or texts.get("pop3_user")
    words = (texts.get("pop3_server"), port_words, f"user {user}" if user else "")
    label = f"Use {', '.join(each for each in words if each)}{_from_words(texts)}"
    return Fix(label, texts) if texts else None


def _from_words(texts: Mapping[str, str]) -> str:
    return f", with From {texts['from']}" if "from" in texts else ""


def _describe(server: MailServer) -> str:
    return f"{server.host}: {server.describe_ports()}; {server.describe_login()} ({server.source})."
