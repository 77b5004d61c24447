"""Whether mail from an address will be believed: what DNS says of its domain, as seen from here.

It tells what receivers may make of the mail. Nothing is sent, and the relay is not asked.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from tui.probes.sender import dmarc
from tui.probes.sender.resolver import DnsError, Resolver
from tui.probes.sender.sender_finding import SenderFinding
from tui.probes.sender.spf_check import spf_finding
from tui.probes.stage import StageResult
from tui.settings.parse.error import ParseError
from tui.settings.parse.host import parse_host, parse_ip, to_a_label
from tui.terminal.visible import visible

if TYPE_CHECKING:
    from dns.asyncresolver import Resolver as DnsResolver

__all__ = ["SenderFinding", "domain_of", "sender_sense"]

_SHOWN = 80
_NAMES = {"domain": "Whether replies arrive", "spf": "SPF", "dmarc": "DMARC"}


async def sender_sense(
    *,
    user: str,
    sender: str,
    relay: str,
    addresses: Sequence[str],
    deadline: float,
    resolver: "DnsResolver | None" = None,
) -> tuple[SenderFinding, ...]:
    """What can be told of mail from a sender: of login, domain, SPF, DMARC and DKIM, in this order.

    Args:
        user: logs in to the relay; taken for the envelope's sender too, where it is an address.
        sender: the From address; "" takes the user.
        relay: the outgoing server's name, for messages.
        addresses: the relay's addresses, as it was resolved.
        deadline: in seconds, for all questions together.
        resolver: asks DNS; None takes the machine's own name servers.
    """
    sender = sender or user
    domain = domain_of(sender)
    login = _login(user, sender)
    if not domain:
        return login, SenderFinding(
            StageResult.SKIPPED,
            "sender.domain.none",
            f"{_shown(sender) or 'The sender'} has no domain that DNS could be asked about: "
            "nothing was tested.",
            "Give the sender's whole address.",
        )
    names = Resolver(deadline, resolver)
    async with asyncio.TaskGroup() as group:
        replies = group.create_task(_told("domain", _replies(names, domain)))
        spf = group.create_task(_told("spf", spf_finding(names, domain, relay, addresses)))
        policy = group.create_task(_told("dmarc", _dmarc(names, domain, domain_of(user), spf)))
    found = [replies.result(), spf.result(), policy.result()]
    if found[0].code == "sender.domain.missing":
        found[1:] = [_not_reached("spf", domain), _not_reached("dmarc", domain)]
    return login, *found, _dkim(domain)


def domain_of(address: str) -> str:
    """The domain of an address as DNS has it (A-labels), or "" where there is none."""
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


async def _told(part: str, finding: Awaitable[SenderFinding]) -> SenderFinding:
    try:
        return await finding
    except DnsError as unanswered:
        return SenderFinding(
            StageResult.SKIPPED,
            f"sender.{part}.{unanswered.kind}",
            f"{_NAMES[part]} was not tested: {unanswered.words}.",
            unanswered.hint,
        )


def _not_reached(part: str, domain: str) -> SenderFinding:
    return SenderFinding(
        StageResult.SKIPPED,
        f"sender.{part}.not-reached",
        f"{_NAMES[part]} was not tested because {_shown(domain)} does not exist.",
    )


def _login(user: str, sender: str) -> SenderFinding:
    who, whose = _shown(user), _shown(sender)
    if "@" not in user:
        return SenderFinding(
            StageResult.SKIPPED,
            "sender.login.no-address",
            f"The login user {who} is no address, so it cannot be compared with the sender."
            if user
            else "There is no login user to compare the sender with.",
            "See with the relay's administrators which senders this login may use." if user else "",
        )
    if user.casefold() == sender.casefold():
        return SenderFinding(
            StageResult.PASSED, "sender.login.same", f"{who} logs in, and is the sender."
        )
    if domain_of(user) and domain_of(user) == domain_of(sender):
        return SenderFinding(
            StageResult.PASSED,
            "sender.login.same-domain",
            f"{who} logs in, and {whose} of the same domain is the sender.",
            "Some relays want a right to send as another address: see with their administrators.",
        )
    return SenderFinding(
        StageResult.WARNED,
        "sender.login.other-domain",
        f"{who} logs in, but {whose} of another domain is the sender. Many relays refuse such mail "
        "or write their user's address into it.",
        f"Have the relay's administrators allow {who} to send as {whose}, or take one for both.",
    )


async def _replies(names: Resolver, domain: str) -> SenderFinding:
    exchangers = await names.ask(domain, "MX")
    shown = _shown(domain)
    if not exchangers.exists:
        return SenderFinding(
            StageResult.FAILED,
            "sender.domain.missing",
            f"{shown} does not exist in DNS, as this machine sees it. Receivers refuse mail from "
            "such a domain.",
            "See how the sender's domain is spelled; a company's own name servers may also know "
            "other names than the world does.",
        )
    if exchangers.records == ("",):  # RFC 7505
        return SenderFinding(
            StageResult.WARNED,
            "sender.domain.null-mx",
            f"{shown} says that it takes no mail (a null MX): replies and bounces cannot be "
            "delivered, and some receivers refuse what comes from it.",
            "Take a sender whose domain takes mail.",
        )
    if hosts := [host for host in exchangers.records if host]:
        listed = ", ".join(map(_shown, hosts[:3])) + (" and more" if len(hosts) > 3 else "")
        return SenderFinding(
            StageResult.PASSED, "sender.domain.mx", f"Replies to {shown} go to {listed}."
        )
    for kind in ("A", "AAAA"):  # RFC 5321, section 5.1
        if (await names.ask(domain, kind)).records:
            return SenderFinding(
                StageResult.PASSED,
                "sender.domain.address",
                f"{shown} has no MX: replies go to the host of that name.",
            )
    return SenderFinding(
        StageResult.WARNED,
        "sender.domain.no-mail",
        f"{shown} has neither an MX nor an address: replies and bounces cannot be delivered, and "
        "some receivers refuse what comes from it.",
        "Have an MX added to it, or take a sender whose domain takes mail.",
    )


async def _dmarc(
    names: Resolver, domain: str, login: str, spf: "asyncio.Task[SenderFinding]"
) -> SenderFinding:
    """What DMARC makes of it.

    Args:
        login: the login user's domain, "" where there is none.
    """
    walk = await dmarc.walk(names, domain)
    record = walk.applying
    policy = record.policy(domain) if record else ""
    if record is None or not policy:
        return _no_policy(walk)
    where = f"The DMARC policy of {_shown(domain)} is {policy} (at _dmarc.{_shown(record.domain)})"
    aligned = login in ("", domain)
    if not aligned and not record.strict:
        aligned = (await dmarc.walk(names, login)).organisational == walk.organisational
    if policy == "none":
        return SenderFinding(
            StageResult.PASSED,
            "sender.dmarc.none",
            f"{where}: mail that proves nothing is not held against it.",
            "" if aligned else _sign(domain),
        )
    does = "refuse" if policy == "reject" else "put aside as spam"
    if not aligned:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unaligned",
            f"{where}. SPF is judged for {_shown(login)}, which is not aligned with it: without a "
            f"DKIM signature of {_shown(domain)}, receivers {does} the mail.",
            _sign(domain),
        )
    if login not in ("", domain) or (await spf).verdict is not StageResult.PASSED:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unproven",
            f"{where}. SPF is not known to pass: where it does not, and without a DKIM signature "
            f"of {_shown(domain)}, receivers {does} the mail.",
            f"See to SPF. {_sign(domain)}",
        )
    return SenderFinding(
        StageResult.PASSED,
        "sender.dmarc.aligned",
        f"{where}. SPF can prove the mail, as it passes and is aligned.",
        "Forwarded mail passes by DKIM only: have the relay sign too.",
    )


def _sign(domain: str) -> str:
    return f"Ask the relay's administrators whether it signs with DKIM for {_shown(domain)}."


def _no_policy(walk: dmarc.Walk) -> SenderFinding:
    first = f"{_shown(walk.asked[0])}" + (" or above it" if len(walk.asked) > 1 else "")
    spoiled = ", ".join(map(_shown, walk.spoiled))
    if spoiled:
        why = f": there are several records at {spoiled}, which count as none"
    else:
        why = ", or none that can be understood" if walk.records else ""
    return SenderFinding(
        StageResult.WARNED,
        "sender.dmarc.no-policy",
        f"There is no DMARC policy at {first}{why}.",
        "Mail goes out without one, but large receivers want one from whoever sends much.",
    )


def _dkim(domain: str) -> SenderFinding:
    return SenderFinding(
        StageResult.SKIPPED,
        "sender.dkim.unknown",
        "DKIM is unknown without a selector: only a message that arrived tells whether it is "
        "signed, and by whom.",
        f"{_sign(domain)} Or see DKIM-Signature in a test message.",
    )


def _shown(text: str) -> str:
    return visible(text, _SHOWN)
