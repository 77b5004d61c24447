"""SPF (RFC 7208): whether a domain's record lets the relay's addresses send.

What a `ptr`, an `exists` or a macro comes to depends on a message's sender or on the receiver, so
it is not evaluated: if it matters, the result is more than one.
"""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from tui.probes.sender.resolver import Resolver, show
from tui.probes.stage import SenderFinding, StageResult
from tui.settings.parse.host import IpAddress, parse_ip

_LONGEST = 4096
"""In characters: more than any receiver is likely to read (section 3.4 asks for 450)."""
_LOOKUPS = 10
"""Section 4.6.4: terms that query DNS, in the whole check."""
_VOIDS = 2
"""Section 4.6.4: those of them that found nothing."""
_MX_HOSTS = 10
_MACRO = r"%\{[a-z]\d{0,3}r?[-.+,/_=]*\}|%[%_-]"
_NAME = rf"(?:[!-$&-.0-~]|{_MACRO})+"
_CIDR = r"(?:/(?P<four>\d{1,2}))?(?://(?P<six>\d{1,3}))?"
_TERM = re.compile(
    rf"""(?P<sign>[-+?~]?)(?:
        (?P<all>all)
        | (?P<ip>ip[46]):(?P<network>[0-9a-f.:]+(?:/\d{{1,3}})?)
        | (?P<host>a|mx)(?::(?P<name>{_NAME}))?{_CIDR}
        | (?P<needs>include|exists):(?P<other>{_NAME})
        | (?P<ptr>ptr)(?::{_NAME})?
    )""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_MODIFIER = re.compile(
    rf"(?P<word>[a-z][a-z0-9._-]*)=(?P<value>(?:[!-$&-~]|{_MACRO})*)", re.IGNORECASE | re.ASCII
)


class SpfResult(StrEnum):
    """The result of a check (section 2.6); the value is its name there."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"
    """It depends on more than the address."""


_SIGNS = {"": SpfResult.PASS, "+": SpfResult.PASS, "-": SpfResult.FAIL, "~": SpfResult.SOFTFAIL}
_MOST_ADDRESSES = 8
_PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
        *("169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128"),
    )
)
_CAN_PASS = frozenset({SpfResult.PASS, SpfResult.UNKNOWN})
_CONSEQUENCES = {
    SpfResult.FAIL: "receivers may refuse it",
    SpfResult.SOFTFAIL: "receivers may put it aside as spam",
    SpfResult.NEUTRAL: "that proves nothing",
}
_ELSEWHERE = (
    "What counts is where mail leaves from: the relay may hand it on from other addresses, and "
    "the instance may send from its own."
)
_HINTS = {
    "several": "Have them joined into one: several count as an error (RFC 7208, section 4.5).",
    "long": "Have it made shorter: long answers get lost on the way (RFC 7208, section 3.4).",
    "syntax": "Have it put right: until then the whole record counts as an error.",
    "loop": "Have the loop taken out: until then the whole record counts as an error.",
    "lookups": "Have some of them replaced by ip4 and ip6 (RFC 7208, section 4.6.4).",
    "voids": "Have the names that are gone taken out (RFC 7208, section 4.6.4).",
    "hosts": "Have it replaced by ip4 and ip6 (RFC 7208, section 4.6.4).",
    "missing": "Have what leads there taken out: until then the whole record counts as an error.",
}


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
class _Term:
    result: SpfResult
    kind: str
    target: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    prefix: tuple[int, int] = (32, 128)


async def check_spf(
    resolver: Resolver, domain: str, relay: str, addresses: Sequence[str]
) -> SenderFinding:
    """Return whether the domain's SPF record lets the relay's addresses send."""
    name = show(domain)
    try:
        record = await find_record(resolver, domain)
        if record is None:
            return SenderFinding(
                StageResult.WARNED,
                "sender.spf.none",
                f"{name} has no SPF record: receivers cannot tell who may send for it.",
                "Have a TXT record added that names where its mail leaves from, and begins with "
                f"v=spf1. {_ELSEWHERE}",
            )
        parse_record(record)
        results = {
            each: await _Evaluation(resolver, each).evaluate(domain) for each in _public(addresses)
        }
    except SpfError as error:
        return SenderFinding(
            StageResult.WARNED,
            f"sender.spf.{error.kind}",
            f"The SPF record of {name} is in error. {error.words}",
            _HINTS[error.kind],
        )
    if not results:
        return _describe_unchecked(name, relay, addresses)
    return _describe_results(name, relay, results)


