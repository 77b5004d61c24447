"""DMARC (RFC 9989): the policy for a domain, found by a walk up the DNS tree.

Receivers that follow RFC 7489 look at the domain and at its organizational domain by the public
suffix list instead. Where that makes a difference, it is said.
"""

import re
from asyncio import Task
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tui.probes.sender.organizational_domain import is_public_suffix, listed_organization
from tui.probes.sender.resolver import show
from tui.probes.sender.spf_check import Dns
from tui.probes.stage import SenderFinding, StageResult

_LABELS = 7
"""Section 4.10: a longer name is cut to so many labels after the first query."""
_POLICIES = ("none", "quarantine", "reject")
_CONSEQUENCES = {
    "none": "receivers only report mail that fails it",
    "quarantine": "receivers treat mail that fails it as spam",
    "reject": "receivers reject mail that fails it",
}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[^\s,!]+(![0-9]+[kmgt]?)?", re.IGNORECASE | re.ASCII)
"""One URI of `rua`, with the size that RFC 7489 allowed behind it."""


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """A DMARC record, at `_dmarc.` of a domain.

    Attributes:
        tags: by name, in small letters; the first of two counts.
    """

    domain: str
    tags: Mapping[str, str]

    @property
    def strict(self) -> bool:
        """Whether SPF must pass for the very same domain (`aspf=s`)."""
        return self.tags.get("aspf", "").lower() == "s"

    def policy(self, domain: str) -> str:
        """Return the policy for mail of the domain that fails: `none`, `quarantine` or `reject`.

        The domain exists, so `np` only has to be valid. "" if the record has no valid policy
        (section 4.10.1). In test mode (`t=y`) the next weaker one counts (section 4.7).
        """
        own = self.tags.get("p", "").lower()
        below = self.tags.get("sp", own).lower()
        absent = self.tags.get("np", below).lower()
        if not {own, below, absent} <= set(_POLICIES):
            addresses = self.tags.get("rua", "").split(",")
            return "none" if any(_ADDRESS.fullmatch(each.strip()) for each in addresses) else ""
        level = _POLICIES.index(own if domain == self.domain else below)
        testing = self.tags.get("t", "").lower() == "y"
        return _POLICIES[max(0, level - testing)]


@dataclass(frozen=True, slots=True)
class TreeWalk:
    """The DMARC records of a domain and the domains above it.

    Attributes:
        names: the names that were queried, from the domain up.
        records: those found, in the same order.
        spoiled: the names with several records, which count as none.
    """

    domain: str
    names: tuple[str, ...]
    records: tuple[DmarcRecord, ...]
    spoiled: tuple[str, ...]

    @property
    def organizational(self) -> str:
        """The organizational domain (section 4.10.2)."""
        for record in self.records:
            psd = record.tags.get("psd", "").lower()
            if psd == "n":
                return record.domain
            if psd == "y" and record.domain != self.domain:
                below = record.domain.count(".") + 2
                return ".".join(self.domain.split(".")[-below:])
        return self.records[-1].domain if self.records else self.domain

    @property
    def record(self) -> DmarcRecord | None:
        """The record that applies to the domain (section 4.10.1)."""
        by_domain = {record.domain: record for record in self.records}
        own = by_domain.get(self.domain) or by_domain.get(self.organizational)
        return own or (self.records[-1] if self.records else None)


async def check_dmarc(
    resolver: Dns, domain: str, login: str, spf: "Task[SenderFinding]"
) -> SenderFinding:
    """Return what DMARC makes of mail from a domain.

    Args:
        login: the login user's domain, "" if there is none.

    Raises:
        DnsError: there was no answer.
    """
    walk = await _walk_tree(resolver, domain, for_policy=True)
    record = walk.record
    policy = record.policy(domain) if record else ""
    if record is None or not policy:
        return _no_policy(walk)
    at = f"(at _dmarc.{show(record.domain)})"
    where = f"The DMARC policy of {show(domain)} is {policy} {at}: {_CONSEQUENCES[policy]}"
    aligned = login in ("", domain)
    remark = _older_policy(record, domain)
    if not aligned and not record.strict:
        whole = await _walk_tree(resolver, domain)
        aligned = (await _walk_tree(resolver, login)).organizational == whole.organizational
        remark += _older_alignment(domain, login, aligned)
    finding = await _judge(domain, login, where, policy, spf, aligned=aligned)
    return replace(finding, hint=f"{finding.hint}{remark}".strip())


