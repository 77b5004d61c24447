"""What SPF makes of mail that a relay hands on, in words."""

import ipaddress
from collections.abc import Mapping, Sequence

from tui.probes.sender import spf
from tui.probes.sender.resolver import Resolver
from tui.probes.sender.sender_finding import SenderFinding
from tui.probes.sender.spf import PermError, Result
from tui.probes.stage import StageResult
from tui.settings.parse.host import IpAddress, parse_ip
from tui.terminal.visible import visible

_ADDRESSES = 8
_INTERNAL = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
        *("169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128"),
    )
)
_MAYBE = frozenset({Result.PASS, Result.UNKNOWN})
_MEANS = {
    Result.FAIL: "receivers may refuse it",
    Result.SOFTFAIL: "receivers may put it aside as spam",
    Result.NEUTRAL: "that proves nothing",
}
_ELSEWHERE = (
    "What counts is where mail leaves from: the relay may hand it on from other addresses, and "
    "the instance may send from its own."
)
_REPAIRS = {
    "several": "Have them joined into one: several count as an error (RFC 7208, section 4.5).",
    "long": "Have it made shorter: long answers get lost on the way (RFC 7208, section 3.4).",
    "syntax": "Have it put right: until then the whole record counts as an error.",
    "loop": "Have the loop taken out: until then the whole record counts as an error.",
    "lookups": "Have some of them replaced by ip4 and ip6 (RFC 7208, section 4.6.4).",
    "voids": "Have the names that are gone taken out (RFC 7208, section 4.6.4).",
    "hosts": "Have it replaced by ip4 and ip6 (RFC 7208, section 4.6.4).",
    "missing": "Have what leads there taken out: until then the whole record counts as an error.",
}


async def spf_finding(
    names: Resolver, domain: str, relay: str, addresses: Sequence[str]
) -> SenderFinding:
    """Whether the domain's SPF record lets the relay's addresses send.

    Raises:
        Unanswered: that could not be found out.
    """
    shown = visible(domain, 80)
    outside = _outside(addresses)
    try:
        record = await spf.record_of(names, domain)
        if record is None:
            return SenderFinding(
                StageResult.WARNED,
                "sender.spf.none",
                f"{shown} has no SPF record: receivers cannot tell who may send for it.",
                "Have a TXT record added that names where its mail leaves from, and begins with "
                f"v=spf1. {_ELSEWHERE}",
            )
        spf.parsed(record)
        found = {each: await spf.results(names, domain, each) for each in outside}
    except PermError as error:
        return SenderFinding(
            StageResult.WARNED,
            f"sender.spf.{error.kind}",
            f"The SPF record of {shown} is in error. {error.words}",
            _REPAIRS[error.kind],
        )
    if not found:
        return _unjudged(shown, relay, addresses)
    return _judged(shown, relay, found)


def _outside(addresses: Sequence[str]) -> list[IpAddress]:
    """Those that a receiver could see."""
    parsed = [address for each in addresses if (address := parse_ip(each))]
    return [address for address in parsed if not any(address in network for network in _INTERNAL)][
        :_ADDRESSES
    ]


def _unjudged(domain: str, relay: str, addresses: Sequence[str]) -> SenderFinding:
    host = visible(relay, 80)
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


def _judged(domain: str, relay: str, found: Mapping[IpAddress, frozenset[Result]]) -> SenderFinding:
    named = [str(each) for each, results in found.items() if results == {Result.PASS}]
    missing = [str(each) for each, results in found.items() if results.isdisjoint(_MAYBE)]
    unsure = [str(each) for each in found if str(each) not in named + missing]
    host = visible(relay, 80)
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
    worst = _worst(found)
    verb = f"names {', '.join(named)}, but not" if named else "does not name"
    return SenderFinding(
        StageResult.WARNED,
        "sender.spf.some" if named else f"sender.spf.{worst}",
        f"SPF of {domain} {verb} {', '.join(missing)} ({host}): mail from there comes out as "
        f"{worst}; {_MEANS[worst]}.",
        f"If mail leaves from there, have {_terms(missing)} added before `all`, or the include "
        f"that the relay's administrators name. {_ELSEWHERE}",
    )


def _worst(found: Mapping[IpAddress, frozenset[Result]]) -> Result:
    every = frozenset[Result]().union(*found.values())
    return next(result for result in _MEANS if result in every)


def _terms(addresses: Sequence[str]) -> str:
    return " ".join(f"{'ip6' if ':' in each else 'ip4'}:{each}" for each in addresses)
