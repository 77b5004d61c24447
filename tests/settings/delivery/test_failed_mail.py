"""Failed emails by cause, and which of them are released."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    MANAGED,
    PRODUCTION,
    STAMP,
    TEST,
    deterministic,
    make_status,
)
from tui.replies.cause import Cause
from tui.settings.delivery.evidence import DeliveryState, Judgement, format_time
from tui.settings.delivery.failed_mail import (
    MOST_RELEASED,
    FailedMessage,
    MessageRelease,
    ReleaseOutcome,
    ReleasePlan,
    ReleaseResult,
    describe_other_delivery,
    group_failures,
    plan_release,
    release_confirmations,
)
from tui.settings.delivery.status import DeliveryStatus, Model, Queue

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
LOGIN, GONE = (
    "535 5.7.8 Error: authentication failed",
    "550 5.1.1 <gone@corp.example>: User unknown",
)
STATUS = make_status()


def failed(number: int = 0, reply: str = LOGIN, hours: float = 1, **more: object) -> FailedMessage:
    """Return an email that was created hours ago, and failed at once."""
    when = format_time(NOW - timedelta(hours=hours))
    message = FailedMessage(
        when, reply, sys_id=f"id {number}", stamp=STAMP, created=when, subject=f"Report {number}"
    )
    return replace(message, **more)  # type: ignore[arg-type]


def plan(
    *messages: FailedMessage, causes: tuple[Cause, ...] = (), status: DeliveryStatus = STATUS
) -> ReleasePlan:
    return plan_release(group_failures(messages, status), causes, status, NOW)


def test_emails_are_grouped_by_cause_in_their_order() -> None:
    messages = (failed(1, GONE), failed(2), failed(3, GONE), failed(4, ""))
    groups = group_failures(messages, STATUS)
    assert [(each.cause, [m.sys_id for m in each.messages]) for each in groups] == [
        (Cause.RECIPIENT_UNKNOWN, ["id 1", "id 3"]),
        (Cause.PASSWORD, ["id 2"]),
        (Cause.UNKNOWN, ["id 4"]),
    ]
    assert groups[0].meaning.statement == "The recipient's mailbox doesn't exist."


def test_only_named_causes_are_released_and_no_name_means_all() -> None:
    messages = (failed(1, GONE), failed(2))
    assert [each.sys_id for each in plan(*messages).messages] == ["id 1", "id 2"]
    assert [each.sys_id for each in plan(*messages, causes=(Cause.PASSWORD,)).messages] == ["id 2"]
    assert not plan(*messages, causes=(Cause.SPAM,))


def test_the_age_counts_from_creation_and_not_from_the_failure() -> None:
    old = failed(1, when=format_time(NOW), created=format_time(NOW - timedelta(hours=25)))
    found = plan(old, failed(2, hours=23.9))
    assert ([each.sys_id for each in found.messages], found.too_old) == (["id 2"], 1)
    longer = replace(STATUS, queue=Queue(0, "", 0, 48))
    assert plan(old, failed(2), status=longer).too_old == 0


@deterministic
@given(st.lists(st.tuples(st.floats(0, 48), st.booleans()), max_size=2 * MOST_RELEASED + 20))
def test_every_email_is_released_left_out_or_left_for_later(
    ages: list[tuple[float, bool]],
) -> None:
    messages = [failed(n, GONE if gone else LOGIN, age) for n, (age, gone) in enumerate(ages)]
    found = plan(*messages)
    assert len(found.messages) <= MOST_RELEASED
    assert len(found.messages) + found.too_old + found.left == len(messages)
    assert sum(count for _, count in found.causes) == len(found.messages)
    created = [each.created for each in found.messages]
    assert created == sorted(created)
    assert not created or created[0] >= format_time(NOW - timedelta(hours=24))
    assert bool(found.left) is (len(messages) - found.too_old > MOST_RELEASED)


def test_recipients_are_counted_once_and_hidden_ones_are_not_none() -> None:
    one, both = frozenset({"a@x.example"}), frozenset({"a@x.example", "b@x.example"})
    found = plan(failed(1, addresses=one), failed(2, addresses=both))
    assert (found.addresses, found.hides_addresses) == (both, False)
    hidden = plan(failed(1, addresses=one), failed(2, addresses=None))
    assert (hidden.addresses, hidden.hides_addresses) == (one, True)


def test_a_sender_that_fails_for_another_cause_is_no_repeat() -> None:
    failing = Judgement(DeliveryState.FAILING, "password", "4 emails failed.")
    status = replace(STATUS, judgement=failing)
    assert plan(failed(), status=status).is_failing
    assert not plan(failed(1, GONE), status=status).is_failing
    was = replace(STATUS, judgement=replace(failing, state=DeliveryState.DELIVERING))
    assert not plan(failed(), status=was).is_failing
    assert plan(failed(1, GONE)).lasting == (Cause.RECIPIENT_UNKNOWN,)


def test_the_number_is_typed_and_in_production_the_host() -> None:
    found = plan(failed(1), failed(2))
    assert [each.word for each in release_confirmations(found, TEST, "corp.example")] == ["2"]
    production = list(release_confirmations(found, PRODUCTION, "corp.example"))
    assert [each.word for each in production] == ["2", "corp.example"]


def test_whatever_decides_over_the_emails_is_compared() -> None:
    found = plan(failed())
    assert describe_other_delivery(found, replace(STATUS, queue=Queue(9, "", 9))) == ""
    changes = (
        ({"sending": None}, "whether email sending is on"),
        ({"recipients": None}, "the test address"),
        ({"sender": MANAGED}, "the sender"),
        (
            {"model": Model.NO_ACTIVE_ACCOUNT, "recipients": ("a@x",)},
            "the test address, the sender",
        ),
    )
    for changed, words in changes:
        assert describe_other_delivery(found, replace(STATUS, **changed)) == words


def test_a_result_is_complete_only_if_every_email_was_released() -> None:
    released = MessageRelease(failed(), ReleaseOutcome.RELEASED)
    assert ReleaseResult((released, released)).is_complete
    for outcome in set(ReleaseOutcome) - {ReleaseOutcome.RELEASED}:
        result = ReleaseResult((released, MessageRelease(failed(), outcome)))
        assert not result.is_complete
        assert (result.count(outcome), result.count(ReleaseOutcome.RELEASED)) == (1, 1)
