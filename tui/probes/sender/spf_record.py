"""SPF records (RFC 7208, sections 4.5, 4.6, 5, 6 and 12): which one counts, and its terms. Pure."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tui.probes.sender.resolver import show
from tui.probes.sender.spf_macro import ESCAPED, Macro, MacroError, MacroString, parse_macros

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST = 4096
"""In characters: more than any receiver is likely to read (section 3.4 asks for 450)."""


class SpfResult(StrEnum):
    """The result of a check (section 2.6); the value is its name there."""

    NONE = "none"
    NEUTRAL = "neutral"
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SOFTFAIL = "softfail"
    UNKNOWN = "unknown"
    """It depends on more than DNS tells."""


@dataclass(eq=False)
class SpfError(Exception):
    """A record is in error, and so counts for nothing (a permerror, section 2.6.7).

    Attributes:
        kind: `several`, `long`, `syntax`, `loop`, `lookups`, `voids`, `hosts`, or `missing` if a
            domain that it leads to has no record.
        words: what is wrong, as a sentence that is safe to show.
    """

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism of a record.

    Attributes:
        text: as it was written.
        result: what a match means.
        kind: all, include, a, mx, ptr, ip4, ip6 or exists.
        target: its domain-spec; empty means the record's own domain.
        network: of ip4 and ip6.
        prefix: how many bits of an IPv4 and of an IPv6 address count for a and mx.
    """

    text: str
    result: SpfResult
    kind: str
    target: MacroString = ()
    network: IpNetwork | None = None
    prefix: tuple[int, int] = (32, 128)


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """A record without an error in its syntax.

    Attributes:
        terms: the mechanisms, in order.
        redirect, explanation: the domain-specs of these modifiers, or empty.
    """

    terms: tuple[Term, ...]
    redirect: MacroString = ()
    explanation: MacroString = ()


_SIGNS = {
    "": SpfResult.PASS,
    "+": SpfResult.PASS,
    "-": SpfResult.FAIL,
    "~": SpfResult.SOFTFAIL,
    "?": SpfResult.NEUTRAL,
}
_KNOWN_MODIFIERS = ("redirect", "exp")
_TERM = re.compile(
    r"(?P<sign>[-+?~]?)(?P<kind>all|include|a|mx|ptr|ip4|ip6|exists)(?P<rest>[:/].*)?",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_MODIFIER = re.compile(
    r"(?P<word>[a-z][a-z0-9._-]*)=(?P<value>.*)", re.IGNORECASE | re.ASCII | re.DOTALL
)
_LENGTH = "0|[1-9][0-9]{0,2}"
_CIDR = re.compile(rf"(?:/(?P<four>{_LENGTH}))?(?://(?P<six>{_LENGTH}))?\Z", re.ASCII)
_CIDR_TAIL = re.compile(r"(?:/[0-9]+)?(?://[0-9]+)?\Z", re.ASCII)
_NETWORK = re.compile(rf"(?P<address>[0-9a-f.:]+)(?:/(?P<length>{_LENGTH}))?\Z", re.I | re.ASCII)
_TOP_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", re.IGNORECASE | re.ASCII)


def select_record(texts: Iterable[str], domain: str) -> str | None:
    """Return the SPF record among the texts of a domain, or None if there is none (section 4.5).

    Raises:
        SpfError: there are several, or it is too long.
    """
    found = [each for each in texts if each[:7].lower() in ("v=spf1", "v=spf1 ")]
    if len(found) > 1:
        raise SpfError("several", f"{show(domain)} has {len(found)} SPF records.")
    if found and len(found[0]) > _LONGEST:
        raise SpfError("long", f"That of {show(domain)} has more than {_LONGEST} characters.")
    return found[0] if found else None


def parse_record(record: str) -> SpfRecord:
    """Return the terms of a record that begins with `v=spf1`.

    Raises:
        SpfError: any of it is not in the syntax of SPF (section 4.6).
    """
    terms: list[Term] = []
    modifiers: dict[str, MacroString] = {}
    for text in filter(None, record[6:].split(" ")):
        if match := _MODIFIER.fullmatch(text):
            word = match["word"].casefold()
            parts = _parse_modifier(text, word, match["value"])
            if word in modifiers and word in _KNOWN_MODIFIERS:
                raise _syntax_error(text)
            modifiers[word] = parts
        elif match := _TERM.fullmatch(text):
            terms.append(_parse_term(text, match))
        else:
            raise _syntax_error(text)
    return SpfRecord(tuple(terms), modifiers.get("redirect", ()), modifiers.get("exp", ()))


def _parse_modifier(text: str, word: str, value: str) -> MacroString:
    if word in _KNOWN_MODIFIERS:
        return _parse_name(text, value)
    try:
        return parse_macros(value, explains=True)
    except MacroError:
        raise _syntax_error(text) from None


def _parse_term(text: str, match: re.Match[str]) -> Term:
    kind, rest = match["kind"].casefold(), match["rest"] or ""
    result = _SIGNS[match["sign"]]
    if kind in ("ip4", "ip6"):
        return Term(text, result, kind, network=_parse_network(text, kind, rest))
    if kind == "all":
        if rest:
            raise _syntax_error(text)
        return Term(text, result, kind)
    prefix = (32, 128)
    if kind in ("a", "mx"):
        tail = _CIDR_TAIL.search(rest)
        cidr = tail[0] if tail else ""
        rest, prefix = rest[: len(rest) - len(cidr)], _parse_prefix(text, cidr)
    if kind in ("include", "exists") or rest:
        if not rest.startswith(":"):
            raise _syntax_error(text)
        return Term(text, result, kind, _parse_name(text, rest[1:]), prefix=prefix)
    return Term(text, result, kind, prefix=prefix)


def _parse_network(text: str, kind: str, rest: str) -> IpNetwork:
    match = _NETWORK.match(rest[1:]) if rest.startswith(":") else None
    if match is None:
        raise _syntax_error(text)
    try:
        address = ipaddress.ip_address(match["address"])
        length = match["length"] or address.max_prefixlen
        if str(address.version) == kind[-1]:
            return ipaddress.ip_network(f"{address}/{length}", strict=False)
    except ValueError:
        pass
    raise _syntax_error(text)


def _parse_prefix(text: str, cidr: str) -> tuple[int, int]:
    match = _CIDR.match(cidr)
    if match is None:
        raise _syntax_error(text)
    four, six = int(match["four"] or 32), int(match["six"] or 128)
    if four > 32 or six > 128:
        raise _syntax_error(text)
    return four, six


def _parse_name(text: str, name: str) -> MacroString:
    """Return a domain-spec, which ends in a macro or a top label (section 7.1)."""
    try:
        parts = parse_macros(name)
    except MacroError:
        raise _syntax_error(text) from None
    if not parts:
        raise _syntax_error(text)
    last = parts[-1]
    if isinstance(last, Macro) or last in ESCAPED:
        return parts
    _, dot, label = last.removesuffix(".").rpartition(".")
    if not dot or not _TOP_LABEL.fullmatch(label) or label.isdecimal():
        raise _syntax_error(text)
    return parts


def _syntax_error(text: str) -> SpfError:
    return SpfError("syntax", f"`{show(text)}` isn't an SPF term.")
