"""What a plan moves beside what it changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from tui.settings.catalog import catalog
from tui.settings.delivery.activation import find_redirected_secrets
from tui.settings.incoming import derive_incoming
from tui.settings.target_facts import Context
from tui.settings.values import SecretState, Security


@dataclass(frozen=True, slots=True)
class SideEffect:
    """What a plan moves beside what it changes."""

    code: str
    message: str


def side_effects(context: Context) -> Iterator[SideEffect]:
    """Said of what is known only: a broken value moves nothing yet."""
    before, after = context.before, context.after
    changed = context.changed - after.broken.keys()
    if context.facts.derives:
        if "server" in changed and not after.settings.server:
            yield SideEffect("outbound.off", "Outgoing mail goes off: a blank server disables it.")
        yield from _moved_incoming(context)
    if context.facts.is_file and "sending_enabled" in changed and after.settings.sending_enabled:
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
    for each in find_redirected_secrets(context):
        yield SideEffect("secret.new-host", f"A stored password would go to {each.host}.")


_RECEIVES = {
    None: "An instance that receives reads and deletes that mailbox.",
    True: "Receiving is on: the instance reads and deletes that mailbox.",
    False: "Receiving is off; once it is on, the instance reads and deletes that mailbox.",
}


def _weaker(before: Security, after: Security) -> bool:
    return after is Security.NONE and before is not Security.NONE


def _moved_incoming(context: Context) -> Iterator[SideEffect]:
    """What moves by derivation alone; an override that is changed is a change itself."""
    before, after, changed = (
        derive_incoming(context.before),
        derive_incoming(context.after),
        context.changed,
    )
    server, unknown = after.server, context.after.broken.keys()
    own = (changed - {"server"}) | unknown
    if server.value != before.server.value and server.follows not in own:
        if server.value is None:
            yield SideEffect("pop3.server", "The POP3 server goes with it: none is read.")
        else:
            yield SideEffect(
                "pop3.server",
                f"POP3 server follows: {before.server.value or 'none'} -> {server.value}. "
                f"{_RECEIVES[context.facts.receiving]}",
            )
    if after.user.value != before.user.value and after.user.follows in {"user"} - unknown:
        yield SideEffect(
            "pop3.user",
            f"POP3 user follows: {before.user.value or 'none'} -> {after.user.value or 'none'}.",
        )
    if "password" in changed and after.password.value is SecretState.UNKNOWN:
        yield SideEffect(
            "pop3.password", "POP3 password goes with it, unless it has one of its own (not told)."
        )
    if after.password.follows != "password":
        return
    if "password" in changed and after.password.value is SecretState.NEW:
        yield SideEffect("pop3.password", "POP3 password follows: it is the new one.")
    elif "password" in changed:
        yield SideEffect("pop3.password", "POP3 password goes with it.")
    elif "pop3_password" in changed:
        yield SideEffect("pop3.password", "POP3 password follows: the outgoing one.")
