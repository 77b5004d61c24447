"""The side effects of a plan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tui.settings.catalog import catalog
from tui.settings.delivery.account import Account, describe_mailbox, reads_mailbox
from tui.settings.delivery.activation import OUTGOING, Activation, find_redirected_secrets
from tui.settings.delivery.status import Model, Queue
from tui.settings.incoming import derive_incoming
from tui.settings.parse.host import is_provider_host
from tui.settings.parse.value import format_value
from tui.settings.snapshot import PropertyRow
from tui.settings.target_facts import ALWAYS_IN_EFFECT, Context, TargetFacts
from tui.settings.values import SecretState, Security

LABEL = "Email user label"
"""The column of an account that a typed display name takes the place of."""


@dataclass(frozen=True, slots=True)
class SideEffect:
    """Something that a plan moves, with a stable code and a sentence."""

    code: str
    message: str


def list_side_effects(context: Context, activation: Activation | None) -> Iterator[SideEffect]:
    """Yield what a save moves, as far as that is known: a broken value moves nothing yet."""
    yield from _settings_effects(context)
    if not context.facts.is_file:
        yield from _instance_effects(context, activation)


def _settings_effects(context: Context) -> Iterator[SideEffect]:
    before, after = context.before, context.after
    changed = context.changed - after.broken.keys()
    if context.facts.derives_incoming:
        if "server" in changed and not after.settings.server:
            yield SideEffect(
                "outbound.off", "Outgoing mail is turned off: a blank server disables it."
            )
        yield from _incoming_effects(context)
    if context.facts.is_file and "sending_enabled" in changed and after.settings.sending_enabled:
        yield SideEffect(
            "sending.on",
            "Once these settings are on an instance, the emails in its queue go out and can't be "
            "recalled.",
        )
    if "sending_enabled" in changed and after.settings.sending_enabled is False:
        yield SideEffect("sending.off", "From then on emails stay in the queue, and go out later.")
    emptied = "test_recipients" in changed and not after.settings.test_recipients
    if emptied and before.settings.test_recipients:
        yield SideEffect("recipients.emptied", "From then on emails reach their real recipients.")
    for name in ("security", "pop3_security"):
        was_protected = before.value(name) is not Security.NONE
        if name in changed and was_protected and after.value(name) is Security.NONE:
            short = catalog()[name].declared.short
            yield SideEffect("security.weaker", f"{short}: the connection is less secure.")
    if "receiving" in changed:
        yield _receiving_effect(context)
    if context.facts.is_file:
        for host in dict.fromkeys(find_replaced_provisioned(context)):
            words = f"This replaces {host}, which ServiceNow set up."
            yield SideEffect("server.provisioned", words)
    for each in find_redirected_secrets(context):
        yield SideEffect("secret.new-host", f"A stored password would go to {each.host}.")


def _receiving_effect(context: Context) -> SideEffect:
    if context.receiving is False:
        return SideEffect(
            "receiving.off",
            "Replies stay in the mailbox and are read when email receiving is on again.",
        )
    reads = f"reads and deletes the mail of {describe_mailboxes(context)}"
    if context.receiving is None:
        return SideEffect("receiving.on", f"Blank may mean on: then the instance {reads}.")
    return SideEffect("receiving.on", f"The instance {reads}.")


def describe_mailboxes(context: Context) -> str:
    """Return which mailboxes an instance reads once receiving is on, as far as that is known."""
    if context.facts.derives_incoming:
        incoming = derive_incoming(context.after)
        if not incoming.server.value:
            return "the POP3 server, once there is one"
        return f"{incoming.user.value or 'an unknown user'} on {incoming.server.value} (POP3)"
    active = [each for each in context.facts.readers if each.active]
    if not active:
        return "every active POP3 or IMAP account (none is visible to this user)"
    boxes = (f"{each.name} ({each.user or 'user unknown'} on {each.server})" for each in active)
    return ", ".join(boxes)


_RECEIVES = {
    None: "If email receiving is on, the instance reads and deletes that mailbox.",
    True: "Email receiving is on: the instance reads and deletes that mailbox.",
    False: "Email receiving is off. When on, the instance reads and deletes that mailbox.",
}


def _incoming_effects(context: Context) -> Iterator[SideEffect]:
    """Yield what moves by derivation alone; a changed override is a change, not an effect."""
    before, after = derive_incoming(context.before), derive_incoming(context.after)
    changed, broken = context.changed, context.after.broken.keys()
    server, own = after.server, (changed - {"server"}) | broken
    if server.value != before.server.value and server.follows not in own:
        words = "The POP3 server is removed too: no mail is read."
        if server.value is not None:
            follows = f"{before.server.value or 'none'} -> {server.value}"
            words = f"The POP3 server changes too: {follows}. {_RECEIVES[context.receiving]}"
        yield SideEffect("pop3.server", words)
    if after.user.value != before.user.value and after.user.follows in {"user"} - broken:
        yield SideEffect(
            "pop3.user",
            f"The POP3 user changes too: {before.user.value or 'none'} -> "
            f"{after.user.value or 'none'}.",
        )
    if "password" in changed and after.password.value is SecretState.UNKNOWN:
        yield SideEffect(
            "pop3.password",
            (
                "The POP3 password changes too, unless POP3 has its own (the instance doesn't "
                "show that)."
            ),
        )
    if after.password.follows != "password":
        return
    if "password" in changed and after.password.value is SecretState.NEW:
        yield SideEffect("pop3.password", "The POP3 password changes too: it is the new one.")
    elif "password" in changed:
        yield SideEffect("pop3.password", "The POP3 password is removed too.")
    elif "pop3_password" in changed:
        yield SideEffect("pop3.password", "The POP3 password is now the outgoing one.")


def _instance_effects(context: Context, activation: Activation | None) -> Iterator[SideEffect]:
    if activation:
        yield _switch_effect(activation, context)
        if replaces_account(activation):
            yield from _column_effects(context, activation)
    yield from _reader_effects(context)
    moves_user = "user" in context.changed and "from" not in context.changed
    if moves_user and context.facts.model is Model.ACCOUNT:
        if context.before.own_from or "from" in context.locked:
            yield SideEffect(
                "from.stays", "From is a separate field on the account and stays as it is."
            )
        else:
            yield SideEffect(
                "from.follows", "The From address changes too: mail comes from the new user name."
            )
    yield from _row_effects(context)
    if releases_queue(context, activation):
        queue = context.facts.queue or Queue()
        yield SideEffect("queue.release", f"{describe_queue(queue)} {_describe_release(queue)}")
    if not context.changed.isdisjoint({"password", "pop3_password"}):
        yield SideEffect(
            "password.unseen",
            "A password can't be read back: only that the record was updated. A test message "
            "shows more.",
        )
    yield SideEffect(
        "race",
        ("Records aren't locked: someone else's change at the same moment is lost."),
    )


def _switch_effect(activation: Activation, context: Context) -> SideEffect:
    new, old, facts = activation.account, activation.instead_of, context.facts
    begin = ""
    if not activation.creates and context.changed - ALWAYS_IN_EFFECT:
        begin = f"{new} is changed while inactive, and read back. Then "
    if activation.creates:
        exists = any(each.name == new for each in facts.accounts)
        made = "already exists, inactive: it is changed" if exists else "is created, inactive,"
        begin = f"{new} {made} and read back. Then "
    if not old:
        return SideEffect("account.switch", f"{begin}{new} is activated.")
    return SideEffect(
        "account.switch",
        f"{begin}{old} is deactivated and {new} activated right after it. In between, no account "
        f"is active. {old} is kept, inactive, so that you can go back.",
    )


def find_started_readers(context: Context) -> Iterator[Account]:
    """Yield the accounts that are to read mail from then on."""
    names = {each.name for each in context.switches if each.active}
    return (each for each in context.facts.readers if each.name in names)


def _reader_effects(context: Context) -> Iterator[SideEffect]:
    facts = context.facts
    started = list(find_started_readers(context))
    for each in started:
        reads = {
            None: (
                "If email receiving is on, the instance reads and deletes "
                f"{describe_mailbox(each)}."
            ),
            True: (
                f"Email receiving is on: the instance reads and deletes {describe_mailbox(each)}."
            ),
            False: (
                "Email receiving is off. When on, the instance reads and deletes "
                f"{describe_mailbox(each)}."
            ),
        }
        words = f"{each.name} is activated. {reads[facts.receiving]}"
        yield SideEffect("reader.started", words)
    names = {each.name for each in context.switches if not each.active}
    stopped = [each for each in facts.readers if each.name in names]
    for each in stopped:
        words = (
            f"{each.name} is deactivated: {describe_mailbox(each)} is no longer read by this "
            "instance."
        )
        if facts.receiving is False:
            words += " Email receiving is off, so it isn't read now either."
        yield SideEffect("reader.stopped", words)
    address = facts.sent_from or context.after.settings.user
    after = [each for each in facts.readers if each not in stopped]
    after += [replace(each, active=True) for each in started]
    if reads_mailbox(stopped, address) and not reads_mailbox(after, address):
        words = f"After that no active account reads {address}: replies don't reach the instance."
        yield SideEffect("reader.replies", words)


def find_replaced_provisioned(context: Context) -> Iterator[str]:
    """Yield each server that ServiceNow set up and a save replaces or clears."""
    before, changed = context.before.settings, context.changed - context.after.broken.keys()
    for name, host in (("server", before.server), ("pop3_server", before.pop3_server)):
        if name in changed and is_provider_host(host):
            yield host


def replaces_account(activation: Activation | None) -> bool:
    """Return whether an account is created in the place of another, whose columns it takes over."""
    return activation is not None and activation.creates and bool(activation.instead_of)


def describe_lost_columns(facts: TargetFacts) -> str:
    """Return which columns of the account that sends cannot be copied, in a sentence."""
    return f"These columns of {facts.sender} can't be copied: {', '.join(facts.lost_columns)}."


def _column_effects(context: Context, activation: Activation) -> Iterator[SideEffect]:
    facts, typed = context.facts, "display_name" in context.changed
    copied = [each for each in facts.copied_columns if not (typed and each == LABEL)]
    if copied:
        words = f"{activation.account} gets these columns of {facts.sender}: {', '.join(copied)}."
        yield SideEffect("account.columns", words)
    if facts.lost_columns:
        yield SideEffect(
            "account.columns-lost",
            f"{describe_lost_columns(facts)} Compare the two accounts on the instance afterwards.",
        )


def _row_effects(context: Context) -> Iterator[SideEffect]:
    rows = tuple(_written_rows(context))
    if count := sum(row.flushes for row in rows):
        counted = "1 property = 1 flush" if count == 1 else f"{count} properties = {count} flushes"
        yield SideEffect(
            "cache.flush",
            "Saving a property flushes all caches, which slows the instance down for minutes: "
            f"{counted}.",
        )
    for row in rows:
        if row.stamp is None:
            yield SideEffect(
                "row.created",
                f"{row.name} was not returned, so it is created, and not private. If it is only "
                "hidden from this user, the instance rejects that or ends up with two.",
            )
    if public := [row.name for row in rows if row.stamp and not row.private]:
        carries = "is not private: an update set can carry it"
        if len(public) > 1:
            carries = "are not private: an update set can carry them"
        yield SideEffect("row.travels", f"{', '.join(public)} {carries} to another instance.")


def _written_rows(context: Context) -> Iterator[PropertyRow]:
    after = context.after
    known = context.changed - after.broken.keys() - context.locked.keys()
    for name in catalog(type(after.settings)):
        if name in known:
            text = format_value(after.value(name)) if name in after.specified else ""
            rows = context.rows.get(name, ())
            yield from (row for row in rows if row.takes is None or text in row.takes)


def releases_queue(context: Context, activation: Activation | None) -> bool:
    """Return whether a save can let emails in the queue go out."""
    if context.facts.is_file or context.after.settings.sending_enabled is False:
        return False
    return bool(activation or context.changed & (OUTGOING | {"sending_enabled"}))


def describe_queue(queue: Queue) -> str:
    """Return what is in the queue, in a sentence."""
    if queue.waiting is None:
        return "Can't read how many emails are in the queue."
    if queue.waiting == 0:
        return "No email is in the queue."
    one = queue.waiting == 1
    since = f", {'' if one else 'the oldest '}since {queue.oldest} UTC" if queue.oldest else ""
    waits = (
        f"{'1 email is in the queue' if one else f'{queue.waiting} emails are in the queue'}{since}"
    )
    if queue.fresh is None:
        return f"{waits}; it is unknown how many are less than {queue.hours} hours old."
    if queue.fresh == 0:
        return f"{waits}; {'it is' if one else 'all are'} more than {queue.hours} hours old."
    young = "it is" if one else "1 is" if queue.fresh == 1 else f"{queue.fresh} are"
    return f"{waits}; {young} less than {queue.hours} hours old."


def describe_growth(planned: Queue, now: Queue) -> str:
    """Return that more emails can go out than when a plan was made, in sentences."""
    then = "an unknown number" if planned.fresh is None else planned.fresh
    if now.fresh is None:
        return f"When the plan was made, {then} could go out. How many can go out now is unknown."
    return f"The queue has grown: {now.fresh} can go out now, {then} when the plan was made."


def _describe_release(queue: Queue) -> str:
    if queue.waiting == 0:
        return "Emails that arrive before the save go out."
    if queue.fresh is None:
        return "Some may go out, and can't be recalled."
    if queue.is_empty:
        return f"{'It stays' if queue.waiting == 1 else 'They stay'} unsent."
    return f"{'It' if queue.fresh == 1 else 'Those'} can go out, and can't be recalled."
