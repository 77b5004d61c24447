"""An instance in words: what it is called on every screen, and what sends there."""

from collections.abc import Iterator

from tui.settings.delivery.account import Account, AccountChoice, reads_mailbox
from tui.settings.delivery.instance_effects import queue_words
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.target_facts import Model, TargetFacts
from tui.storage.instance import Instance, SignInMethod
from tui.terminal.layout import columns, wrap
from tui.workspace.session import Session

UNTRIED = "Nothing of this was ever tried on a live instance."

_LABELS = {
    SignInMethod.BASIC: "Password of {user} at {host}",
    SignInMethod.API_KEY: "API key for {host}",
    SignInMethod.CLIENT_CREDENTIALS: "Secret of the OAuth client {user} at {host}",
}

Row = tuple[str, str, str]
"""A mark (`!` where a person should look, else a blank), what it is, and how it stands."""


def tag(place: TargetFacts) -> str:
    """What is worked on, in one word."""
    if place.is_file:
        return "FILE"
    return "PRODUCTION" if place.is_production else "NON-PROD"


def model_words(session: Session) -> str:
    """What decides delivery, in a few words."""
    if not session.is_read:
        return "not connected"
    place = session.place
    if place.which is AccountChoice.OWN:
        return "own server, not sending yet"
    if place.which is AccountChoice.PROVIDERS:
        return "ServiceNow's account, not sending"
    match place.model:
        case Model.ACCOUNT if place.managed:
            return "ServiceNow's account sends"
        case Model.ACCOUNT:
            return f"account {place.sender}"
        case Model.NO_ACTIVE_ACCOUNT:
            return "properties, unverified"
        case Model.OTHER_SENDER:
            return "another sender"
        case _:
            return "what sends is not known"


def sign_in_label(instance: Instance) -> str:
    """What is asked for to sign in."""
    return _LABELS[instance.sign_in].format(user=instance.user, host=instance.host)


def environment_words(place: TargetFacts) -> str:
    """Return what a target counts as."""
    return str(place.environment) if place.environment else "counts as production"


def signer(session: Session) -> str:
    """Who is signed in to an instance, in a word."""
    match session.profile.instance:
        case None:
            return ""
        case Instance(sign_in=SignInMethod.API_KEY):
            return "API key"
        case Instance(sign_in=SignInMethod.CLIENT_CREDENTIALS):
            return "OAuth client"
        case instance:
            return instance.user


def verdict_lines(verdict: DeliveryStatus, room: int = 0) -> Iterator[str]:
    """The verdict for a terminal."""
    yield "What sends there now"
    yield from wrap(sender_words(verdict), "   ", "   ", room)
    yield from columns(verdict_rows(verdict), indent=" ", room=room)
    if verdict.unread:
        yield from wrap(f"Not read: {', '.join(verdict.unread)}.", "     ", "   ! ", room)


def sender_words(verdict: DeliveryStatus) -> str:
    """What decides delivery, who manages it, and what that means."""
    sender = verdict.sender
    if sender is None:
        return verdict.why
    where = f"{verdict.why} It hands mail to {_place(sender)}."
    if sender.managed:
        return (
            f"{where} ServiceNow manages it: leave it as it is, as the article does not apply; or "
            "choose a server of your own."
        )
    return f"{where} It is one of your own."


def verdict_rows(verdict: DeliveryStatus) -> Iterator[Row]:
    """How everything stands that a change could move."""
    yield " ", "Sending", _switch(verdict.sending)
    yield _recipients(verdict)
    yield "!" if not verdict.queue.is_empty else " ", "Waiting", queue_words(verdict.queue)
    yield _replies(verdict)
    yield " ", "Receiving", _switch(verdict.receiving)
    for each in verdict.readers:
        yield " ", "Reader", _reader(each)
    if verdict.left_over:
        yield " ", "No effect", _left_over(verdict.left_over)
    if verdict.changed:
        by = f"{verdict.changed.when} UTC by {verdict.changed.by}"
        yield " ", "Last changed", by
    name, release = verdict.name or "name not returned", verdict.release or "release not returned"
    yield " ", "Instance", f"{name}, {release}"


def _left_over(names: tuple[str, ...]) -> str:
    first, *more = names
    others = f" and {len(more)} more of the article's properties" if more else ""
    verb = "hold values that do" if more else "holds a value that does"
    return f"{first}{others} {verb} not affect delivery here; a clone can turn that into an account"


def _switch(state: bool | None) -> str:
    return {True: "on", False: "off", None: "not returned: missing, or hidden from this user"}[
        state
    ]


def _recipients(verdict: DeliveryStatus) -> Row:
    if verdict.recipients is None:
        return " ", "Recipients", "not returned, which counts as none: mail reaches people"
    if not verdict.recipients:
        return " ", "Recipients", "none: mail reaches the people it is meant for"
    return " ", "Recipients", f"all mail goes to {', '.join(verdict.recipients)}"


def _replies(verdict: DeliveryStatus) -> Row:
    if not verdict.sent_from:
        return " ", "From", "not known"
    if verdict.replies_are_read:
        return " ", "From", f"{verdict.sent_from}; replies are read there"
    if verdict.replies_are_read is None:
        return " ", "From", f"{verdict.sent_from}; whether replies are read is not known"
    if reads_mailbox(verdict.readers, verdict.sent_from):
        return "!", "From", f"{verdict.sent_from}; replies are not read, as receiving is off"
    return "!", "From", f"{verdict.sent_from}; no active account reads that mailbox"


def _place(account: Account) -> str:
    port = f":{account.port}" if account.port else ""
    return f"{account.server}{port}"


def _reader(account: Account) -> str:
    state = "active" if account.active else "inactive"
    return f"{account.name}: {reader_words(account)}, {state}"


def reader_words(account: Account) -> str:
    """Where an account reads mail, and as whom."""
    return f"{account.type} {_place(account)} as {account.user}"
