"""Why mail does or does not go out, by the stand-in's own records."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.cli.house import House, assert_harmless
from tests.cli.site import OWN, PROVIDERS, Site
from tests.probes.sender.dns_of_machine import use_name_server
from tests.probes.sender.name_server import Zone, serve_zone_beside
from tests.sandbox.situations import set_property

STAGES = (
    *("sign-in", "sending", "sender", "sender job", "queue", "test address"),
    *("newest sent", "failures", "SPF", "DMARC", "receiving", "readers"),
)
DOMAIN = "corp.example"
ZONE: Zone = {
    f"{DOMAIN} MX": f"10 mail.{DOMAIN}.",
    f"{DOMAIN} TXT": "v=spf1 -all",
    f"_dmarc.{DOMAIN} TXT": "v=DMARC1; p=reject",
    **{f"{letter}.spf.service-now.com A": "192.0.2.1" for letter in "bcd"},
}


def stages(answer: Any) -> dict[str, Any]:
    return {each["stage"]: each for each in answer["stages"]}


def test_each_stage_says_what_was_seen_and_where_to_look(site: Site) -> None:
    site.change("sys_email_account", "ServiceNow SMTP", active="true")
    shown = site.call("why")
    assert_harmless(shown)
    assert shown.code == 1
    heads = ["SPF, DMARC" if each == "SPF" else each for each in STAGES if each != "DMARC"]
    longest_first = "|".join(sorted(heads, key=len, reverse=True))
    assert re.findall(f"^ [+!x-] ({longest_first})", shown.out, re.MULTILINE) == heads
    assert shown.out.index("\nDelivery: ") < shown.out.index(" sign-in ")
    assert "4 send-ready, oldest since" in shown.words
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
    assert answer["next"].startswith("Correct them before the next attempt.")
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
    assert "it isn't known which server sends" in stages(answer)["SPF"]["message"]
    assert answer["delivery"]["status"] == "undetermined"


def test_an_account_that_a_clone_brought_is_pointed_out(site: Site) -> None:
    imap = {"type": "imap", "active": "true", "server": "imap.corp.example", "user_name": "it"}
    site.sandbox.insert("sys_email_account", name="Prod IMAP", **imap)
    readers = stages(site.answer("why", code=1))["readers"]
    assert readers["verdict"] == "warned"
    assert "Prod IMAP" in readers["next"]


def send_from_corp(site: Site) -> None:
    """Let ServiceNow's account send as an address of a domain with records of its own."""
    site.change("sys_email_account", PROVIDERS, **{"from": f"helpdesk@{DOMAIN}"})


def test_what_dns_says_of_the_sender_is_a_warning(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_from_corp(site)
    with serve_zone_beside(ZONE) as server:
        use_name_server(monkeypatch, server)
        found = stages(site.answer("why", code=1))
        assert (found["SPF"]["verdict"], found["DMARC"]["verdict"]) == ("warned", "warned")
        assert f"SPF of {DOMAIN} doesn't authorize" in found["SPF"]["message"]
        assert "include" not in found["SPF"]["message"]
        asked = len(server.queries)
        assert asked
        shown = site.call("why", "--no-dns")
        assert "SPF" not in shown.out
        assert set(STAGES) - set(stages(site.answer("why", "--no-dns", code=1))) == {"SPF", "DMARC"}
        assert len(server.queries) == asked


def test_without_dns_the_rest_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    use_name_server(monkeypatch, None)
    found = stages(site.answer("why", code=1))
    assert tuple(found) == STAGES
    assert found["SPF"]["verdict"] == "skipped"
    assert "this machine can't reach a name server" in found["SPF"]["message"]


def test_a_stand_in_asks_no_dns(site: Site) -> None:
    assert "Not looked up" in stages(site.answer("why", code=1))["SPF"]["message"]


def test_a_switch_that_stopped_half_way_is_said_here_and_in_show(site: Site) -> None:
    site.call("apply", *site.own, *site.settled, password=site.mail_password)
    site.sandbox.ahead += timedelta(minutes=1)
    site.change("sys_email_account", OWN, by="admin", active="false")
    said = f"A switch between {OWN} and {PROVIDERS} may have stopped halfway: neither is active."
    ways = f"apply --own-server (^P on the screen) activates {OWN}."
    sender = stages(site.answer("why", code=1))["sender"]
    assert (sender["verdict"], sender["details"]) == ("failed", [said])
    assert ways in sender["next"]
    for command in ("why", "show", "check"):
        shown = site.call(command)
        assert said in shown.words
        assert ways in shown.words


def test_an_account_prepared_and_not_activated_is_noted_in_show(site: Site) -> None:
    account = {"name": OWN, "type": "smtp", "active": "false", "server": "127.0.0.1"}
    site.sandbox.ahead += timedelta(minutes=1)
    site.sandbox.insert("sys_email_account", "admin", **account)
    said = f"A switch from {PROVIDERS} to {OWN} may have stopped halfway: only {PROVIDERS} is"
    assert f"! {said} active." in site.call("show").words
    assert said in site.call("why").words


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_file_sends_no_mail(house: House, more: tuple[str, ...]) -> None:
    refused = house.call("why", *more)
    assert refused.code == 64
    assert "A local file sends no mail." in f"{refused.out}{refused.err}"
