"""What DNS says of a sender, as the checks find it on the stand-in name server."""

import asyncio
from collections.abc import Mapping, Sequence

from tests.probes.sender.name_server import NameServer, Zone, serve_zone
from tui.probes.sender.sender_checks import check_sender_domain
from tui.probes.stage import SenderFinding

USER = "helpdesk@corp.example"
RELAY = "relay.corp.example"
FOUR, SIX = "192.0.2.25", "2001:db8::25"
OTHER = "198.51.100.7"
GOOD: Zone = {
    "corp.example MX": "10 mail.corp.example.",
    "corp.example TXT": ["v=spf1 ip4:192.0.2.25 -all", "some=thing"],
    "_dmarc.corp.example TXT": "v=DMARC1; p=reject",
}
Findings = Mapping[str, SenderFinding]
"""The findings by their part, as `spf`."""


def check(
    zone: Zone,
    *,
    user: str = USER,
    sender: str = "",
    addresses: Sequence[str] | None = (FOUR,),
    deadline: float = 20.0,
    relay: str = RELAY,
    by_servicenow: bool | None = None,
) -> Findings:
    """Return the findings about a sender if the zone is all that DNS knows."""
    return check_on_server(
        zone,
        user=user,
        sender=sender,
        addresses=addresses,
        deadline=deadline,
        relay=relay,
        by_servicenow=by_servicenow,
    )[0]


def check_on_server(
    zone: Zone,
    *,
    user: str = USER,
    sender: str = "",
    addresses: Sequence[str] | None = (FOUR,),
    deadline: float = 20.0,
    relay: str = RELAY,
    by_servicenow: bool | None = None,
) -> tuple[Findings, NameServer]:
    """Return the findings about a sender, and the server that was queried."""

    async def main() -> tuple[Findings, NameServer]:
        async with serve_zone(zone) as server:
            found = await check_sender_domain(
                user=user,
                sender=sender,
                relay=relay,
                addresses=addresses,
                deadline=deadline,
                by_servicenow=by_servicenow,
                resolver=server.resolver,
            )
        return {finding.code.split(".")[1]: finding for finding in found}, server

    return asyncio.run(main())
