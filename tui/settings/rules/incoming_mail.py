"""Rules for incoming mail, specified or derived."""

from tui.settings.catalog import Settings
from tui.settings.findings import Fix
from tui.settings.incoming import derive_incoming
from tui.settings.rules.mail_server import PROTOCOLS
from tui.settings.rules.rule import Findings, note, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import Security


@rule("pop3_port", "pop3_security")
def pop3_port_and_security(settings: Settings, context: Context) -> Findings:
    """RFC 8314: 995 is POP3 with TLS from the first byte, 110 starts unencrypted."""
    if not context.facts.derives_incoming:
        return
    port, security = settings.pop3_port, settings.pop3_security
    if PROTOCOLS.get(port, "POP") != "POP":
        yield warning("pop3_port", "pop3.port", f"{port} is a port of {PROTOCOLS[port]}.")
    elif port == 995 and security is not Security.SSL_TLS:
        yield warning(
            "pop3_security",
            "pop3.port-security",
            "Port 995 expects TLS from the first byte.",
            Fix("use ssl_tls", {"pop3_security": Security.SSL_TLS}),
        )
    elif port == 110 and security is Security.SSL_TLS:
        yield warning(
            "pop3_port",
            "pop3.port-security",
            "Port 110 speaks in clear first; TLS from the first byte is on 995.",
            Fix("use port 995", {"pop3_port": "995"}),
        )


@rule("pop3_security", "pop3_server", "server")
def unencrypted_incoming(settings: Settings, context: Context) -> Findings:
    """The default is no encryption at all."""
    read = context.facts.derives_incoming and derive_incoming(context.after).server.value
    if read and settings.pop3_security is Security.NONE:
        yield note(
            "pop3_security",
            "pop3.clear",
            "Incoming mail and its password travel in clear.",
        )


@rule("user", "pop3_user", "pop3_server", "server")
def missing_pop3_user(settings: Settings, context: Context) -> Findings:
    """KB0521756: "the string before the @ … is used as the incoming POP account name"."""
    incoming = derive_incoming(context.after)
    if not context.facts.derives_incoming:
        return
    if incoming.server.value and settings.user and incoming.user.value is None:
        yield warning(
            "pop3_user",
            "pop3.user",
            "The user email has no part before an @ to take the POP account name from.",
        )
