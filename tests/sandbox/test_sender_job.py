"""The job that sends queued messages."""

from datetime import UTC, datetime, timedelta
from email import message_from_string

import httpx2
import pytest

from tests.sandbox.factories import find_row, get_outcome
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import (
    PORT_NAMES,
    enable_sending,
    own_account,
    queue_one_message,
    set_property,
)
from tui.sandbox.smtp_server import AcceptedMessage
from tui.sandbox.switches import Switches
from tui.sandbox.tables import format_time


def wait_for_messages(sandbox: Sandbox, count: int) -> list[AcceptedMessage]:
    deadline = datetime.now(UTC) + timedelta(seconds=5)
    while len(sandbox.delivered) < count:
        assert datetime.now(UTC) < deadline, "the job does not run"
        sandbox.rows("sys_email")
    return sandbox.delivered


@pytest.mark.parametrize("label", PORT_NAMES)
def test_a_message_goes_through_an_own_account(sandbox: Sandbox, label: str) -> None:
    own_account(sandbox, label)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox, "a@corp.example, b@corp.example", copied="c@corp.example")
    assert sandbox.deliver() == 1
    assert get_outcome(sandbox, sys_id) == ("sent", "processed", "")
    (message,) = sandbox.delivered
    assert message.mail_from == "helpdesk@corp.example"
    assert message.rcpt_tos == ("a@corp.example", "b@corp.example", "c@corp.example")
    assert message.user == sandbox.running.mail.user
    assert message.tls == (label != "None")
    parsed = message_from_string(message.content)
    assert parsed["From"] == "IT Service Desk <helpdesk@corp.example>"
    assert "Hello." in str(parsed.get_payload())
    assert sandbox.deliver() == 0


def test_what_is_refused_for_now_waits_for_its_turn() -> None:
    time = datetime.now(UTC)
    with Sandbox(switches=Switches(sender_seconds=0), clock=lambda: time) as sandbox:
        own_account(sandbox)
        enable_sending(sandbox)
        sys_id = queue_one_message(sandbox, "busy@later.example")
        assert sandbox.deliver() == 1
        assert get_outcome(sandbox, sys_id) == ("send-retry-backoff", "ready", "")
        assert sandbox.deliver() == 0
        time += timedelta(minutes=1)
        sandbox.change("sys_email", sys_id, recipients="busy@corp.example")
        time += timedelta(minutes=1)
        assert sandbox.deliver() == 1
        assert get_outcome(sandbox, sys_id)[0] == "sent"


def test_test_recipients_get_everything_instead(sandbox: Sandbox) -> None:
    own_account(sandbox)
    enable_sending(sandbox, test_user="qa@corp.example, ops@corp.example")
    sys_id = queue_one_message(
        sandbox, "customer@refused.example", blind_copied="boss@corp.example"
    )
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id)[0] == "sent"
    assert [one.rcpt_tos for one in sandbox.delivered] == [("qa@corp.example", "ops@corp.example")]


def test_while_sending_is_off_mail_piles_up(sandbox: Sandbox) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    set_property(sandbox, "glide.email.smtp.active", "false")
    sys_id = queue_one_message(sandbox)
    assert sandbox.deliver() == 0
    assert get_outcome(sandbox, sys_id) == ("send-ready", "ready", "")
    set_property(sandbox, "glide.email.smtp.active", "true")
    assert sandbox.deliver() == 1


@pytest.mark.parametrize(("hours", "sent"), [("", 0), ("31", 1), ("29", 0)])
def test_what_is_older_than_the_look_back_is_never_sent(
    sandbox: Sandbox, hours: str, sent: int
) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    if hours:
        set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", hours)
    queue_one_message(sandbox, sys_created_on=format_time(datetime.now(UTC) - timedelta(hours=30)))
    assert sandbox.deliver() == sent


def test_activating_an_own_account_releases_what_was_queued(sandbox: Sandbox) -> None:
    assert sandbox.deliver() == 0
    own_account(sandbox)
    assert sandbox.deliver() == 4
    assert {one.rcpt_tos for one in sandbox.delivered} == {("mail.tests@corp.example",)}
    left = [one for one in sandbox.rows("sys_email") if one["type"] == "send-ready"]
    assert [one["subject"] for one in left] == ["Change CHG0030001 starts tomorrow"]


def test_the_job_runs_by_itself_while_its_trigger_is_ready(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    queue_one_message(sandbox)
    sandbox.switches.sender_seconds = 0.001
    wait_for_messages(sandbox, 1)
    trigger = find_row(sandbox, "sys_trigger", name="SMTP Sender")
    assert int(trigger["run_count"]) >= 2
    sandbox.change("sys_trigger", trigger["sys_id"], state="2")
    queue_one_message(sandbox)
    for _ in range(20):  # what the job shares its thread with
        assert admin.get("/api/now/table/sys_trigger").status_code == 200
    assert len(sandbox.delivered) == 1
    assert sandbox.deliver() == 1  # by hand it always runs


def test_a_message_without_recipients_ends_as_failed(sandbox: Sandbox) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox, "")
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id)[0] == "send-failed"
