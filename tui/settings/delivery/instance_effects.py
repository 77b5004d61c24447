"""What a plan moves on an instance beside what it changes."""

from collections.abc import Iterator

from tui.settings.catalog import catalog
from tui.settings.delivery.account import Activation
from tui.settings.effects import SideEffect
from tui.settings.parse.value import format_value
from tui.settings.preconditions import OUTGOING
from tui.settings.snapshot import PropertyRow
from tui.settings.target_facts import Context, Model, Queue, TargetFacts


def instance_effects(context: Context, activation: Activation | None) -> Iterator[SideEffect]:
    """What is said before anything is written to an instance."""
    if context.facts.is_file:
        return
    if activation:
        yield _switch(activation, context.facts)
    if "user" in context.changed and context.facts.model is Model.ACCOUNT:
        yield _sender(context)
    yield from _rows(context)
    if releases(context, activation):
        queue = context.facts.queue or Queue()
        yield SideEffect("queue.release", f"{queue_words(queue)} {_released(queue)}")
    if not context.changed.isdisjoint({"password", "pop3_password"}):
        yield SideEffect(
            "password.unseen",
            "A password is never told back: that its row moves is all that can be read. "
            "A test message shows more.",
        )
    yield SideEffect(
        "race", "An instance has no lock: what somebody else writes in that moment is lost."
    )


def releases(context: Context, activation: Activation | None) -> bool:
    """Whether mail that waits can go out by it."""
    if context.facts.is_file:
        return False
    sending = context.after.settings.sending_enabled
    on = "sending_enabled" in context.changed and sending is not False
    connects = not context.changed.isdisjoint(OUTGOING)
    return on or ((bool(activation) or connects) and sending is not False)


def queue_words(queue: Queue) -> str:
    """What waits."""
    if queue.waiting is None:
        return "How much mail waits cannot be read."
    if queue.waiting == 0:
        return "No mail waits."
    one = queue.waiting == 1
    since = f", {'' if one else 'the oldest '}since {queue.oldest} UTC" if queue.oldest else ""
    waits = f"{'1 mail waits' if one else f'{queue.waiting} mails wait'}{since}"
    if queue.fresh is None:
        return f"{waits}; how many are younger than {queue.hours} h cannot be read."
    if queue.fresh == 0:
        return f"{waits}; {'it is' if one else 'all are'} older than {queue.hours} h."
    young = "it is" if one else "1 is" if queue.fresh == 1 else f"{queue.fresh} are"
    return f"{waits}; {young} younger than {queue.hours} h."


def _released(queue: Queue) -> str:
    """What becomes of it once it can be sent."""
    if queue.waiting == 0:
        return "What arrives until then goes out."
    if queue.fresh is None:
        return "Count on some: it goes out, and cannot be unsent."
    if queue.is_empty:
        return f"{'It stays' if queue.waiting == 1 else 'They stay'} unsent."
    return f"{'It' if queue.fresh == 1 else 'Those'} can go out, and cannot be unsent."


def _switch(activation: Activation, facts: TargetFacts) -> SideEffect:
    new, old = activation.account, activation.instead_of
    begin = ""
    if activation.creates:
        left = any(each.name == new for each in facts.accounts)
        made = "is there already, inactive: it is changed" if left else "is created, inactive,"
        begin = f"{new} {made} and read back. Then "
    if not old:
        return SideEffect("account.switch", f"{begin}{new} is activated: it sends from then on.")
    return SideEffect(
        "account.switch",
        f"{begin}{old} is deactivated and {new} activated at once; between the two nothing "
        f"sends. {old} is kept, inactive: that is the way back.",
    )


def _sender(context: Context) -> SideEffect:
    if context.facts.separate_from:
        return SideEffect("from.stays", "From is a field of its own there, and stays as it is.")
    return SideEffect("from.follows", "From goes with it: mail comes from the new user email.")


def _rows(context: Context) -> Iterator[SideEffect]:
    """What is to be said of the rows that are written."""
    written = tuple(_written(context))
    flushing = [row for row in written if row.flushes]
    if flushing:
        count = len(flushing)
        counted = "1 property = 1 flush" if count == 1 else f"{count} properties = {count} flushes"
        yield SideEffect(
            "cache.flush",
            "Each property that is written flushes all caches, which slows the instance for "
            f"minutes: {counted}.",
        )
    for row in written:
        if row.stamp is None:
            yield SideEffect(
                "row.created",
                f"{row.name} was not returned, so it is made, and not private. If it is only "
                "hidden from this user, it is there twice then.",
            )
    if travelling := [row.name for row in written if row.stamp and not row.private]:
        carries = "is not private: an update set can carry it"
        if len(travelling) > 1:
            carries = "are not private: an update set can carry them"
        yield SideEffect("row.travels", f"{', '.join(travelling)} {carries} to another instance.")


def _written(context: Context) -> Iterator[PropertyRow]:
    after = context.after
    known = context.changed - after.broken.keys() - context.locked.keys()
    for name in catalog(type(after.settings)):
        if name in known:
            text = format_value(after.value(name)) if name in after.specified else ""
            rows = context.rows.get(name, ())
            yield from (row for row in rows if row.takes is None or text in row.takes)
