"""doctor on an instance: what holds there, read only, for a person to read through first."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.instances import OWN, PROVIDERS, Site, site
from tests.cli.running import Result, harmless
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

UNTRIED = "Nothing of this was ever tried on a live instance."


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as here:
        yield here


def private(sandbox: Sandbox) -> set[str]:
    """Every host, address, name and secret there that a report is not to have."""
    running = sandbox.running
    found = {running.url.removeprefix("https://"), "127.0.0.1", running.mail.password}
    found |= {running.api_key, running.oauth.client_id, running.oauth.client_secret}
    found |= {user.password for user in running.users}
    for row in sandbox.rows("sys_email_account"):
        found |= {row[name] for name in ("name", "server", "user_name", "from", "password")}
        found.add(row["email_user_label"])
    for row in sandbox.rows("sys_properties"):
        if row["name"] in ("instance_name", "glide.email.username") or "password" in row["name"]:
            found.add(row["value"])
        if "@" in row["value"] or ".example" in row["value"]:
            found |= set(row["value"].split(","))
    return found - {""}


def reported(here: Site, *argv: str, **how: Any) -> Result:
    """A report; nobody's address is in it, and nothing was written."""
    sandbox = here.sandbox
    done = here.call("doctor", *argv, **how)
    harmless(done)
    assert (done.code, done.err) == (0, "")
    assert UNTRIED in done.out
    assert here.writes == []
    if "--addresses" not in argv:
        said = done.out.replace(str(here.house.root), "")
        # Of the stand-in's own name only a whole word counts: its release is none of it.
        assert not [each for each in private(sandbox) if each in said and each != "sandbox"]
        assert "sandbox" not in said.split()
    return done


def facts(here: Site, **how: Any) -> dict[str, dict[str, str]]:
    """What holds, by title and fact."""
    answer = reported(here, "--json", **how).answer()
    assert answer["note"] == UNTRIED
    return {
        title: {each["fact"]: each["words"] for each in rows}
        for title, rows in answer["instance"].items()
    }


def test_a_report_says_what_holds_and_names_nobody(here: Site) -> None:
    said = reported(here).words
    for words in (
        "Profile dev an instance, non-production; sign-in: basic; keeps nothing",
        "release glide-australia-02-11-2026__patch2-05-20-2026",
        "instance (left out)",
        "model email account managed by ServiceNow yes sending on test recipients 1",
        "mail that waits 5 of it young enough 4",
        "account 1 pop3, active, ServiceNow's, (left out) port 995",
        "account 2 smtp, active, ServiceNow's, (left out) port 465",
        "glide.email.user_password type password2, private",
        "STARTTLS = explicit_tls",
        "columns of security connection_security",
        "length of a password 40 characters",
        "glide.email.test.user type string, flushes all caches, travels in update sets",
        "glide.smtp.encryption not returned: missing, or hidden",
        "roles admin not read nothing",
        "may write not known: it is never tried by writing",
        "glidemail 0.1.0",
    ):
        assert words in said


def test_a_report_has_addresses_where_somebody_wants_them(here: Site) -> None:
    own_account(here.sandbox)
    said = reported(here, "--addresses").words
    for words in ("instance sandbox", PROVIDERS, "Own SMTP", "relay.sandbox.service-now.com"):
        assert words in said
    for secret in (here.password(), here.mail_password, here.sandbox.running.api_key):
        assert secret not in said


def test_a_report_for_a_program_loses_none_of_several_accounts(here: Site) -> None:
    here.call("apply", *here.own, *here.settled, password=here.mail_password)
    here.sandbox.recorded.clear()
    accounts = facts(here)["Email accounts that are visible"]
    assert list(accounts) == ["account 1", "account 2", "account 3"]
    shown = here.answer("doctor", "--addresses")["instance"]["Email accounts that are visible"]
    assert sorted(each["fact"] for each in shown) == ["ServiceNow POP3", PROVIDERS, OWN]


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
@pytest.mark.parametrize("is_private", [True, False])
def test_how_a_password_is_kept_in_a_property_is_told(
    tmp_path: Path, kind: str, is_private: bool
) -> None:
    switches: dict[str, Any] = {"legacy_password_type": kind, "secret_rows_private": is_private}
    with site(tmp_path, "properties", **switches) as here:
        told = facts(here)
        open_facts = told["What documents leave open, and how it is here"]
        words = f"type {kind}, {'private' if is_private else 'not private'}"
        assert open_facts["glide.email.user_password"] == words
        assert open_facts["glide.pop3.password"] == words
        assert told["What sends"]["model"] == "no active account"


