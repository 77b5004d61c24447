"""What is said of a test message: what it proves, and nothing beyond."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.app.factories import HOSTILE, make_instance_session
from tests.cli.house import assert_printable
from tests.settings.factories import make_status
from tui.errors import Problem
from tui.presentation.test_message_text import compose_message, outcome_lines, report, short_words
from tui.settings.delivery.account import Account
from tui.settings.delivery.evidence import DeliveryState, Judgement
from tui.settings.delivery.test_message import (
    MessageLogEntry,
    MessageOutcome,
    MessageState,
    OutgoingMessage,
    QueuedMessage,
    state_from,
)
from tui.settings.snapshot import Stamp

ADDRESS, WHEN = "ann@corp.example", "2026-03-04 12:03:00"
OWN = Account(name="Own SMTP", active=True, server="mail.corp.example", stamp=Stamp("1", WHEN, "a"))
STATUS = make_status(OWN, changed=OWN.stamp)
QUEUED = QueuedMessage(OutgoingMessage(ADDRESS, "1a2b3c4d", "Test message", ""), "e" * 32, STATUS)
ACCEPTED = MessageOutcome(
    queued=QUEUED, state=MessageState.ACCEPTED, type="sent", when=WHEN, after=STATUS, seconds=120
)
FAILED = replace(ACCEPTED, state=MessageState.FAILED, type="send-failed", error="535 5.7.8 no")
WAITING = replace(ACCEPTED, state=MessageState.WAITING, type="send-ready")


def in_status(outcome: MessageOutcome, **fields: object) -> MessageOutcome:
    """Return an outcome with the same delivery before and after, changed in some fields."""
    status = replace(STATUS, **fields)  # type: ignore[arg-type]
    return replace(outcome, queued=replace(QUEUED, before=status), after=status)


def test_accepted_is_said_to_be_no_more_than_that() -> None:
    told = report(ACCEPTED)
    assert told.message == (
        f"Accepted by mail.corp.example at {WHEN} UTC. Accepted is not delivered."
    )
    assert told.next == f"Look for 1a2b3c4d in the mailbox of {ADDRESS}."
    assert ACCEPTED.is_shown


def test_a_test_address_got_it_instead() -> None:
    told = report(in_status(ACCEPTED, recipients=("qa@corp.example",)))
    assert told.message.endswith(
        f"It went to the test address qa@corp.example, not to {ADDRESS}: this shows that "
        f"mail.corp.example accepts mail, not that {ADDRESS} gets it."
    )
    assert told.next == "Look for 1a2b3c4d in the mailbox of qa@corp.example."


def test_a_test_address_that_is_hidden_or_was_changed_leaves_open_where_it_went() -> None:
    hidden = in_status(ACCEPTED, recipients=None)
    assert f"is hidden from this user: it may not have gone to {ADDRESS}." in report(hidden).message
    changed = replace(ACCEPTED, after=replace(STATUS, recipients=("qa@corp.example",)))
    assert "was changed while it was sent" in report(changed).message


def test_a_sender_that_changed_meanwhile_is_said_and_proves_nothing() -> None:
    updated = replace(OWN, stamp=Stamp("2", WHEN, "bob"))
    after = replace(STATUS, sender=updated, changed=updated.stamp)
    same_name = replace(ACCEPTED, after=after)
    assert f"Own SMTP was changed by bob at {WHEN} UTC" in report(same_name).message
    assert "Accepted by the instance's mail server" in report(same_name).message
    other = replace(ACCEPTED, after=replace(STATUS, sender=replace(OWN, name="Other")))
    assert "Own SMTP was active before, Other is now" in report(other).message
    unread = replace(ACCEPTED, after=None, trouble=Problem("x", "It is gone.", ""))
    assert "the instance couldn't be read again. It is gone." in report(unread).message
    for each in (same_name, other, unread):
        assert not each.is_shown
        assert report(each).next == "Send another one."


def test_a_failure_has_the_servers_words_a_cause_and_a_next_step() -> None:
    told = report(FAILED)
    assert told.message == (
        f"It failed at {WHEN} UTC. The server said: “535 5.7.8 no”. "
        "The user or the password is wrong."
    )
    assert told.next.startswith("Correct them")
    assert "recorded no reply" in report(replace(FAILED, error="")).message


def test_what_the_instance_itself_says_is_not_put_into_a_servers_mouth() -> None:
    error = "Cannot connect to SMTP server: mail.corp.example, message: [EOF]"
    message = report(replace(FAILED, error=error)).message
    assert f"The instance recorded: “{error}”." in message
    assert "The server said" not in message


def test_a_recipient_that_is_unknown_says_nothing_of_other_mail() -> None:
    told = report(replace(FAILED, error=f"550 5.1.1 <{ADDRESS}>: User unknown"))
    assert "The recipient's mailbox doesn't exist." in told.message
    assert "other mail may go out" in told.message


def test_a_test_address_that_is_rejected_stops_all_mail() -> None:
    redirected = replace(STATUS, recipients=("qa@corp.example",))
    queued = replace(FAILED.queued, before=redirected)
    error = "550 5.1.1 <qa@corp.example>: User unknown"
    told = report(replace(FAILED, queued=queued, after=redirected, error=error))
    assert "other mail may go out" not in told.message


def test_an_ignored_message_was_not_sent() -> None:
    ignored = replace(ACCEPTED, state=MessageState.IGNORED, type="send-ignored")
    assert "it wasn't sent (send-ignored)" in report(ignored).message


def test_a_waiting_message_says_what_holds_it_as_far_as_that_was_read() -> None:
    off = Judgement(DeliveryState.STOPPED, "sending-off", "Email sending is off.", "Turn it on.")
    told = report(in_status(WAITING, judgement=off))
    assert told.message == (
        "It is still in the queue after 120 s (send-ready). Email sending is off."
    )
    assert told.next.startswith("Turn it on. Then the message goes out")
    assert "No reason was found." in report(WAITING).message
    retried = replace(WAITING, type="send-retry-backoff")
    assert "An attempt to send it failed." in report(retried).message
    fails = Judgement(DeliveryState.FAILING, "password", "4 emails failed.", "")
    failing = in_status(WAITING, judgement=fails)
    assert "Other mail fails: 4 emails failed." in report(failing).message
    assert "The reason couldn't be read." in report(replace(WAITING, after=None)).message


def test_where_all_mail_goes_to_a_test_address_nothing_is_held_back_by_that() -> None:
    redirects = Judgement(DeliveryState.STOPPED, "test-address", "All email goes to qa.", "")
    assert in_status(WAITING, judgement=redirects).delay is None


def test_what_could_not_be_followed_is_unknown() -> None:
    gone = replace(WAITING, state=MessageState.UNKNOWN, trouble=Problem("x", "No answer.", ""))
    assert report(gone).message == (
        "It was queued. It isn't known whether it was sent. It was last seen as send-ready. No "
        "answer."
    )
    forbidden = replace(gone, type="", trouble=Problem("instance.forbidden", "Not allowed.", ""))
    assert "needs read access to emails (sys_email)" in report(forbidden).next


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("room", [30, 80])
def test_hostile_words_are_made_visible(hostile: str, room: int) -> None:
    entry = MessageLogEntry("2", hostile)
    outcome = replace(FAILED, error=f"554 {hostile}", log=(entry,))
    lines = list(outcome_lines(outcome, "https://corp.example", room))
    assert_printable("\n".join(lines))
    assert sum(map(len, lines)) < 2500
    assert_printable(short_words(outcome))


@pytest.mark.parametrize(
    ("type", "state"),
    [
        ("sent", "accepted"),
        ("send-failed", "failed"),
        ("send-ignored", "ignored"),
        ("send-ready", "waiting"),
        ("send-retry-backoff", "waiting"),
        ("send - translation - ready", "waiting"),
        ("anything", "waiting"),
    ],
)
def test_only_what_is_known_to_be_final_is(type: str, state: str) -> None:
    assert state_from(type) == state


def test_the_message_names_the_instance_and_its_token_and_nothing_secret() -> None:
    session = make_instance_session()
    made = compose_message(session, ADDRESS, "1a2b3c4d", datetime(2026, 3, 4, 12, 3, tzinfo=UTC))
    assert made.subject == "Test message 1a2b3c4d from dev12345.service-now.com"
    assert "admin sent it with glidemail at 2026-03-04 12:03 UTC." in made.text
    assert "unused" not in made.text  # the secret of that session
