"""The job that sends what waits, and the mail server that it sends through."""

from datetime import UTC, datetime, timedelta
from email import message_from_string

import httpx2
import pytest

from tests.sandbox.factories import (
    WRONG_LOGIN,
    find_account,
    find_property,
    find_row,
    get_outcome,
    make_sandbox,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import (
    PORT_NAMES,
    enable_sending,
    graph_sender,
    no_active_account,
    oauth_account,
    own_account,
    queue_one_message,
    set_property,
)
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.tables import format_time, parse_time


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
    no_active_account(sandbox)
    sandbox.switches.legacy_honoured = False
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


@pytest.mark.parametrize("tls", ["true", "false"])
def test_security_can_stand_in_the_old_columns(sandbox: Sandbox, tls: str) -> None:
    sandbox.switches.security_columns = "enable"
    sys_id = own_account(sandbox, "STARTTLS")
    sandbox.change("sys_email_account", sys_id, enable_tls=tls, connection_security="no")
    enable_sending(sandbox)
    message = queue_one_message(sandbox)
    sandbox.deliver()
    assert (get_outcome(sandbox, message)[0] == "sent") == (tls == "true")


def test_a_guessed_choice_sends_nothing(sandbox: Sandbox) -> None:
    sys_id = own_account(sandbox)
    sandbox.change("sys_email_account", sys_id, connection_security="STARTTLS")
    enable_sending(sandbox)
    message = queue_one_message(sandbox)
    sandbox.deliver()
    assert get_outcome(sandbox, message)[0] == "send-failed"
    assert "STARTTLS" in get_outcome(sandbox, message)[2]


def test_the_user_stands_in_for_a_blank_from(sandbox: Sandbox) -> None:
    sandbox.change(
        "sys_email_account", own_account(sandbox), **{"from": "", "email_user_label": ""}
    )
    enable_sending(sandbox)
    queue_one_message(sandbox)
    sandbox.deliver()
    assert [one.mail_from for one in sandbox.delivered] == [sandbox.running.mail.user]


def test_what_others_send_stays_queued_here(sandbox: Sandbox) -> None:
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox)
    graph_sender(sandbox)
    assert sandbox.deliver() == 0
    assert get_outcome(sandbox, sys_id)[0] == "send-ready"


def test_a_token_cannot_be_had(sandbox: Sandbox) -> None:
    oauth_account(sandbox)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox)
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id)[0] == "send-failed"
    assert "oauth2" in get_outcome(sandbox, sys_id)[2]


@pytest.mark.parametrize(
    "change", [{"server": "mail.corp.example"}, {"port": "25"}, {"server": "192.0.2.1"}]
)
def test_no_other_server_is_connected_to(sandbox: Sandbox, change: dict[str, str]) -> None:
    sandbox.change("sys_email_account", own_account(sandbox), **change)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox)
    sandbox.deliver()
    server = change.get("server", "127.0.0.1")
    error = f"Cannot connect to SMTP server: {server}, message: [EOF]"
    assert get_outcome(sandbox, sys_id) == ("send-failed", "error", error)


@pytest.mark.parametrize("honoured", [True, False])
def test_without_an_account_the_properties_decide_or_nothing_does(
    legacy: Sandbox, honoured: bool
) -> None:
    legacy.switches.legacy_honoured = honoured
    enable_sending(legacy)
    queue_one_message(legacy)
    assert legacy.deliver() == honoured
    sent = [(one.mail_from, one.user, one.tls) for one in legacy.delivered]
    user = legacy.running.mail.user
    assert sent == ([(user, user, False)] if honoured else [])


def test_an_active_account_outranks_the_properties(legacy: Sandbox) -> None:
    own_account(legacy)
    enable_sending(legacy)
    queue_one_message(legacy)
    legacy.deliver()
    assert [one.mail_from for one in legacy.delivered] == ["helpdesk@corp.example"]
    no_active_account(legacy)
    queue_one_message(legacy)
    legacy.deliver()
    assert legacy.delivered[1].mail_from == legacy.running.mail.user


@pytest.mark.parametrize(
    ("properties", "security"),
    [
        ({"glide.smtp.encryption": "TLS"}, "starttls"),
        ({"glide.smtp.encryption": "SSL"}, "ssl_tls"),
        ({"glide.smtp.tls": "true"}, "starttls"),
        ({"glide.smtp.ssl": "true"}, "ssl_tls"),
        ({"glide.smtp.encryption": "TLS", "glide.smtp.ssl": "true"}, "starttls"),
    ],
)
def test_properties_name_the_security(
    legacy: Sandbox, properties: dict[str, str], security: str
) -> None:
    for name, value in properties.items():
        set_property(legacy, name, value)
    set_property(legacy, "glide.smtp.port", str(legacy.running.mail.ports[security]))
    enable_sending(legacy)
    queue_one_message(legacy)
    legacy.deliver()
    assert [one.tls for one in legacy.delivered] == [True]


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("glide.email.server", "", None),
        ("glide.smtp.auth", "false", "530 5.7.0 Authentication required"),
        ("glide.email.user_password", "wrong", WRONG_LOGIN),
        (
            "glide.smtp.port",
            "",
            "Cannot connect to SMTP server: 127.0.0.1, message: [EOF]",
        ),
    ],
)
def test_a_wrong_property_stops_delivery(
    legacy: Sandbox, name: str, value: str, error: str | None
) -> None:
    set_property(legacy, name, value)
    enable_sending(legacy)
    sys_id = queue_one_message(legacy)
    legacy.deliver()
    expected = ("send-failed", "error", error) if error else ("send-ready", "ready", "")
    assert get_outcome(legacy, sys_id) == expected


