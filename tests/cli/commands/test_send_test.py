"""A test message through the stand-in, followed to what its mail server said."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import House, Result, assert_harmless
from tests.cli.site import ACCOUNTS, PRODUCTION, Site, look_quickly, open_site
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import no_active_account, own_account, set_property
from tui.sandbox.loopback_servers import GREYLISTED_DOMAIN, REJECTED_DOMAIN

ADDRESS = "ann@corp.example"
OWN = "Own SMTP"
REJECTED = f"ann@{REJECTED_DOMAIN.removeprefix('@')}"
HOSTILE = "554 \x1b[2J[bold]\u202eno\x9b"
OFF = "Email sending is off. No mail goes out."


@pytest.fixture
def sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A non-production site whose own account sends every moment, to no test address."""
    look_quickly(monkeypatch)
    with open_site(tmp_path) as site:
        set_property(site.sandbox, "glide.email.test.user", "")
        own_account(site.sandbox)
        start_job(site)
        yield site


def start_job(site: Site) -> None:
    """Let the sender job run every moment."""
    site.sandbox.switches.sender_seconds = 0.02


def send(site: Site, *more: str, address: str = ADDRESS, wait: str = "5", **how: Any) -> Result:
    return site.call("send-test", address, "--wait", wait, *more, **how)


def answer(site: Site, code: int, *more: str, wait: str = "5", **how: Any) -> Any:
    return site.answer("send-test", ADDRESS, "--wait", wait, *more, code=code, **how)["test"]


def posts(site: Site) -> list[RecordedRequest]:
    """Return the requests that were to queue an email."""
    return [each for each in site.sandbox.recorded if is_post(each)]


def is_post(recorded: RecordedRequest) -> bool:
    return recorded.method == "POST" and recorded.path == "/api/now/email"


def is_look(recorded: RecordedRequest) -> bool:
    return recorded.method == "GET" and recorded.path.startswith("/api/now/email/")


def rewrite_once_queued(site: Site, **fields: str) -> None:
    """Let somebody else change each test message before the instance is next asked about it."""
    site.sandbox.switches.sender_seconds = 0

    def rewrite(recorded: RecordedRequest) -> bool:
        if is_look(recorded):
            sys_id = recorded.path.rpartition("/")[2]
            site.sandbox.change("sys_email", sys_id, **fields)
        return False

    site.sandbox.faults.add(Fault("never", rewrite))


def test_accepted_is_said_with_the_server_and_the_log_and_no_more(sending: Site) -> None:
    told = send(sending)
    assert_harmless(told)
    assert (told.code, told.err) == (0, "")
    assert "It goes through Own SMTP (127.0.0.1:" in told.words
    assert "+ Accepted by 127.0.0.1 at " in told.words
    assert "Accepted is not delivered." in told.words
    assert "Log: Email sent" in told.words
    assert "test address" not in told.words
    assert len(posts(sending)) == 1
    mail = next(m for m in sending.sandbox.delivered if m.rcpt_tos == (ADDRESS,))
    token = json.loads(posts(sending)[0].body)["subject"].split()[2]
    assert f"Look for {token} in the mailbox of {ADDRESS}." in told.words
    assert f"Test message {token} from {sending.host}" in mail.content
    assert sending.mail_password not in mail.content


@pytest.mark.grid
def test_the_answer_has_all_of_it_for_a_program(sending: Site) -> None:
    test = answer(sending, 0)
    assert (test["state"], test["accepted"], test["sender"]["name"]) == ("accepted", True, OWN)
    assert test["test_address"] == []
    assert test["log"] == [{"level": "0", "message": "Email sent"}]
    assert (test["error"], test["cause"], test["trouble"]) == (None, None, None)
    assert test["page"] == f"https://{sending.host}/sys_email.do?sys_id={test['id']}"


