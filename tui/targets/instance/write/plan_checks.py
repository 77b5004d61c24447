"""What refuses a plan before anything of it is written to an instance."""

from collections.abc import Mapping

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.delivery.account_switch import AccountSwitch, find_switch_obstacle
from tui.settings.delivery.status import Model
from tui.settings.effects import describe_growth, replaces_account
from tui.settings.plan import (
    ChangedRecord,
    Plan,
    describe_stale,
    find_changed_records,
    find_queue_growth,
    sets_secret,
)
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState
from tui.targets.instance.api.client import Record
from tui.targets.instance.read.current_sender import accounts_from, stamp_from
from tui.targets.instance.read.inventory import Inventory
from tui.targets.instance.read.mapping import ACCOUNT_COLUMNS
from tui.targets.instance.write.record_writer import change_refusal
from tui.targets.instance.write.switchover import is_replaceable
from tui.targets.target import QueueGrown, Reading, stale_refusal


def refuse_missing(plan: Plan, secrets: Mapping[str, Secret]) -> None:
    """Refuse a plan with a new secret that was not given: a blank one would be written."""
    for change in plan.changes:
        if change.after is SecretState.NEW and change.property not in secrets:
            raise Refusal("secrets.needed", f"The new {change.property} is missing.", "Type it.")


def refuse_stale(plan: Plan, inventory: Inventory, now: Reading) -> None:
    """Refuse a plan that starts from something else than what is there now.

    Raises:
        Refusal: it names what is different, and who changed it.
    """
    _refuse_other_model(plan, now)
    versions = _versions(inventory)
    for change in plan.changes:
        if words := now.snapshot.locked.get(change.property, ""):
            raise stale_refusal(f"{change.property} can't be changed there now: {words}")
        names = [row.name for row in now.snapshot.rows.get(change.property, ())]
        moved = next(find_changed_records(plan.stamps, versions, names), None)
        if differences := describe_stale((change,), now.snapshot):
            if moved and moved.stamp:
                raise change_refusal(moved.name, moved.stamp, differences)
            raise stale_refusal(f"It has changed since it was read: {differences}.")
        if sets_secret((change,)):
            _refuse_moved(moved)
    for switch in plan.switches:
        find_reader(switch, inventory)
        _refuse_moved(next(find_changed_records(plan.stamps, versions, [switch.name]), None))
    if plan.activation:
        accounts = [name for name in plan.stamps if name not in inventory.properties]
        _refuse_moved(next(find_changed_records(plan.stamps, versions, accounts), None))
        _refuse_new_account(plan, inventory)
        lost = set(now.facts.lost_columns).difference(plan.lost_columns)
        if lost and replaces_account(plan.activation):
            words = ", ".join(sorted(lost))
            raise stale_refusal(f"These columns can no longer be copied: {words}.")


def find_reader(switch: AccountSwitch, inventory: Inventory) -> Record:
    """Return the record of a POP3 or IMAP account that a plan switches.

    Raises:
        Refusal: there is none of that name, or it isn't the only one, or reads no mail.
    """
    if why := find_switch_obstacle(switch.name, accounts_from(inventory)):
        raise stale_refusal(f"{switch.name} can no longer be changed. {why[0].upper()}{why[1:]}.")
    return next(r for r in inventory.accounts or () if r.get("name") == switch.name)


def _refuse_new_account(plan: Plan, inventory: Inventory) -> None:
    """Refuse to change an account that did not exist when the plan was made."""
    assert plan.activation  # noqa: S101
    name = plan.activation.account
    if name not in plan.stamps:
        for record in inventory.accounts or ():
            if record.get("name") == name and is_replaceable(record):
                made = stamp_from(record)
                raise stale_refusal(
                    f"{name} did not exist when the plan was made. {made.by} was the last to "
                    f"change it, at {made.when} UTC."
                )


def _refuse_moved(moved: ChangedRecord | None) -> None:
    if moved and moved.stamp:
        unseen = "it isn't known what, possibly a password"
        raise change_refusal(moved.name, moved.stamp, unseen)


def _refuse_other_model(plan: Plan, now: Reading) -> None:
    """Refuse if other records decide now, or another account sends."""
    activation, facts = plan.activation, now.facts
    present = {row.name for rows in now.snapshot.rows.values() for row in rows if row.stamp}
    present |= {each.name for each in plan.switches}  # looked at one by one
    if activation:
        present.add(activation.instead_of)
        if activation.creates:
            present |= {each.name for each in facts.accounts}
        is_known = facts.model in (Model.ACCOUNT, Model.NO_ACTIVE_ACCOUNT)
        if not is_known or facts.sender != activation.instead_of:
            raise _other_sender(now)
    elif facts.model is Model.ACCOUNT:
        names = [each.property for each in plan.changes if each.property in ACCOUNT_COLUMNS]
        for row in (row for name in names for row in now.snapshot.rows.get(name, ())):
            if row.name not in plan.stamps:
                raise _other_sender(now)
    expected = [] if not activation or activation.creates else [activation.account]
    for name in (*expected, *plan.stamps):
        if name not in present:
            raise stale_refusal(f"{name} is no longer returned, or no longer used.")


def _other_sender(now: Reading) -> Refusal:
    why = now.status.why if now.status else ""
    return stale_refusal(f"The sender has changed since it was read. {why}".rstrip())


def _versions(inventory: Inventory) -> Mapping[str, list[Stamp]]:
    """Return the versions of all records by name, which several may have."""
    versions: dict[str, list[Stamp]] = {}
    for record in (*inventory.properties.values(), *(inventory.accounts or ())):
        versions.setdefault(record.get("name", ""), []).append(stamp_from(record))
    return versions


def refuse_queue(plan: Plan, facts: TargetFacts) -> None:
    """Refuse to release more emails than were in the queue when the plan was confirmed.

    Raises:
        QueueGrown: there are more now, or how many cannot be read.
    """
    if plan.queue and (now := find_queue_growth(plan.queue, facts.queue)):
        raise QueueGrown(
            "queue.grown",
            describe_growth(plan.queue, now),
            "Review it again and confirm it again.",
            queue=now,
        )
