"""Why mail does or does not go out, by the stand-in's own records."""

from typing import Any

import pytest

from tests.cli.house import House, assert_harmless
from tests.cli.site import OWN, Site
from tests.sandbox.situations import set_property

STAGES = (
    *("sign-in", "sending", "sender", "sender job", "queue", "test address"),
    *("newest sent", "failures", "receiving", "readers"),
)


def stages(answer: Any) -> dict[str, Any]:
    return {each["stage"]: each for each in answer["stages"]}


def test_each_stage_says_what_was_seen_and_where_to_look(site: Site) -> None:
    site.change("sys_email_account", "ServiceNow SMTP", active="true")
    shown = site.call("why")
    assert_harmless(shown)
    assert shown.code == 1
    places = [shown.out.index(f" {each}") for each in STAGES]
    assert places == sorted(places)
    assert "4 send-ready, the oldest since" in shown.words
    assert "1 send-retry-backoff" in shown.words
    assert "1 × recipient-unknown: The recipient's mailbox doesn't exist." in shown.words
    assert "550 5.1.1 gone@corp.example" in shown.words
    assert f"https://{site.host}/sys_email_list.do?sysparm_query=type%3Dsent" in shown.out
    assert site.writes == []


def test_a_wrong_password_is_found_by_its_failures(site: Site) -> None:
    site.call("apply", *site.own, *site.settled, password="wrong")
    site.sandbox.deliver()
    answer = site.answer("why", code=1)
    assert tuple(stages(answer)) == STAGES
    failures = stages(answer)["failures"]
    assert failures["verdict"] == "failed"
    assert failures["details"][0] == "4 × password: The user or the password is wrong."
    assert answer["delivery"]["status"] == "failing"
    assert answer["next"].startswith("Correct them before the next try.")
    assert OWN in stages(answer)["sender"]["message"]


def test_sending_that_is_off_is_the_one_next_step(site: Site) -> None:
    set_property(site.sandbox, "glide.email.smtp.active", "false")
    answer = site.answer("why", code=1)
    assert stages(answer)["sending"]["verdict"] == "failed"
    assert answer["next"].startswith("Turn it on")
    assert answer["shown"] is False


def test_what_is_hidden_is_skipped_and_never_passed(site: Site) -> None:
    site.add("blind", user="nobody")
    answer = site.answer("why", code=1, profile="blind", sign_in=site.password("nobody"))
    sign_in, *rest = answer["stages"]
    assert sign_in["verdict"] == "passed"
    assert {each["verdict"] for each in rest} == {"skipped"}
    assert answer["delivery"]["status"] == "undetermined"


def test_an_account_that_a_clone_brought_is_pointed_out(site: Site) -> None:
    imap = {"type": "imap", "active": "true", "server": "imap.corp.example", "user_name": "it"}
    site.sandbox.insert("sys_email_account", name="Prod IMAP", **imap)
    readers = stages(site.answer("why", code=1))["readers"]
    assert readers["verdict"] == "warned"
    assert "Prod IMAP" in readers["next"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_file_sends_no_mail(house: House, more: tuple[str, ...]) -> None:
    refused = house.call("why", *more)
    assert refused.code == 64
    assert "A local file sends no mail." in f"{refused.out}{refused.err}"
