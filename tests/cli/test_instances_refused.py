"""A sign-in that an instance rejected is not repeated for a day, unless a person wants it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.house import assert_harmless, read_tree
from tests.cli.site import Site
from tui.sandbox.authenticator import MAX_ATTEMPTS

STALE = "st4le-c4nary"


def remembered(site: Site) -> Path:
    return site.house.root / "state" / "glidemail" / "refused-sign-ins" / "all-profiles.toml"


def test_nightly_runs_with_a_stale_password_do_not_lock_the_user(site: Site) -> None:
    document = site.house.write("", site.house.root / "wanted.toml")
    for night in range(MAX_ATTEMPTS + 2):
        refused = site.call("plan", "--from", str(document), sign_in=STALE)
        assert_harmless(refused)
        assert refused.code == (5 if night else 1)
    assert site.sandbox.refused_sign_ins == {"admin": 1}
    assert f"{site.host} rejected the sign-in of admin on" in refused.words
    assert "Another attempt with the same password can lock the user." in refused.words
    assert "Nothing was sent." in refused.words
    assert "pass --sign-in-again" in refused.words


@pytest.mark.parametrize(
    "command", [("show",), ("check",), ("plan",), ("probe",), ("explain", "server")]
)
def test_every_command_refuses_even_with_the_right_password(
    site: Site, command: tuple[str, ...]
) -> None:
    site.call("show", sign_in=STALE)
    for form in ((), ("--json",)):
        refused = site.call(*command, *form)
        assert refused.code == 5
        assert ("sign-in.refused-before" in refused.out) is bool(form)
    assert len(site.sandbox.recorded) == 1


def test_doctor_sends_nothing_and_says_why(site: Site) -> None:
    site.call("show", sign_in=STALE)
    assert "sign-in.refused-before" in site.call("doctor").words
    assert len(site.sandbox.recorded) == 1


def test_the_option_signs_in_again_and_an_accepted_one_is_remembered_no_longer(site: Site) -> None:
    site.call("show", sign_in=STALE)
    assert site.call("show", "--sign-in-again").code == 0
    assert site.call("show").code == 0


def test_all_profiles_of_a_user_count_as_one_and_other_users_are_free(site: Site) -> None:
    site.add("twin", user="Admin")
    site.add("other", user="mail.admin")
    site.add("key", "--sign-in", "api-key", user="")
    site.call("show", sign_in=STALE)
    assert site.call("show", profile="twin").code == 5
    assert site.call("show", profile="other", sign_in=site.password("mail.admin")).code == 0
    assert site.call("show", profile="key", sign_in=site.sandbox.running.api_key).code == 0
    assert site.call("show").code == 5


@pytest.mark.parametrize(
    ("method", "user", "words"),
    [
        ("api-key", "", "rejected the API key on"),
        ("client-credentials", "it", "rejected the sign-in of OAuth client it on"),
    ],
)
def test_a_key_and_a_client_are_named(site: Site, method: str, user: str, words: str) -> None:
    site.add("corp", "--sign-in", method, user=user)
    site.call("show", profile="corp", sign_in=STALE)
    assert words in site.call("show", profile="corp", sign_in=STALE).words
    assert sum(site.sandbox.refused_sign_ins.values()) == 1


def test_nothing_of_the_secret_is_remembered(site: Site) -> None:
    site.call("show", sign_in=STALE)
    text = remembered(site).read_text()
    assert set(text.split('"')[1::2]) > {site.host, "basic", "admin"}
    assert len(text.splitlines()) == 5
    assert not [data for data in read_tree(site.house.root).values() if STALE.encode() in data]


def test_after_a_day_it_is_forgotten(site: Site) -> None:
    site.call("show", sign_in=STALE)
    text = remembered(site).read_text()
    when = datetime.fromisoformat(text.split('"')[-2])
    old = (when - timedelta(days=1, seconds=1)).isoformat(timespec="seconds")
    site.house.write(text.replace(when.isoformat(timespec="seconds"), old), remembered(site))
    assert site.call("show").code == 0


def test_what_cannot_be_read_stops_before_anything_is_sent(site: Site) -> None:
    site.call("show", sign_in=STALE)
    site.house.write('[[refused]]\nhost = "x"\n', remembered(site))
    assert "refused-sign-ins.broken" in site.call("show", "--json").out
    assert len(site.sandbox.recorded) == 1


def test_trouble_of_another_kind_is_no_refusal(site: Site) -> None:
    site.sandbox.switches.broken = True
    assert site.call("show").code == 1
    site.sandbox.switches.broken = False
    assert site.call("show").code == 0


@pytest.mark.grid
@pytest.mark.parametrize(("typed", "code"), [("yes", 0), ("y", 5), ("", 5), ("no", 5)])
def test_a_person_is_asked_before_the_password(site: Site, typed: str, code: int) -> None:
    site.call("show", sign_in=STALE)
    with site.house.on_terminal("-p", "dev", "show") as terminal:
        terminal.until("anything else to stop: ")
        terminal.type(f"{typed}\n")
        if not code:
            terminal.until("Password of admin at")
            terminal.type(f"{site.password()}\n")
        assert terminal.end() == code
        assert ("Password of" in terminal.text) is not code
        assert site.password() not in terminal.text
