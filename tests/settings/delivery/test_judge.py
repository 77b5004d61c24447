"""What is said of delivery, from what was seen of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import make_status
from tui.presentation.target_text import CHOICE_HINTS
from tui.settings.delivery.account import Account
from tui.settings.delivery.evidence import (
    DeliveryEvidence,
    DeliveryState,
    FailedMail,
    Judgement,
    SmtpSenderJob,
    format_time,
    parse_time,
)
from tui.settings.delivery.interrupted_switch import InterruptedSwitch
from tui.settings.delivery.judge import judge
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.settings.snapshot import Stamp

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
REFUSED = "535 5.7.8 Error: authentication failed"
GONE = "550 5.1.1 <gone@corp.example>: User unknown"


def ago(minutes: float) -> str:
    """Return a time before now, as an instance writes it."""
    return format_time(NOW - timedelta(minutes=minutes))


CHANGED = ago(60)
OWN = Account(name="Own SMTP", active=True, server="mail.corp.example")
READY = SmtpSenderJob("Ready", format_time(NOW + timedelta(seconds=40)))
SEEN = DeliveryEvidence(sent="", failures=(), jobs=(READY,), read_at=NOW)
STATUS = make_status(OWN, changed=Stamp("3", CHANGED, "admin"), evidence=SEEN)


def judged(status: DeliveryStatus = STATUS, *accounts: Account, **evidence: object) -> Judgement:
    changed = replace(status.evidence, **evidence)  # type: ignore[arg-type]
    return judge(replace(status, evidence=changed), accounts or (OWN,))


def test_mail_that_was_sent_since_the_last_change_shows_delivery() -> None:
    found = judged(sent=ago(5))
    assert found.state is DeliveryState.DELIVERING
    assert ago(5) in found.message
    assert found.next == ""


@pytest.mark.parametrize("sent", ["", ago(61), CHANGED])
def test_mail_from_before_the_last_change_shows_nothing(sent: str) -> None:
    found = judged(sent=sent, failures=(FailedMail(ago(62), REFUSED),))
    assert (found.state, found.reason) == (DeliveryState.UNPROVEN, "nothing-sent")
    assert CHANGED in found.message
    assert "test message" in found.next


def test_a_failure_is_told_in_the_servers_words_and_with_its_cause() -> None:
    found = judged(failures=(FailedMail(ago(5), REFUSED), FailedMail(ago(6), "450 wait")))
    assert (found.state, found.reason) == (DeliveryState.FAILING, "password")
    assert "2 emails failed" in found.message
    assert REFUSED in found.message
    assert "The user or the password is wrong." in found.message
    assert "Correct them" in found.next


def test_a_failure_without_words_is_a_failure() -> None:
    found = judged(failures=(FailedMail(ago(5)),))
    assert found.state is DeliveryState.FAILING
    assert "recorded no reply" in found.message


def test_a_full_page_of_failures_is_counted_as_the_least() -> None:
    found = judged(failures=(FailedMail(ago(5), REFUSED),), more_failures=True)
    assert "At least 1 email failed" in found.message


@pytest.mark.parametrize(
    ("sent", "failed", "reply", "state"),
    [
        (5, 6, REFUSED, DeliveryState.DELIVERING),
        (6, 5, REFUSED, DeliveryState.FAILING),
        (5, 5, REFUSED, DeliveryState.FAILING),
        (6, 5, GONE, DeliveryState.DELIVERING),
        (6, 5, "552 5.2.2 Mailbox full", DeliveryState.DELIVERING),
        (61, 5, GONE, DeliveryState.FAILING),
        (6, 5, "", DeliveryState.FAILING),
    ],
)
def test_what_happened_last_decides_unless_it_was_one_messages_fault(
    sent: int, failed: int, reply: str, state: DeliveryState
) -> None:
    found = judged(sent=ago(sent), failures=(FailedMail(ago(failed), reply),))
    assert found.state is state


def test_a_failure_that_is_over_is_counted_all_the_same() -> None:
    found = judged(sent=ago(1), failures=(FailedMail(ago(5), REFUSED),))
    assert "1 email failed" in found.message


def test_sending_that_is_off_stops_everything() -> None:
    found = judged(replace(STATUS, sending=False), sent=ago(1))
    assert (found.state, found.reason) == (DeliveryState.STOPPED, "sending-off")


@pytest.mark.parametrize(
    ("job", "words"),
    [
        (SmtpSenderJob("Error", ago(0)), "in the state Error"),
        (SmtpSenderJob("Queued", ago(0)), "in the state Queued"),
        (SmtpSenderJob("Ready", ago(11)), "overdue"),
        (SmtpSenderJob("Ready", ago(-61)), "not due before"),
    ],
)
def test_a_job_that_does_not_run_stops_everything(job: SmtpSenderJob, words: str) -> None:
    found = judged(sent=ago(1), jobs=(READY, job))
    assert (found.state, found.reason) == (DeliveryState.STOPPED, "job")
    assert words in found.message


@pytest.mark.parametrize(
    "jobs", [None, (), (SmtpSenderJob("Running", ago(9)),), (SmtpSenderJob("9"),)]
)
def test_a_job_that_is_hidden_or_runs_is_no_obstacle(
    jobs: tuple[SmtpSenderJob, ...] | None,
) -> None:
    assert judged(sent=ago(1), jobs=jobs).state is DeliveryState.DELIVERING


NONE_ACTIVE = replace(STATUS, model=Model.NO_ACTIVE_ACCOUNT, sender=None, changed=None)
RESTING = Account(name="ServiceNow SMTP", managed=True)
LEFT = Account(name="glidemail mail.corp.example")
BY_HAND = Account(name="Corp SMTP")


@pytest.mark.parametrize(
    ("accounts", "words", "way"),
    [
        ((RESTING, BY_HAND), "; ServiceNow SMTP and Corp SMTP are inactive.", "--provider-server"),
        ((BY_HAND,), "; Corp SMTP is inactive.", "--account NAME (^P on the screen) activates Cor"),
        (
            (BY_HAND, replace(BY_HAND, name="B")),
            "; Corp SMTP and B are inactive.",
            "activates Corp SMTP or B.",
        ),
        (
            (replace(BY_HAND, uses_oauth=True),),
            "; Corp SMTP is inactive.",
            "Corp SMTP signs in by OAuth and can only be activated on the instance.",
        ),
        ((LEFT,), "; glidemail mail.corp.example is inactive.", "--own-server"),
        ((), "No SMTP account is active. No mail goes out.", "creates your own SMTP account"),
    ],
)
def test_without_an_active_account_the_inactive_ones_are_named_with_a_way(
    accounts: tuple[Account, ...], words: str, way: str
) -> None:
    found = judge(NONE_ACTIVE, accounts, CHOICE_HINTS)
    assert (found.state, found.reason) == (DeliveryState.STOPPED, "no-active-account")
    assert words in found.message
    assert "No mail goes out. Whether the instance then sends" in found.message
    assert way in found.next


def test_a_release_without_accounts_is_judged_by_its_mail() -> None:
    old = replace(NONE_ACTIVE, lacks_accounts=True, changed=Stamp("1", CHANGED, "admin"))
    assert judged(old, sent=ago(1)).state is DeliveryState.DELIVERING


def test_a_sender_of_unknown_age_is_not_credited_with_mail() -> None:
    assert judged(replace(STATUS, changed=None), sent=ago(1)).state is DeliveryState.UNPROVEN


@pytest.mark.parametrize(
    ("evidence", "state", "reason"),
    [
        ({"sent": ago(1)}, DeliveryState.STOPPED, "test-address"),
        ({}, DeliveryState.STOPPED, "test-address-unproven"),
        ({"failures": (FailedMail(ago(1), REFUSED),)}, DeliveryState.FAILING, "password"),
        ({"sent": None}, DeliveryState.UNDETERMINED, "emails-hidden"),
    ],
)
def test_a_test_address_keeps_mail_from_people_and_hides_no_failure(
    evidence: dict[str, object], state: DeliveryState, reason: str
) -> None:
    found = judged(replace(STATUS, recipients=("qa@corp.example",)), **evidence)
    assert (found.state, found.reason) == (state, reason)
    if state is DeliveryState.STOPPED:
        assert "qa@corp.example" in found.message


def test_mail_from_before_the_test_address_does_not_show_that_it_is_reached() -> None:
    redirected = replace(STATUS, recipients=("qa@corp.example",), recipients_changed=ago(30))
    found = judged(redirected, sent=ago(40))
    assert found.reason == "test-address-unproven"
    assert f"since the test address's last change ({ago(30)} UTC)" in found.message
    assert judged(redirected, sent=ago(20)).reason == "test-address"
    assert judged(replace(redirected, recipients=()), sent=ago(40)).reason == "sent"


def test_a_rejected_test_address_fails_all_mail() -> None:
    redirected = replace(STATUS, recipients=("qa@corp.example",))
    found = judged(redirected, sent=ago(20), failures=(FailedMail(ago(5), GONE),))
    assert (found.state, found.reason) == (DeliveryState.FAILING, "recipient-unknown")


@pytest.mark.parametrize(
    ("status", "evidence"),
    [
        (replace(STATUS, recipients=None), {"sent": ago(1)}),
        (STATUS, {"sent": None}),
        (STATUS, {"failures": None}),
        (replace(STATUS, sending=None), {"sent": ago(1)}),
        (replace(STATUS, model=Model.UNDETERMINED, why="Two are active."), {"sent": ago(1)}),
    ],
)
def test_what_is_hidden_leaves_it_undetermined(
    status: DeliveryStatus, evidence: dict[str, object]
) -> None:
    assert judged(status, **evidence).state is DeliveryState.UNDETERMINED


def test_mail_that_waits_while_none_is_sent_is_a_doubt() -> None:
    found = judged(waiting=ago(30), sent=ago(40))
    assert (found.state, found.reason) == (DeliveryState.UNPROVEN, "queue-stuck")
    assert ago(30) in found.message
    assert judged(waiting=ago(30), sent=ago(2)).state is DeliveryState.DELIVERING
    assert judged(waiting=ago(3), sent=ago(40)).state is DeliveryState.DELIVERING


@pytest.mark.parametrize("words", ["[EOF]", "The SMTP AUTH extension is not supported"])
def test_no_message_is_to_blame_where_there_was_no_connection(words: str) -> None:
    reply = f"Cannot connect to SMTP server: mail.corp.example, message: {words}"
    found = judged(sent=ago(6), failures=(FailedMail(ago(5), reply),))
    assert found.state is DeliveryState.FAILING
    assert found.reason != "content"


def test_no_time_is_taken_from_what_is_none() -> None:
    assert parse_time("") is None
    assert parse_time("soon") is None
    assert parse_time(format_time(NOW)) == NOW


TIMES = st.one_of(st.just(""), st.floats(0, 120).map(ago))
FAILURES = st.lists(
    st.builds(FailedMail, st.floats(0, 120).map(ago), st.sampled_from([REFUSED, GONE, "", "x"])),
    max_size=4,
).map(lambda found: tuple(sorted(found, key=lambda each: each.when, reverse=True)))


@given(
    sent=st.one_of(st.none(), TIMES),
    failures=st.one_of(st.none(), FAILURES),
    sending=st.sampled_from([True, False, None]),
    model=st.sampled_from(list(Model)),
    state=st.sampled_from(["Ready", "Running", "Queued", "Error"]),
    recipients=st.sampled_from([None, (), ("qa@corp.example",)]),
)
def test_delivery_is_claimed_only_with_mail_sent_since_the_last_change(
    sent: str | None,
    failures: tuple[FailedMail, ...] | None,
    sending: bool | None,
    model: Model,
    state: str,
    recipients: tuple[str, ...] | None,
) -> None:
    status = replace(STATUS, model=model, sending=sending, recipients=recipients)
    found = judged(status, sent=sent, failures=failures, jobs=(SmtpSenderJob(state),))
    assert found.message
    if found.state is DeliveryState.DELIVERING:
        assert sent
        assert failures is not None
        assert sent > CHANGED
        assert sending
        assert recipients == ()
        assert state in ("Ready", "Running")
        assert all(each.when < sent for each in failures if each.reply == REFUSED)


def test_a_switch_that_stopped_half_way_is_said_with_both_ways() -> None:
    stopped = replace(NONE_ACTIVE, interrupted=InterruptedSwitch(RESTING, LEFT))
    found = judge(stopped, (RESTING, LEFT), CHOICE_HINTS)
    assert found.state is DeliveryState.STOPPED
    assert found.message.startswith(
        "No SMTP account is active. A switch from ServiceNow SMTP to glidemail mail.corp.example "
        "may have stopped halfway: neither is active. No mail goes out."
    )
    assert "To finish: apply --own-server" in found.next
    assert "To go back: apply --provider-server" in found.next
