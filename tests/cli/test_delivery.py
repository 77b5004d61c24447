"""What the command line says of delivery, against what the stand-in's mail server received."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import assert_harmless
from tests.cli.site import ACCOUNTS, OWN, PRODUCTION, PROVIDERS, Site, open_site
from tests.sandbox.situations import no_active_account, own_account, set_property

REFUSED = "535 5.7.8 Authentication credentials invalid"


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, environment=PRODUCTION) as site:
        set_property(site.sandbox, "glide.email.test.user", "")
        yield site


def status(site: Site) -> str:
    return str(site.answer("show")["verdict"]["delivery"]["status"])


def test_an_account_with_a_wrong_password_is_active_and_then_failing(production: Site) -> None:
    site = production
    settled = (*site.settled[2:], "--attest", "own-server", "--attest", "reachable")
    unknown = site.call("apply", *site.own, *settled, "--attest", "expected", password="wrong")
    assert (unknown.code, site.writes) == (5, [])
    assert "Not verified or attested: password-known" in unknown.words
    saved = site.call("apply", *site.own, *site.settled, password="wrong")
    assert saved.code == 0
    assert f"{OWN} is active on {site.host} (written and read back)." in saved.words
    assert "It isn't known yet whether mail goes out." in saved.words
    assert "sends now" not in saved.words
    assert "typed now" not in saved.words
    unproven = site.call("check")
    assert (unproven.code, status(site)) == (0, "unproven")
    assert (
        "! Delivery: No email was sent or failed since the sender's last change" in unproven.words
    )
    assert site.sandbox.deliver() == 4
    assert site.sandbox.delivered == []
    failing = site.call("check")
    assert_harmless(failing)
    assert (failing.code, status(site)) == (1, "failing")
    assert REFUSED in failing.words
    assert "The user or the password is wrong." in failing.words
    assert site.call("show").words.index("Delivery: failing. 4 emails") < 120
    assert site.call("plan").code == 1


def test_an_account_is_delivering_once_its_mail_was_accepted(production: Site) -> None:
    site = production
    saved = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert (saved.code, status(site)) == (0, "unproven")
    assert site.call("why").code == 1
    site.sandbox.ahead += timedelta(minutes=1)
    assert site.sandbox.deliver() == len(site.sandbox.delivered) == 4
    assert (site.call("check").code, status(site)) == (0, "delivering")
    assert "x Delivery" not in site.call("check").out
    assert site.call("why").code == 0


@pytest.mark.grid
@pytest.mark.parametrize("by_hand", [False, True])
def test_no_active_account_is_an_error_that_leads_to_one(production: Site, by_hand: bool) -> None:
    site = production
    if by_hand:
        own_account(site.sandbox, active=False)
    no_active_account(site.sandbox)
    names = f"Own SMTP and {PROVIDERS} are" if by_hand else f"{PROVIDERS} is"
    for command in ("check", "plan"):
        found = site.call(command)
        assert found.code == 1
        assert f"No SMTP account is active; {names} inactive. No mail goes out." in found.words
        assert f"apply --provider-server (^P on the screen) activates {PROVIDERS}." in found.words
        assert (
            "apply --account NAME (^P on the screen) activates Own SMTP." in found.words
        ) is by_hand
        assert "Nothing changes" not in found.words
    assert status(site) == "stopped"
    planned = site.call("plan", "--provider-server")
    assert planned.code == 2
    assert "No SMTP account is active" not in planned.words
    assert site.call("apply", "--provider-server", *site.settled).code == 0
    assert site.senders == [PROVIDERS]


def test_who_sees_nothing_is_told_nothing_as_known(site: Site) -> None:
    site.add("blind", user="nobody")
    how: dict[str, Any] = {"profile": "blind", "sign_in": site.password("nobody")}
    document = site.house.write("port = 25\n", site.house.root / "wanted.toml")
    for argv in (("check",), ("plan", "--from", str(document)), ("why",)):
        found = site.call(*argv, **how)
        assert_harmless(found)
        assert found.code == 1
        assert "no errors" not in found.words
        assert "Nothing changes" not in found.words
    shown = site.call("show", **how)
    assert shown.code == 0
    assert "Delivery: undetermined." in shown.words
    assert "Port unknown (hidden from this user) not returned" in shown.words
    assert "(default)" not in shown.words
    assert " default" not in shown.words
    assert "No email is in the queue" not in shown.words
    answer = site.answer("show", **how)
    assert answer["properties"]["port"] == {
        "value": None,
        "state": "unknown",
        "source": "not returned",
    }
    assert answer["derived"]["pop3"]["port"]["value"] is None
    assert answer["verdict"]["queue"]["waiting"] is None


def test_a_count_of_nothing_proves_nothing(site: Site) -> None:
    for table in (ACCOUNTS, "sys_email"):
        for row in site.sandbox.rows(table):
            site.sandbox.delete(table, row["sys_id"])
    # An admin whose roles were read sees that there is nothing.
    assert status(site) == "stopped"
    assert "no-active-account" in str(site.answer("check", code=1))
    site.sandbox.switches.roles_readable = False
    assert status(site) == "undetermined"
    assert site.answer("show")["verdict"]["queue"]["waiting"] is None
    assert site.call("check").code == 1
    assert site.call("plan").code == 1


def test_accounts_without_a_right_to_the_mail_leave_it_undetermined(site: Site) -> None:
    site.add("accounts", user="mail.admin")
    how = {"profile": "accounts", "sign_in": site.password("mail.admin")}
    found = site.call("check", **how)
    assert found.code == 1
    assert "Can't read sent and failed emails: they are hidden from this user" in found.words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": "-1"}, "in the state Error"),
        ({"state": "2"}, "in the state Queued"),
        ({"next_action": "2026-01-01 00:00:00"}, "overdue since 2026-01-01 00:00:00 UTC"),
    ],
)
def test_a_sender_job_that_stalls_is_an_error(
    site: Site, fields: dict[str, str], words: str
) -> None:
    site.change("sys_trigger", "SMTP Sender", **fields)
    found = site.call("check")
    assert (found.code, status(site)) == (1, "stopped")
    assert words in found.words
