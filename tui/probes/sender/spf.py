"""SPF (RFC 7208): whether a domain's record lets an address send, as far as can be told.

What a `ptr`, an `exists` or a macro comes to depends on a message's sender or on the receiver, so
it is not asked: where it matters, the result is more than one.
"""

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from tui.probes.sender.resolver import Resolver
from tui.settings.parse.host import IpAddress
from tui.terminal.visible import visible

_LONGEST = 4096
"""Characters: more than any receiver is likely to read (section 3.4 asks for 450)."""
_LOOKUPS = 10
"""Section 4.6.4: terms that ask DNS, for the whole check."""
_VOIDS = 2
"""Section 4.6.4: of these, terms that found nothing."""
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


class Result(StrEnum):
    """What a check may come to (section 2.6); the value is its name there."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    UNKNOWN = "unknown"
    """It depends on more than the address."""


_SIGNS = {"": Result.PASS, "+": Result.PASS, "-": Result.FAIL, "~": Result.SOFTFAIL}


class PermError(Exception):
    """The record is in error, and so counts for nothing.

    Attributes:
        kind: `several`, `long`, `syntax`, `loop`, `lookups`, `voids`, `hosts`, or `missing` where
            another domain that it leads to has none.
        words: what is wrong, as a sentence that is safe to show.
    """

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.words = words


@dataclass(frozen=True, slots=True)
class _Term:
    result: Result
    kind: str
    target: str = ""
    network: ipaddress.IPv4Network | ipaddress.IPv6Network | None = None
    prefix: tuple[int, int] = (32, 128)


async def record_of(names: Resolver, domain: str) -> str | None:
    """The SPF record of a domain, or None where it has none (section 4.5).

    Raises:
        PermError: it has several, or one that is too long to be read.
        Unanswered: that could not be found out.
    """
    found = [
        text
        for text in (await names.ask(domain, "TXT")).records
        if text.casefold() == "v=spf1" or text.casefold().startswith("v=spf1 ")
    ]
    if len(found) > 1:
        raise PermError("several", f"{_shown(domain)} has {len(found)} SPF records.")
    if found and len(found[0]) > _LONGEST:
        raise PermError("long", f"It has more than {_LONGEST} characters.")
    return found[0] if found else None


async def results(names: Resolver, domain: str, address: IpAddress) -> frozenset[Result]:
    """All that a check of the address may come to: one result where that can be told.

    Raises:
        PermError: the record, or one that it leads to, is in error.
        Unanswered: that could not be found out.
    """
    return await _Check(names, address).of(domain, ())


class _Check:
    """One check, with what it has spent (section 4.6.4)."""

    def __init__(self, names: Resolver, address: IpAddress) -> None:
        self._names = names
        self._address = address
        self._lookups = 0
        self._voids = 0

    async def of(self, domain: str, above: tuple[str, ...]) -> frozenset[Result]:
        if domain in above:
            raise PermError("loop", f"{_shown(domain)} leads to itself.")
        record = await record_of(self._names, domain)
        if record is None:
            raise PermError("missing", f"It leads to {_shown(domain)}, which has no SPF record.")
        terms, redirect = parsed(record)
        possible: set[Result] = set()
        for term in terms:
            matches = await self._matches(term, domain, (*above, domain))
            if matches is not False:
                possible.add(term.result)
            if matches:
                return frozenset(possible)
        if redirect:
            self._count()
        if not redirect:
            possible.add(Result.NEUTRAL)
        elif "%" in redirect:
            possible.add(Result.UNKNOWN)
        else:
            possible |= await self.of(redirect, (*above, domain))
        return frozenset(possible)

    async def _matches(self, term: _Term, domain: str, above: tuple[str, ...]) -> bool | None:
        """Whether a term matches; None where that cannot be told."""
        if term.kind == "all":
            return True
        if term.network is not None:
            return self._address in term.network
        self._count()
        if term.kind in ("ptr", "exists") or "%" in term.target:
            return None
        target = term.target or domain
        if term.kind == "include":
            inner = await self.of(target, above)
            if inner == {Result.PASS}:
                return True
            return None if inner & {Result.PASS, Result.UNKNOWN} else False
        return await self._is_host(term, target)

    async def _is_host(self, term: _Term, target: str) -> bool:
        hosts: tuple[str, ...] = (target,)
        if term.kind == "mx":
            hosts = (await self._names.ask(target, "MX")).records
            if len(hosts) > _MX_HOSTS:
                raise PermError(
                    "hosts", f"{_shown(target)} has more than {_MX_HOSTS} mail exchangers."
                )
        four = self._address.version == 4
        found: list[str] = []
        for host in filter(None, hosts):
            found += (await self._names.ask(host, "A" if four else "AAAA")).records
        if not found:
            self._void()
        prefix = term.prefix[0 if four else 1]
        return any(
            self._address in ipaddress.ip_network(f"{each}/{prefix}", strict=False)
            for each in found
        )

    def _count(self) -> None:
        self._lookups += 1
        if self._lookups > _LOOKUPS:
            raise PermError("lookups", f"It asks DNS more than {_LOOKUPS} times.")

    def _void(self) -> None:
        self._voids += 1
        if self._voids > _VOIDS:
            raise PermError("voids", f"More than {_VOIDS} of its names lead to nothing.")


def parsed(record: str) -> tuple[tuple[_Term, ...], str]:
    """The mechanisms of a record, and where it redirects to or "" (sections 4.6.1, 5 and 6).

    Raises:
        PermError: something in it is no term.
    """
    terms: list[_Term] = []
    modifiers: dict[str, str] = {}
    for text in record.split(" ")[1:]:
        if not text:
            continue
        if match := _TERM.fullmatch(text):
            terms.append(_term(match))
        elif match := _MODIFIER.fullmatch(text):
            word, value = match["word"].casefold(), match["value"]
            if word in ("redirect", "exp") and (word in modifiers or not _is_name(value)):
                raise _syntax(text)
            modifiers[word] = value
        else:
            raise _syntax(text)
    return tuple(terms), modifiers.get("redirect", "").casefold().removesuffix(".")


def _term(match: re.Match[str]) -> _Term:
    part = match.groupdict()
    kind = next(part[name] for name in ("all", "ip", "host", "needs", "ptr") if part[name])
    term = _Term(_SIGNS.get(part["sign"], Result.NEUTRAL), kind.casefold())
    if part["network"]:
        try:
            network = ipaddress.ip_network(part["network"], strict=False)
        except ValueError:
            raise _syntax(match[0]) from None
        if str(network.version) != term.kind[-1]:
            raise _syntax(match[0])
        return replace(term, network=network)
    target, prefix = part["name"] or part["other"] or "", (part["four"], part["six"])
    four, six = (int(each) if each else most for each, most in zip(prefix, (32, 128), strict=True))
    if (target and not _is_name(target)) or four > 32 or six > 128:
        raise _syntax(match[0])
    return replace(term, target=target.casefold().removesuffix("."), prefix=(four, six))


def _is_name(text: str) -> bool:
    """Whether it ends as a domain name must, or in a macro (section 7.1)."""
    last = text.removesuffix(".").rpartition(".")
    plain = re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", last[2], re.IGNORECASE)
    return "%" in text or bool(last[1] and plain and not last[2].isdecimal())


def _syntax(text: str) -> PermError:
    return PermError("syntax", f"`{_shown(text)}` in it is no term of SPF.")


def _shown(text: str) -> str:
    return visible(text, 80)
