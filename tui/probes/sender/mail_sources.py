"""Where mail of a sender leaves from, as far as that is known: what SPF must authorize."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from tui.probes.sender.resolver import show
from tui.probes.sender.spf_check import Dns
from tui.probes.sender.spf_macro import Macro
from tui.probes.sender.spf_record import SpfRecord, parse_record, select_record
from tui.settings.parse.host import IpAddress, parse_ip

SERVICENOW_NAMES = ("b.spf.service-now.com", "c.spf.service-now.com", "d.spf.service-now.com")
"""ServiceNow's mail servers. They stand in for one another, so all are needed (KB0535456)."""
_MOST_RELAY_ADDRESSES = 8
_MOST_ADDRESSES = 64
_MOST_RECORDS = 10
_PRIVATE = tuple(
    ipaddress.ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
        *("169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128"),
    )
)


@dataclass(frozen=True, slots=True)
class MailSource:
    """A host, or a group of hosts, that mail leaves from.

    Attributes:
        name: as messages show it.
        term: the mechanism of SPF that authorizes it.
        addresses: those that are checked.
    """

    name: str
    term: str
    addresses: tuple[IpAddress, ...]


def relay_sources(addresses: Sequence[str]) -> tuple[MailSource, ...]:
    """Return a relay's addresses that a receiver could see, at most eight."""
    parsed = [address for each in addresses if (address := parse_ip(each))]
    public = [each for each in parsed if not any(each in network for network in _PRIVATE)]
    return tuple(
        MailSource(str(each), f"ip{each.version}:{each}", (each,))
        for each in public[:_MOST_RELAY_ADDRESSES]
    )


async def find_servicenow_sources(dns: Dns) -> tuple[MailSource, ...]:
    """Return ServiceNow's mail servers as DNS has them; without addresses where it has none.

    KB0535456 names them with `a`. ServiceNow may change that, so a name that has an SPF record
    and no address is included instead.

    Raises:
        DnsError: there was no answer.
        SpfError: a record there is in error.
    """
    return tuple([await _find_source(dns, name) for name in SERVICENOW_NAMES])


async def _find_source(dns: Dns, name: str) -> MailSource:
    if found := await _host_addresses(dns, name):
        return MailSource(name, f"a:{name}", found[:_MOST_ADDRESSES])
    included = await _record_addresses(dns, name)
    return MailSource(name, f"include:{name}", included[:_MOST_ADDRESSES])


async def _host_addresses(dns: Dns, name: str) -> tuple[IpAddress, ...]:
    four, six = await dns.query(name, "A"), await dns.query(name, "AAAA")
    parsed = (parse_ip(each) for each in (*four.records, *six.records))
    return tuple(address for address in parsed if address)


async def _record_addresses(dns: Dns, name: str) -> tuple[IpAddress, ...]:
    """Return the ends of the networks that SPF records name, from one on and what it includes."""
    names, found = [name], list[IpAddress]()
    for each in names:  # grows, up to a limit
        text = select_record((await dns.query(each, "TXT")).records, each)
        record = parse_record(text) if text else SpfRecord(())
        for term in record.terms:
            if term.network is not None:
                found += (term.network[0], term.network[-1])
        names += [each for each in _find_includes(record) if each not in names]
        del names[_MOST_RECORDS:]
    return tuple(dict.fromkeys(found))


def _find_includes(record: SpfRecord) -> list[str]:
    targets = [each.target for each in record.terms if each.kind == "include"]
    plain = (parts for parts in (*targets, record.redirect) if parts)
    return [
        str(parts[0]).lower()
        for parts in plain
        if len(parts) == 1 and not isinstance(parts[0], Macro)
    ]


def join_names(sources: Sequence[MailSource]) -> str:
    """Return the names of sources, safe to show."""
    return ", ".join(show(each.name) for each in sources)
