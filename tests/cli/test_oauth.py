"""Accounts that sign in by OAuth or send by Microsoft Graph: by name, and never written."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.house import assert_harmless
from tests.cli.site import ACCOUNTS, OWN, PRODUCTION, Site, open_site
from tests.sandbox.situations import (
    OAUTH_PROFILE,
    OAUTH_PROVIDER,
    OAUTH_TOKEN,
    graph_sender,
    no_active_account,
    oauth_account,
    oauth_profile,
)
from tui.sandbox.platform_switches import PlatformSwitches

PAST, FUTURE = "2020-01-01 00:00:00", "2199-01-01 00:00:00"
UNKNOWN = "unknown (hidden from this user)"
TOKEN_TABLE = "made_up_token"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path, platform=PlatformSwitches(oauth_tables=True)) as site:
        yield site


def test_an_oauth_account_is_shown_by_name_with_its_profile_and_tokens(site: Site) -> None:
    oauth_profile(site.sandbox, oauth_account(site.sandbox), access=PAST, refresh=FUTURE)
    shown = site.call("show")
    assert_harmless(shown)
    for words in (
        "The email account OAuth SMTP is active.",
        "It is your own SMTP account, and signs in by OAuth.",
        f"OAuth profile {OAUTH_PROFILE}, provider {OAUTH_PROVIDER}",
        f"OAuth token refresh, expires at {FUTURE} UTC; access, expired at {PAST} UTC",
        "Leave it as it is It needs nothing here. glidemail never changes an OAuth sign-in.",
        "Or switch To your own SMTP account (^P; --own-server). OAuth SMTP is kept, inactive",
        "You need Your mail server, its port and connection security, a user name and its",
    ):
        assert words in shown.words
    assert site.answer("show")["verdict"]["oauth"] == {
        "account": "OAuth SMTP",
        "type": "SMTP",
        "profile": OAUTH_PROFILE,
        "provider": OAUTH_PROVIDER,
        "tokens": [
            {"kind": "refresh", "expires": FUTURE},
            {"kind": "access", "expires": PAST},
        ],
    }
    why = site.call("why").words
    assert f"OAuth profile: {OAUTH_PROFILE}, provider {OAUTH_PROVIDER}" in why
    assert "OAuth token: refresh, expires" in why
    locked = site.call("apply", "--set", "port=25", *site.settled)
    assert (locked.code, site.writes) == (1, [])
    assert (
        f"signs in by OAuth (profile {OAUTH_PROFILE}), which glidemail never changes."
        in locked.words
    )
    assert "switch to your own SMTP account" in locked.words
    asked = [each for each in site.sandbox.recorded if TOKEN_TABLE in each.path]
    fields = {name for each in asked for name in each.query["sysparm_fields"].split(",")}
    assert fields == {"sys_id", "profile", "type", "expires"}
    assert OAUTH_TOKEN not in shown.out + why


def test_who_may_not_read_tokens_is_told_that_they_are_hidden(site: Site) -> None:
    oauth_profile(site.sandbox, oauth_account(site.sandbox), access=FUTURE)
    site.add("mail", user="mail.admin")
    shown = site.call("show", profile="mail", sign_in=site.password("mail.admin"))
    assert shown.code == 0
    assert f"OAuth profile {OAUTH_PROFILE}, provider {OAUTH_PROVIDER}" in shown.words
    assert f"OAuth token {UNKNOWN}" in shown.words


def test_an_account_without_a_profile_says_so(site: Site) -> None:
    oauth_account(site.sandbox)
    shown = site.call("show").words
    assert "OAuth profile not set" in shown
    assert f"OAuth token {UNKNOWN}" in shown


@pytest.mark.grid
def test_where_no_label_is_known_everything_is_unknown(tmp_path: Path) -> None:
    with open_site(tmp_path) as site:
        oauth_account(site.sandbox)
        shown = site.call("show").words
        assert f"OAuth profile {UNKNOWN}" in shown
        assert f"OAuth token {UNKNOWN}" in shown
        answer = site.answer("show")["verdict"]["oauth"]
        assert (answer["profile"], answer["tokens"]) == (None, None)


@pytest.mark.parametrize("table", ["sys_dictionary", "made_up_profile", TOKEN_TABLE])
@pytest.mark.grid
def test_each_part_that_cannot_be_read_fails_alone(tmp_path: Path, table: str) -> None:
    platform = PlatformSwitches(oauth_tables=True, forbidden_tables=frozenset({table}))
    with open_site(tmp_path, platform=platform) as site:
        oauth_profile(site.sandbox, oauth_account(site.sandbox), access=FUTURE)
        site.add("reader", user="mail.admin")
        shown = site.call("show", profile="reader", sign_in=site.password("mail.admin"))
        assert shown.code == 0
        assert "signs in by OAuth" in shown.words


@pytest.mark.parametrize(
    "environment", [PRODUCTION, pytest.param("non-production", marks=pytest.mark.grid)]
)
def test_your_own_account_takes_the_place_of_one_with_oauth(
    tmp_path: Path, environment: str
) -> None:
    platform = PlatformSwitches(oauth_tables=True)
    with open_site(tmp_path, environment=environment, platform=platform) as site:
        oauth_profile(site.sandbox, oauth_account(site.sandbox), access=FUTURE)
        site.change(ACCOUNTS, "OAuth SMTP", u_cost_center="4711")
        before = site.row(ACCOUNTS, "OAuth SMTP")
        planned = site.call("plan", *site.own, password=site.mail_password)
        assert planned.code == 2
        assert "OAuth SMTP is deactivated and glidemail 127.0.0.1 activated" in planned.words
        assert "OAuth SMTP is kept, inactive" in planned.words
        assert "OAuth P" not in planned.words.partition("gets these")[2]
        saved = site.call("apply", *site.own, *site.settled, password=site.mail_password)
        assert saved.code == 0, saved
        assert site.senders == [OWN]
        made, old = site.row(ACCOUNTS, OWN), site.row(ACCOUNTS, "OAuth SMTP")
        assert (made["authentication"], made["u_cost_center"]) == ("password", "4711")
        assert (made["made_up_profile"], made["made_up_provider"]) == ("", "")
        moved = {name for name in old if old[name] != before[name]}
        assert "active" in moved
        assert all(name == "active" or name.startswith("sys_") for name in moved)
        site.sandbox.ahead += timedelta(minutes=1)
        assert site.sandbox.deliver() == len(site.sandbox.delivered) == 4


def test_a_graph_account_is_shown_and_nothing_is_written_while_it_is_active(site: Site) -> None:
    oauth_profile(site.sandbox, graph_sender(site.sandbox), access=FUTURE)
    shown = site.call("show")
    assert_harmless(shown)
    for words in (
        "Graph sender sends, which isn't an SMTP account. Its type is Microsoft Graph (Send).",
        f"OAuth profile {OAUTH_PROFILE}, provider {OAUTH_PROVIDER}",
        "deactivate Graph sender on the instance first",
        "Not confirmed Whether an SMTP account can be active next to Graph sender.",
    ):
        assert words in shown.words
    answer = site.answer("show")["verdict"]["oauth"]
    assert (answer["account"], answer["type"]) == ("Graph sender", "Microsoft Graph (Send)")
    refused = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert (refused.code, site.writes) == (5, [])
    assert "It isn't confirmed whether an SMTP account can be active next to it." in refused.words
    assert "Deactivate Graph sender on the instance first." in refused.words
    no_active_account(site.sandbox)
    saved = site.call("apply", *site.own, *site.settled, password=site.mail_password)
    assert (saved.code, site.senders) == (0, [OWN])


@pytest.mark.grid
def test_graph_that_is_activated_after_the_plan_stops_the_switch(site: Site) -> None:
    oauth_account(site.sandbox)
    path = str(site.house.root / "plan.json")
    secret = {"password": site.mail_password}
    assert site.call("plan", *site.own, "--out", path, **secret).code == 2
    graph_sender(site.sandbox)
    refused = site.call("apply", path, *site.settled, **secret)
    assert (refused.code, site.writes) == (5, [])