@pytest.mark.parametrize(
    ("columns", "words"),
    [("connection_security", "connection_security"), ("enable", "enable_tls, enable_ssl")],
)
def test_the_columns_of_a_connections_security_are_told(
    tmp_path: Path, columns: str, words: str
) -> None:
    with site(tmp_path, security_columns=columns) as here:
        open_facts = facts(here)["What documents leave open, and how it is here"]
        assert open_facts["columns of security"] == words


def test_accounts_that_are_hidden_are_told(tmp_path: Path) -> None:
    with site(tmp_path, accounts_hidden=True) as here:
        told = facts(here)
        assert told["What sends"]["model"] == "undetermined"
        assert list(told["Email accounts that are visible"].values()) == ["none was returned"]
        open_facts = told["What documents leave open, and how it is here"]
        assert open_facts["email accounts"] == "some are hidden, or may be"
        assert told["Rights"]["not read"] == "some email accounts (hidden from this user)"


@pytest.mark.parametrize(
    ("readable", "words"),
    [(True, "admin"), (False, "not known: the user's own row is not visible")],
)
def test_roles_are_told_as_far_as_they_can_be_read(
    tmp_path: Path, readable: bool, words: str
) -> None:
    with site(tmp_path, roles_readable=readable) as here:
        assert facts(here)["Rights"]["roles"] == words


@pytest.mark.parametrize(
    ("user", "roles", "sending"),
    [
        ("mail.admin", "email_account_admin", "on"),
        ("reader", "email_reader", "on"),
        ("nobody", "not known: the user's own row is not visible", "not returned"),
    ],
)
def test_whoever_signs_in_gets_a_report_of_what_they_see(
    here: Site, user: str, roles: str, sending: str
) -> None:
    name = user.replace(".", "")
    here.add(name, user=user)
    how: dict[str, Any] = {"profile": name, "sign_in": here.password(user)}
    told = facts(here, **how)
    assert told["Rights"]["roles"] == roles
    assert told["What sends"]["sending"] == sending
    said = reported(here, **how).words
    assert "the mail that waits (hidden from this user)" in said
    assert "…" not in said


def test_who_signs_in_by_a_key_has_no_roles_to_tell(here: Site) -> None:
    here.add("key", "--sign-in", "api-key", user="")
    told = facts(here, profile="key", sign_in=here.sandbox.running.api_key)
    assert told["Rights"]["roles"] == "not known: an API key names no user"


def test_an_instance_that_cannot_be_read_is_told_without_its_words(here: Site) -> None:
    here.sandbox.switches.broken = True
    said = reported(here).words
    assert "Instance x It was not read (instance.server-error; --addresses says more)." in said
    assert "Try again later; if it stays so, its system log says why." in said
    assert "Versions" in said
    error = reported(here, "--json").answer()["instance"]["error"]
    assert error["code"] == "instance.server-error"
    assert "127.0.0.1, sys_properties: the instance failed (500)." in (
        here.call("doctor", "--addresses").words
    )


def test_who_cannot_sign_in_gets_a_report_of_this_machine(here: Site) -> None:
    said = here.house.call("-p", "dev", "doctor")
    assert said.code == 0
    assert "Instance x It was not read (sign-in.missing;" in said.words
    assert here.host not in said.out
    wrong = here.call("doctor", sign_in="wr0ng")
    assert (wrong.code, "instance.sign-in" in wrong.out) == (0, True)
    assert here.sandbox.refused_sign_ins == {"admin": 1}


def test_a_file_has_no_instance_to_report_on(here: Site) -> None:
    told = here.house.call("doctor", "--json").answer()
    assert "instance" not in told
    assert "settings" in told["files"]
    assert UNTRIED in here.house.call("doctor").out
