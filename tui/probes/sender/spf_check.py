"""SPF's check of an address (RFC 7208): the records of a domain, evaluated over DNS.

Every check ends: section 4.6.4 limits its queries, and the resolver has a deadline.
"""

import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tui.probes.sender.resolver import DnsError, DnsRecords, show
from tui.probes.sender.spf_macro import (
    MacroError,
    MacroString,
    MacroValues,
    UnknownMacroError,
    expand,
    expand_name,
    needs,
    parse_macros,
)
from tui.probes.sender.spf_record import (
    SpfError,
    SpfRecord,
    SpfResult,
    Term,
    parse_record,
    select_record,
)
from tui.settings.parse.host import IpAddress

_LOOKUPS = 10
"""Section 4.6.4: terms that query DNS, in the whole check."""
_VOIDS = 2
"""Section 4.6.4: those of them that found nothing."""
_HOSTS = 10
"""Section 4.6.4: hosts of an mx (more are an error) and of a ptr (more are left out)."""
_LABEL = 63
_NAME = 253


class Dns(Protocol):
    """What a check asks."""

    async def query(self, name: str, kind: str) -> DnsRecords:
        """Return the records of one type: A, AAAA, MX, PTR or TXT.

        Raises:
            DnsError: there was no answer.
        """


@dataclass(frozen=True, slots=True)
class SpfOutcome:
    """What a check came to.

    Attributes:
        term: the mechanism that matched, as it was written, or "".
        explanation: what the domain says about a fail, or ""; not safe to show.
    """

    result: SpfResult
    term: str = ""
    explanation: str = ""


async def check_host(
    dns: Dns,
    address: IpAddress,
    sender: str,
    *,
    domain: str = "",
    helo: str | None = None,
    receiver: str = "unknown",
) -> SpfOutcome:
    """Return whether a domain lets an address send (section 4).

    Args:
        address: of the client; IPv4 mapped into IPv6 counts as IPv4.
        sender: the envelope's sender; `postmaster` stands for a missing local part.
        domain: whose record is evaluated; "" takes the sender's.
        helo: the name that the client gives; None if that isn't known.
        receiver: the name of the host that checks.

    Raises:
        SpfError: the record, or one it leads to, is in error (permerror).
        DnsError: DNS gave no answer (temperror).
    """
    local, _, sender_domain = sender.rpartition("@")
    domain = (domain or sender_domain).lower().removesuffix(".")
    values = MacroValues(
        sender=f"{local or 'postmaster'}@{sender_domain or domain}",
        domain=domain,
        address=getattr(address, "ipv4_mapped", None) or address,
        helo=helo,
        receiver=receiver,
        seconds=int(time.time()),
    )
    try:
        outcome = await _Evaluation(dns, values).evaluate(domain, explains=True)
    except UnknownMacroError:
        return SpfOutcome(SpfResult.UNKNOWN)
    return outcome or SpfOutcome(SpfResult.NONE)


