"""What signs in at an instance, in a real keyring: kept once it has, and forgotten once refused."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk, read_sign_in
from tests.cli.house import assert_harmless
from tests.cli.site import PROPERTIES, Site, open_site
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret

SAVE = ("apply", "--set", "test_recipients=a@corp.example", "--yes")


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """A stand-in whose profile `corp` keeps what signs in."""
    with open_site(desk.root) as made:
        there = Site(desk, made.sandbox)
        there.add("corp", "--keep", "keyring")
        yield there


def keep(secret: str) -> None:
    Keyring().keep("corp", "sign_in", Secret(secret))


def test_what_is_typed_is_kept_once_it_has_signed_in(site: Site) -> None:
    with site.house.on_terminal("-p", "corp", "show") as terminal:
        terminal.until("Password of admin at")
        terminal.type(f"{site.password()}\n")
        terminal.until("The sign-in is kept in SecretService.")
        assert terminal.end() == 0
    assert read_sign_in("corp") == site.password()
    again = site.house.run("-p", "corp", "show")
    assert_harmless(again)
    assert (again.code, again.err) == (0, "")


@pytest.mark.grid
def test_what_is_typed_wrong_is_not_kept(site: Site) -> None:
    with site.house.on_terminal("-p", "corp", "show") as terminal:
        terminal.until("Password of admin at")
        terminal.type("wr0ng\n")
        assert terminal.end() == 1
        assert "kept" not in terminal.text
    assert read_sign_in("corp") is None


def test_a_document_is_not_spoilt_by_what_is_said_beside_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.cli.open_profile._can_ask", lambda _: True)
    monkeypatch.setattr("tui.cli.open_profile.ask_secret", lambda _: Secret(site.password()))
    shown = site.house.call("-p", "corp", "show", "--toml")
    assert tomllib.loads(shown.out)["exported"]["environment"] == "non-production"
    assert "The sign-in is kept in SecretService." in shown.err


@pytest.mark.grid
def test_what_is_kept_and_refused_is_forgotten_after_one_attempt(site: Site) -> None:
    keep("wr0ng")
    refused = site.house.call("-p", "corp", "show")
    assert refused.code == 1
    assert "It is no longer kept." in refused.words
    assert read_sign_in("corp") is None
    again = site.house.call("-p", "corp", "show", "--json")
    assert (again.code, again.answer()["error"]["code"]) == (5, "sign-in.missing")
    assert site.sandbox.refused_sign_ins == {"admin": 1}


@pytest.mark.grid
def test_what_is_kept_stays_where_another_one_is_refused(site: Site) -> None:
    keep(site.password())
    refused = site.call("show", profile="corp", sign_in="wr0ng")
    assert (refused.code, "no longer" in refused.words) == (1, False)
    assert read_sign_in("corp") == site.password()


def test_what_is_refused_at_the_save_is_forgotten_too(site: Site) -> None:
    seen: list[RecordedRequest] = []

    def is_after_the_reading(recorded: RecordedRequest) -> bool:
        if "typeIN" in recorded.query.get("sysparm_query", ""):
            seen.append(recorded)
        elif seen and recorded.path.endswith("sys_properties"):
            site.sandbox.switches.basic_restricted = True
            site.sandbox.sessions.clear()
        return False

    keep(site.password())
    site.sandbox.faults.add(Fault("drop_before", is_after_the_reading))
    # Where no mail waits, it is asked for once.
    for row in site.sandbox.rows("sys_email"):
        site.sandbox.change("sys_email", row["sys_id"], type="sent")
    refused = site.house.call("-p", "corp", *SAVE)
    assert refused.code == 1
    assert "Nothing was written." in refused.words
    assert "It is no longer kept." in refused.words
    assert (read_sign_in("corp"), site.writes) == (None, [])


@pytest.mark.grid
def test_the_check_after_a_clone_runs_without_a_terminal(site: Site) -> None:
    keep(site.password())
    path = site.house.root / "export.toml"
    site.house.write(site.house.call("-p", "corp", "show", "--toml").out, path)
    argv = ("-p", "corp", "plan", "--from", str(path))
    same = site.house.shell('exec setsid --wait "$@"', *argv)
    assert (same.code, same.err) == (0, "")
    site.change(PROPERTIES, "glide.email.test.user", value="drifted@corp.example")
    drift = site.house.shell('exec setsid --wait "$@"', *argv)
    assert (drift.code, drift.err) == (2, "")
    assert "drifted@corp.example -> mail.tests@corp.example" in drift.words
    assert site.writes == []


def test_without_a_terminal_nobody_is_asked(site: Site) -> None:
    missing = site.house.shell('exec setsid --wait "$@"', "-p", "corp", "plan")
    assert missing.code == 5
    assert "There is no sign-in for" in missing.words


@pytest.fixture
def without(tmp_path: Path) -> Iterator[Site]:
    """A stand-in with such a profile where no keyring is."""
    with open_site(tmp_path) as there:
        there.add("corp", "--keep", "keyring")
        yield there


def test_a_keyring_that_cannot_be_used_is_told_where_nobody_can_be_asked(without: Site) -> None:
    told = without.house.call("-p", "corp", "show", "--json")
    assert (told.code, told.answer()["error"]["code"]) == (1, "keyring.unavailable")
    assert without.call("show", profile="corp").code == 0


def test_a_keyring_that_cannot_be_used_does_not_keep_a_person_out(without: Site) -> None:
    with without.house.on_terminal("-p", "corp", "show") as terminal:
        terminal.until("Can't use the keyring.")
        terminal.until("Password of admin at")
        terminal.type(f"{without.password()}\n")
        terminal.until("What sends now")
        assert terminal.end() == 0
        assert terminal.text.count("Can't use the keyring.") == 1
