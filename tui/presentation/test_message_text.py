"""A test message and what became of it, in words: what it proves, and no more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tui.presentation.target_text import account_address, signer_words
from tui.replies.reply import parse_reply
from tui.settings.delivery.evidence import DeliveryState, Judgement
from tui.settings.delivery.judge import MOST_OF_A_REPLY
from tui.settings.delivery.mail_effect import find_delay
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.settings.delivery.test_message import (
    MessageLogEntry,
    MessageOutcome,
    MessageState,
    OutgoingMessage,
)
from tui.terminal.layout import wrap
from tui.terminal.visible import visible
from tui.workspace.session import Session

TEST_TITLE = "Send a test message"
CONFIRM_TITLE = "Send it?"
ON_ITS_WAY = "The test message is queued and may still be sent. It is no longer followed."
STILL_SENT = "Escape stops following it. Once queued, it may still be sent."
NOT_FOLLOWED_HINT = "See what happened to it with: glidemail -p {name} why"
MARKS = {
    MessageState.ACCEPTED: "+",
    MessageState.FAILED: "x",
    MessageState.IGNORED: "x",
    MessageState.WAITING: "!",
    MessageState.UNKNOWN: "!",
}
_MOST_OF_AN_ENTRY = 200


@dataclass(frozen=True, slots=True)
class MessageReport:
    """What became of a test message.

    Attributes:
        message: what was seen, in sentences.
        next: what to do.
    """

    message: str
    next: str


def compose_message(session: Session, address: str, token: str, when: datetime) -> OutgoingMessage:
    """Return the test message to an address; nothing secret is in it."""
    host, signer = session.target.where, signer_words(session)
    return OutgoingMessage(
        address,
        token,
        f"Test message {token} from {host}",
        f"This is a test message from the ServiceNow instance {host}.\n"
        f"{signer} sent it with glidemail at {when:%Y-%m-%d %H:%M} UTC.\n"
        "It shows that mail from this instance reaches this mailbox. You don't need to do "
        "anything.\n"
        f"Token: {token}\n",
    )


def plan_words(session: Session, address: str = "the address you type") -> Iterator[str]:
    """Return where a test message goes, and through what, as the instance was read."""
    status = session.reading.status
    if status is None:
        return
    yield f"It goes through {sender_words(status)}."
    if status.recipients:
        listed = ", ".join(status.recipients)
        yield f"Like all email, it goes to the test address {listed}, not to {address}."
    elif status.recipients is None:
        yield "This user can't see whether a test address is set."


def consent_words(session: Session, address: str) -> Iterator[str]:
    """Return why a test message is asked about first, a sentence or two each; none if it isn't."""
    status = session.reading.status
    if session.facts.is_production:
        to = f" to {address}" if not (status and status.recipients) else ""
        yield f"{session.target.where} is production: this sends a real email{to}."
    if status and (delay := find_delay(status)):
        yield delay_words(delay)


def is_known_to_wait(session: Session) -> bool:
    """Return whether `consent_words` say that the message would wait in the queue."""
    status = session.reading.status
    return status is not None and find_delay(status) is not None


def delay_words(delay: Judgement) -> str:
    """Return what a message meets that is queued all the same."""
    return f"{delay.message} The message would wait in the queue and go out later."


def sender_words(status: DeliveryStatus) -> str:
    """Return what sends, in a few words."""
    sender = status.sender
    if sender is None:
        if status.model is Model.UNDETERMINED:
            return "an account that can't be determined"
        return {
            Model.NO_ACTIVE_ACCOUNT: "no account: none is active",
            Model.OTHER_SENDER: "a sender that isn't an SMTP account",
        }.get(status.model, "an account that isn't known")
    return f"{sender.name} ({account_address(sender)})"


def report(outcome: MessageOutcome) -> MessageReport:
    """Return what became of a test message, and what to do."""
    match outcome.state:
        case MessageState.ACCEPTED:
            return MessageReport(" ".join(_accepted(outcome)), _look_for(outcome))
        case MessageState.FAILED:
            return MessageReport(" ".join(_failed(outcome)), _after_failure(outcome))
        case MessageState.IGNORED:
            words = f"The instance ignored it{_at(outcome)}: it wasn't sent ({outcome.type})."
            return MessageReport(words, "Check its record and its log on the instance.")
        case MessageState.WAITING:
            return MessageReport(" ".join(_waiting(outcome)), _after_wait(outcome))
    return MessageReport(" ".join(_unknown(outcome)), _after_unknown(outcome))


def short_words(outcome: MessageOutcome) -> str:
    """Return what became of a test message, for one line."""
    by = f" by {_server(outcome)}" if outcome.state is MessageState.ACCEPTED else ""
    return f"Test message {outcome.queued.message.token}: {outcome.state}{by}."


