"""Rules for port and security of the outgoing mail server (RFC 8314, RFC 6409)."""

from tui.settings.catalog import Settings
from tui.settings.findings import Fix
from tui.settings.rules.rule import Findings, rule, warning
from tui.settings.target_facts import Context
from tui.settings.values import Security

PROTOCOLS = {
    port: protocol
    for protocol, ports in {"SMTP": (25, 465, 587), "POP": (110, 995), "IMAP": (143, 993)}.items()
    for port in ports
}
"""The protocol of each port that is reserved for mail."""


@rule("port", "security")
def port_and_security(settings: Settings, context: Context) -> Findings:
    """Port 465 expects TLS from the first byte, 587 and 25 start unencrypted."""
    port, security = settings.port, settings.security
    if PROTOCOLS.get(port, "SMTP") != "SMTP":
        yield warning(
            "port",
            "port.incoming",
            f"{port} is a port for reading mail ({PROTOCOLS[port]}), not for sending it.",
        )
    elif port == 465 and security is not Security.SSL_TLS:
        yield warning(
            "security",
            "port.implicit-tls",
            "Port 465 expects TLS from the first byte.",
            Fix("use ssl_tls", {"security": Security.SSL_TLS}),
        )
    elif port == 587 and security is Security.NONE:
        yield warning(
            "security",
            "port.submission",
            "Port 587 goes with STARTTLS; most servers refuse to go on without.",
            Fix("use starttls", {"security": Security.STARTTLS}),
        )
    elif port in (25, 587) and security is Security.SSL_TLS:
        yield warning(
            "port",
            "port.plain-first",
            f"Port {port} speaks in clear first; TLS from the first byte is on 465.",
            Fix("use port 465", {"port": "465"}),
        )
