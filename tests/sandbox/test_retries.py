"""When mail that was not sent is tried again, and when that ends."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.sandbox.factories import WRONG_LOGIN, find_row, get_outcome, make_sandbox
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import enable_sending, own_account, queue_one_message, set_property
from tui.sandbox.platform_switches import UnsentType
from tui.sandbox.retries import BACK_OFF_MINUTES

NO_SERVER = "Cannot connect to SMTP server: mail.corp.example, message: [EOF]"
FLAWS = [({"password": "wrong"}, WRONG_LOGIN), ({"server": "mail.corp.example"}, NO_SERVER)]


def queue_behind(sandbox: Sandbox, **flaw: str) -> str:
    """Queue a message behind your own account with a flaw, and return its sys_id."""
    sandbox.change("sys_email_account", own_account(sandbox), **flaw)
    enable_sending(sandbox)
    return queue_one_message(sandbox)


@pytest.mark.parametrize(("flaw", "error"), FLAWS)
@pytest.mark.parametrize("kind", ["send-failed", "send-ready", "send-retry-backoff"])
def test_a_connection_or_login_that_fails_ends_as_the_switch_says(
    kind: UnsentType, flaw: dict[str, str], error: str
) -> None:
    with make_sandbox(unsent_mail=kind) as sandbox:
        sys_id = queue_behind(sandbox, **flaw)
        sandbox.play(1)
        state, shown = ("error", error) if kind == "send-failed" else ("ready", "")
        assert get_outcome(sandbox, sys_id) == (kind, state, shown)


@pytest.mark.parametrize("kind", ["send-ready", "send-retry-backoff"])
def test_waiting_mail_is_tried_with_growing_pauses_until_the_look_back_has_passed(
    kind: UnsentType,
) -> None:
    with make_sandbox(unsent_mail=kind) as sandbox:
        sys_id = queue_behind(sandbox, server="mail.corp.example")
        set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", "3")
        tried: list[int] = []
        for minute in range(1, 190):
            before = len(sandbox.rows("syslog_email"))
            assert sandbox.play(1) == []
            if len(sandbox.rows("syslog_email")) > before:
                tried.append(minute)
        pauses = tuple(later - earlier for earlier, later in pairwise(tried))
        assert pauses[:-1] == BACK_OFF_MINUTES[: len(pauses) - 1]
        assert tried[-1] == 181
        assert get_outcome(sandbox, sys_id) == ("send-failed", "error", NO_SERVER)


@pytest.mark.parametrize("kind", ["send-ready", "send-retry-backoff"])
def test_waiting_mail_goes_out_once_the_flaw_is_mended(kind: UnsentType) -> None:
    with make_sandbox(unsent_mail=kind) as sandbox:
        queue_behind(sandbox, password="wrong")
        assert sandbox.play(7) == []
        account = find_row(sandbox, "sys_email_account", name="Own SMTP")
        sandbox.change(
            "sys_email_account", account["sys_id"], password=sandbox.running.mail.password
        )
        assert sandbox.play(9) == []
        assert [one.rcpt_tos for one in sandbox.play(1)] == [("someone@corp.example",)]


def test_mail_that_somebody_releases_is_tried_at_once() -> None:
    with make_sandbox(unsent_mail="send-retry-backoff") as sandbox:
        sys_id = queue_behind(sandbox, password="wrong")
        sandbox.play(4)
        account = find_row(sandbox, "sys_email_account", name="Own SMTP")["sys_id"]
        sandbox.change("sys_email_account", account, password=sandbox.running.mail.password)
        sandbox.change("sys_email", sys_id, type="send-ready")
        assert len(sandbox.play(1)) == 1


def test_a_rejected_recipient_fails_for_good_whatever_waits() -> None:
    with make_sandbox(unsent_mail="send-ready") as sandbox:
        own_account(sandbox)
        enable_sending(sandbox)
        sys_id = queue_one_message(sandbox, "gone@refused.example")
        sandbox.play(1)
        assert get_outcome(sandbox, sys_id)[0] == "send-failed"


def test_greylisted_mail_that_is_never_taken_ends_as_failed() -> None:
    with make_sandbox() as sandbox:
        own_account(sandbox)
        enable_sending(sandbox)
        set_property(sandbox, "glide.email.smtp.claim.lookback.hrs", "1")
        sys_id = queue_one_message(sandbox, "busy@later.example")
        sandbox.play(60)
        assert get_outcome(sandbox, sys_id)[0] == "send-retry-backoff"
        sandbox.play(2)
        kind, state, error = get_outcome(sandbox, sys_id)
        assert (kind, state) == ("send-failed", "error")
        assert error.startswith("451 4.7.1 ")


def test_the_pauses_are_the_documented_ones() -> None:
    assert sum(BACK_OFF_MINUTES) == timedelta(hours=6, minutes=16) / timedelta(minutes=1)
