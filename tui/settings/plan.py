"""From a draft to ordered changes, with what else they move."""

from collections.abc import Iterator
from dataclasses import dataclass

from tui.settings.catalog import catalog
from tui.settings.derive import derive, travelling
from tui.settings.draft import Draft
from tui.settings.hosts import is_providers
from tui.settings.place import Context
from tui.settings.values import SecretState, Security, Value


@dataclass(frozen=True, slots=True)
class Change:
    """One property before and after; `""` is blank. Of a secret it holds the states."""

    property: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class SideEffect:
    """What a plan moves beside what it changes."""

    code: str
    message: str


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
    """

    changes: tuple[Change, ...]
    side_effects: tuple[SideEffect, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()


def plan(draft: Draft, context: Context, name: str) -> Plan:
    """The plan that leads from what was loaded to the draft.

    Args:
        draft: what is wanted, over what was loaded.
        context: of that draft.
        name: what is typed on production: an instance's host, or the profile's name.
    """
    changes = tuple(
        Change(each, draft.base.value(each), draft.after(each)) for each in draft.changed()
    )
    if not changes:
        return Plan(())
    return Plan(
        tuple(sorted(changes, key=_rank)),
        tuple(_side_effects(context)),
        tuple(_confirmations(context, name)),
    )


def _rank(change: Change) -> int:
    """Sending off first, recipients before what sends, sending on last."""
    match change.property, bool(change.after):
        case "sending_enabled", on:
            return 4 if on else 0
        case "test_recipients", given:
            return 1 if given else 3
        case _:
            return 2


def _side_effects(context: Context) -> Iterator[SideEffect]:
    """Said of what is known only: a broken value moves nothing yet."""
    before, after = context.before, context.after
    changed = context.changed - after.broken.keys()
    if "server" in changed and not after.settings.server:
        yield SideEffect("outbound.off", "Outgoing mail goes off: a blank server disables it.")
    yield from _moved_incoming(context)
    if "sending_enabled" in changed and after.settings.sending_enabled:
        yield SideEffect(
            "sending.on",
            "Mail that waits goes out when this reaches an instance; none of it can be unsent.",
        )
    if "sending_enabled" in changed and after.settings.sending_enabled is False:
        yield SideEffect("sending.off", "Mail piles up from then on and goes out later.")
    emptied = "test_recipients" in changed and not after.settings.test_recipients
    if emptied and before.settings.test_recipients:
        yield SideEffect(
            "recipients.emptied", "Mail reaches the people it is meant for from then on."
        )
    for name in ("security", "pop3_security"):
        if name in changed and _weaker(before.value(name), after.value(name)):
            short = catalog()[name].declared.short
            yield SideEffect("security.weaker", f"{short}: the connection is protected less.")
    for each in travelling(before, after):
        yield SideEffect("secret.new-host", f"The stored password would go to {each.host}.")


def _weaker(before: Security, after: Security) -> bool:
    return after is Security.NONE and before is not Security.NONE


def _moved_incoming(context: Context) -> Iterator[SideEffect]:
    """What moves by derivation alone; an override that is changed is a change itself."""
    before, after, changed = derive(context.before), derive(context.after), context.changed
    server, unknown = after.server, context.after.broken.keys()
    own = (changed - {"server"}) | unknown
    if server.value != before.server.value and server.follows not in own:
        if server.value is None:
            yield SideEffect("pop3.server", "The POP3 server goes with it: none is read.")
        else:
            yield SideEffect(
                "pop3.server",
                f"POP3 server follows: {before.server.value or 'none'} -> {server.value}. "
                "An instance that receives reads and deletes that mailbox.",
            )
    if after.user.value != before.user.value and after.user.follows in {"user"} - unknown:
        yield SideEffect(
            "pop3.user",
            f"POP3 user follows: {before.user.value or 'none'} -> {after.user.value or 'none'}.",
        )
    if after.password.follows != "password":
        return
    if "password" in changed and after.password.value is SecretState.NEW:
        yield SideEffect("pop3.password", "POP3 password follows: it is the new one.")
    elif "password" in changed:
        yield SideEffect("pop3.password", "POP3 password goes with it.")
    elif "pop3_password" in changed:
        yield SideEffect("pop3.password", "POP3 password follows: the outgoing one.")


def _confirmations(context: Context, name: str) -> Iterator[Confirmation]:
    if context.place.is_production:
        unknown = context.place.environment is None
        reason = (
            f'Nothing says that "{name}" is not production, so it counts as production.'
            if unknown
            else f'"{name}" is production.'
        )
        yield Confirmation("confirm.production", reason, name)
    elif _replaces_provisioned(context):
        yield Confirmation(
            "confirm.provisioned", "It replaces a server that the provider set up.", name
        )
    for host in dict.fromkeys(each.host for each in travelling(context.before, context.after)):
        yield Confirmation("confirm.new-host", f"The stored password would go to {host}.", host)


def _replaces_provisioned(context: Context) -> bool:
    before = context.before.settings
    return any(
        name in context.changed and is_providers(host)
        for name, host in (("server", before.server), ("pop3_server", before.pop3_server))
    )
