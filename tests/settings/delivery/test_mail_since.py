"""What happened to mail since a change: never more than was recorded after it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import make_status
from tui.settings.delivery.account import Account
from tui.settings.delivery.evidence import DeliveryEvidence, FailedMail, format_time
from tui.settings.delivery.mail_since import (
    find_mail_since,
)
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.snapshot import Stamp

NOON = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
REFUSED = "535 5.7.8 Error: authentication failed"
GONE = "550 5.1.1 <gone@corp.example>: User unknown"
OWN = Account(name="Own SMTP", active=True, server="mail.corp.example")
THEIRS = Account(name="ServiceNow SMTP", managed=True)


def at(minute: int) -> str:
    """Return a time after noon, as an instance writes it."""
    return format_time(NOON + timedelta(minutes=minute))


CHANGED = at(0)
STATUS = make_status(OWN, changed=Stamp("3", CHANGED, "admin"))


def seen(sent: str | None = "", *failures: FailedMail) -> DeliveryStatus:
    return replace(STATUS, evidence=DeliveryEvidence(sent=sent, failures=failures))


def test_nothing_after_the_change_is_nothing() -> None:
    assert find_mail_since(seen(""), CHANGED) is None
    assert find_mail_since(seen(at(-1), FailedMail(at(-2), REFUSED)), CHANGED) is None


def test_an_email_of_the_second_of_the_change_may_have_gone_before_it() -> None:
    assert find_mail_since(seen(CHANGED), CHANGED) is None
    found = find_mail_since(seen(at(1)), CHANGED)
    assert found
    assert (found.sent, found.is_shown) == (at(1), True)


def test_a_failure_after_an_accepted_email_counts_and_one_before_it_does_not() -> None:
    after = find_mail_since(seen(at(1), FailedMail(at(2), REFUSED)), CHANGED)
    assert after
    assert (after.is_shown, len(after.failures)) == (False, 1)
    before = find_mail_since(seen(at(3), FailedMail(at(2), REFUSED)), CHANGED)
    assert before
    assert before.is_shown


def test_a_recipient_that_is_gone_says_nothing_of_other_mail() -> None:
    accepted = find_mail_since(seen(at(1), FailedMail(at(2), GONE)), CHANGED)
    assert accepted
    assert accepted.is_shown
    alone = find_mail_since(seen("", FailedMail(at(2), GONE)), CHANGED)
    assert alone
    assert (alone.is_shown, alone.is_about_recipients) == (False, True)
    mixed = find_mail_since(seen("", FailedMail(at(2), GONE), FailedMail(at(1), REFUSED)), CHANGED)
    assert mixed
    assert not mixed.is_about_recipients


MINUTES = st.integers(-5, 5).map(at)
FAILURES = st.lists(st.builds(FailedMail, MINUTES, st.sampled_from(["", REFUSED, GONE])))


@given(st.one_of(st.just(""), st.none(), MINUTES), FAILURES, MINUTES)
def test_what_is_claimed_was_recorded_after_the_change(
    sent: str | None, failures: list[FailedMail], since: str
) -> None:
    newest_first = sorted(failures, key=lambda each: each.when, reverse=True)
    found = find_mail_since(seen(sent, *newest_first), since)
    if found is None:
        assert not any(each.when >= since for each in failures)
        assert not sent or sent <= since
        return
    assert not found.sent or (found.sent == sent and found.sent > since)
    assert all(each.when >= max(since, found.sent) for each in found.failures)
    if found.is_shown:
        grave = [f for f in failures if f.reply != GONE and f.when >= max(since, found.sent)]
        assert not grave
