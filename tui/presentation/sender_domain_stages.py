"""SPF and DMARC of the sender's domain as stages of `why`, as this machine's DNS has them.

A failure there is a warning: mail goes out, and receivers may reject it (KB2926156).
"""

from collections.abc import Sequence

from tui.presentation.delivery_stage import DeliveryStage
from tui.probes.stage import SenderFinding, StageResult
from tui.settings.delivery.status import DeliveryStatus

_SPF, _DMARC = "SPF", "DMARC"
_FROM_HERE = "According to this machine's DNS."
_SIGN = (
    "Have ServiceNow's servers sign with DKIM for your domain (KB1002273). This needs "
    "Reprovision Email, which turns sending off (KB0540748)."
)
_NEEDS_SIGNATURE = ("sender.dmarc.unaligned", "sender.dmarc.unproven")

PENDING = DeliveryStage(
    f"{_SPF}, {_DMARC}", StageResult.SKIPPED, "Asking this machine's DNS…", is_pending=True
)
"""What stands there while it is looked up."""


def sender_domain_stages(
    status: DeliveryStatus, found: Sequence[SenderFinding]
) -> tuple[DeliveryStage, ...]:
    """Return the stages for what DNS says of the sender; none if it was not to be looked up."""
    by_part = {each.code.split(".")[1]: each for each in found}
    domain, spf, dmarc = (by_part.get(part) for part in ("domain", "spf", "dmarc"))
    if domain and (spf is None or dmarc is None or domain.result is StageResult.FAILED):
        spf = dmarc = domain
    if spf is None or dmarc is None:
        return ()
    return _spf_stage(status, spf), _dmarc_stage(status, dmarc)


def _spf_stage(status: DeliveryStatus, spf: SenderFinding) -> DeliveryStage:
    if spf.result is StageResult.PASSED:
        domain = status.sent_from.rpartition("@")[2]
        words = f"{domain} authorizes ServiceNow's servers (DNS from here)."
        return DeliveryStage(_SPF, StageResult.PASSED, words)
    is_seen = spf.result is not StageResult.SKIPPED
    details = (_FROM_HERE,) if is_seen else ()
    return DeliveryStage(_SPF, _warned(spf), spf.message, spf.hint, details=details)


def _dmarc_stage(status: DeliveryStatus, dmarc: SenderFinding) -> DeliveryStage:
    domain = status.sent_from.rpartition("@")[2]
    words = {
        "sender.dmarc.aligned": f"SPF passes, as the DMARC policy of {domain} requires.",
        "sender.dmarc.none": f"The DMARC policy of {domain} is none: failures are only reported.",
    }.get(dmarc.code, dmarc.message)
    managed = status.sender is not None and status.sender.managed
    step = _SIGN if managed and dmarc.code in _NEEDS_SIGNATURE else dmarc.hint
    return DeliveryStage(_DMARC, _warned(dmarc), words, step)


def _warned(finding: SenderFinding) -> StageResult:
    failed = finding.result is StageResult.FAILED
    return StageResult.WARNED if failed else finding.result
