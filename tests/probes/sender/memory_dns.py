"""DNS in memory, for checks that need no name server; it notes its queries."""

from collections.abc import Mapping, Sequence

from tui.probes.sender.resolver import DnsError, DnsRecords

Records = Mapping[str, str | Sequence[str]]
"""Records by name and type, as `corp.example MX`; hosts of an MX in order of preference."""
FAILURES = ("servfail", "timeout")


class MemoryDns:
    """All that DNS knows.

    Attributes:
        queries: names and types, in order.
    """

    def __init__(self, records: Records) -> None:
        self.queries: list[str] = []
        self._records = {key.lower(): value for key, value in records.items()}

    async def query(self, name: str, kind: str) -> DnsRecords:
        """Return the records of a name, whose letters may be of either case.

        Raises:
            DnsError: the zone says `servfail` or `timeout` for it.
        """
        self.queries.append(f"{name} {kind}")
        found = self._records.get(f"{name} {kind}".lower(), ())
        if found in FAILURES:
            raise DnsError(str(found), f"{kind} of {name}")
        return DnsRecords((found,) if isinstance(found, str) else tuple(found), bool(found))
