"""What is worked on, how it is signed in to, and what sends there, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tui.errors import Problem, Refusal
from tui.presentation.delivery_text import judgement_lines
from tui.presentation.oauth_text import oauth_rows, oauth_ways
from tui.presentation.value_text import short_path
from tui.settings.delivery.account import (
    Account,
    AccountChoice,
    ChoiceHints,
    reads_mailbox,
)
from tui.settings.delivery.evidence import DeliveryState
from tui.settings.delivery.status import DeliveryStatus, Model
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
    "apply --account NAME (^P on the screen)",
    "apply --deactivate NAME (^P on the screen)",
    "A test message (send-test ADDRESS; ^T on the screen)",
)
"""How a person chooses their own server, on the screen and on the command line."""
KEYRING_SEARCH = "Looking for the sign-in in the keyring."
_LABELS = {
    SignInMethod.BASIC: "Password of {user} at {host}",
    SignInMethod.API_KEY: "API key for {host}",
    SignInMethod.CLIENT_CREDENTIALS: "Secret of the OAuth client {user} at {host}",
    SignInMethod.BROWSER: "Code or address from the browser",
}
SENDER_TITLE = "What sends now"
MANAGED_WORDS = (
    "ServiceNow configured it: KB0521756 doesn't apply, so leave it as it is. Or choose your own "
    "SMTP account."
)
UNTRIED = "None of this has ever been tried on a live instance."
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
    if place.awaits_servicenows:
        return "ServiceNow-configured, not active"
    if place.chosen:
        return f"account {place.chosen.name}, not active yet"
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
    "Open this address in any browser and sign in. The browser ends up at an address that "
    "doesn't load. Copy that address and paste it here."
)
"""What a person does to sign in with a browser."""
CLIENT_PROMPT = "Secret of the OAuth client (just press Enter if it has none)"


def passphrase_label(instance: Instance) -> str:
    """Return the label of the prompt for what opens the key of a client certificate."""
    file = instance.client_key or instance.client_certificate
    return f"Passphrase of {file.name if file else ''}"


def missing_sign_in(instance: Instance) -> Refusal:
    """Return the refusal to go on without what signs in."""
    hint = "Pass the secret with --secrets-stdin, as a line sign_in=…, or keep it in a keyring."
    if instance.sign_in is SignInMethod.BROWSER:
        hint = (
            "Sign in once on a terminal. A profile with keep = "
            '"keyring" then stays signed in until the refresh token expires.'
        )
    return Refusal("sign-in.missing", f"There is no sign-in for {instance.host} here.", hint)


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
        hint or f"If the {what} has changed or the cause is fixed, pass --sign-in-again.",
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
        kept = "After a successful sign-in it is kept in the keyring, as the profile says."
    failed = [f"It isn't kept: {trouble.message}"] if trouble else []
    return ["It is tried once only, as more attempts could lock the account.", *failed, kept]


def hint_on_screen(problem: Problem) -> str:
    """Return what to do about a problem, with the key that does it here."""
    return "F5 signs in." if isinstance(problem, NotSignedIn) else problem.hint


def delivery_lines(status: DeliveryStatus, room: int = 0) -> Iterator[str]:
    """Return the delivery status as lines of a terminal."""
    yield from _judgement_part(status, room)
    yield SENDER_TITLE
    yield from _sender_lines(status, room)


def _judgement_part(status: DeliveryStatus, room: int) -> Iterator[str]:
    if status.judgement:
        yield from judgement_lines(status.judgement, room)
        yield ""


def _sender_lines(status: DeliveryStatus, room: int) -> Iterator[str]:
    yield from wrap(sender_words(status), "   ", "   ", room)
    # Where no account is active, the judgement has said it.
    if status.model is not Model.NO_ACTIVE_ACCOUNT:
        yield from wrap(interruption_words(status), "     ", "   ! ", room)
    yield from columns(delivery_rows(status), indent=" ", room=room)
    if status.unread:
        yield from wrap(f"Not read: {', '.join(status.unread)}.", "     ", "   ! ", room)


def path_words(status: DeliveryStatus) -> str:
    """Return what decides delivery, and what it sends through."""
    sender = status.sender
    return f"{status.why} It sends through {account_address(sender)}." if sender else status.why


def interruption_words(status: DeliveryStatus) -> str:
    """Return which switch may have stopped half-way and what to do about it, or "".

    Where no account is active, what to do is the next step of the judgement.
    """
    if status.interrupted is None:
        return ""
    if status.model is Model.NO_ACTIVE_ACCOUNT:
        return status.interrupted.words
    return f"{status.interrupted.words} {status.interrupted.ways(CHOICE_HINTS)}"


def sender_words(status: DeliveryStatus) -> str:
    """Return what decides delivery, who manages it, and what that means."""
    sender, where = status.sender, path_words(status)
    if sender is None:
        by = status.oauth.type if status.oauth else ""
        return f"{where} Its type is {by}." if by else where
    if sender.managed:
        return f"{where} {MANAGED_WORDS}"
    how = ", and signs in by OAuth" if status.oauth else ""
    return f"{where} It is your own SMTP account{how}."


def delivery_rows(status: DeliveryStatus) -> Iterator[DeliveryRow]:
    """Return the state of everything that a change could affect."""
    yield from oauth_rows(status)
    yield " ", "Email sending enabled", _on_off(status.sending)
    yield _recipients(status)
    yield "!" if not status.queue.is_empty else " ", "Queue", describe_queue(status.queue)
    yield _replies(status)
    yield " ", "Email receiving enabled", _on_off(status.receiving)
    for each in status.readers:
        words = f"{each.name}: {reader_words(each)}, {account_state(each)}"
        yield " ", "POP3/IMAP account", words
    yield from background_rows(status)


def background_rows(status: DeliveryStatus) -> Iterator[DeliveryRow]:
    """Return what no stage of `why` tells: ways out, what has no effect, the last change."""
    yield from oauth_ways(status, CHOICE_HINTS.own)
    if status.left_over:
        yield " ", "No effect", _leftover_words(status.left_over)
    if status.changed:
        yield " ", "Last changed", f"{status.changed.when} UTC by {status.changed.by}"
    name, release = status.name or "name not returned", status.release or "release not returned"
    yield " ", "Instance", f"{name}, {release}"


def _leftover_words(names: tuple[str, ...]) -> str:
    first, *more = names
    noun = "property" if len(more) == 1 else "properties"
    others = f" and {len(more)} more {noun} of KB0521756" if more else ""
    words = "are set; a clone can turn them" if more else "is set; a clone can turn it"
    return f"{first}{others} {words} into an account"


def _on_off(state: bool | None) -> str:
    if state is None:
        return "not returned: missing, or hidden from this user"
    return "on" if state else "off"


def _recipients(status: DeliveryStatus) -> DeliveryRow:
    if status.recipients is None:
        return (
            " ",
            "Test address",
            "not returned: missing, or hidden from this user; email may reach real people",
        )
    if not status.recipients:
        return " ", "Test address", "not set: email reaches its recipients"
    return " ", "Test address", f"all email goes to {', '.join(status.recipients)}"


def _replies(status: DeliveryStatus) -> DeliveryRow:
    if not status.sent_from:
        return " ", "From", "not known"
    if status.replies_are_read:
        return " ", "From", f"{status.sent_from}; replies are read there"
    if status.replies_are_read is None:
        return " ", "From", f"{status.sent_from}; it isn't known whether replies are read"
    if reads_mailbox(status.readers, status.sent_from):
        return "!", "From", f"{status.sent_from}; replies are not read, as receiving is off"
    return "!", "From", f"{status.sent_from}; no active account reads that mailbox"


def account_address(account: Account) -> str:
    """Return the server of an account, with its port if it has one."""
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
    return f"{account.type} {account_address(account)} as {account.user}"
