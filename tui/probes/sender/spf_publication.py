"""The SPF record to publish: what a domain has, with what is missing added, and tried out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from tui.probes.sender.mail_sources import MailSource
from tui.probes.sender.resolver import DnsError, DnsRecords
from tui.probes.sender.spf_check import Dns, check_host
from tui.probes.sender.spf_record import SpfError, SpfResult

_STRING = 255
"""Octets of one character-string of a TXT record (RFC 1035, section 3.3)."""
_SMALL = 450
"""RFC 7208, section 3.4: so many octets reach every receiver."""
_SHOWN = 1200
_ALL = re.compile(r"[-+?~]?all", re.IGNORECASE | re.ASCII)
_STRANGER = IPv4Address("240.0.0.1")
"""No host has it, so its check goes through the whole record."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What to publish.

    Attributes:
        record: the whole record, or "" if none can be proposed.
        problem: why not, as a sentence.
    """

    record: str
    problem: str = ""

    @property
    def text(self) -> str:
        """The record as it is typed into a zone: strings of at most 255 characters."""
        if len(self.record) <= _STRING:
            return self.record
        return " ".join(f'"{each}"' for each in _split(self.record))

    @property
    def remark(self) -> str:
        """What to know of its length, or ""."""
        remarks = []
        if len(self.record) > _STRING:
            remarks.append(f"A TXT string holds {_STRING} characters, so it has several.")
        if len(self.record) > _SMALL:
            remarks.append(
                f"It has more than {_SMALL} characters: some receivers may not get all of it "
                "(RFC 7208, section 3.4)."
            )
        return " ".join(remarks)


async def propose_record(
    dns: Dns, sender: str, domain: str, record: str, missing: Sequence[MailSource]
) -> Publication:
    """Return a domain's record with what authorizes the missing sources added.

    It is tried before it is proposed: every source passes, and no check is in error.

    Args:
        record: what the domain has, without an error.
    """
    added = list(dict.fromkeys(source.term for source in missing))
    problem = "An earlier term decides otherwise."
    for proposed in _placements(record, added):
        if len(proposed) > _SHOWN:
            return Publication("", f"The whole record would have {len(proposed)} characters.")
        try:
            if await _authorizes(_Overlay(dns, domain, proposed), sender, domain, missing):
                return Publication(proposed)
        except SpfError as error:
            problem = f"With it, the whole record would be in error. {error.words}"
        except DnsError as error:
            problem = f"The whole record couldn't be tested: {error.words}."
    return Publication("", problem)


class _Overlay:
    """DNS as it would be with another record at a domain."""

    def __init__(self, dns: Dns, domain: str, record: str) -> None:
        self._dns = dns
        self._domain = domain
        self._record = record

    async def query(self, name: str, kind: str) -> DnsRecords:
        """Return the records of a name; those of the domain hold the other record."""
        if (name, kind) == (self._domain, "TXT"):
            return DnsRecords((self._record,))
        return await self._dns.query(name, kind)


async def _authorizes(dns: Dns, sender: str, domain: str, sources: Sequence[MailSource]) -> bool:
    await check_host(dns, _STRANGER, sender, domain=domain)
    for source in sources:
        for address in source.addresses:
            outcome = await check_host(dns, address, sender, domain=domain)
            if outcome.result is not SpfResult.PASS:
                return False
    return True


def _placements(record: str, added: list[str]) -> Iterator[str]:
    """Yield the record with terms added before `all`, and before everything else."""
    terms = record.split()
    ends = (i for i, term in enumerate(terms) if _ALL.fullmatch(term))
    modifiers = (i for i, term in enumerate(terms) if re.match(r"(?i)(redirect|exp)=", term))
    end = next(ends, next(modifiers, len(terms)))
    for place in (end, 1):
        yield " ".join((*terms[:place], *added, *terms[place:]))


def _split(record: str) -> Iterator[str]:
    """Yield the record in strings that give it again when they are joined."""
    rest = record
    while rest:
        cut = rest.rfind(" ", 0, _STRING) + 1 if len(rest) > _STRING else 0
        cut = cut or _STRING
        yield rest[:cut]
        rest = rest[cut:]