def test_a_wrong_password_fails_with_its_cause_and_the_next_step(sending: Site) -> None:
    sending.change(ACCOUNTS, OWN, password="wrong")
    test = answer(sending, 1)
    assert (test["state"], test["cause"]) == ("failed", "password")
    assert test["error"] == "535 5.7.8 Authentication credentials invalid"
    assert "The user or the password is wrong." in test["message"]
    assert test["next"].startswith("Correct them before the next attempt.")
    assert sending.sandbox.delivered == []


def test_a_rejected_recipient_says_nothing_of_other_mail(sending: Site) -> None:
    told = send(sending, address=REJECTED)
    assert told.code == 1
    assert f"550 5.1.1 {REJECTED} is not welcome here" in told.words
    assert "other mail may go out" in told.words


def test_with_a_test_address_it_proves_the_server_and_not_the_address(sending: Site) -> None:
    set_property(sending.sandbox, "glide.email.test.user", "qa@corp.example")
    told = send(sending)
    assert told.code == 0
    assert (
        f"Like all email, it goes to the test address qa@corp.example, not to {ADDRESS}"
        in told.words
    )
    assert f"accepts mail, not that {ADDRESS} gets it." in told.words
    assert {each.rcpt_tos for each in sending.sandbox.delivered} == {("qa@corp.example",)}


def test_while_sending_is_off_it_is_refused_unless_told_otherwise(sending: Site) -> None:
    set_property(sending.sandbox, "glide.email.smtp.active", "false")
    refused = send(sending)
    assert (refused.code, posts(sending)) == (5, [])
    assert f"{OFF} The message would wait in the queue and go out later." in refused.words
    assert "Pass --yes" in refused.words
    waits = answer(sending, 1, "--yes", wait="0")
    assert (waits["state"], waits["type"]) == ("waiting", "send-ready")
    assert OFF in waits["message"]


@pytest.mark.grid
def test_sending_that_was_turned_off_after_the_reading_is_found_before_it_is_queued(
    sending: Site,
) -> None:
    signed_in: list[int] = []

    def turn_off(recorded: RecordedRequest) -> bool:
        if recorded.query.get("sysparm_query") == "name=instance_name":
            signed_in.append(recorded.number)
            if len(signed_in) == 2:
                set_property(sending.sandbox, "glide.email.smtp.active", "false")
        return False

    sending.sandbox.faults.add(Fault("never", turn_off))
    refused = send(sending)
    assert (refused.code, posts(sending), len(signed_in)) == (5, [], 2)
    assert OFF in refused.words


@pytest.mark.grid
def test_a_stalled_job_is_named_as_what_holds_it(sending: Site) -> None:
    sending.change("sys_trigger", "SMTP Sender", state="-1")
    test = answer(sending, 1, "--yes", wait="0")
    assert "The SMTP Sender job is in the state Error. It sends no mail." in test["message"]
    assert "KB0523599" in test["next"]


@pytest.mark.grid
def test_without_an_active_account_it_waits_and_says_so(sending: Site) -> None:
    sending.sandbox.switches.legacy_honoured = False
    no_active_account(sending.sandbox)
    test = answer(sending, 1, "--yes", wait="0")
    assert "No SMTP account is active" in test["message"]


@pytest.mark.grid
def test_mail_that_only_waits_says_that_nothing_shows_why(sending: Site) -> None:
    sending.sandbox.switches.sender_seconds = 0
    test = answer(sending, 1, wait="0")
    assert test["message"] == (
        "It is still in the queue after 0 s (send-ready). No reason was found."
    )
    assert test["log"] is None


@pytest.mark.grid
def test_an_ignored_message_was_not_sent(sending: Site) -> None:
    rewrite_once_queued(sending, type="send-ignored")
    test = answer(sending, 1)
    assert test["state"] == "ignored"
    assert "it wasn't sent (send-ignored)" in test["message"]


