"""From a draft to ordered changes, with what else they move."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tui.settings.delivery.account import Activation
from tui.settings.delivery.activation import find_redirected_secrets, plan_activation
from tui.settings.delivery.instance_effects import instance_effects, releases
from tui.settings.draft import Draft
from tui.settings.effects import SideEffect, side_effects
from tui.settings.parse.host import is_provider_host
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Context, Model, Queue, TargetFacts
from tui.settings.values import Value


@dataclass(frozen=True, slots=True)
class Change:
    """One property before and after; `""` is blank. Of a secret it holds the states."""

    property: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A reason to have a word typed before a plan is carried out.

    Attributes:
        code: stable and dotted.
        reason: why, in words.
        word: what must be typed.
    """

    code: str
    reason: str
    word: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a save would do. It has no field that could hold a secret.

    Attributes:
        changes: in the order of writing.
        side_effects: what else moves.
        confirmations: what must be typed first.
        activation: which account is to send in place of which; None where that stays.
        stamps: the version of each row of an instance that it starts from, by its name.
        queue: what waited there when it was made, where it can send that out.
    """

    changes: tuple[Change, ...]
    side_effects: tuple[SideEffect, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    activation: Activation | None = None
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    queue: Queue | None = None

    def __bool__(self) -> bool:
        return bool(self.changes or self.activation)


def make_plan(draft: Draft, context: Context, name: str) -> Plan:
    """The plan that leads from what was loaded to the draft.

    Args:
        draft: what is wanted, over what was loaded.
        context: of that draft.
        name: what is typed on production: an instance's host, or the profile's name.
    """
    changes = tuple(
        Change(each, draft.base.value(each), draft.after(each)) for each in draft.changed()
    )
    activation = plan_activation(context)
    if not changes and not activation:
        return Plan(())
    return Plan(
        tuple(sorted(changes, key=lambda each: _rank(each, context.facts))),
        (*side_effects(context), *instance_effects(context, activation)),
        tuple(_confirmations(context, activation, name)),
        activation,
        dict(_stamps(context, activation)),
        context.facts.queue if releases(context, activation) else None,
    )


def _stamps(context: Context, activation: Activation | None) -> Iterator[tuple[str, Stamp]]:
    for name in context.changed:
        for row in context.rows.get(name, ()):
            if row.stamp:
                yield row.name, row.stamp
    there = {context.facts.sender} if releases(context, activation) else set()
    if activation:
        there |= {activation.instead_of, "" if activation.creates else activation.account}
    for account in context.facts.accounts:
        if account.stamp and account.name in there:
            yield account.name, account.stamp


def _rank(change: Change, facts: TargetFacts) -> int:
    """Sending off first, recipients before what sends, sending on last; blank may mean on.

    Where each property is a write of its own the server comes after its password: no stored
    one reaches a server that it was not meant for.
    """
    match change.property, bool(change.after):
        case "sending_enabled", _:
            return 0 if change.after is False else 5
        case "test_recipients", given:
            return 1 if given else 4
        case "server" | "pop3_server", _ if facts.model is Model.NO_ACTIVE_ACCOUNT:
            return 3
        case _:
            return 2


def _confirmations(
    context: Context, activation: Activation | None, name: str
) -> Iterator[Confirmation]:
    if context.facts.is_production:
        unknown = context.facts.environment is None
        reason = (
            f'Nothing says that "{name}" is not production, so it counts as production.'
            if unknown
            else f'"{name}" is production.'
        )
        yield Confirmation("confirm.production", reason, name)
    elif _replaces_provisioned(context) or (activation and context.facts.managed):
        yield Confirmation(
            "confirm.provisioned", "It replaces a server that the provider set up.", name
        )
    for host in dict.fromkeys(each.host for each in find_redirected_secrets(context)):
        yield Confirmation("confirm.new-host", f"A stored password would go to {host}.", host)


def _replaces_provisioned(context: Context) -> bool:
    before = context.before.settings
    return any(
        name in context.changed and is_provider_host(host)
        for name, host in (("server", before.server), ("pop3_server", before.pop3_server))
    )
