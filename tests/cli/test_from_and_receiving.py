"""From and Email receiving enabled on the stand-in, by command line."""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import House, assert_harmless
from tests.cli.site import ACCOUNTS, OWN, PRODUCTION, PROVIDERS, Site, open_site
from tests.sandbox.situations import own_account

READING = "glide.email.read.active"
DESK = "desk@corp.example"


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        yield site


def test_an_own_account_signs_in_with_a_word_and_sends_from_its_from(site: Site) -> None:
    login = tuple("user=apikey" if each.startswith("user=") else each for each in site.own)
    refused = site.call("apply", *login, *site.settled, password=site.mail_password)
    assert (refused.code, site.writes) == (1, [])
    assert "Or set From: then it can be any login." in refused.words
    saved = site.call(
        "apply", *login, "--set", f"from={DESK}", *site.settled, password=site.mail_password
    )
    assert_harmless(saved)
    assert saved.code == 0
    row = site.row(ACCOUNTS, OWN)
    assert (row["user_name"], row["from"]) == ("apikey", DESK)
    site.sandbox.ahead += timedelta(minutes=1)
    assert site.sandbox.deliver() == 4
    assert {(each.user, each.mail_from) for each in site.sandbox.delivered} == {("apikey", DESK)}
    assert "From desk@corp.example account glidemail 127.0.0.1" in site.call("show").words
    assert site.answer("show")["verdict"]["from"] == DESK
    assert site.call("plan", "--set", f"from={DESK}").code == 0


def test_from_is_the_user_name_until_it_is_set(site: Site) -> None:
    own_account(site.sandbox)
    site.change(ACCOUNTS, "Own SMTP", **{"from": "it@corp.example"})
    assert "From it@corp.example same as the user name" in site.call("show").words
    unset = {"value": "", "source": "same as the user name"}
    assert site.answer("show")["properties"]["from"] == unset
    explained = site.call("explain", "from").words
    assert "in effect it@corp.example, same as the user name" in explained
    planned = site.call("plan", "--set", f"from={DESK}")
    assert planned.code == 2
    assert f"From same as the user name -> {DESK}" in planned.words
    assert "Before you change these settings" not in planned.words
    assert site.call("plan", "--set", "from=it@corp.example").code == 0
    moved = site.call("plan", "--set", f"user={DESK}").words
    assert "The From address changes too" in moved


def test_a_login_changes_and_the_sender_stays_what_it_was(site: Site) -> None:
    own_account(site.sandbox)
    site.change(ACCOUNTS, "Own SMTP", **{"from": "it@corp.example"})
    texts = ("--set", "user=apikey", "--set", "from=it@corp.example")
    assert site.call("apply", *texts, *site.settled).code == 0
    row = site.row(ACCOUNTS, "Own SMTP")
    assert (row["user_name"], row["from"]) == ("apikey", "it@corp.example")
    assert site.call("plan", *texts).code == 0


@pytest.mark.grid
def test_in_production_another_account_takes_a_new_from(production: Site) -> None:
    site = production
    own_account(site.sandbox)
    change = ("--set", f"from={DESK}")
    assert "A stored password can't be copied" in site.call("plan", *change).words
    planned = site.call("plan", *change, password=site.mail_password).words
    assert "password-known" in planned
    assert "reachable" not in planned
    saved = site.call("apply", *change, *site.settled, password=site.mail_password)
    assert saved.code == 0, saved
    assert site.senders == [OWN]
    assert site.row(ACCOUNTS, OWN)["from"] == DESK
    assert site.row(ACCOUNTS, "Own SMTP")["from"] == "helpdesk@corp.example"


def test_without_an_email_account_there_is_no_from(tmp_path: Path) -> None:
    with open_site(tmp_path, "properties") as site:
        refused = site.call("apply", "--set", f"from={DESK}", *site.settled)
        assert refused.code == 1
        assert "Only email accounts have a From." in refused.words
        assert site.writes == []
        assert "Only email accounts have a From." in site.call("explain", "from").words


@pytest.mark.grid
def test_servicenows_account_keeps_its_from(site: Site) -> None:
    refused = site.call("apply", "--set", f"from={DESK}", *site.settled)
    assert (refused.code, site.writes) == (1, [])
    assert "ServiceNow-configured account" in refused.words


def test_receiving_is_switched_off_and_on_by_name_alone(site: Site) -> None:
    assert "Email receiving yes glide.email.read.active" in site.call("show").words
    off = site.call("apply", "--set", "receiving=no", "--yes")
    assert off.code == 0
    assert "Replies stay in the mailbox" in off.words
    assert site.value(READING) == "false"
    document = site.house.write("receiving = true\n", site.house.root / "wanted.toml")
    held = site.call("plan", "--from", str(document))
    assert "a document never turns receiving on" in held.words
    assert site.call("apply", "--from", str(document), "--yes").code != 4
    assert site.value(READING) == "false"
    planned = site.call("plan", "--set", f"{READING}=true").words
    assert (
        "The instance reads and deletes the mail of ServiceNow POP3 (sandbox@service-now.com on "
        "pop.sandbox.service-now.com)."
    ) in planned
    assert site.call("apply", "--set", "receiving=yes", "--yes").code == 0
    assert site.value(READING) == "true"
    assert site.senders == [PROVIDERS]


def test_receiving_stays_off_while_productions_account_is_active(site: Site) -> None:
    site.call("apply", "--set", "receiving=no", "--yes")
    site.sandbox.insert(
        ACCOUNTS, name="Prod IMAP", type="imap", active="true", user_name="orders@corp.example"
    )
    assert site.call("check").code == 0
    refused = site.call("apply", "--set", "receiving=yes", "--yes")
    assert refused.code == 1
    assert "Email receiving: Prod IMAP is active and may belong to production" in refused.words
    assert site.value(READING) == "false"


@pytest.mark.grid
def test_a_plan_with_both_is_kept_and_applied(site: Site) -> None:
    own_account(site.sandbox)
    path = str(site.house.root / "plan.json")
    change = ("--set", f"from={DESK}", "--set", "receiving=no")
    assert site.call("plan", *change, "--out", path).code == 2
    assert site.call("apply", path, *site.settled).code == 0
    assert site.row(ACCOUNTS, "Own SMTP")["from"] == DESK
    assert site.value(READING) == "false"


def test_a_file_holds_both(house: House) -> None:
    settled = ("--yes",)
    change = ("--set", "user=apikey", "--set", f"from={DESK}", "--set", "receiving=no")
    assert house.call("apply", *change, *settled).code == 0
    assert tomllib.loads(house.settings.read_text()) == {
        "user": "apikey",
        "from": DESK,
        "receiving": False,
    }
    assert house.call("show", "--toml").out.count("from = ") == 1
    assert house.call("apply", "--set", "from=", *settled).code == 1
    assert house.call("apply", "--set", "from=", "--set", f"user={DESK}", *settled).code == 0
    assert f"From {DESK} same as the user name" in house.call("show").words