def _accepted(outcome: MessageOutcome) -> Iterator[str]:
    address = outcome.queued.message.address
    server = _server(outcome)
    yield f"Accepted by {server}{_at(outcome)}. Accepted is not delivered."
    if not outcome.is_sender_known:
        yield _sender_doubt(outcome)
    redirected = outcome.redirected_to
    if redirected:
        yield (
            f"It went to the test address {', '.join(redirected)}, not to {address}: this shows "
            f"that {server} accepts mail, not that {address} gets it."
        )
    elif redirected is None and outcome.after is not None:
        is_hidden = outcome.queued.before.recipients is None
        why = "is hidden from this user" if is_hidden else "was changed while it was sent"
        yield f"The test address {why}: it may not have gone to {address}."


def _server(outcome: MessageOutcome) -> str:
    """Return what accepted it, as far as that is known."""
    sender = outcome.queued.before.sender
    if sender is None or not outcome.is_sender_known:
        return "the instance's mail server"
    return sender.server or "the instance's mail server"


def _sender_doubt(outcome: MessageOutcome) -> str:
    if outcome.after is None:
        why = f" {outcome.trouble.message}" if outcome.trouble else ""
        return f"It isn't known which account sent it: the instance couldn't be read again.{why}"
    before, after = outcome.queued.before.sender, outcome.after.sender
    names = [each.name if each else "no SMTP account" for each in (before, after)]
    changed = outcome.after.changed
    if names[0] == names[1]:
        by = f" by {changed.by} at {changed.when} UTC" if changed else ""
        return f"{names[0]} was changed{by}: the message may have been sent before or after that."
    return f"{names[0]} was active before, {names[1]} is now: either may have sent it."


def _look_for(outcome: MessageOutcome) -> str:
    redirected = outcome.redirected_to
    if not outcome.is_sender_known:
        return "Send another one."
    where = ", ".join(redirected) if redirected else outcome.queued.message.address
    return f"Look for {outcome.queued.message.token} in the mailbox of {where}."


def _failed(outcome: MessageOutcome) -> Iterator[str]:
    yield f"It failed{_at(outcome)}."
    if outcome.error:
        # Without a code the words are the instance's own: no server may have said anything.
        by = "The server said" if parse_reply(outcome.error).code else "The instance recorded"
        yield f"{by}: “{visible(outcome.error, MOST_OF_A_REPLY)}”."
    else:
        yield "The instance recorded no reply."
    if found := outcome.explanation:
        yield found.meaning.statement
    if outcome.is_about_recipient:
        yield "The cause is this message or its recipient: other mail may go out."
    if not outcome.is_sender_known:
        yield _sender_doubt(outcome)


def _after_failure(outcome: MessageOutcome) -> str:
    found = outcome.explanation
    return found.meaning.next if found else ""


def _waiting(outcome: MessageOutcome) -> Iterator[str]:
    yield f"It is still in the queue after {outcome.seconds:g} s ({outcome.type})."
    if delay := outcome.delay:
        yield delay.message
    elif outcome.type.startswith("send-retry"):
        yield "An attempt to send it failed. The instance tries again later."
    elif outcome.after is None:
        yield "The reason couldn't be read."
    elif (found := outcome.after.judgement) and found.state is DeliveryState.FAILING:
        yield f"Other mail fails: {found.message}"
    else:
        yield "No reason was found."


def _after_wait(outcome: MessageOutcome) -> str:
    if (delay := outcome.delay) and delay.next:
        return f"{delay.next} Then the message goes out, unless it is too old."
    return "Check its record on the instance later: it may still be sent."


def _unknown(outcome: MessageOutcome) -> Iterator[str]:
    yield "It was queued. It isn't known whether it was sent."
    if outcome.type:
        yield f"It was last seen as {outcome.type}."
    if outcome.trouble:
        yield outcome.trouble.message


def _after_unknown(outcome: MessageOutcome) -> str:
    token = outcome.queued.message.token
    look = f"Look for {token} in the instance's emails (sys_email)."
    if outcome.trouble and outcome.trouble.code == "instance.forbidden":
        return f"To follow it, this user needs read access to emails (sys_email). {look}"
    return look


def _at(outcome: MessageOutcome) -> str:
    return f" at {outcome.when} UTC" if outcome.when else ""


def outcome_lines(outcome: MessageOutcome, url: str, room: int = 0) -> Iterator[str]:
    """Return what became of a test message, its log entries, and what to do."""
    found = report(outcome)
    yield from wrap(found.message, "   ", f" {MARKS[outcome.state]} ", room)
    for each in outcome.log or ():
        yield from wrap(_entry_words(each), "       ", "     ", room)
    if outcome.log is None and outcome.state is not MessageState.UNKNOWN:
        yield "     No log entry for it is visible (syslog_email)."
    if found.next:
        yield from wrap(found.next, "       ", "   ->  ", room)
    yield f"   {record_address(outcome, url)}"


def _entry_words(each: MessageLogEntry) -> str:
    return f"Log: {visible(each.message, _MOST_OF_AN_ENTRY)}"


def record_address(outcome: MessageOutcome, url: str) -> str:
    """Return the address of a message's own page on its instance."""
    return f"{url}/sys_email.do?sys_id={outcome.queued.sys_id}"