@pytest.mark.parametrize("sends", [True, False])
def test_the_managed_account_sends_into_a_mailbox_that_is_kept(sends: bool) -> None:
    with make_sandbox(managed_sends=sends) as sandbox:
        enable_sending(sandbox)
        sys_id = queue_one_message(sandbox, "a@corp.example, gone@refused.example")
        received = sandbox.play(2)
        assert get_outcome(sandbox, sys_id)[0] == ("sent" if sends else "send-ready")
        assert received == sandbox.provider_mailbox
        assert sandbox.delivered == []
        if sends:
            (message,) = received
            assert message.rcpt_tos == ("a@corp.example",)
            assert message.mail_from == "sandbox@service-now.com"
            assert "Hello." in message.content


@pytest.mark.parametrize(
    ("recipients", "outcome"),
    [
        ("gone@refused.example", "send-failed"),
        ("busy@later.example", "send-retry-backoff"),
        ("broken\naddress@corp.example", "send-failed"),
    ],
)
def test_the_managed_account_meets_rejections_too(
    sandbox: Sandbox, recipients: str, outcome: str
) -> None:
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox, recipients)
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id)[0] == outcome
    assert sandbox.provider_mailbox == []


@pytest.mark.parametrize("is_logged", [True, False])
def test_each_attempt_is_logged(is_logged: bool) -> None:
    with make_sandbox(mail_logged=is_logged) as sandbox:
        own_account(sandbox)
        enable_sending(sandbox)
        expected = []
        for recipients, level, words in (
            ("a@corp.example", "0", "sent"),
            ("b@later.example", "1", "451 4.7.1"),
            ("c@refused.example", "2", "550 5.1.1"),
        ):
            expected.append((queue_one_message(sandbox, recipients), level))
            sandbox.deliver()
            if is_logged:
                assert words in sandbox.rows("syslog_email")[-1]["message"]
        logged = [(row["email"], row["level"]) for row in sandbox.rows("syslog_email")]
        assert logged == (expected if is_logged else [])


@pytest.mark.parametrize("condition", ["running", "queued", "error", "overdue"])
def test_a_job_that_is_stuck_sends_nothing_until_it_is_set_right(condition: str) -> None:
    with make_sandbox(sender_job=condition) as sandbox, sign_in(sandbox) as admin:
        enable_sending(sandbox)
        queue_one_message(sandbox)
        assert sandbox.play(5) == []
        job = find_row(sandbox, "sys_trigger", name="SMTP Sender")
        assert parse_time(job["next_action"]) < sandbox.now - timedelta(minutes=30)
        assert job["run_count"] == "1"
        assert (job["state"] == "0") == (condition == "overdue")
        path = f"/api/now/table/sys_trigger/{job['sys_id']}"
        read_result(admin.patch(path, json={"state": "0"}))
        assert len(sandbox.play(1)) == (0 if condition == "overdue" else 1)


def test_a_healthy_job_is_never_overdue() -> None:
    with make_sandbox() as sandbox:
        for minute in range(1, 6):
            sandbox.play(1)
            job = find_row(sandbox, "sys_trigger", name="SMTP Sender")
            assert job["run_count"] == str(minute + 1)
            assert parse_time(job["next_action"]) > sandbox.now


def test_a_job_that_was_put_off_waits_for_its_time() -> None:
    with make_sandbox() as sandbox:
        enable_sending(sandbox)
        queue_one_message(sandbox)
        job = find_row(sandbox, "sys_trigger", name="SMTP Sender")
        later = format_time(sandbox.now + timedelta(minutes=10))
        sandbox.change("sys_trigger", job["sys_id"], next_action=later, run_count="soon")
        assert sandbox.play(9) == []
        assert len(sandbox.play(2)) == 1


@pytest.mark.parametrize(
    ("stored", "is_tls", "is_ssl", "sent"),
    [
        ("explicit_tls", "false", "true", True),
        ("", "true", "false", True),
        ("", "false", "false", False),
        ("unencrypted", "true", "false", False),
    ],
)
def test_after_an_upgrade_the_old_columns_count_if_the_new_one_is_blank(
    sandbox: Sandbox, stored: str, is_tls: str, is_ssl: str, sent: bool
) -> None:
    sandbox.switches.security_columns = "both"
    sandbox.change(
        "sys_email_account",
        own_account(sandbox, "STARTTLS"),
        connection_security=stored,
        enable_tls=is_tls,
        enable_ssl=is_ssl,
    )
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox)
    sandbox.deliver()
    assert (get_outcome(sandbox, sys_id)[0] == "sent") == sent


@pytest.mark.parametrize("hours", ["9" * 30, "٣", "-1", "soon"])
def test_a_look_back_that_is_no_number_of_hours_stops_nothing(sandbox: Sandbox, hours: str) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", hours)
    queue_one_message(sandbox)
    assert sandbox.deliver() == 1


def test_receiving_accounts_send_nothing(sandbox: Sandbox, admin: httpx2.Client) -> None:
    no_active_account(sandbox)
    sandbox.switches.legacy_honoured = False
    assert find_account(sandbox, "ServiceNow POP3")["active"] == "true"
    assert find_property(sandbox, "glide.email.smtp.active")["value"] == "true"
    assert sandbox.deliver() == 0
