"""The name under which a client greets an SMTP server: this machine's name, or its address.

Sources: RFC 5321, sections 4.1.1.1 (EHLO), 4.1.2 (Domain), 4.1.3 (address literals), 4.1.4.
"""

from tui.settings.findings import ParseError
from tui.settings.parse.host import is_loopback, parse_host, parse_ip

_PLACEHOLDERS = ("localdomain", "localhost")
"""How the last label begins in names that a system makes up for itself."""


def own_domain(host_name: str) -> str:
    """Return this machine's name if servers take it for a domain; "" if they do not.

    Args:
        host_name: as the system gives it, which may be anything.
    """
    name = host_name.removesuffix(".")
    last_label = name.rpartition(".")[2].casefold()
    if "." not in name or not last_label or not name.isascii():
        return ""
    if is_loopback(name) or last_label.startswith(_PLACEHOLDERS):
        return ""
    try:
        parse_host(name)
    except ParseError:
        return ""
    return "" if parse_ip(name) else name


def address_literal(address: str) -> str:
    """Return an address as EHLO takes it, as in `[192.0.2.1]` or `[IPv6:2001:db8::1]`.

    Args:
        address: of this end of the connection, with or without a zone.
    """
    without_zone = address.partition("%")[0]
    found = parse_ip(without_zone) or without_zone
    return f"[IPv6:{found}]" if ":" in str(found) else f"[{found}]"
