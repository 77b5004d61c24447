"""The plan of a save, and what has changed since it was made."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.activation import Activation, find_redirected_secrets, plan_activation
from tui.settings.delivery.production_signs import find_production_sign
from tui.settings.delivery.status import Model, Queue
from tui.settings.draft import Draft, has_changed, is_same_value
from tui.settings.effects import (
    SideEffect,
    describe_lost_columns,
    find_replaced_provisioned,
    find_started_readers,
    list_side_effects,
    releases_queue,
    replaces_account,
)
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.target_facts import Context, TargetFacts
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class Change:
    """A property before and after; `""` is blank. For a secret it holds the states."""

    property: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A word that must be typed before a plan is applied: a stable code, and why in a sentence."""

    code: str
    reason: str
    word: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a save would do. No field of it can hold a secret.

    Attributes:
        changes: the changes in the order of writing.
        activation: the account that is to send instead of another; None if that stays.
        stamps: the version of each record of an instance that it starts from, by name.
        queue: the emails in the queue when it was made, if it can let them go out.
        lost_columns: the columns of the account that is replaced, which cannot be copied.
        switches: the POP3 and IMAP accounts to deactivate, before anything else is written, and
            then those to activate, after everything else.
    """

    changes: tuple[Change, ...]
    side_effects: tuple[SideEffect, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    activation: Activation | None = None
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    queue: Queue | None = None
    lost_columns: tuple[str, ...] = ()
    switches: tuple[AccountSwitch, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes or self.activation or self.switches)


def make_plan(draft: Draft, context: Context, name: str) -> Plan:
    """Return the plan that leads from what was loaded to the draft.

    On a production instance its name must be typed: its host, or the profile's name. On a local
    file nothing is.
    """
    changes = tuple(
        Change(each, draft.base.value(each), draft.value(each))
        for each in draft.changed_properties()
    )
    activation = plan_activation(context)
    if not changes and not activation and not context.switches:
        return Plan(())
    return Plan(
        tuple(sorted(changes, key=lambda each: _write_order(each, context.facts))),
        tuple(list_side_effects(context, activation)),
        tuple(_required_confirmations(context, activation, name)),
        activation,
        dict(_collect_stamps(context, activation)),
        context.facts.queue if releases_queue(context, activation) else None,
        context.facts.lost_columns if replaces_account(activation) else (),
        context.switches,
    )


def _collect_stamps(context: Context, activation: Activation | None) -> Iterator[tuple[str, Stamp]]:
    for name in context.changed:
        for row in context.rows.get(name, ()):
            if row.stamp:
                yield row.name, row.stamp
    used = {context.facts.sender} if releases_queue(context, activation) else set()
    if activation:
        # One to create may have been left by an earlier attempt: it is changed then.
        used |= {activation.instead_of, activation.account}
    used |= {each.name for each in context.switches}
    for account in context.facts.accounts:
        if account.stamp and account.name in used:
            yield account.name, account.stamp


def _write_order(change: Change, facts: TargetFacts) -> int:
    """Rank a change: sending off first, recipients before what sends, sending on last.

    Receiving goes off before a mailbox changes, and on after it. A blank switch may mean on. Where
    each property is a write of its own, the server comes after its password, so that no stored
    password reaches a server it was not meant for.
    """
    match change.property, bool(change.after):
        case "sending_enabled", _:
            return 0 if change.after is False else 7
        case "test_recipients", given:
            return 1 if given else 6
        case "receiving", _:
            return 2 if change.after is False else 5
        case "server" | "pop3_server", _ if facts.model is Model.NO_ACTIVE_ACCOUNT:
            return 4
        case _:
            return 3


def _required_confirmations(
    context: Context, activation: Activation | None, name: str
) -> Iterator[Confirmation]:
    if context.facts.is_file:
        return  # it changes no instance; its side effects say what would need a word there
    yield from confirm_production(context.facts, name)
    replaces_managed = activation and context.facts.managed
    replaces_provisioned = replaces_managed or any(find_replaced_provisioned(context))
    if not context.facts.is_production and replaces_provisioned:
        yield Confirmation(
            "confirm.provisioned", "It replaces a server that ServiceNow set up.", name
        )
    if replaces_account(activation) and context.facts.lost_columns:
        yield Confirmation("confirm.columns", describe_lost_columns(context.facts), "yes")
    yield from _confirm_readers(context)
    for host in dict.fromkeys(each.host for each in find_redirected_secrets(context)):
        yield Confirmation("confirm.new-host", f"A stored password would go to {host}.", host)


def confirm_production(facts: TargetFacts, name: str) -> Iterator[Confirmation]:
    """Yield that the name of what counts as production is typed."""
    if not facts.is_production:
        return
    reason = f'"{name}" is production.'
    if facts.contradicts_profile:
        reason = (
            f'"{name}" counts as production, as the profile and the instance disagree '
            "(glide.installation.production)."
        )
    elif facts.counted_environment is None:
        reason = f'"{name}" counts as production, as nothing says otherwise.'
    yield Confirmation("confirm.production", reason, name)


def _confirm_readers(context: Context) -> Iterator[Confirmation]:
    """Yield a confirmation for each account that looks like production's, and is to read here."""
    if context.facts.is_production:
        return
    for each in find_started_readers(context):
        if why := find_production_sign(each, context.after.settings, context.facts):
            reason = (
                f"{each.name} may be production's: {why}. Here it would read and delete "
                "production's mail."
            )
            yield Confirmation("confirm.reader", reason, each.name)


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A record with another version than a plan starts from; `stamp` is None if it is gone."""

    name: str
    stamp: Stamp | None


def find_changed_records(
    stamps: Mapping[str, Stamp], now: Mapping[str, Collection[Stamp]], names: Iterable[str]
) -> Iterator[ChangedRecord]:
    """Yield the records of these names that moved; those that a plan does not start from did not.

    Several records may have one name now.
    """
    for name in names:
        versions = now.get(name, ())
        if name in stamps and stamps[name] not in versions:
            yield ChangedRecord(name, next(iter(versions), None))


def sets_secret(changes: Iterable[Change]) -> bool:
    """Return whether a change is to a secret, whose values cannot be compared."""
    return any(isinstance(each.after, SecretState) for each in changes)


def find_queue_growth(planned: Queue | None, now: Queue | None) -> Queue | None:
    """Return the queue if more emails can go out than when the plan was made, else None.

    How many can't be told if either count is unknown, so that is growth too, unless a person has
    been told that it is unknown and it still is.
    """
    if planned is None or now is None or now.is_empty:
        return None
    if now.fresh is None or planned.fresh is None:
        return None if now.fresh is planned.fresh else now
    return now if now.fresh > planned.fresh else None


def describe_stale(changes: Iterable[Change], now: Snapshot) -> str:
    """Return which changes start from a value that has moved, in words, or "" if none does.

    A value that moved to what the change wants is left out.
    """
    found: list[str] = []
    for each in changes:
        # A plan file holds only what may be shown, so both values are masked.
        was, there = mask_password(each.before), mask_password(now.value(each.property))
        after = "" if each.after is SecretState.CLEARED else each.after
        if has_changed(was, there) and not is_same_value(after, there):
            words = f"was {format_value(was) or 'blank'} and is {format_value(there) or 'blank'}"
            found.append(f"{each.property} {words}")
    return "; ".join(found)
