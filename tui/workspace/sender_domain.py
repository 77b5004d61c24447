"""What DNS says of the address that an instance's mail comes from, for the servers that send it."""

from tui.probes.stage import SenderFinding, StageResult
from tui.workspace.session import Session

_SECONDS = 10.0
"""For all questions together."""


async def look_up_sender(session: Session) -> tuple[SenderFinding, ...]:
    """Return what DNS says of the sender of an instance, as this machine sees it.

    The servers that send are ServiceNow's, or those of the account's own relay. What a relay sends
    from isn't known here: its name resolves to what it receives on.
    """
    status = session.reading.status
    sender = status.sender if status else None
    if status is None or sender is None:
        return (_skipped("no-account", "Not looked up: it isn't known which server sends."),)
    if session.facts.on_loopback:
        return (_skipped("stand-in", "Not looked up: this is a stand-in on this machine."),)
    try:
        # Imported late, and not where keys are waited for: it is slow to load.
        from tui.threads import run_detached

        await run_detached(_load_dns)
        from tui.probes.sender.sender_checks import check_sender_domain

        return await check_sender_domain(
            user=sender.user,
            sender=status.sent_from,
            relay=sender.server,
            addresses=None,
            deadline=_SECONDS,
            by_servicenow=sender.managed,
        )
    except Exception as error:
        return (SenderFinding.from_fault("domain", "The sender", error),)


def _load_dns() -> None:
    import dns.asyncresolver  # noqa: F401

    import tui.probes.sender.sender_checks  # noqa: F401


def _skipped(kind: str, words: str) -> SenderFinding:
    return SenderFinding(StageResult.SKIPPED, f"sender.domain.{kind}", words)
