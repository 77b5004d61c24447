"""SPF (RFC 7208): whether a domain's record authorizes what its mail leaves from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.probes.sender.mail_sources import (
    MailSource,
    find_servicenow_sources,
    join_names,
    relay_sources,
)
from tui.probes.sender.resolver import show
from tui.probes.sender.spf_check import Dns, check_host
from tui.probes.sender.spf_publication import Publication, propose_record
from tui.probes.sender.spf_record import SpfError, SpfResult, parse_record, select_record
from tui.probes.stage import SenderFinding, StageResult
from tui.settings.parse.host import is_provider_host

_CONSEQUENCES = {
    SpfResult.FAIL: "receivers may reject it",
    SpfResult.SOFTFAIL: "receivers may treat it as spam",
    SpfResult.NEUTRAL: "that proves nothing",
}
_OTHER_CLOUDS = (
    "Instances in Hybrid Singapore or the government cloud send from other servers (KB0535456)."
)
_HINTS = {
    "several": "Join them into one: several count as an error (RFC 7208, section 4.5).",
    "long": "Make it shorter: long answers get lost on the way (RFC 7208, section 3.4).",
    "syntax": "Correct it: until then the whole record counts as an error.",
    "loop": "Remove the loop: until then the whole record counts as an error.",
    "lookups": "Replace some of its terms with ip4 and ip6 (RFC 7208, section 4.6.4).",
    "voids": "Remove names that are gone or have no address of that kind (RFC 7208, section "
    "4.6.4).",
    "hosts": "Replace it with ip4 and ip6 (RFC 7208, section 4.6.4).",
    "missing": "Remove what leads there: until then the whole record counts as an error.",
}


@dataclass(frozen=True, slots=True)
class MailPath:
    """How mail leaves, as far as that is known.

    Attributes:
        relay: the outgoing server's name.
        addresses: what it resolved to; None if that isn't what it sends from.
        by_servicenow: ServiceNow's own account sends; None if that isn't known, as for a file.
    """

    relay: str
    addresses: Sequence[str] | None
    by_servicenow: bool | None = None

    @property
    def is_servicenows(self) -> bool:
        """Whether mail leaves from ServiceNow's mail servers."""
        return self.by_servicenow or is_provider_host(self.relay)

    @property
    def caution(self) -> str:
        """What the check can't know."""
        if self.is_servicenows:
            return _OTHER_CLOUDS
        if self.addresses is None:
            return f"What {show(self.relay)} sends from isn't known here."
        known = f"{show(self.relay)} may send from other addresses, which are not known here."
        if self.by_servicenow is None:
            known += " ServiceNow's own account would send from ServiceNow's servers instead."
        return known


async def check_spf(dns: Dns, sender: str, domain: str, path: MailPath) -> SenderFinding:
    """Return whether the domain's SPF record authorizes what mail leaves from.

    A record to publish ends the hint, so that it can be copied.

    Args:
        sender: the envelope's sender; its domain is `domain`, as DNS has it.

    Raises:
        DnsError: there was no answer.
    """
    try:
        text = select_record((await dns.query(domain, "TXT")).records, domain)
        if text is not None:
            parse_record(text)
    except SpfError as error:
        return _describe_error(domain, error)
    sources = relay_sources(path.addresses or ())
    if path.is_servicenows:
        try:
            sources = await find_servicenow_sources(dns)
        except SpfError as error:
            return _describe_unchecked(domain, path, error.words)
    if text is None:
        return await _describe_no_record(dns, sender, domain, path, sources)
    nowhere = [each for each in sources if not each.addresses]
    if nowhere or not sources:
        return _describe_unchecked(domain, path, _no_address(path, nowhere))
    try:
        results = {each: await _results(dns, sender, domain, each) for each in sources}
    except SpfError as error:
        return _describe_error(domain, error)
    unsure = [each for each, found in results.items() if SpfResult.UNKNOWN in found]
    missing = [each for each, found in results.items() if set(found) != {SpfResult.PASS}]
    if unsure:
        return SenderFinding(
            StageResult.SKIPPED,
            "sender.spf.unknown",
            f"DNS alone can't tell whether SPF of {show(domain)} authorizes {join_names(unsure)}. "
            "Its record asks for the name that the server gives in HELO.",
            "Look for SPF in the headers of a test message that arrived.",
        )
    if not missing:
        return SenderFinding(
            StageResult.PASSED,
            "sender.spf.pass",
            f"SPF of {show(domain)} authorizes {_describe_sources(sources, path)}.",
            path.caution,
        )
    publication = await propose_record(dns, sender, domain, text, missing)
    return _describe_missing(domain, path, results, publication)


async def _results(dns: Dns, sender: str, domain: str, source: MailSource) -> tuple[SpfResult, ...]:
    """Return the result for each address of a source."""
    found = [await check_host(dns, each, sender, domain=domain) for each in source.addresses]
    return tuple(outcome.result for outcome in found)


