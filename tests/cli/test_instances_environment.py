"""An instance as a whole, by command line: its environment, and what reads mail there."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.site import ACCOUNTS, PRODUCTION, PROPERTIES, TEST, Site, open_site
from tests.sandbox.situations import own_account

SAYS = "glide.installation.production"
CLONED = {
    "name": "Prod IMAP",
    "type": "imap",
    "active": "true",
    "server": "imap.corp.example",
    "port": "993",
    "user_name": "orders@corp.example",
}


def say_production(site: Site, value: str) -> None:
    """Give the instance its own word on whether it is production."""
    if site.rows(PROPERTIES, SAYS):
        site.change(PROPERTIES, SAYS, value=value)
    else:
        site.sandbox.insert(PROPERTIES, name=SAYS, type="boolean", value=value)


def findings(site: Site, **how: Any) -> dict[str, dict[str, Any]]:
    """Return what `check` finds, by code; fewer than there are if a code is there twice."""
    done = site.call("check", "--json", **how)
    return {each["code"]: each for each in done.answer()["findings"]}


def test_one_instance_in_two_profiles_counts_as_production_in_both(site: Site) -> None:
    site.add("live", environment=PRODUCTION)
    say_production(site, "true")
    wrong = site.call("show")
    banner, _, first, *_ = wrong.out.splitlines()
    assert banner.startswith("PRODUCTION  dev")
    assert first.startswith("   ! Environment: The profile says non-production")
    assert next(iter(findings(site))) == "environment.contradiction"
    assert "environment.contradiction" not in findings(site, profile="live")
    planned = site.answer("plan", "--set", "test_recipients=qa@corp.example", code=2)
    assert planned["environment"] == "production"
    assert planned["confirmations"][0]["code"] == "confirm.production"
    assert planned["findings"][0]["code"] == "environment.contradiction"
    said = site.call("plan", "--set", "test_recipients=qa@corp.example").words
    assert said.index("Environment: The profile says") < said.index("qa@corp.example")


def test_a_change_there_needs_the_host_typed(site: Site) -> None:
    say_production(site, "true")
    change = ("apply", "--set", "test_recipients=qa@corp.example", "--attest", "all", "--yes")
    assert site.call(*change).code == 5
    assert site.writes == []
    assert site.call(*change, "--confirm", site.host).code == 0


def test_a_profile_of_production_stays_the_stricter_one(tmp_path: Path) -> None:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        say_production(site, "false")
        assert site.call("show").out.startswith("PRODUCTION")
        assert "says it isn't" in findings(site)["environment.contradiction"]["message"]


@pytest.mark.parametrize("value", ["false", "", None])
def test_what_agrees_or_is_not_known_is_no_finding(site: Site, value: str | None) -> None:
    if value is not None:
        say_production(site, value)
    assert site.call("show").out.startswith("NON-PROD")
    assert "environment.contradiction" not in findings(site)
    assert f"{SAYS} {value or 'not returned'}" in site.call("doctor").words


def test_productions_account_on_a_clone_fails_the_check_and_has_its_page(site: Site) -> None:
    sys_id = site.sandbox.insert(ACCOUNTS, **CLONED)
    checked = site.call("check")
    assert checked.code == 1
    for words in (
        "x Incoming: Prod IMAP is active and may belong to production",
        "the mailbox orders@corp.example on imap.corp.example and deletes what it reads",
        f"https://{site.host}/sys_email_account.do?sys_id={sys_id}",
    ):
        assert words in checked.words
    assert "Prod IMAP active, imap imap.corp.example:993" in site.call("show").words
    # It blocks nothing that has nothing to do with it.
    change = ("apply", "--set", "test_recipients=qa@corp.example")
    assert site.call(*change, *site.settled).code == 0
    site.change(PROPERTIES, "glide.email.read.active", value="false")
    assert "receiving.production-account" not in findings(site)
    site.change(PROPERTIES, "glide.email.read.active", value="true")
    site.change(ACCOUNTS, "Prod IMAP", active="false")
    assert "receiving.production-account" not in findings(site)


def test_any_other_active_account_is_a_warning(site: Site) -> None:
    site.sandbox.insert(ACCOUNTS, **CLONED | {"name": "Orders"})
    assert findings(site)["receiving.active-account"]["severity"] == "warning"
    assert site.call("check").code == 0


def test_servicenows_own_account_is_no_finding(site: Site) -> None:
    assert not [code for code in findings(site) if code.startswith("receiving.")]


@pytest.mark.parametrize("kind", ["graph_out", "a type that no choice names"])
def test_legacy_properties_are_not_judged_where_another_sender_is_active(
    site: Site, kind: str
) -> None:
    site.change(ACCOUNTS, "ServiceNow SMTP", active="false")
    site.sandbox.insert(ACCOUNTS, name="Graph", type=kind, active="true")
    for name, value in {"server": "localhost", "user": "apikey"}.items():
        site.change(PROPERTIES, f"glide.email.{name}", value=value)
    site.change(PROPERTIES, "glide.smtp.port", value="a port")
    found = findings(site)
    judged = {each["property"] for each in found.values() if each["severity"] != "note"}
    assert judged <= {"delivery", "sending_enabled", "test_recipients"}
    assert found["model.no-effect"]["property"] == "server"
    assert site.call("check").code == int(kind != "graph_out")


def test_a_login_by_oauth_is_not_asked_for_a_password(site: Site) -> None:
    own_account(site.sandbox)
    site.change(ACCOUNTS, "Own SMTP", authentication="oauth2", user_name="", password="")
    judged = {each["property"] for each in findings(site).values()}
    assert not judged & {"password", "authenticate"}


def test_no_pop3_server_follows_where_an_account_reads_mail(tmp_path: Path) -> None:
    with open_site(tmp_path, "properties", TEST) as site:
        planned = site.answer("plan", "--set", "server=mail.corp.example", code=2)
        assert "pop3.server" in {each["code"] for each in planned["side_effects"]}
        site.sandbox.insert(ACCOUNTS, **CLONED)
        planned = site.answer("plan", "--set", "server=mail.corp.example", code=2)
        assert "pop3.server" not in {each["code"] for each in planned["side_effects"]}
        shown = site.answer("show")["derived"]
        assert shown["in_effect"] is False
        assert [each["name"] for each in shown["readers"]] == ["Prod IMAP"]
        locked = site.answer("plan", "--set", "pop3_server=pop.corp.example", code=1)
        assert "property.locked" in {each["code"] for each in locked["findings"]}


def test_turning_sending_off_advises_no_test_message(site: Site) -> None:
    done = site.call("apply", "--set", "sending_enabled=no", *site.settled)
    assert done.code == 0
    assert "test message" not in done.out
    assert "Email sending is off: no mail goes out until it is on again." in done.words
    other = site.call("apply", "--set", "test_recipients=qa@corp.example", *site.settled)
    assert "test message" not in other.out


def test_a_document_whose_differences_are_left_out_is_not_called_the_same(site: Site) -> None:
    site.change(PROPERTIES, "glide.email.smtp.active", value="false")
    path = site.house.write("sending_enabled = true\n", site.house.root / "wish.toml")
    planned = site.call("plan", "--from", str(path))
    assert planned.code == 2
    assert "Nothing changes." not in planned.words
    assert "Nothing would be written: the differences are left out." in planned.words
    assert "a document never turns sending on" in planned.words


def test_no_length_of_a_password_is_stated_that_was_not_read(site: Site) -> None:
    for row in site.sandbox.rows("sys_dictionary"):
        if row["element"] == "password":
            site.sandbox.delete("sys_dictionary", row["sys_id"])
    reported = site.call("doctor").words
    assert "length of a password not read" in reported
    own = site.call("plan", *site.own, password="a" * 41)
    assert own.code == 1
    assert "Can't read the limit of this instance" in own.words