def test_a_user_without_the_role_reads_its_name_and_nothing_else_is_tried(sending: Site) -> None:
    sending.add("poor", user="mail.admin")
    told = send(sending, profile="poor", sign_in=sending.password("mail.admin"))
    assert told.code == 1
    assert "the Email API: not allowed to user mail.admin" in told.words
    assert "Nothing was sent." in told.words
    assert "the role email_api_send" in told.words
    assert [each.path for each in sending.writes] == ["/api/now/email"]


@pytest.mark.grid
def test_a_user_with_only_the_role_learns_what_it_shows_and_what_is_hidden(sending: Site) -> None:
    sending.add("only", user="sender")
    told = send(sending, profile="only", sign_in=sending.password("sender"))
    assert told.code == 0
    assert "+ Accepted by the instance's mail server. Accepted is not delivered." in told.words
    assert f"The test address is hidden from this user: it may not have gone to {ADDRESS}." in (
        told.words
    )
    assert "No log entry for it is visible" in told.words


@pytest.mark.parametrize(
    "kind",
    [
        "drop_after",
        *(
            pytest.param(each, marks=pytest.mark.grid)
            for each in ("garbage_after", "truncated_after", "status_500_after")
        ),
    ],
)
def test_a_lost_reply_is_found_by_its_token_and_not_sent_twice(sending: Site, kind: str) -> None:
    sending.sandbox.faults.add(Fault(kind, is_post))
    assert send(sending).code == 0
    assert len(posts(sending)) == 1
    assert [m.rcpt_tos for m in sending.sandbox.delivered].count((ADDRESS,)) == 1


@pytest.mark.parametrize(
    "kind", ["drop_before", pytest.param("status_500", marks=pytest.mark.grid)]
)
def test_a_message_that_is_not_found_again_is_of_unknown_fate(sending: Site, kind: str) -> None:
    sending.sandbox.faults.add(Fault(kind, is_post))
    told = send(sending)
    assert told.code == 1
    assert "It isn't known whether the test message was queued." in told.words
    assert "before you send another" in told.words
    assert len(posts(sending)) == 1


@pytest.mark.grid
def test_a_rate_limit_before_it_was_queued_is_no_doubt(sending: Site) -> None:
    sending.sandbox.faults.add(Fault("status_429", is_post))
    told = send(sending)
    assert told.code == 1
    assert "too many requests" in told.words
    assert "Nothing was sent." in told.words


def test_an_instance_that_dies_while_it_is_followed_leaves_it_unknown(sending: Site) -> None:
    sending.sandbox.faults.add(Fault("drop_before", is_look, times=1000))
    test = answer(sending, 1, wait="0")
    assert (test["state"], test["accepted"]) == ("unknown", False)
    assert "It was queued. It isn't known whether it was sent." in test["message"]
    assert test["trouble"]["code"] == "instance.cut"


@pytest.mark.grid
def test_an_instance_that_comes_back_is_asked_again(sending: Site) -> None:
    sending.sandbox.faults.add(Fault("status_500", is_look, times=3))
    assert send(sending).code == 0


def test_a_sender_that_is_changed_meanwhile_is_no_proof(sending: Site) -> None:
    def touch(recorded: RecordedRequest) -> bool:
        if is_look(recorded):
            sending.change(ACCOUNTS, OWN, "bob", email_user_label="Other")
        return False

    sending.sandbox.faults.add(Fault("never", touch))
    test = answer(sending, 1)
    assert (test["state"], test["accepted"]) == ("accepted", False)
    assert test["sender_unchanged"] is False
    assert "Own SMTP was changed by bob" in test["message"]


def test_hostile_words_of_a_server_do_no_harm(sending: Site) -> None:
    rewrite_once_queued(sending, type="send-failed", error_string=HOSTILE)
    told = send(sending)
    assert_harmless(told)
    assert told.code == 1
    assert "554 ^[[2J[bold]\\u{202e}no\\u{9b}" in told.words
    assert answer(sending, 1)["error"] == HOSTILE


