"""Following the mail of the stand-in after an apply, by what it records of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import House, Result, assert_harmless
from tests.cli.site import OWN, PROVIDERS, Site, look_quickly, open_site
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import own_account, queue_one_message, set_property
from tui.sandbox.loopback_servers import REJECTED_DOMAIN

HOST = "127.0.0.1"
WAY_BACK = f"Way back: glidemail -p dev apply --provider-server (activates {PROVIDERS} again)."


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    look_quickly(monkeypatch)
    with open_site(tmp_path) as site:
        yield site


def is_look(recorded: RecordedRequest) -> bool:
    """Return whether a request looks for sent mail."""
    query = recorded.query.get("sysparm_query", "")
    return recorded.path.endswith("/sys_email") and query.startswith("type=sent")


def switch(site: Site, *more: str, password: str = "", follow: str = "5") -> Result:
    """Switch to an own account, and follow the mail."""
    secret = password or site.mail_password
    return site.call("apply", *site.own, *site.settled, "--follow", follow, *more, password=secret)


def send_after(site: Site) -> None:
    """Let the sender job run from the first look after the write on, a minute later."""

    def start(recorded: RecordedRequest) -> bool:
        if is_look(recorded) and site.writes and not site.sandbox.ahead:
            site.sandbox.ahead = timedelta(minutes=1)
            site.sandbox.switches.sender_seconds = 0.02
        return False

    site.sandbox.faults.add(Fault("never", start))


def test_an_accepted_email_is_told_and_ends_it_with_0(quick: Site) -> None:
    send_after(quick)
    told = switch(quick)
    assert_harmless(told)
    assert told.code == 0
    assert f"Next: glidemail -p dev send-test ADDRESS + An email was accepted by {HOST} at" in (
        told.words
    )
    assert "All email goes to the test address mail.tests@corp.example." in told.words
    assert quick.sandbox.delivered


def test_a_wrong_password_is_told_with_the_way_back_and_ends_it_with_1(quick: Site) -> None:
    send_after(quick)
    told = switch(quick, password="wrong")
    assert told.code == 1
    assert f"{OWN} is active on {quick.host} (written and read back)." in told.words
    assert "failed since the change." in told.words
    assert "“535 5.7.8 Authentication credentials invalid”" in told.words
    assert "The user or the password is wrong." in told.words
    assert WAY_BACK in told.words
    back = quick.call("apply", "--provider-server", *quick.settled)
    assert (back.code, quick.senders) == (0, [PROVIDERS])


@pytest.mark.grid
def test_a_program_gets_it_in_the_one_answer(quick: Site) -> None:
    send_after(quick)
    told = switch(quick, "--json", password="wrong")
    answer = told.answer()
    assert (told.code, answer["saved"]["where"]) == (1, quick.host)
    assert (answer["mail"]["state"], answer["mail"]["cause"]) == ("failed", "password")
    assert answer["mail"]["way_back"] == WAY_BACK


def test_nothing_seen_is_not_taken_for_anything(quick: Site) -> None:
    told = switch(quick, follow="1")
    assert told.code == 1
    assert "No email was sent or failed within 1 s." in told.words
    assert "It isn't known yet whether mail goes out." in told.words
    assert "Way back" not in told.words


@pytest.mark.grid
def test_a_test_address_that_is_rejected_fails_all_mail(quick: Site) -> None:
    set_property(quick.sandbox, "glide.email.test.user", f"qa@{REJECTED_DOMAIN.lstrip('@')}")
    queue_one_message(quick.sandbox)
    send_after(quick)
    told = switch(quick)
    assert told.code == 1
    assert "other mail may go out" not in told.words
    assert "Way back" in told.words


@pytest.mark.grid
def test_while_sending_is_off_nothing_is_waited_for(quick: Site) -> None:
    set_property(quick.sandbox, "glide.email.smtp.active", "false")
    told = switch(quick, follow="3600")
    assert told.code == 1
    assert "! Email sending is off. No mail goes out." in told.words


@pytest.mark.grid
@pytest.mark.parametrize("which", [0, 1, 2])
def test_an_instance_that_dies_meanwhile_leaves_the_change_told(quick: Site, which: int) -> None:
    looks: list[int] = []

    def dies(recorded: RecordedRequest) -> bool:
        if quick.writes and is_look(recorded):
            looks.append(recorded.number)
        return len(looks) > which

    quick.sandbox.faults.add(Fault("drop_before", dies, times=1000))
    told = switch(quick, follow="1")
    assert told.code == 1
    assert f"{OWN} is active on {quick.host} (written and read back)." in told.words
    assert f"! Can't look for mail: {HOST}" in told.words


@pytest.mark.grid
def test_one_look_without_an_answer_is_made_again(quick: Site) -> None:
    def fails(recorded: RecordedRequest) -> bool:
        return bool(quick.writes) and is_look(recorded)

    quick.sandbox.faults.add(Fault("status_500", fails, times=2))
    send_after(quick)
    assert switch(quick).code == 0


@pytest.mark.grid
def test_hidden_mail_ends_it_soon(quick: Site) -> None:
    quick.sandbox.faults.add(Fault("refuse_403", is_look, times=1000))
    told = switch(quick, follow="3600")
    assert told.code == 1
    assert "Can't look for mail: Can't read sent and failed emails" in told.words


def test_a_change_that_no_mail_depends_on_is_not_followed(quick: Site) -> None:
    own_account(quick.sandbox)
    change = ("--set", "display_name=Desk")
    told = quick.call("apply", *change, *quick.settled, "--follow", "3600")
    assert told.code == 0
    assert "send-test" not in told.words
    assert "Next: glidemail -p dev show" in told.words


def test_only_up_to_an_hour_is_taken(site: Site) -> None:
    for seconds in ("-1", "3601", "soon", "1.5"):
        refused = site.call("apply", f"--follow={seconds}")
        assert (refused.code, site.sandbox.recorded) == (64, [])
        assert "--follow takes 0 to 3600 seconds." in refused.words


def test_a_file_sends_no_mail_to_follow(house: House) -> None:
    refused = house.call("apply", "--set", "port=587", "--yes", "--follow", "9")
    assert (refused.code, house.settings.exists()) == (64, False)
    assert "Leave --follow out." in refused.words


@pytest.mark.grid
def test_a_person_at_a_terminal_learns_how_mail_is_followed(site: Site, house: House) -> None:
    password = site.password()
    argv = ("-p", "dev", "apply", "--set", "test_recipients=qa@corp.example", "--yes")
    with house.on_terminal(*argv) as terminal:
        terminal.until("Password of admin")
        terminal.type(f"{password}\r")
        assert terminal.end() == 0
    assert "apply --follow 300 watches mail" in terminal.text
    assert "glidemail -p dev send-test ADDRESS" in terminal.text
