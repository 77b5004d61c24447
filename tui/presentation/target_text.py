"""What is worked on, how it is signed in to, and what sends there, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.errors import Problem, Refusal
from tui.presentation.delivery_text import judgement_lines
from tui.presentation.oauth_text import oauth_rows
from tui.presentation.value_text import short_path
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.delivery.status import (
    Account,
    AccountChoice,
    ChoiceHints,
    DeliveryStatus,
    Model,
    reads_mailbox,
)
from tui.settings.effects import describe_queue
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.storage.records import RefusedSignIn
from tui.terminal.layout import columns, wrap
from tui.terminal.visible import visible
from tui.workspace.sign_in import NotSignedIn

if TYPE_CHECKING:
    from tui.workspace.session import Session

CHOICE_HINTS = ChoiceHints(
    "^P; --own-server",
    "apply --own-server (^P on the screen)",
    "apply --provider-server (^P on the screen)",
)
"""How a person chooses their own server, on the screen and on the command line."""
KEYRING_SEARCH = "Looking for what signs in, in the keyring."
_LABELS = {
    SignInMethod.BASIC: "Password of {user} at {host}",
    SignInMethod.API_KEY: "API key for {host}",
    SignInMethod.CLIENT_CREDENTIALS: "Secret of the OAuth client {user} at {host}",
    SignInMethod.BROWSER: "Code or address from the browser",
}
SENDER_TITLE = "What sends there now"
UNTRIED = "Nothing of this was ever tried on a live instance."
DeliveryRow = tuple[str, str, str]
"""A mark (`!` for what deserves a look, else a blank), a label and its words."""


def banner_line(session: "Session") -> str:
    """Return what is worked on, where it is, and what it counts as."""
    place, name = session.facts, session.profile.name
    if place.is_file:
        words = environment_words(place.counted_environment)
        return f"FILE  {name}  {short_path(session.target.where)}  ({words})"
    where = f"{session.target.where}  {signer_words(session)}  {model_words(session)}"
    return f"{target_tag(place)}  {name}  {where}"


def target_tag(facts: TargetFacts) -> str:
    """Return `FILE`, `PRODUCTION` or `NON-PROD`."""
    if facts.is_file:
        return "FILE"
    return "PRODUCTION" if facts.is_production else "NON-PROD"


def environment_words(environment: Environment | None) -> str:
    """Return the environment's name, or what an unknown one counts as."""
    return str(environment or "counts as production")


def model_words(session: "Session") -> str:
    """Return what decides delivery, in a few words."""
    if not session.is_read:
        return "not connected"
    place = session.facts
    if place.choice is AccountChoice.OWN:
        return "your own account, not active yet"
    if place.choice is AccountChoice.PROVIDERS:
        return "ServiceNow-configured, not active"
    fails = place.delivery is not None and place.delivery.state is DeliveryState.FAILING
    match place.model:
        case Model.ACCOUNT if place.managed:
            return "ServiceNow-configured, failing" if fails else "ServiceNow-configured account"
        case Model.ACCOUNT:
            return f"account {place.sender}{', failing' if fails else ''}"
        case Model.NO_ACTIVE_ACCOUNT:
            return "no active account"
        case Model.OTHER_SENDER:
            return "another sender"
        case _:
            return "sender unknown"


def signer_words(session: "Session") -> str:
    """Return who is signed in to an instance, or "" for a file."""
    match session.profile.instance:
        case None:
            return ""
        case Instance(sign_in=SignInMethod.API_KEY):
            return "API key"
        case Instance(sign_in=SignInMethod.CLIENT_CREDENTIALS):
            return "OAuth client"
        case Instance(sign_in=SignInMethod.BROWSER):
            return "browser sign-in"
        case instance:
            return instance.user


def signed_in_words(session: "Session") -> str:
    """Return where the sign-in was, and as whom."""
    return f"{session.target.where} as {signer_words(session)}"


def sign_in_label(instance: Instance) -> str:
    """Return the label of the prompt for the secret that signs in."""
    return _LABELS[instance.sign_in].format(user=instance.user, host=instance.host)


BROWSER_STEPS = (
    "Open this address in any browser, and sign in there. The browser then ends at an address that "
    "does not load. Copy that address, and paste it here."
)
"""What a person does to sign in with a browser."""
CLIENT_PROMPT = "Secret of the OAuth client (Enter alone if it has none)"


def passphrase_label(instance: Instance) -> str:
    """Return the label of the prompt for what opens the key of a client certificate."""
    file = instance.client_key or instance.client_certificate
    return f"Passphrase of {file.name if file else ''}"


def missing_sign_in(instance: Instance) -> Refusal:
    """Return the refusal to go on without what signs in."""
    hint = "Give the secret with --secrets-stdin, as a line sign_in=…, or keep it in a keyring."
    if instance.sign_in is SignInMethod.BROWSER:
        hint = (
            "Sign in once on a terminal. A profile with keep = "
            '"keyring" then stays signed in until the refresh token expires.'
        )
    return Refusal("sign-in.missing", f"Nothing here signs in at {instance.host}.", hint)


def repeated_sign_in(refused: RefusedSignIn, hint: str = "") -> Refusal:
    """Return the refusal to repeat a sign-in that an instance rejected within the last day.

    Args:
        hint: what to do, if not to pass the option that signs in again.
    """
    match refused.method:
        case SignInMethod.BASIC:
            who, what = f"the sign-in of {visible(refused.user, 80)}", "password"
            danger = "Another attempt with the same password can lock the user."
        case SignInMethod.API_KEY:
            who, what = "the API key", "key"
            danger = "The same key will most likely be rejected again."
        case _:
            who, what = f"the sign-in of OAuth client {visible(refused.user, 80)}", "secret"
            danger = "The same secret will most likely be rejected again."
    when = f"{refused.when.astimezone():%Y-%m-%d at %H:%M}"
    return Refusal(
        "sign-in.refused-before",
        f"{visible(refused.host)} rejected {who} on {when}. {danger}",
        hint or f"If the {what} has changed or the cause is solved, pass --sign-in-again.",
    )


