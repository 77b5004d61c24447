"""DMARC (RFC 9989): the policy for a domain, found by a walk up the DNS tree.

Receivers that follow RFC 7489 look at the domain and at the organizational domain of a public
list instead; they differ if a domain between the two has a record.
"""

from asyncio import Task
from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.sender.resolver import Resolver, show
from tui.probes.stage import SenderFinding, StageResult

_LABELS = 7
"""Section 4.10: a longer name is cut to so many labels after the first query."""
_POLICIES = ("none", "quarantine", "reject")


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
        return self.tags.get("aspf", "").casefold() == "s"

    def policy(self, domain: str) -> str:
        """Return the policy for mail of the domain that fails: `none`, `quarantine` or `reject`.

        "" if the record has none that can be understood (section 4.10.1). In test mode (`t=y`)
        the next weaker one counts (section 4.7).
        """
        own = self.tags.get("p", "").casefold()
        below = self.tags.get("sp", own).casefold()
        if own not in _POLICIES or below not in _POLICIES:
            return "none" if self.tags.get("rua") else ""
        level = _POLICIES.index(own if domain == self.domain else below)
        testing = self.tags.get("t", "").casefold() == "y"
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
            psd = record.tags.get("psd", "").casefold()
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
    resolver: Resolver, domain: str, login: str, spf: "Task[SenderFinding]"
) -> SenderFinding:
    """Return what DMARC makes of mail from a domain.

    Args:
        login: the login user's domain, "" if there is none.
    """
    walk = await _walk_tree(resolver, domain)
    record = walk.record
    policy = record.policy(domain) if record else ""
    if record is None or not policy:
        return _no_policy(walk)
    where = f"The DMARC policy of {show(domain)} is {policy} (at _dmarc.{show(record.domain)})"
    aligned = login in ("", domain)
    if not aligned and not record.strict:
        aligned = (await _walk_tree(resolver, login)).organizational == walk.organizational
    if policy == "none":
        return SenderFinding(
            StageResult.PASSED,
            "sender.dmarc.none",
            f"{where}: mail that proves nothing is not held against it.",
            "" if aligned else ask_for_signature(domain),
        )
    does = "refuse" if policy == "reject" else "put aside as spam"
    if not aligned:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unaligned",
            f"{where}. SPF is judged for {show(login)}, which is not aligned with it: without a "
            f"DKIM signature of {show(domain)}, receivers {does} the mail.",
            ask_for_signature(domain),
        )
    if login not in ("", domain) or (await spf).result is not StageResult.PASSED:
        return SenderFinding(
            StageResult.WARNED,
            "sender.dmarc.unproven",
            f"{where}. SPF is not known to pass: where it does not, and without a DKIM signature "
            f"of {show(domain)}, receivers {does} the mail.",
            f"See to SPF. {ask_for_signature(domain)}",
        )
    return SenderFinding(
        StageResult.PASSED,
        "sender.dmarc.aligned",
        f"{where}. SPF can prove the mail, as it passes and is aligned.",
        "Forwarded mail passes by DKIM only: have the relay sign too.",
    )


def ask_for_signature(domain: str) -> str:
    """Return the hint to have mail signed with DKIM."""
    return f"Ask the relay's administrators whether it signs with DKIM for {show(domain)}."


def _no_policy(walk: TreeWalk) -> SenderFinding:
    first = f"{show(walk.names[0])}" + (" or above it" if len(walk.names) > 1 else "")
    spoiled = ", ".join(map(show, walk.spoiled))
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


async def _walk_tree(resolver: Resolver, domain: str) -> TreeWalk:
    """Query the domain and those above it, at most eight names (section 4.10)."""
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
            psd = found[0].get("psd", "").casefold()
            if psd == "n" or (psd == "y" and target != domain):
                break
    return TreeWalk(domain, tuple(names), tuple(records), tuple(spoiled))


def _parse_tags(text: str) -> dict[str, str] | None:
    """Return the tags of a record (section 4.8), or None if it is not a DMARC record."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(" \t").casefold(), value.strip(" \t"))
        if not tags or next(iter(tags.items())) != ("v", "DMARC1"):
            return None
    return tags
