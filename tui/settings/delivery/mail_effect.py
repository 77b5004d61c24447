"""What a change can do to mail: whether it affects it, since when, and the way back.

No table of replies is needed for it, so that the first frame loads none.
"""

from tui.settings.delivery.account import Account
from tui.settings.delivery.activation import OUTGOING, Activation
from tui.settings.delivery.evidence import DeliveryState, Judgement
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.plan import Plan
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts

_AFFECTS_MAIL = OUTGOING | {"from", "sending_enabled", "test_recipients"}
"""Properties by which mail goes out or not, or reaches other people."""
_TEST_ADDRESS = ("test-address", "test-address-unproven")
"""Reasons for which mail goes out all the same, to the test address."""


def affects_mail(plan: Plan) -> bool:
    """Return whether a plan can affect whether mail goes out, or to whom."""
    return plan.activation is not None or bool(_changed(plan) & _AFFECTS_MAIL)


def change_time(plan: Plan, snapshot: Snapshot, status: DeliveryStatus) -> str:
    """Return when a plan took effect, by the records it wrote, in UTC as the instance writes it.

    Args:
        snapshot, status: read after it was carried out.
    """
    rows = (row for name in _changed(plan) for row in snapshot.rows.get(name, ()))
    stamps = [row.stamp.when for row in rows if row.stamp]
    if status.changed and (plan.activation or not stamps):
        stamps.append(status.changed.when)
    return max(stamps, default="")


def find_way_back(facts: TargetFacts, activation: Activation | None) -> Account | None:
    """Return the account that can be activated again, if mail fails after a change.

    That is the one that was deactivated; where none was, the ServiceNow-configured one.

    Args:
        facts: as they were read before the change or after it.
        activation: of the change.
    """
    sender = activation.account if activation else facts.sender
    replaced = activation.instead_of if activation else ""
    found = [
        each
        for each in facts.accounts
        if each.type == "smtp" and each.name != sender and not each.uses_oauth
        if (each.name == replaced if replaced else each.managed)
    ]
    return found[0] if len(found) == 1 else None


def _changed(plan: Plan) -> frozenset[str]:
    return frozenset(each.property for each in plan.changes)


def find_delay(status: DeliveryStatus) -> Judgement | None:
    """Return why a message would wait in the queue, if that is known."""
    found = status.judgement
    if found is None or found.reason in _TEST_ADDRESS:
        return None
    return found if found.state is DeliveryState.STOPPED else None