def reading_words(where: str) -> str:
    """Return what is said while an instance is read."""
    return f"Reading {where}."


def sign_in_notes(profile: Profile, trouble: Problem | None) -> list[str]:
    """Return what there is to know before a secret is typed, a paragraph each.

    Args:
        trouble: why the keyring gave nothing, if it should have.
    """
    kept = "It is kept in memory until the program ends."
    if profile.keep is Keep.KEYRING:
        kept = "Once it has signed in it is kept in the keyring, as the profile says."
    failed = [f"None is kept: {trouble.message}"] if trouble else []
    return ["One attempt is made with it, as more could lock the account.", *failed, kept]


def hint_on_screen(problem: Problem) -> str:
    """Return what to do about a problem, with the key that does it here."""
    return "F5 signs in." if isinstance(problem, NotSignedIn) else problem.hint


def delivery_lines(status: DeliveryStatus, room: int = 0) -> Iterator[str]:
    """Return the delivery status as lines of a terminal."""
    yield from _judgement_part(status, room)
    yield SENDER_TITLE
    yield from _sender_lines(status, room)


def delivery_page(status: DeliveryStatus, room: int = 0) -> Iterator[str]:
    """Return the delivery status as a page of the screen with a title of its own."""
    yield from _judgement_part(status, room)
    yield from _sender_lines(status, room)


def _judgement_part(status: DeliveryStatus, room: int) -> Iterator[str]:
    if status.judgement:
        yield from judgement_lines(status.judgement, room)
        yield ""


def _sender_lines(status: DeliveryStatus, room: int) -> Iterator[str]:
    yield from wrap(sender_words(status), "   ", "   ", room)
    yield from columns(delivery_rows(status), indent=" ", room=room)
    if status.unread:
        yield from wrap(f"Not read: {', '.join(status.unread)}.", "     ", "   ! ", room)


def sender_words(status: DeliveryStatus) -> str:
    """Return what decides delivery, who manages it, and what that means."""
    sender = status.sender
    if sender is None:
        by = status.oauth.type if status.oauth else ""
        return f"{status.why} Its type is {by}." if by else status.why
    where = f"{status.why} It sends through {_address(sender)}."
    if sender.managed:
        return (
            f"{where} ServiceNow configured it: KB0521756 doesn't apply, so leave it as it is. Or "
            "choose your own SMTP account."
        )
    if status.oauth:
        return f"{where} It is your own SMTP account, and signs in by OAuth."
    return f"{where} It is your own SMTP account."


def delivery_rows(status: DeliveryStatus) -> Iterator[DeliveryRow]:
    """Return the state of everything that a change could affect."""
    yield from oauth_rows(status, CHOICE_HINTS.own)
    yield " ", "Email sending enabled", _on_off(status.sending)
    yield _recipients(status)
    yield "!" if not status.queue.is_empty else " ", "Queue", describe_queue(status.queue)
    yield _replies(status)
    yield " ", "Email receiving enabled", _on_off(status.receiving)
    for each in status.readers:
        words = f"{each.name}: {reader_words(each)}, {account_state(each)}"
        yield " ", "POP3/IMAP account", words
    if status.left_over:
        yield " ", "No effect", _leftover_words(status.left_over)
    if status.changed:
        yield " ", "Last changed", f"{status.changed.when} UTC by {status.changed.by}"
    name, release = status.name or "name not returned", status.release or "release not returned"
    yield " ", "Instance", f"{name}, {release}"


def _leftover_words(names: tuple[str, ...]) -> str:
    first, *more = names
    others = f" and {len(more)} more properties of KB0521756" if more else ""
    verb = "hold values that do" if more else "holds a value that does"
    return f"{first}{others} {verb} not affect delivery here; a clone can turn that into an account"


def _on_off(state: bool | None) -> str:
    if state is None:
        return "not returned: missing, or hidden from this user"
    return "on" if state else "off"


def _recipients(status: DeliveryStatus) -> DeliveryRow:
    if status.recipients is None:
        return (
            " ",
            "Test address",
            "not returned: missing, or hidden from this user; mail may reach people",
        )
    if not status.recipients:
        return " ", "Test address", "not set: mail reaches real people"
    return " ", "Test address", f"all email goes to {', '.join(status.recipients)}"


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
    return f"{account.server}:{account.port}" if account.port else account.server


def reader_rows(facts: TargetFacts) -> Iterator[tuple[str, str, str]]:
    """Return what reads mail on an instance: each account's mark, name, and state and mailbox."""
    for each in facts.readers:
        yield " ", each.name, f"{account_state(each)}, {reader_words(each)}"
    if not facts.readers:
        yield " ", "-", "no POP3 or IMAP account is visible to this user"
    if facts.model is Model.UNDETERMINED:
        yield " ", "-", "there may be accounts that this user can't see"
    yield " ", "Email receiving enabled", _on_off(facts.receiving)


def account_state(account: Account) -> str:
    """Return whether an account is active."""
    return "active" if account.active else "inactive"


def reader_words(account: Account) -> str:
    """Return where an account reads mail, and as whom."""
    return f"{account.type} {_address(account)} as {account.user}"
