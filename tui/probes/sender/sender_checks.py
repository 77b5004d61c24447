"""What receivers may make of mail from an address: what DNS says of its domain, from here.

Nothing is sent, and the relay is not asked.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from tui.probes.sender.dmarc import ask_for_signature, check_dmarc
from tui.probes.sender.resolver import DnsError, Resolver, show
from tui.probes.sender.spf import MailPath, check_spf
from tui.probes.stage import SenderFinding, StageResult
from tui.settings.findings import ParseError
from tui.settings.parse.host import parse_host, parse_ip, to_a_label

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as DnsResolver

_CHECKS = {
    "login": "Whether user and sender agree",
    "domain": "Whether replies arrive",
    "spf": "SPF",
    "dmarc": "DMARC",
    "dkim": "DKIM",
}


async def check_sender_domain(
    *,
    user: str,
    sender: str,
    relay: str,
    addresses: Sequence[str] | None,
    deadline: float,
    by_servicenow: bool | None = None,
    resolver: "DnsResolver | None" = None,
) -> tuple[SenderFinding, ...]:
    """Return the findings about login, domain, SPF, DMARC and DKIM of a sender, in this order.

    The first compares the settings alone: it does not show that a login was tried.

    Args:
        user: is to log in to the relay; is the envelope's sender too, if it is an address.
        sender: the From address; "" takes the user.
        relay: the outgoing server's name, for messages.
        addresses: what the relay's name resolved to; None if that isn't what it sends from.
        deadline: in seconds, for all questions together.
        by_servicenow: ServiceNow's own account sends; None if that isn't known, as for a file.
        resolver: None takes the name servers of this machine.
    """
    sender = sender or user
    domain = domain_of(sender)
    login = await _answer("login", _compare(user, sender))
    if not domain:
        return login, SenderFinding(
            StageResult.SKIPPED,
            "sender.domain.none",
            f"{show(sender) or 'The sender'} has no domain to look up in DNS: nothing was tested.",
            "Enter the sender's whole address.",
        )
    dns = Resolver(deadline, resolver)
    async with asyncio.TaskGroup() as group:
        replies = group.create_task(_answer("domain", _check_replies(dns, domain)))
        path = MailPath(relay, addresses, by_servicenow)
        envelope = f"{sender.rpartition('@')[0]}@{domain}"
        spf = group.create_task(_answer("spf", check_spf(dns, envelope, domain, path)))
        dmarc = check_dmarc(dns, domain, domain_of(user), spf)
        policy = group.create_task(_answer("dmarc", dmarc))
    found = [replies.result(), spf.result(), policy.result()]
    if found[0].code == "sender.domain.missing":
        found[1:] = [_not_reached("spf", domain), _not_reached("dmarc", domain)]
    return login, *found, await _answer("dkim", _explain_dkim(domain))


def domain_of(address: str) -> str:
    """Return the domain of an address as DNS has it (A-labels), or "" if there is none."""
    if "@" not in address:
        return ""
    name = address.rpartition("@")[2]
    try:
        parse_host(name)
    except ParseError:
        return ""
    if parse_ip(name):
        return ""
    return ((name if name.isascii() else to_a_label(name)) or "").casefold().removesuffix(".")


async def _answer(part: str, finding: Awaitable[SenderFinding]) -> SenderFinding:
    """Return the finding, or one that says why there is none; nothing else is lost with it."""
    try:
        return await finding
    except DnsError as error:
        return SenderFinding(
            StageResult.SKIPPED,
            f"sender.{part}.{error.kind}",
            f"{_CHECKS[part]} was not tested: {error.words}.",
            error.hint,
        )
    except Exception as error:
        return SenderFinding.from_fault(part, _CHECKS[part], error)


def _not_reached(part: str, domain: str) -> SenderFinding:
    return SenderFinding(
        StageResult.SKIPPED,
        f"sender.{part}.not-reached",
        f"{_CHECKS[part]} was not tested because {show(domain)} does not exist.",
    )


async def _compare(user: str, sender: str) -> SenderFinding:
    """Return what the settings alone say of user and sender."""
    who, whose = show(user), show(sender)
    if "@" not in user:
        return SenderFinding(
            StageResult.SKIPPED,
            "sender.login.no-address",
            f"The user name {who} isn't an address, so it can't be compared with the sender."
            if user
            else "The settings have no user name to compare with the sender.",
            "Ask the relay's administrators which senders this user may use." if user else "",
        )
    if user.casefold() == sender.casefold():
        return SenderFinding(
            StageResult.PASSED,
            "sender.login.same",
            f"The settings send as {whose}, which is also the user name.",
        )
    if domain_of(user) and domain_of(user) == domain_of(sender):
        return SenderFinding(
            StageResult.PASSED,
            "sender.login.same-domain",
            f"The settings send as {whose}. The user name {who} has the same domain.",
            "Some relays require permission to send as another address: ask their administrators.",
        )
    return SenderFinding(
        StageResult.WARNED,
        "sender.login.other-domain",
        f"The settings send as {whose}, but the user name {who} has another domain. Many relays "
        "reject such mail, or replace the sender with the user's address.",
        f"Have the relay's administrators allow {who} to send as {whose}, or use one for both.",
    )


async def _explain_dkim(domain: str) -> SenderFinding:
    return SenderFinding(
        StageResult.SKIPPED,
        "sender.dkim.unknown",
        "DKIM can't be checked without a selector: only a message that has arrived shows whether "
        "it is signed, and by whom.",
        f"{ask_for_signature(domain)} Or check DKIM-Signature in a test message.",
    )


async def _check_replies(resolver: Resolver, domain: str) -> SenderFinding:
    exchangers = await resolver.query(domain, "MX")
    name = show(domain)
    if not exchangers.exists:
        return SenderFinding(
            StageResult.FAILED,
            "sender.domain.missing",
            f"{name} doesn't exist in this machine's DNS. Receivers reject mail from a domain "
            "that doesn't exist.",
            "Check the spelling of the sender's domain. A company's own name servers may know "
            "other names than public DNS.",
        )
    if exchangers.records == ("",):  # RFC 7505
        return SenderFinding(
            StageResult.WARNED,
            "sender.domain.null-mx",
            f"{name} says that it accepts no mail (null MX): replies and bounces can't be "
            "delivered, and some receivers reject mail from it.",
            "Use a sender whose domain accepts mail.",
        )
    if hosts := [host for host in exchangers.records if host]:
        listed = ", ".join(map(show, hosts[:3])) + (" and more" if len(hosts) > 3 else "")
        return SenderFinding(
            StageResult.PASSED, "sender.domain.mx", f"Replies to {name} go to {listed}."
        )
    for kind in ("A", "AAAA"):  # RFC 5321, section 5.1
        if (await resolver.query(domain, kind)).records:
            return SenderFinding(
                StageResult.PASSED,
                "sender.domain.address",
                f"{name} has no MX: replies go to the host with that name.",
            )
    return SenderFinding(
        StageResult.WARNED,
        "sender.domain.no-mail",
        f"{name} has neither an MX nor an address: replies and bounces can't be delivered, and "
        "some receivers reject mail from it.",
        "Have an MX added to it, or use a sender whose domain accepts mail.",
    )
