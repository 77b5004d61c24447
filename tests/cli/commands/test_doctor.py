"""What doctor reports: an instance, read only, and what can be saved on this machine."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.house import House, Result, assert_harmless, give_to, open_house
from tests.cli.site import OWN, PROVIDERS, Site, open_site
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

UNREAD = "The profile or instance couldn't be read. The report says why."
UNTRIED = "None of this has ever been tried on a live instance."


def private_texts(sandbox: Sandbox) -> set[str]:
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


def report(site: Site, *argv: str, code: int = 0, **how: Any) -> Result:
    """A report; nobody's address is in it, and nothing was written."""
    sandbox = site.sandbox
    done = site.call("doctor", *argv, **how)
    assert_harmless(done)
    assert done.code == code
    assert done.err == ("" if code == 0 or "--json" in argv else f"glidemail: {UNREAD}\n")
    assert UNTRIED in done.out
    assert site.writes == []
    if "--addresses" not in argv:
        said = done.out.replace(str(site.house.root), "")
        # Of the stand-in's own name only a whole word counts: its release is none of it.
        assert not [each for each in private_texts(sandbox) if each in said and each != "sandbox"]
        assert "sandbox" not in said.split()
    return done


def facts(site: Site, **how: Any) -> dict[str, dict[str, str]]:
    """What holds, by title and fact."""
    answer = report(site, "--json", **how).answer()
    assert answer["note"] == UNTRIED
    return {
        title: {each["fact"]: each["words"] for each in rows}
        for title, rows in answer["instance"].items()
    }


def test_a_report_says_what_holds_and_names_nobody(site: Site) -> None:
    said = report(site).words
    for words in (
        "Profile dev an instance, non-production; sign-in: basic; keeps nothing",
        "release glide-australia-02-11-2026__patch2-05-20-2026",
        "instance (left out)",
        "model email account managed by ServiceNow yes sending on test addresses 1",
        "in the queue 5 of them young enough 4",
        "account 1 pop3, active, ServiceNow's, (left out) port 995",
        "account 2 smtp, active, ServiceNow's, (left out) port 465",
        "glide.email.user_password type password2, private",
        "STARTTLS = explicit_tls",
        "columns of security connection_security",
        "length of a password 40 characters",
        "glide.email.test.user type string, flushes all caches, carried by update sets",
        "glide.smtp.encryption not returned: missing, or hidden",
        "roles admin not read nothing",
        "may write not known: never tested by writing",
        "glidemail 0.1.0",
    ):
        assert words in said


def test_a_report_has_addresses_where_somebody_wants_them(site: Site) -> None:
    own_account(site.sandbox)
    said = report(site, "--addresses").words
    for words in ("instance sandbox", PROVIDERS, "Own SMTP", "relay.sandbox.service-now.com"):
        assert words in said
    for secret in (site.password(), site.mail_password, site.sandbox.running.api_key):
        assert secret not in said


def test_a_report_for_a_program_loses_none_of_several_accounts(site: Site) -> None:
    site.call("apply", *site.own, *site.settled, password=site.mail_password)
    site.sandbox.recorded.clear()
    accounts = facts(site)["Email accounts that are visible"]
    assert list(accounts) == ["account 1", "account 2", "account 3"]
    shown = site.answer("doctor", "--addresses")["instance"]["Email accounts that are visible"]
    assert sorted(each["fact"] for each in shown) == ["ServiceNow POP3", PROVIDERS, OWN]


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
@pytest.mark.parametrize("is_private", [True, False])
def test_how_a_password_is_kept_in_a_property_is_told(
    tmp_path: Path, kind: str, is_private: bool
) -> None:
    switches: dict[str, Any] = {"legacy_password_type": kind, "secret_rows_private": is_private}
    with open_site(tmp_path, "properties", **switches) as site:
        told = facts(site)
        open_facts = told["What documents leave open, and what this instance does"]
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
    with open_site(tmp_path, security_columns=columns) as site:
        open_facts = facts(site)["What documents leave open, and what this instance does"]
        assert open_facts["columns of security"] == words