def _public(addresses: Sequence[str]) -> list[IpAddress]:
    """Return those that a receiver could see."""
    parsed = [address for each in addresses if (address := parse_ip(each))]
    public = [each for each in parsed if not any(each in network for network in _PRIVATE)]
    return public[:_MOST_ADDRESSES]


def _describe_unchecked(domain: str, relay: str, addresses: Sequence[str]) -> SenderFinding:
    host = show(relay)
    why = (
        f"the addresses of {host} are internal ones, which no receiver sees"
        if addresses
        else f"{host} has no address"
    )
    return SenderFinding(
        StageResult.SKIPPED,
        "sender.spf.internal" if addresses else "sender.spf.no-address",
        f"{domain} has an SPF record, but nothing can be looked for in it: {why}.",
        f"Ask the relay's administrators where mail leaves from, and see that it is named there. "
        f"{_ELSEWHERE}",
    )


def _describe_results(
    domain: str, relay: str, results: Mapping[IpAddress, frozenset[SpfResult]]
) -> SenderFinding:
    named = [str(each) for each, found in results.items() if found == {SpfResult.PASS}]
    missing = [str(each) for each, found in results.items() if found.isdisjoint(_CAN_PASS)]
    unsure = [str(each) for each in results if str(each) not in named + missing]
    host = show(relay)
    if unsure:
        return SenderFinding(
            StageResult.SKIPPED,
            "sender.spf.unknown",
            f"Whether SPF of {domain} names {', '.join(unsure)} ({host}) cannot be told from here: "
            "it goes by exists, ptr or macros.",
            f"See SPF in the headers of a test message that arrived. {_ELSEWHERE}",
        )
    if not missing:
        return SenderFinding(
            StageResult.PASSED,
            "sender.spf.pass",
            f"SPF of {domain} names {', '.join(named)} ({host}).",
            _ELSEWHERE,
        )
    possible = frozenset[SpfResult]().union(*results.values())
    worst = next(result for result in _CONSEQUENCES if result in possible)
    terms = " ".join(f"{'ip6' if ':' in each else 'ip4'}:{each}" for each in missing)
    verb = f"names {', '.join(named)}, but not" if named else "does not name"
    return SenderFinding(
        StageResult.WARNED,
        "sender.spf.some" if named else f"sender.spf.{worst}",
        f"SPF of {domain} {verb} {', '.join(missing)} ({host}): mail from there comes out as "
        f"{worst}; {_CONSEQUENCES[worst]}.",
        f"If mail leaves from there, have {terms} added before `all`, or the include "
        f"that the relay's administrators name. {_ELSEWHERE}",
    )


async def find_record(resolver: Resolver, domain: str) -> str | None:
    """Return the SPF record of a domain, or None if it has none (section 4.5)."""
    found = [
        text
        for text in (await resolver.query(domain, "TXT")).records
        if text.casefold() == "v=spf1" or text.casefold().startswith("v=spf1 ")
    ]
    if len(found) > 1:
        raise SpfError("several", f"{show(domain)} has {len(found)} SPF records.")
    if found and len(found[0]) > _LONGEST:
        raise SpfError("long", f"It has more than {_LONGEST} characters.")
    return found[0] if found else None


