"""Profiles as they are entered, and what a change of one means for the session."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.storage.fakes import use_home
from tui.coroutines import run_without_loop
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile, add_profile, embedded_profile, load_profile
from tui.workspace.profile_changes import ProfileEntry, change
from tui.workspace.session import Session, open_session, unread_session
from tui.workspace.workspace import Update, Workspace

TEST = Environment.NON_PRODUCTION


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Set up a home directory."""
    return use_home(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("entry", "wrong"),
    [
        (ProfileEntry(), ["name", "place", "user", "environment"]),
        (ProfileEntry("dev", True, "dev12345", "admin", TEST), []),
        (ProfileEntry("dev", True, "dev12345", "", TEST, SignInMethod.API_KEY), []),
        (ProfileEntry("Dev", False), ["name"]),
        (ProfileEntry("dev", False, "/"), ["place"]),
        (ProfileEntry("dev", False, "~nobody-here/x.toml"), ["place"]),
        (ProfileEntry("taken", False), ["name"]),
    ],
)
def test_each_text_that_is_wrong_is_named(
    here: House, entry: ProfileEntry, wrong: list[str]
) -> None:
    assert list(entry.find_problems(["taken"])) == wrong


def test_a_file_is_named_from_the_home_directory_or_left_out(here: House) -> None:
    (here.root / "home").mkdir()
    named = ProfileEntry("dev", False, "~/x.toml").to_profile()
    assert named.file == here.root / "home" / "x.toml"
    assert ProfileEntry("dev", False).to_profile() == embedded_profile("dev")


def test_what_was_entered_makes_the_profile_that_it_came_from(here: House) -> None:
    instance = Instance("https://dev12345.service-now.com", SignInMethod.BROWSER, "client")
    profile = Profile("dev", embedded_profile("dev").file, TEST, Keep.KEYRING, instance)
    assert ProfileEntry.from_profile(profile).to_profile() == profile
    assert ProfileEntry.from_profile(profile).apply_to(profile) == profile


def test_a_profile_that_was_changed_elsewhere_is_not_written(here: House) -> None:
    profile = Profile("dev", here.settings, TEST)
    path = add_profile(profile)
    text = path.read_text().replace("non-production", "production")
    path.write_text(text)
    with pytest.raises(Exception, match="has been changed"):
        change(profile, replace(profile, environment=None), Workspace(_read(here)).session.settings)
    assert path.read_text() == text


@pytest.mark.parametrize("is_instance", [True, False])
def test_a_changed_profile_is_adopted_and_the_edits_stay(here: House, is_instance: bool) -> None:
    session = _read(here)
    if is_instance:
        session = unread_session(replace(session.profile, instance=Instance("https://x.example")))
    workspace = Workspace(session)
    if not is_instance:
        workspace.change(workspace.editing.type("port", "2525"))
    seen: list[Update] = []
    workspace.subscribe(seen.append)
    workspace.adopt_profile(replace(session.profile, environment=TEST, keep=Keep.KEYRING))
    assert not workspace.session.facts.is_production
    assert workspace.profile.keep is Keep.KEYRING
    assert seen == [Update.REREAD]
    assert list(workspace.editing.changed) == ([] if is_instance else ["port"])


def _read(here: House) -> Session:
    here.write("port = 25\n")
    return run_without_loop(open_session(load_profile("default")))
