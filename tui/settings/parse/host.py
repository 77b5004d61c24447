"""Host names and IP addresses.

Names follow RFC 1123 section 2.1 and RFC 1035 section 2.3.4; international ones IDNA 2008
with the mapping of UTS 46.
"""

import ipaddress
import re
from typing import TypeAlias, TypeVar

from tui.settings.findings import ParseError, Suggestion

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

V = TypeVar("V")

_SCHEME = re.compile(r"\A[a-z][a-z0-9+.-]*:/{1,2}", re.IGNORECASE)
_PORT = re.compile(r"(?P<host>.*?):(?P<port>[0-9]{1,5})?$", re.DOTALL)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_CREDENTIALS = re.compile(
    r"(?P<scheme>\s*[a-z][a-z0-9+.-]*:/{1,2}).*@|[^\s@]*:\S*@(?=\S+$)", re.IGNORECASE | re.DOTALL
)
_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"})
_PROVIDER_DOMAINS = ("service-now.com", "servicenow.com")


def parse_host(text: str) -> str:
    """Return a host name or an IP address as it was typed.

    Raises:
        ParseError: it is neither; with a suggestion if there is an obvious one.
    """
    if text != text.strip():
        raise ParseError("host.blanks", "There are blanks around it.", _suggest_host(text))
    if len(re.split(r"[\s,;]+", text)) > 1:
        raise ParseError(
            "host.several", "Enter one host only, without blanks, commas or semicolons."
        )
    _check_extras(text)
    _check_host(text)
    return text


def _check_extras(text: str) -> None:
    """Refuse what surrounds a host: a scheme, a user name, a port, a path, brackets."""
    rest = _SCHEME.sub("", text, count=1)
    found = [("host.scheme", "a scheme")] if rest != text else []
    before_path = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in before_path:
        if not found and before_path == rest:
            words = "This is an email address. Enter the mail server's host name."
            raise ParseError("host.address", words, _suggest_host(text))
        found.append(("host.user", "a user name"))
    if _split_port(before_path.rpartition("@")[2])[1] is not None:
        found.append(("host.port", "a port"))
    if before_path != rest:
        found.append(("host.path", "a path"))
    if not found and text.startswith("["):
        found.append(("host.brackets", "brackets"))
    if not found:
        return
    *most, last = (words for _, words in found)
    words = f"{', '.join(most)} or {last}" if most else last
    what = "address" if words == "brackets" else "host name"
    sentence = f"Enter the {what} only, without {words}."
    raise ParseError(found[0][0], sentence, _suggest_host(text))


def _split_port(text: str) -> tuple[str, str | None]:
    """Return host and port of `host:port` or `[address]:port`; without a port it is None."""
    match = _PORT.match(text)
    if match is None or (":" in match["host"] and not match["host"].endswith("]")):
        return text, None
    return match["host"], match["port"] or ""


def _suggest_host(text: str) -> Suggestion | None:
    """Return the host inside a URL or `host:port`, if it is valid."""
    found = _SCHEME.match(text.strip())
    rest = text.strip()[found.end() :] if found else text.strip()
    before_path = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in before_path and not found:
        return None  # an address doesn't tell the outgoing mail server
    host, port = _split_port(before_path.rpartition("@")[2])
    host = host.removeprefix("[").removesuffix("]")
    try:
        _check_host(host)
    except ParseError:
        return None
    number = int(port) if port and 1 <= int(port) <= 65535 else None
    scheme = found.group().partition(":")[0].casefold() if found else ""
    return Suggestion(f"Use {host}", host, number, scheme)


def _check_host(host: str) -> None:
    if "%" in host:
        raise ParseError("host.zone", "An address with a zone is only valid on this machine.")
    name = host.removesuffix(".")
    ascii_name = name if name.isascii() else to_a_label(name)
    # A superscript or full-width digit is a digit on the wire.
    if ":" in host or _NUMBER.fullmatch((ascii_name or name).rpartition(".")[2]):
        _check_ip(host)
        return
    if ascii_name is None:
        raise ParseError("host.label", "This isn't a valid international host name.")
    if len(ascii_name) > 253:
        raise ParseError("host.label", "A host name can have at most 253 characters.")
    for label in ascii_name.split("."):
        if reason := _find_label_problem(label):
            raise ParseError("host.label", reason)


def _find_label_problem(label: str) -> str:
    if not label:
        return "There is nothing between two of the dots."
    if len(label) > 63:
        return "The part between two dots can have at most 63 characters."
    if label.startswith("-") or label.endswith("-"):
        return "No part of a host name can start or end with a hyphen."
    if not _LABEL.fullmatch(label):
        return "A host name can only have letters, digits, hyphens and dots."
    return ""


def _check_ip(host: str) -> None:
    address = parse_ip(host)
    if address is None:
        raise ParseError("host.bad-address", "This isn't a valid IP address.")
    if address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255":
        raise ParseError("host.bad-address", "No host can have this address.")


def parse_ip(host: str) -> IpAddress | None:
    """Return the host as an IP address, if it is one; IPv4 mapped into IPv6 counts as IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def to_a_label(name: str) -> str | None:
    """Return a name as it goes over the wire (`xn--…`), or None if it isn't valid."""
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def mask_password(value: V) -> V | str:
    """Return a value that may be shown: `smtps://…@host` for `smtps://user:password@host`."""
    found = _CREDENTIALS.match(value) if isinstance(value, str) else None
    return f"{found['scheme'] or ''}…@{found.string[found.end() :]}" if found else value


def is_loopback(host: str) -> bool:
    """Return whether a host means the machine that asks."""
    address = parse_ip(host)
    if address is not None:
        return address.is_loopback
    name = host.casefold().removesuffix(".")
    return name in _LOOPBACK_NAMES or name.endswith(".localhost")


def is_provider_host(host: str) -> bool:
    """Return whether a host lies in the domains of ServiceNow, and so is provisioned."""
    name = host.casefold().removesuffix(".")
    return any(name == domain or name.endswith(f".{domain}") for domain in _PROVIDER_DOMAINS)