class _Evaluation:
    """One check of an address, with the lookups it has spent (section 4.6.4)."""

    def __init__(self, resolver: Resolver, address: IpAddress) -> None:
        self._resolver = resolver
        self._address = address
        self._lookups = 0
        self._voids = 0

    async def evaluate(self, domain: str, above: tuple[str, ...] = ()) -> frozenset[SpfResult]:
        """Return every possible result of a domain's record, reached from the domains above."""
        if domain in above:
            raise SpfError("loop", f"{show(domain)} leads to itself.")
        record = await find_record(self._resolver, domain)
        if record is None:
            raise SpfError("missing", f"It leads to {show(domain)}, which has no SPF record.")
        terms, redirect = parse_record(record)
        possible: set[SpfResult] = set()
        for term in terms:
            matches = await self._matches(term, domain, (*above, domain))
            if matches is not False:
                possible.add(term.result)
            if matches:
                return frozenset(possible)
        if redirect:
            self._count_lookup()
        if not redirect:
            possible.add(SpfResult.NEUTRAL)
        elif "%" in redirect:
            possible.add(SpfResult.UNKNOWN)
        else:
            possible |= await self.evaluate(redirect, (*above, domain))
        return frozenset(possible)

    async def _matches(self, term: _Term, domain: str, above: tuple[str, ...]) -> bool | None:
        """Return whether a term matches, or None if that is unknown."""
        if term.kind == "all":
            return True
        if term.network is not None:
            return self._address in term.network
        self._count_lookup()
        if term.kind in ("ptr", "exists") or "%" in term.target:
            return None
        target = term.target or domain
        if term.kind == "include":
            inner = await self.evaluate(target, above)
            if inner == {SpfResult.PASS}:
                return True
            return None if inner & {SpfResult.PASS, SpfResult.UNKNOWN} else False
        return await self._is_host(term, target)

    async def _is_host(self, term: _Term, target: str) -> bool:
        hosts: tuple[str, ...] = (target,)
        if term.kind == "mx":
            hosts = (await self._resolver.query(target, "MX")).records
            if len(hosts) > _MX_HOSTS:
                raise SpfError(
                    "hosts", f"{show(target)} has more than {_MX_HOSTS} mail exchangers."
                )
        four = self._address.version == 4
        found: list[str] = []
        for host in filter(None, hosts):
            found += (await self._resolver.query(host, "A" if four else "AAAA")).records
        if not found:
            self._voids += 1
            if self._voids > _VOIDS:
                raise SpfError("voids", f"More than {_VOIDS} of its names lead to nothing.")
        prefix = term.prefix[0 if four else 1]
        return any(
            self._address in ipaddress.ip_network(f"{each}/{prefix}", strict=False)
            for each in found
        )

    def _count_lookup(self) -> None:
        self._lookups += 1
        if self._lookups > _LOOKUPS:
            raise SpfError("lookups", f"It asks DNS more than {_LOOKUPS} times.")


def parse_record(record: str) -> tuple[tuple[_Term, ...], str]:
    """Return the mechanisms of a record, and its redirect or "" (sections 4.6.1, 5 and 6)."""
    terms: list[_Term] = []
    modifiers: dict[str, str] = {}
    for text in record.split(" ")[1:]:
        if not text:
            continue
        if match := _TERM.fullmatch(text):
            terms.append(_parse_term(match))
        elif match := _MODIFIER.fullmatch(text):
            word, value = match["word"].casefold(), match["value"]
            if word in ("redirect", "exp") and (word in modifiers or not _is_name(value)):
                raise _syntax_error(text)
            modifiers[word] = value
        else:
            raise _syntax_error(text)
    return tuple(terms), modifiers.get("redirect", "").casefold().removesuffix(".")


def _parse_term(match: re.Match[str]) -> _Term:
    part = match.groupdict()
    kind = next(part[name] for name in ("all", "ip", "host", "needs", "ptr") if part[name])
    term = _Term(_SIGNS.get(part["sign"], SpfResult.NEUTRAL), kind.casefold())
    if part["network"]:
        try:
            network = ipaddress.ip_network(part["network"], strict=False)
        except ValueError:
            raise _syntax_error(match[0]) from None
        if str(network.version) != term.kind[-1]:
            raise _syntax_error(match[0])
        return replace(term, network=network)
    target, prefix = part["name"] or part["other"] or "", (part["four"], part["six"])
    four, six = (int(each) if each else most for each, most in zip(prefix, (32, 128), strict=True))
    if (target and not _is_name(target)) or four > 32 or six > 128:
        raise _syntax_error(match[0])
    return replace(term, target=target.casefold().removesuffix("."), prefix=(four, six))


def _is_name(text: str) -> bool:
    """Whether a text ends as a domain name must, or holds a macro (section 7.1)."""
    last = text.removesuffix(".").rpartition(".")
    plain = re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", last[2], re.IGNORECASE)
    return "%" in text or bool(last[1] and plain and not last[2].isdecimal())


def _syntax_error(text: str) -> SpfError:
    return SpfError("syntax", f"`{show(text)}` in it is no term of SPF.")
