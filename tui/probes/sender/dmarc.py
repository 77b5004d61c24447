"""DMARC (RFC 9989): the policy for a domain, found by walking up the tree of names.

Receivers that follow RFC 7489 look at the domain and at the organisational one of a public list
instead; they differ where somebody between the two has a record.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.probes.sender.resolver import Resolver

_LABELS = 7
"""Section 4.10: a longer name is cut to so many labels after the first question."""
_POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Record:
    """A DMARC record, at `_dmarc.` of a domain.

    Attributes:
        tags: by their names, in small letters; the first of two counts.
    """

    domain: str
    tags: Mapping[str, str]

    @property
    def strict(self) -> bool:
        """Whether SPF proves the very same domain only."""
        return self.tags.get("aspf", "").casefold() == "s"

    def policy(self, domain: str) -> str:
        """What is asked for mail of the domain that fails: `none`, `quarantine` or `reject`.

        "" where the record asks for nothing that can be understood (section 4.10.1). In test mode
        (`t=y`) the next weaker one counts (section 4.7).
        """
        asked = self.tags.get("p", "").casefold()
        below = self.tags.get("sp", asked).casefold()
        if asked not in _POLICIES or below not in _POLICIES:
            return "none" if self.tags.get("rua") else ""
        level = _POLICIES.index(asked if domain == self.domain else below)
        testing = self.tags.get("t", "").casefold() == "y"
        return _POLICIES[max(0, level - testing)]


@dataclass(frozen=True, slots=True)
class Walk:
    """What stands at a domain and above it.

    Attributes:
        asked: the names that were asked, from the domain up.
        records: those found, in the same order.
        spoiled: the names that have several records, which so count as none.
    """

    domain: str
    asked: tuple[str, ...]
    records: tuple[Record, ...]
    spoiled: tuple[str, ...]

    @property
    def organisational(self) -> str:
        """The organisational domain (section 4.10.2)."""
        for record in self.records:
            psd = record.tags.get("psd", "").casefold()
            if psd == "n":
                return record.domain
            if psd == "y" and record.domain != self.domain:
                below = record.domain.count(".") + 2
                return ".".join(self.domain.split(".")[-below:])
        return self.records[-1].domain if self.records else self.domain

    @property
    def applying(self) -> Record | None:
        """The record that counts for the domain (section 4.10.1)."""
        by_domain = {record.domain: record for record in self.records}
        own = by_domain.get(self.domain) or by_domain.get(self.organisational)
        return own or (self.records[-1] if self.records else None)


async def walk(names: Resolver, domain: str) -> Walk:
    """Asks the domain and what is above it, at most eight names (section 4.10).

    Raises:
        Unanswered: one of them could not be asked.
    """
    labels = domain.split(".")
    above = (".".join(labels[-count:]) for count in range(min(len(labels) - 1, _LABELS), 0, -1))
    asked: list[str] = []
    records: list[Record] = []
    spoiled: list[str] = []
    for target in (domain, *above):
        asked.append(f"_dmarc.{target}")
        texts = (await names.ask(asked[-1], "TXT")).records
        found = [tags for text in texts if (tags := _tags(text)) is not None]
        if len(found) > 1:
            spoiled.append(asked[-1])
        elif found:
            records.append(Record(target, found[0]))
            psd = found[0].get("psd", "").casefold()
            if psd == "n" or (psd == "y" and target != domain):
                break
    return Walk(domain, tuple(asked), tuple(records), tuple(spoiled))


def _tags(text: str) -> dict[str, str] | None:
    """The tags of a record (section 4.8), or None where it is none of DMARC."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals:
            tags.setdefault(name.strip(" \t").casefold(), value.strip(" \t"))
        if not tags or next(iter(tags.items())) != ("v", "DMARC1"):
            return None
    return tags