class _Evaluation:
    """One check, with the queries it has spent (section 4.6.4)."""

    def __init__(self, dns: Dns, values: MacroValues) -> None:
        self._dns = dns
        self._values = values
        self._address = values.address
        self._kind = "A" if values.address.version == 4 else "AAAA"
        self._lookups = 0
        self._voids = 0
        self._validated: list[str] | None = None

    async def evaluate(
        self, domain: str, above: tuple[str, ...] = (), *, explains: bool
    ) -> SpfOutcome | None:
        """Return what the record of a domain comes to; None if it has none.

        Args:
            above: the domains that led here.
            explains: whether a fail's explanation is wanted.
        """
        if domain in above:
            raise SpfError("loop", f"{show(domain)} leads to itself.")
        if not _is_domain(domain):
            return None
        text = select_record((await self._dns.query(domain, "TXT")).records, domain)
        if text is None:
            return None
        record = parse_record(text)
        path = (*above, domain)
        for term in record.terms:
            if await self._matches(term, domain, path):
                fails = explains and term.result is SpfResult.FAIL
                words = await self._explain(record, domain) if fails else ""
                return SpfOutcome(term.result, term.text, words)
        if not record.redirect:
            return SpfOutcome(SpfResult.NEUTRAL)
        self._count_lookup()
        target = await self._name(record.redirect, domain)
        return _require_record(await self.evaluate(target, path, explains=explains), target)

    async def _matches(self, term: Term, domain: str, path: tuple[str, ...]) -> bool:
        if term.kind == "all":
            return True
        if term.network is not None:
            return self._address in term.network
        self._count_lookup()
        target = await self._name(term.target, domain) if term.target else domain
        if term.kind == "include":
            outcome = _require_record(await self.evaluate(target, path, explains=False), target)
            return outcome.result is SpfResult.PASS
        if term.kind == "exists":
            return bool(await self._query(target, "A"))
        if term.kind == "ptr":
            names = await self._validated_names(counts=True)
            return any(_is_below(name, target) for name in names)
        prefix = term.prefix[self._address.version == 6]
        found = await (self._exchangers(target) if term.kind == "mx" else self._addresses(target))
        return any(
            self._address in ipaddress.ip_network(f"{each}/{prefix}", strict=False)
            for each in found
        )

    async def _addresses(self, host: str) -> tuple[str, ...]:
        return await self._query(host, self._kind)

    async def _exchangers(self, domain: str) -> tuple[str, ...]:
        """Return the addresses of a domain's mail exchangers."""
        hosts = await self._query(domain, "MX")
        if len(hosts) > _HOSTS:
            raise SpfError("hosts", f"{show(domain)} has more than {_HOSTS} mail exchangers.")
        found: list[str] = []
        for host in filter(None, hosts):
            found += (await self._dns.query(host, self._kind)).records
        if hosts and not found:
            self._count_void()
        return tuple(found)

    async def _query(self, name: str, kind: str) -> tuple[str, ...]:
        """Return what a term looks for, and count it if that is nothing."""
        records = (await self._dns.query(name, kind)).records
        if not records:
            self._count_void()
        return records

    async def _validated_names(self, *, counts: bool) -> list[str]:
        """Return the client's names that lead back to its address (section 5.5).

        Args:
            counts: no name at all counts as a term that found nothing.
        """
        if self._validated is None:
            self._validated = []
            try:
                reverse = await self._dns.query(self._address.reverse_pointer, "PTR")
            except DnsError:
                return self._validated
            if counts and not reverse.records:
                self._count_void()
            for name in reverse.records[:_HOSTS]:
                if await self._leads_back(name):
                    self._validated.append(name.lower().removesuffix("."))
        return self._validated

    async def _leads_back(self, name: str) -> bool:
        try:
            found = (await self._dns.query(name, self._kind)).records
        except DnsError:
            return False
        return any(ipaddress.ip_address(each) == self._address for each in found)

    async def _name(self, target: MacroString, domain: str) -> str:
        return expand_name(target, await self._values_for(target, domain))

    async def _values_for(self, text: MacroString, domain: str) -> MacroValues:
        """Return the values of macros in a domain's record; `p` is looked up if it is used."""
        values = self._values
        validated = None
        if needs(text, "p"):
            validated = _best_name(await self._validated_names(counts=False), domain)
        return MacroValues(
            sender=values.sender,
            domain=domain,
            address=values.address,
            helo=values.helo,
            validated=validated,
            receiver=values.receiver,
            seconds=values.seconds,
        )

    async def _explain(self, record: SpfRecord, domain: str) -> str:
        """Return the explanation of a fail; "" where there is any problem (section 6.2)."""
        if not record.explanation:
            return ""
        try:
            name = await self._name(record.explanation, domain)
            texts = (await self._dns.query(name, "TXT")).records
            if len(texts) != 1:
                return ""
            parts = parse_macros(texts[0], explains=True)
            return expand(parts, await self._values_for(parts, domain))
        except (DnsError, MacroError, UnknownMacroError):
            return ""

    def _count_lookup(self) -> None:
        self._lookups += 1
        if self._lookups > _LOOKUPS:
            raise SpfError("lookups", f"It needs more than {_LOOKUPS} DNS lookups.")

    def _count_void(self) -> None:
        self._voids += 1
        if self._voids > _VOIDS:
            words = f"For {self._address}, more than {_VOIDS} of its terms find nothing in DNS."
            raise SpfError("voids", words)


def _require_record(outcome: SpfOutcome | None, domain: str) -> SpfOutcome:
    """Return the outcome for a domain that a record leads to, which must have a record."""
    if outcome is None:
        raise SpfError("missing", f"It leads to {show(domain)}, which has no SPF record.")
    return outcome


def _is_domain(name: str) -> bool:
    """Return whether a name can have a record: two labels or more, none too long (section 4.3)."""
    labels = name.split(".")
    return len(labels) > 1 and len(name) <= _NAME and all(0 < len(x) <= _LABEL for x in labels)


def _is_below(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def _best_name(names: Iterable[str], domain: str) -> str:
    """Return the validated name that the macro `p` takes (section 7.3)."""
    known = list(names)
    if domain in known:
        return domain
    below = (name for name in known if _is_below(name, domain))
    return next(below, known[0] if known else "unknown")
