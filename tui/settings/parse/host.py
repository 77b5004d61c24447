"""Host names and addresses: what one is, and what kind.

Names follow RFC 1123 section 2.1 and RFC 1035 section 2.3.4; international ones IDNA 2008
with the mapping of UTS 46.
"""

import ipaddress
import re
from typing import TypeAlias, TypeVar

from tui.settings.parse.error import ParseError, Suggestion

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
    """A host name or an address, as it was typed.

    Raises:
        Malformed: it is neither; with what can be made of it, where that is plain.
    """
    if text != text.strip():
        raise ParseError("host.blanks", "There are blanks around it.", _salvage(text))
    if len(re.split(r"[\s,;]+", text)) > 1:
        raise ParseError(
            "host.several", "Only one host can stand here, without blanks, commas or semicolons."
        )
    if extras := _extras(text):
        code, words = extras
        raise ParseError(code, words, _salvage(text))
    _check(text)
    return text


def _extras(text: str) -> tuple[str, str] | None:
    """What surrounds a host, as a code and a sentence."""
    rest = _SCHEME.sub("", text, count=1)
    found = [("host.scheme", "a scheme")] if rest != text else []
    before_path = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in before_path:
        if not found and before_path == rest:
            return "host.address", "This is an email address; give the mail server's host name."
        found.append(("host.user", "a user name"))
    if _split_port(before_path.rpartition("@")[2])[1] is not None:
        found.append(("host.port", "a port"))
    if before_path != rest:
        found.append(("host.path", "a path"))
    if not found and text.startswith("["):
        found.append(("host.brackets", "brackets"))
    if not found:
        return None
    *most, last = (words for _, words in found)
    words = f"{', '.join(most)} and {last}" if most else last
    verb = "does" if len(found) == 1 and words != "brackets" else "do"
    return found[0][0], f"{words.capitalize()} {verb} not belong here; give the host alone."


def _split_port(text: str) -> tuple[str, str | None]:
    """Host and port of `host:port` or `[address]:port`; the port is None where there is none."""
    match = _PORT.match(text)
    if match is None or (":" in match["host"] and not match["host"].endswith("]")):
        return text, None
    return match["host"], match["port"] or ""


def _salvage(text: str) -> Suggestion | None:
    """The host inside a URL or `host:port`, if there is a good one."""
    rest = _SCHEME.sub("", text.strip(), count=1)
    before_path = re.split(r"[/?#\\]", rest, maxsplit=1)[0]
    if "@" in before_path and rest == text.strip():
        return None  # where an address gets its mail says nothing of what sends
    host, port = _split_port(before_path.rpartition("@")[2])
    host = host.removeprefix("[").removesuffix("]")
    try:
        _check(host)
    except ParseError:
        return None
    if not port or not 1 <= int(port) <= 65535:
        return Suggestion(f"use {host}", host)
    return Suggestion(f"use {host} and port {int(port)}", host, str(int(port)))


def _check(host: str) -> None:
    if "%" in host:
        raise ParseError(
            "host.zone", "An address with a zone means something on this machine only."
        )
    if ":" in host or _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
        _check_address(host)
        return
    name = host.removesuffix(".")
    ascii_name = name if name.isascii() else to_a_label(name)
    if ascii_name is None:
        raise ParseError("host.label", "This is not a valid international host name.")
    if len(ascii_name) > 253:
        raise ParseError("host.label", "A host name has at most 253 characters.")
    for label in ascii_name.split("."):
        if reason := _label_problem(label):
            raise ParseError("host.label", reason)


def _label_problem(label: str) -> str:
    if not label:
        return "A part between two dots is empty."
    if len(label) > 63:
        return "A part between two dots has at most 63 characters."
    if label.startswith("-") or label.endswith("-"):
        return "A part of a host name neither starts nor ends with a hyphen."
    if not _LABEL.fullmatch(label):
        return "A host name has letters, digits and hyphens between its dots, nothing else."
    return ""


def _check_address(host: str) -> None:
    address = parse_ip(host)
    if address is None:
        raise ParseError("host.bad-address", "This looks like an address and is not a valid one.")
    if address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255":
        raise ParseError("host.bad-address", "No host has this address.")


def parse_ip(host: str) -> IpAddress | None:
    """The address, if the host is given as one; an IPv4 one inside IPv6 counts as IPv4."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def to_a_label(name: str) -> str | None:
    """The name as it goes over the wire (`xn--…`), or None where it is not valid."""
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def mask_password(value: V) -> V | str:
    """A value that may be shown: of `smtps://user:password@host`, `smtps://…@host`."""
    found = _CREDENTIALS.match(value) if isinstance(value, str) else None
    return f"{found['scheme'] or ''}…@{found.string[found.end() :]}" if found else value


def is_loopback(host: str) -> bool:
    """Whether the host means the machine that asks."""
    address = parse_ip(host)
    if address is not None:
        return address.is_loopback
    name = host.casefold().removesuffix(".")
    return name in _LOOPBACK_NAMES or name.endswith(".localhost")


def is_provider_host(host: str) -> bool:
    """Whether the host lies in the provider's own domains, and so is provisioned by it."""
    name = host.casefold().removesuffix(".")
    return any(name == domain or name.endswith(f".{domain}") for domain in _PROVIDER_DOMAINS)
