"""What sends on an instance, and whether mail goes out, in words."""

from collections.abc import Iterator

from tui.settings.delivery.status import Account, DeliveryStatus, reads_mailbox
from tui.settings.effects import describe_queue
from tui.terminal.layout import columns, wrap

UNTRIED = "Nothing of this was ever tried on a live instance."

DeliveryRow = tuple[str, str, str]
"""A mark (`!` where a person should look, else a blank), a label and its words."""


def delivery_lines(status: DeliveryStatus, room: int = 0) -> Iterator[str]:
    """Return the delivery status as lines of a terminal."""
    yield "What sends there now"
    yield from wrap(sender_words(status), "   ", "   ", room)
    yield from columns(delivery_rows(status), indent=" ", room=room)
    if status.unread:
        yield from wrap(f"Not read: {', '.join(status.unread)}.", "     ", "   ! ", room)


def sender_words(status: DeliveryStatus) -> str:
    """Return what decides delivery, who manages it, and what that means."""
    sender = status.sender
    if sender is None:
        return status.why
    where = f"{status.why} It hands mail to {_address(sender)}."
    if sender.managed:
        return (
            f"{where} ServiceNow manages it: leave it as it is, as the article does not apply; or "
            "choose a server of your own."
        )
    return f"{where} It is one of your own."


def delivery_rows(status: DeliveryStatus) -> Iterator[DeliveryRow]:
    """Return the state of everything that a change could affect."""
    yield " ", "Sending", _on_off(status.sending)
    yield _recipients(status)
    yield "!" if not status.queue.is_empty else " ", "Waiting", describe_queue(status.queue)
    yield _replies(status)
    yield " ", "Receiving", _on_off(status.receiving)
    for each in status.readers:
        yield " ", "Reader", _reader_row(each)
    if status.left_over:
        yield " ", "No effect", _leftover_words(status.left_over)
    if status.changed:
        by = f"{status.changed.when} UTC by {status.changed.by}"
        yield " ", "Last changed", by
    name, release = status.name or "name not returned", status.release or "release not returned"
    yield " ", "Instance", f"{name}, {release}"


def _leftover_words(names: tuple[str, ...]) -> str:
    first, *more = names
    others = f" and {len(more)} more of the article's properties" if more else ""
    verb = "hold values that do" if more else "holds a value that does"
    return f"{first}{others} {verb} not affect delivery here; a clone can turn that into an account"


def _on_off(state: bool | None) -> str:
    return {True: "on", False: "off", None: "not returned: missing, or hidden from this user"}[
        state
    ]


def _recipients(status: DeliveryStatus) -> DeliveryRow:
    if status.recipients is None:
        return " ", "Recipients", "not returned, which counts as none: mail reaches people"
    if not status.recipients:
        return " ", "Recipients", "none: mail reaches the people it is meant for"
    return " ", "Recipients", f"all mail goes to {', '.join(status.recipients)}"


def _replies(status: DeliveryStatus) -> DeliveryRow:
    if not status.sent_from:
        return " ", "From", "not known"
    if status.replies_are_read:
        return " ", "From", f"{status.sent_from}; replies are read there"
    if status.replies_are_read is None:
        return " ", "From", f"{status.sent_from}; whether replies are read is not known"
    if reads_mailbox(status.readers, status.sent_from):
        return "!", "From", f"{status.sent_from}; replies are not read, as receiving is off"
    return "!", "From", f"{status.sent_from}; no active account reads that mailbox"


def _address(account: Account) -> str:
    port = f":{account.port}" if account.port else ""
    return f"{account.server}{port}"


def _reader_row(account: Account) -> str:
    state = "active" if account.active else "inactive"
    return f"{account.name}: {reader_words(account)}, {state}"


def reader_words(account: Account) -> str:
    """Return where an account reads mail, and as whom."""
    return f"{account.type} {_address(account)} as {account.user}"
