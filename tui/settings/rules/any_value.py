"""Rules for every property of a kind."""

import ipaddress
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from tui.settings.catalog import Entry, Kind, Settings
from tui.settings.delivery.status import Model
from tui.settings.findings import Finding, Fix
from tui.settings.parse.host import IpAddress, is_loopback, is_provider_host, parse_ip, to_a_label
from tui.settings.parse.value import format_value
from tui.settings.rules.rule import Findings, error, note, warning
from tui.settings.target_facts import DEFAULT_SECRET_LIMIT, Context

# RFC 5737, RFC 3849 and RFC 9637; RFC 6598.
_DOCUMENTATION = tuple(
    ipaddress.ip_network(each)
    for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)
_SHARED = ipaddress.ip_network("100.64.0.0/10")


def check_value(entry: Entry, settings: Settings, context: Context) -> Iterator[Finding]:
    """Yield the findings of one property by its kind."""
    value = getattr(settings, entry.field)
    if entry.is_secret:
        found = _check_secret(entry.name, context)
    elif not value or entry.name not in context.after.specified:
        return
    elif entry.declared.kind is Kind.HOST:
        found = _check_host(entry.name, value, context)
    else:
        found = _check_invisible(entry.name, format_value(value))
    for finding in found:
        yield replace(finding, about=frozenset({entry.name}))


def _check_host(name: str, host: str, context: Context) -> Findings:
    yield from _check_invisible(name, host)
    if is_loopback(host):
        yield _loopback_finding(name, context)
        return
    if is_provider_host(host):
        yield warning(
            name,
            "host.provider",
            "This is ServiceNow's server. ServiceNow manages its settings: leave them as they are.",
        )
    if address := parse_ip(host):
        if unreachable := _find_unreachable(address):
            yield warning(name, *unreachable)
    else:
        yield from _check_host_name(name, host)


def _find_unreachable(address: IpAddress) -> tuple[str, str] | None:
    """Return why not everyone can reach an address, as a code and a sentence."""
    if address.is_link_local:
        return (
            "host.link-local",
            "A link-local address can only be reached from the same network link.",
        )
    if any(address in network for network in _DOCUMENTATION):
        return "host.documentation", "This address is reserved for documentation. No host has it."
    if address in _SHARED:
        return "host.shared", "This address is only used inside providers' networks."
    if address.is_private:
        return (
            "host.private",
            "This is a private address: the instance can only reach it through your own network.",
        )
    return None


def _check_host_name(name: str, host: str) -> Findings:
    if host.endswith("."):
        bare = host.rstrip(".")
        yield warning(
            name,
            "host.trailing-dot",
            "With the dot at the end, certificates may not match this name.",
            Fix(f"Use {bare}", {name: bare}),
        )
    elif "." not in host:
        yield warning(
            name,
            "host.no-dot",
            "The instance may not resolve a name without a domain.",
        )
    if not host.isascii() and (wire := to_a_label(host)):
        yield note(
            name,
            "host.international",
            f"DNS knows this name as {wire}.",
            Fix(f"Use {wire}", {name: wire}),
        )


def _loopback_finding(name: str, context: Context) -> Finding:
    words = "An instance rejects a loopback address: it would be the instance itself"
    if context.facts.is_file:
        return warning(name, "host.loopback", f"{words}.")
    if context.facts.on_loopback:
        return warning(name, "host.loopback", f"{words}, which runs on loopback here.")
    return error(name, "host.loopback", f"{words} (KB0724199).")


def _check_invisible(name: str, text: str) -> Findings:
    hidden = sorted({char for char in text if unicodedata.category(char) == "Cf"})
    if hidden:
        names = ", ".join(
            f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip() for char in hidden
        )
        yield warning(
            name,
            "text.invisible",
            f"It contains characters that are invisible or change the text direction: {names}.",
        )


def _check_secret(name: str, context: Context) -> Findings:
    shape = context.typed.get(name)
    if shape is None:
        return
    if shape.controls:
        yield error(
            name,
            "secret.control",
            "It contains control characters or line breaks. Mail protocols end the password there.",
        )
    for oddity in shape.oddities:
        if oddity.is_usual:
            yield note(name, f"secret.{oddity.code}", f"It {oddity.words}.")
        else:
            words = f"It {oddity.words}. Check that this is right."
            yield warning(name, f"secret.{oddity.code}", words)
    yield from _check_length(name, shape.length, context)


def _check_length(name: str, length: int, context: Context) -> Findings:
    limit = context.facts.secret_limit
    if length <= (limit or DEFAULT_SECRET_LIMIT):
        return
    words = f"It is too long: the password column of an email account holds {limit} characters."
    if limit is None:
        words = (
            f"It is longer than {DEFAULT_SECRET_LIMIT} characters, the default limit for the "
            "password of an email account."
        )
    if context.facts.model is Model.ACCOUNT:
        if limit is None:
            words += " Can't read the limit of this instance (sys_dictionary)."
        yield error(name, "secret.long", words)
    else:
        yield note(name, "secret.long", words)
