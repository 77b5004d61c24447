"""What `check` says of delivery: a finding of no property, as none of them shows mail going out."""

from collections.abc import Iterator

from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.findings import Finding, Severity
from tui.settings.target_facts import TargetFacts

DELIVERY = "delivery"
"""What stands in place of a property."""

_SEVERITIES = {
    DeliveryState.UNPROVEN: Severity.WARNING,
    DeliveryState.FAILING: Severity.ERROR,
    DeliveryState.STOPPED: Severity.ERROR,
    DeliveryState.UNDETERMINED: Severity.ERROR,
}
_HAS_RULES = ("sending-off", "test-address")
"""Reasons that the rules of these properties speak of, by environment."""
_UNPROVEN = "test-address-unproven"


def find_delivery(facts: TargetFacts) -> Iterator[Finding]:
    """Yield what is wrong with the delivery of an instance, or isn't shown yet.

    It blocks no save, as a save may be what solves it.
    """
    found = facts.delivery
    if found is None or found.state is DeliveryState.DELIVERING or found.reason in _HAS_RULES:
        return
    if facts.choice is not AccountChoice.IN_FORCE and found.state is DeliveryState.STOPPED:
        return  # the chosen account is about to send
    severity = Severity.WARNING if found.reason == _UNPROVEN else _SEVERITIES[found.state]
    code = f"delivery.{found.state}.{found.reason}"
    yield Finding(DELIVERY, severity, code, f"{found.message} {found.next}".rstrip())