def test_accounts_that_are_hidden_are_told(tmp_path: Path) -> None:
    with open_site(tmp_path, accounts_hidden=True) as site:
        told = facts(site)
        assert told["What sends"]["model"] == "undetermined"
        assert list(told["Email accounts that are visible"].values()) == ["none was returned"]
        open_facts = told["What documents leave open, and what this instance does"]
        assert open_facts["email accounts"] == "some are hidden, or may be"
        assert told["Rights"]["not read"] == "some email accounts (hidden from this user)"


@pytest.mark.parametrize(
    ("readable", "words"),
    [(True, "admin"), (False, "not known: the user's own record isn't visible")],
)
def test_roles_are_told_as_far_as_they_can_be_read(
    tmp_path: Path, readable: bool, words: str
) -> None:
    with open_site(tmp_path, roles_readable=readable) as site:
        assert facts(site)["Rights"]["roles"] == words


@pytest.mark.parametrize(
    ("user", "roles", "sending", "code"),
    [
        ("mail.admin", "email_account_admin", "on", 0),
        ("reader", "email_reader", "on", 0),
        ("nobody", "not known: the user's own record isn't visible", "not returned", 1),
    ],
)
def test_whoever_signs_in_gets_a_report_of_what_they_see(
    site: Site, user: str, roles: str, sending: str, code: int
) -> None:
    name = user.replace(".", "")
    site.add(name, user=user)
    how: dict[str, Any] = {"profile": name, "sign_in": site.password(user), "code": code}
    told = facts(site, **how)
    assert told["Rights"]["roles"] == roles
    assert told["What sends"]["sending"] == sending
    said = report(site, **how).words
    assert ("Can't read anything: this user sees no property" in said) is bool(code)
    assert "the queue (hidden from this user)" in said
    assert "…" not in said


def test_who_signs_in_by_a_key_has_no_roles_to_tell(site: Site) -> None:
    site.add("key", "--sign-in", "api-key", user="")
    told = facts(site, profile="key", sign_in=site.sandbox.running.api_key)
    assert told["Rights"]["roles"] == "not known: the sign-in has no user name"


def test_an_instance_that_cannot_be_read_is_told_without_its_words(site: Site) -> None:
    site.sandbox.switches.broken = True
    said = report(site, code=1).words
    assert "Instance x Not read (instance.server-error; --addresses shows more)." in said
    assert "Try again later. If it keeps happening, check its system log." in said
    assert "Versions" in said
    error = report(site, "--json", code=1).answer()["instance"]["error"]
    assert error["code"] == "instance.server-error"
    assert "127.0.0.1, sys_properties: the instance failed (500)." in (
        site.call("doctor", "--addresses").words
    )


def test_who_cannot_sign_in_gets_a_report_of_this_machine(site: Site) -> None:
    said = site.house.call("-p", "dev", "doctor")
    assert said.code == 1
    assert "Instance x Not read (sign-in.missing;" in said.words
    assert site.host not in said.out
    wrong = site.call("doctor", sign_in="wr0ng")
    assert (wrong.code, "instance.sign-in" in wrong.out) == (1, True)
    assert site.sandbox.refused_sign_ins == {"admin": 1}


def test_a_file_has_no_instance_to_report_on(site: Site) -> None:
    told = site.house.call("doctor", "--json").answer()
    assert "instance" not in told
    assert "settings" in told["files"]
    assert UNTRIED in site.house.call("doctor").out


def test_doctor_goes_on_where_the_profile_is_not_right(house: House) -> None:
    house.write("kep = 1\n", house.config / "profiles" / "bad.toml")
    told = house.call("doctor", "-p", "bad")
    assert told.code == 1
    assert "a profile has no kep" in told.words
    assert "attestations not there yet" in told.words
    assert "drafts not there yet" in told.words
    answer = house.call("doctor", "-p", "bad", "--json").answer()
    assert answer["error"]["code"] == "profile.unknown-key"