@pytest.mark.grid
def test_a_greylisted_message_waits_and_its_log_says_why(sending: Site) -> None:
    told = send(sending, address=f"ann@{GREYLISTED_DOMAIN.lstrip('@')}", wait="1")
    assert told.code == 1
    assert "It is still in the queue after 1 s (send-retry-backoff)." in told.words
    assert "The instance tries again later." in told.words
    assert "Log: Email will be sent again: 451 4.7.1" in told.words


@pytest.mark.grid
def test_whoever_stops_following_learns_that_it_is_on_its_way(sending: Site) -> None:
    sending.sandbox.switches.sender_seconds = 0
    with sending.house.on_terminal("-p", "dev", "send-test", ADDRESS) as terminal:
        terminal.until("Password of admin")
        terminal.type(f"{sending.password()}\r")
        terminal.until("It is in the queue")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert (
        "The test message is queued and may still be sent. It is no longer followed."
        in " ".join(terminal.text.split())
    )
    assert len(posts(sending)) == 1


@pytest.mark.grid
@pytest.mark.parametrize(("typed", "code"), [("y", 0), ("", 5)])
def test_a_person_is_asked_on_production(tmp_path: Path, typed: str, code: int) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        start_job(site)
        with site.house.on_terminal("-p", "dev", "send-test", ADDRESS) as terminal:
            terminal.until("Password of admin")
            terminal.type(f"{site.password()}\r")
            terminal.until("is production: this sends a real email.")
            terminal.until("Send it? [y/N]")
            terminal.type(f"{typed}\r")
            assert terminal.end() == code
        assert len(posts(site)) == (0 if code else 1)


def test_a_yes_to_production_is_not_a_yes_to_waiting(tmp_path: Path) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        with site.house.on_terminal("-p", "dev", "send-test", ADDRESS) as terminal:
            terminal.until("Password of admin")
            terminal.type(f"{site.password()}\r")
            terminal.until("is production: this sends a real email.")
            terminal.until("Send it? [y/N]")
            set_property(site.sandbox, "glide.email.smtp.active", "false")
            terminal.type("y\r")
            terminal.until("Email sending is off.")
            terminal.until("Send it? [y/N]")
            terminal.type("\r")
            assert terminal.end() == 5
        assert posts(site) == []


def test_production_takes_a_plain_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look_quickly(monkeypatch)
    with open_site(tmp_path, environment=PRODUCTION) as site:
        set_property(site.sandbox, "glide.email.test.user", "")
        start_job(site)
        refused = send(site)
        assert (refused.code, posts(site)) == (5, [])
        assert f"is production: this sends a real email to {ADDRESS}." in refused.words
        assert send(site, "--yes").code == 0


WRONG = (
    "",
    "ann",
    "ann@corp.example,bob@corp.example",
    "Ann <ann@corp.example>",
    "a\x1b@x.example",
    "a\u202e@x.example",
)


def test_only_one_plain_address_is_taken_and_a_wrong_one_is_not_repeated(site: Site) -> None:
    for address in WRONG:
        refused = site.call("send-test", address)
        assert_harmless(refused)
        assert (refused.code, site.sandbox.recorded) == (64, [])
        assert "ADDRESS must be one full email address. Nothing was sent." in refused.words
        assert not address or address not in refused.err


def test_the_patience_is_up_to_an_hour(site: Site) -> None:
    for seconds in ("-1", "3601", "x", "1.5", "1e3", "\u0663"):
        refused = site.call("send-test", ADDRESS, f"--wait={seconds}")
        assert (refused.code, site.sandbox.recorded) == (64, [])
        assert "--wait takes 0 to 3600 seconds." in refused.words


def test_a_file_sends_no_mail(house: House) -> None:
    refused = house.call("send-test", ADDRESS)
    assert refused.code == 64
    assert "A local file sends no mail." in refused.words