async def _judge(
    domain: str, login: str, where: str, policy: str, spf: "Task[SenderFinding]", *, aligned: bool
) -> SenderFinding:
    if policy == "none":
        hint = "" if aligned else ask_for_signature(domain)
        return SenderFinding(StageResult.PASSED, "sender.dmarc.none", f"{where}.", hint)
    if not aligned:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unaligned",
            f"{where}. SPF is checked for {show(login)}, which isn't aligned with it, so mail "
            f"only passes with a DKIM signature of {show(domain)}.",
            ask_for_signature(domain),
        )
    if login not in ("", domain) or (await spf).result is not StageResult.PASSED:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unproven",
            f"{where}. It isn't known whether SPF passes. If it doesn't, mail needs a DKIM "
            f"signature of {show(domain)}.",
            f"Check SPF first. {ask_for_signature(domain)}",
        )
    return SenderFinding(
        StageResult.PASSED,
        "sender.dmarc.aligned",
        f"{where}. SPF passes and is aligned, so mail passes DMARC.",
        "Forwarded mail only passes with DKIM: have the relay sign too.",
    )


def _older_policy(record: DmarcRecord, domain: str) -> str:
    """Return what differs for receivers that follow RFC 7489, or ""."""
    remark = ""
    if record.domain not in (domain, listed_organization(domain)):
        at = " and ".join(f"_dmarc.{show(each)}" for each in (domain, listed_organization(domain)))
        remark = f" Receivers that still follow RFC 7489 only look at {at}."
    if record.tags.get("pct", "100") != "100":
        remark += " RFC 9989 has no pct: for a test, use t=y instead."
    return remark


def _older_alignment(domain: str, login: str, aligned: bool) -> str:
    """Return how receivers that follow RFC 7489 see alignment, if they see it otherwise."""
    if (listed_organization(domain) == listed_organization(login)) is aligned:
        return ""
    other = "not aligned" if aligned else "aligned"
    return f" Receivers that still follow RFC 7489 count the two domains as {other}."


def ask_for_signature(domain: str) -> str:
    """Return the hint to have mail signed with DKIM."""
    return f"Ask the relay's administrators whether it signs with DKIM for {show(domain)}."


def _no_policy(walk: TreeWalk) -> SenderFinding:
    if is_public_suffix(walk.domain):
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.public-suffix",
            f"{show(walk.domain)} is a public suffix: organizations register domains below it. "
            "It has no DMARC policy of its own.",
            "Check how the sender's domain is spelled.",
        )
    first = f"{show(walk.names[0])}" + (" or above it" if len(walk.names) > 1 else "")
    spoiled = ", ".join(map(show, walk.spoiled))
    if spoiled:
        why = f": {spoiled} has several records, so none counts"
    else:
        why = ", or no valid one" if walk.records else ""
    return SenderFinding(
        StageResult.WARNED,
        "sender.dmarc.no-policy",
        f"There is no DMARC policy at {first}{why}.",
        "Mail goes out without one, but large receivers require one from bulk senders.",
    )


async def _walk_tree(resolver: Dns, domain: str, *, for_policy: bool = False) -> TreeWalk:
    """Query the domain and those above it, at most eight names (section 4.10).

    Args:
        for_policy: a record of the domain itself ends the walk (section 4.10.1).
    """
    labels = domain.split(".")
    above = (".".join(labels[-count:]) for count in range(min(len(labels) - 1, _LABELS), 0, -1))
    names: list[str] = []
    records: list[DmarcRecord] = []
    spoiled: list[str] = []
    for target in (domain, *above):
        names.append(f"_dmarc.{target}")
        texts = (await resolver.query(names[-1], "TXT")).records
        found = [tags for text in texts if (tags := _parse_tags(text)) is not None]
        if len(found) > 1:
            spoiled.append(names[-1])
        elif found:
            records.append(DmarcRecord(target, found[0]))
            is_marked = found[0].get("psd", "").lower() in ("y", "n")
            if is_marked or (for_policy and target == domain):
                break
    return TreeWalk(domain, tuple(names), tuple(records), tuple(spoiled))


def _parse_tags(text: str) -> dict[str, str] | None:
    """Return the tags of a record (section 4.8), or None if it is not a DMARC record."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(" \t").lower(), value.strip(" \t"))
        if not tags or next(iter(tags.items())) != ("v", "DMARC1"):
            return None
    return tags