def test_a_profile_that_does_not_exist_fails_and_is_named(house: House) -> None:
    told = house.call("doctor", "-p", "nowhere")
    assert told.code == 1
    assert "nowhere" in told.words
    assert "Versions" in told.words
    answered = house.call("doctor", "-p", "nowhere", "--json")
    assert (answered.code, answered.answer()["error"]["code"]) == (1, "profile.unknown")


def test_who_sees_nothing_is_told_so_in_json_too(site: Site) -> None:
    site.add("nobody", user="nobody")
    answer = site.answer("doctor", code=1, profile="nobody", sign_in=site.password("nobody"))
    assert answer["error"]["code"] == "instance.nothing-read"


def test_doctor_says_where_nothing_can_be_saved() -> None:
    with open_house() as house:
        path = house.write("port = 25\n")
        path.chmod(0o666)
        give_to(house.root)
        assert "settings writable" in house.run_as_person("doctor").words
        house.config.chmod(0o555)
        assert "settings read-only" in house.run_as_person("doctor").words
        house.config.chmod(0o755)
        path.rename(house.root / "other.toml")
        path.symlink_to(house.root / "other.toml")
        link = house.run_as_person("doctor")
        assert (link.code, "settings a link, not followed" in link.words) == (1, True)


def rights(site: Site, user: str = "admin") -> dict[str, str]:
    """What a user has, by right: the words and the role."""
    name = user.replace(".", "")
    if user != "admin":
        site.add(name, user=user)
    profile = "dev" if user == "admin" else name
    done = site.call("doctor", "--json", profile=profile, sign_in=site.password(user))
    assert site.writes == []
    return {
        each["right"]: " ".join(filter(None, (each["holding"], each["role"])))
        for each in done.answer()["rights"]
    }


READ, NO_ROLE = "yes, it could be read", "no role found"
UNKNOWN, ACCOUNT_ROLE = "unknown: can't read roles", "yes, by role email_account_admin"
COLUMNS = (
    *("read the settings", "see the email accounts", "see sent and failed mail"),
    *("see the SMTP Sender job", "change properties", "change and activate email accounts"),
    *("send a test message", "release failed mail", "read roles"),
)


@pytest.mark.parametrize(
    ("user", "has"),
    [
        ("admin", (*(READ,) * 4, *("yes, by role admin",) * 4, READ)),
        (
            "mail.admin",
            (READ, READ, *(NO_ROLE,) * 3, ACCOUNT_ROLE, NO_ROLE, NO_ROLE, READ),
        ),
        ("sender", (*(NO_ROLE,) * 6, "yes, by role email_api_send", NO_ROLE, READ)),
        pytest.param("reader", (READ, *(NO_ROLE,) * 7, READ), marks=pytest.mark.grid),
        pytest.param(
            "resender",
            (NO_ROLE, NO_ROLE, READ, *(NO_ROLE,) * 4, "yes, by role email_admin", READ),
            marks=pytest.mark.grid,
        ),
        ("nobody", (UNKNOWN,) * 9),
    ],
)
def test_doctor_says_what_each_user_visibly_may(
    site: Site, user: str, has: tuple[str, ...]
) -> None:
    assert rights(site, user) == dict(zip(COLUMNS, has, strict=True))


def test_without_readable_roles_only_what_was_read_is_known(site: Site) -> None:
    site.sandbox.switches.roles_readable = False
    found = rights(site)
    assert set(list(found.values())[:4]) == {READ}
    assert set(list(found.values())[4:]) == {UNKNOWN}
    assert "change properties (apply) admin unknown: can't read" in site.call("doctor").words


def test_properties_that_are_hidden_in_part_are_no_plain_yes(site: Site) -> None:
    sys_id = site.row("sys_properties", "glide.email.server")["sys_id"]
    site.sandbox.change("sys_properties", sys_id, read_roles="itil")
    assert rights(site, "reader")["read the settings"] == "in part"