def _describe_error(domain: str, error: SpfError) -> SenderFinding:
    return SenderFinding(
        StageResult.WARNED,
        f"sender.spf.{error.kind}",
        f"The SPF record of {show(domain)} is in error. {error.words}",
        _HINTS[error.kind],
    )


def _describe_unchecked(domain: str, path: MailPath, why: str) -> SenderFinding:
    if path.addresses is None and not path.is_servicenows:
        return _describe_unknown_relay(domain, path)
    is_internal = bool(path.addresses) and not path.is_servicenows
    return SenderFinding(
        StageResult.SKIPPED,
        "sender.spf.internal" if is_internal else "sender.spf.no-address",
        f"{show(domain)} has an SPF record, but it was not checked. {why}",
        "Run this on a machine whose DNS has ServiceNow's names."
        if path.is_servicenows
        else (
            "Ask the relay's administrators which addresses send the mail, and check that SPF "
            f"authorizes them. {path.caution}"
        ),
    )


def _describe_unknown_relay(domain: str, path: MailPath) -> SenderFinding:
    relay = show(path.relay)
    return SenderFinding(
        StageResult.SKIPPED,
        "sender.spf.relay",
        f"{show(domain)} has an SPF record. It must authorize the addresses that {relay} sends "
        "from, not the instance's. Those aren't known here.",
        f"Ask the administrators of {relay} which addresses send the mail, and check that SPF "
        "authorizes them.",
    )


def _no_address(path: MailPath, nowhere: Sequence[MailSource]) -> str:
    if nowhere:
        return f"This machine's DNS has no address for {join_names(nowhere)}."
    if path.addresses:
        return f"{show(path.relay)} has internal addresses only, which no receiver sees."
    return f"{show(path.relay)} has no address."


async def _describe_no_record(
    dns: Dns, sender: str, domain: str, path: MailPath, sources: Sequence[MailSource]
) -> SenderFinding:
    known = [each for each in sources if each.addresses]
    hint = (
        "Publish a TXT record there that starts with v=spf1 and lists the servers that send its "
        "mail."
    )
    if known and not is_provider_host(domain):
        made = await propose_record(dns, sender, domain, "v=spf1 ~all", known)
        if made.record:
            hint = (
                "Publish this TXT record there, and add every other server that sends for it: "
                f"{made.text}"
            )
    return SenderFinding(
        StageResult.WARNED,
        "sender.spf.none",
        f"{show(domain)} has no SPF record, so receivers can't check who may send for it.",
        f"{path.caution} {hint}",
    )


def _describe_missing(
    domain: str,
    path: MailPath,
    results: Mapping[MailSource, tuple[SpfResult, ...]],
    publication: Publication,
) -> SenderFinding:
    named = [each for each, found in results.items() if set(found) == {SpfResult.PASS}]
    missing = {each: found for each, found in results.items() if each not in named}
    possible = {result for found in missing.values() for result in found}
    worst = next(result for result in _CONSEQUENCES if result in possible)
    verb = "authorizes" if named else "doesn't authorize"
    but = f"{join_names(named)}, but not " if named else ""
    whose = "ServiceNow's mail servers" if path.is_servicenows else show(path.relay)
    partly = ", ".join(
        show(each.name)
        if SpfResult.PASS not in found
        else f"all of {show(each.name)} ({found.count(SpfResult.PASS)} of {len(found)} addresses)"
        for each, found in missing.items()
    )
    return SenderFinding(
        StageResult.WARNED,
        "sender.spf.some" if named else f"sender.spf.{worst}",
        f"SPF of {show(domain)} {verb} {but}{partly} ({whose}). Mail from there comes out as "
        f"{worst}: {_CONSEQUENCES[worst]}.",
        f"{path.caution} {_describe_publication(domain, path, list(missing), publication)}",
    )


def _describe_publication(
    domain: str, path: MailPath, missing: Sequence[MailSource], publication: Publication
) -> str:
    if is_provider_host(domain):
        return f"ServiceNow maintains the record of {show(domain)}: ask its support."
    when = "" if path.is_servicenows else "If mail is sent from there, "
    if publication.record:
        remark = f"{publication.remark} " if publication.remark else ""
        words = f"{when}publish this TXT record at {show(domain)} in place of the present one: "
        return f"{remark}{words[0].upper()}{words[1:]}{publication.text}"
    terms = " ".join(each.term for each in missing)
    words = f"{when}add {terms} before `all`, or the include that its administrators name."
    if path.is_servicenows:
        words = f"add {terms} before `all`."
    return f"{words[0].upper()}{words[1:]} {publication.problem}"


def _describe_sources(sources: Sequence[MailSource], path: MailPath) -> str:
    if path.is_servicenows:
        return f"all of ServiceNow's mail servers ({join_names(sources)})"
    return f"{join_names(sources)} ({show(path.relay)})"
