"""Opening, adding, changing and removing profiles, and what is kept."""

import tomllib

import pytest

from tests.app.factories import add_instance, open_default
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.profile_dialog import ProfileDialog
from tui.app.screens.profile_list import ProfileList
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.credentials.keyring import Keyring
from tui.settings.values import Environment
from tui.storage.draft_file import draft_path
from tui.storage.profile import Keep, Profile, add_profile, load_profile


def profile(here: House, name: str) -> dict[str, object]:
    """Return what the file of a profile says."""
    return tomllib.loads((here.config / "profiles" / f"{name}.toml").read_text())


def add_file(here: House, name: str) -> Profile:
    """Add a profile of another file, with one setting."""
    path = here.write("port = 2525\n", here.root / f"{name}.toml")
    added = Profile(name, path)
    add_profile(added)
    return added


async def open_list(person: Person) -> ProfileList:
    """Open the list of profiles."""
    await person.press("ctrl+o")
    return await person.dialog(ProfileList)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Have a keyring that keeps names only."""
    names: set[str] = set()
    monkeypatch.setattr(Keyring, "has", lambda _, profile, name: f"{profile}/{name}" in names)
    monkeypatch.setattr(Keyring, "get", lambda *_: None)
    monkeypatch.setattr(Keyring, "forget", lambda _, who, name: names.discard(f"{who}/{name}"))
    return names


@async_test
async def test_a_profile_is_added_from_the_list_and_opened(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "mail.new.example")
        await open_list(person)
        await person.answer("new")
        await person.dialog(ProfileDialog)
        await person.press(*"test", "tab", "right", "tab")
        await person.paste(str(here.root / "test.toml"))
        await person.press("tab", "left")
        await person.answer("save")
        await person.dialog(ProfileList)
        assert person.said == "Added test. Enter opens it."
        assert profile(here, "test") == {
            "file": str(here.root / "test.toml"),
            "keep": "nothing",
            "environment": "non-production",
        }
        await person.press("enter")
        await person.until(lambda: person.app.workspace.profile.name == "test")
        await person.main_again()
        assert person.changed == []
        assert "mail.new.example" in draft_path("default").read_text()


@async_test
async def test_a_name_that_is_taken_is_said_beside_it(here: House) -> None:
    add_file(here, "test")
    async with run_configurator(open_default(here)) as person:
        await person.choose("new profile")
        await person.dialog(ProfileDialog)
        await person.press(*"test", "tab")
        assert "A profile with that name already exists. Choose another name." in person.told


@async_test
async def test_a_profile_that_cannot_be_written_loses_nothing_that_was_typed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.choose("new profile")
        await person.dialog(ProfileDialog)
        await person.press(*"test", "tab", "right")
        here.write("", here.config / "profiles")
        await person.answer("save")
        await person.until(lambda: person.said)
        assert (await person.dialog(ProfileDialog)).read_entry().name == "test"
        assert not person.said.startswith("Added")


@async_test
async def test_another_profile_is_changed_where_the_list_points(here: House) -> None:
    add_file(here, "test")
    async with run_configurator(open_default(here)) as person:
        await open_list(person)
        await person.press("down")
        await person.answer("change")
        await person.dialog(ProfileDialog)
        assert "/test.toml" in person.told
        await person.press("right")
        await person.answer("save")
        await person.dialog(ProfileList)
        assert person.said == "Changed test: production, keeps nothing."
        assert profile(here, "test")["environment"] == "production"
        assert person.app.workspace.profile.name == "default"


@async_test
async def test_the_environment_is_set_and_shown_while_edits_stay(here: House) -> None:
    async with run_configurator(open_default(here, environment=None)) as person:
        assert person.app.workspace.session.facts.is_production
        await person.enter("server", "mail.new.example")
        await person.choose("environment")
        await person.dialog(MessageDialog)
        assert "This isn't set yet, so it counts as production." in person.told
        await person.answer("non-production")
        await person.main_again()
        await person.until(lambda: "Changed default" in person.said)
        assert profile(here, "default") == {"environment": "non-production"}
        assert not person.app.workspace.session.facts.is_production
        assert person.changed == ["server"]


@async_test
async def test_an_instance_is_production_at_once_when_its_profile_says_so(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        assert "NON-PROD" in person.shown
        await person.enter("test_recipients", "me@corp.example")
        await person.choose("environment")
        await person.dialog(MessageDialog)
        await person.answer("production")
        await person.until(lambda: "Changed corp: production" in person.said)
        assert "PRODUCTION" in person.shown
        assert person.app.workspace.session.facts.is_production
        assert person.changed == ["test_recipients"]
        assert profile(here, "corp")["environment"] == "production"


@async_test
async def test_another_user_signs_in_again_and_only_once_nothing_is_unsaved(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await person.enter("test_recipients", "me@corp.example")
        await person.choose("change profile")
        dialog = await person.dialog(ProfileDialog)
        await person.press("down", *"2")
        await person.answer("save")
        await person.until(lambda: person.app.screen is not dialog and person.said)
        dialog = await person.dialog(ProfileDialog)
        assert person.said.startswith("Save or discard your changes first")
        assert dialog.read_entry().user == "admin2"
        await person.press("escape")
        await person.main_again()
        await person.press("ctrl+r")
        assert person.changed == []
        await person.choose("change profile")
        await person.dialog(ProfileDialog)
        await person.press("down", *"2")
        await person.answer("save")
        await person.dialog(SignInDialog)
        assert "Password of admin2" in person.told
        assert profile(here, "corp")["user"] == "admin2"


@async_test
async def test_the_profile_that_is_worked_on_is_removed_and_its_settings_stay(here: House) -> None:
    path = add_file(here, "test").file
    async with run_configurator(open_default(here)) as person:
        await open_list(person)
        await person.press("down", "enter")
        await person.until(lambda: person.app.workspace.profile.name == "test")
        await person.enter("port", "26")
        await person.choose("remove profile")
        await person.dialog(MessageDialog)
        assert f"Its settings stay in {path}." in person.told
        assert "1 change is not saved: Port The profile default is opened then." in person.told
        await person.answer("remove")
        await person.until(lambda: person.app.workspace.profile.name == "default")
        await person.main_again()
        assert not (here.config / "profiles" / "test.toml").exists()
        assert not draft_path("test").exists()
        assert path.read_text() == "port = 2525\n"


@async_test
async def test_the_built_in_profile_is_not_removed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await open_list(person)
        await person.answer("remove")
        await person.until(lambda: person.said)
        assert person.said == "default is built in: it can't be removed."
        await person.press("escape", "ctrl+p")
        assert "Remove profile" not in person.words


@async_test
async def test_an_invalid_profile_can_be_removed_but_not_opened(
    here: House, kept: set[str]
) -> None:
    path = here.write("file = 1\n", here.config / "profiles" / "odd.toml")
    async with run_configurator(open_default(here)) as person:
        for way in ("enter", "change"):
            await open_list(person)
            await person.press("down")
            await (person.press("enter") if way == "enter" else person.answer(way))
            await person.dialog(MessageDialog)
            assert "file must be a path, in quotes." in person.told
            await person.press("escape", "escape")
        await open_list(person)
        await person.press("down")
        await person.answer("remove")
        await person.dialog(MessageDialog)
        await person.answer("remove")
        await person.until(lambda: person.said.startswith("Removed odd."))
        assert not path.exists()


@async_test
async def test_passwords_are_kept_from_now_on_and_no_longer(here: House, kept: set[str]) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.choose("keep passwords")
        await person.dialog(MessageDialog)
        assert "also one that you have typed already" in person.told
        await person.answer("do")
        await person.until(lambda: person.said.startswith("Changed default"))
        assert profile(here, "default") == {"keep": "keyring"}
        assert person.app.workspace.profile.keep is Keep.KEYRING
        kept.add("default/password")
        await person.choose("keep no passwords")
        await person.dialog(MessageDialog)
        assert "What the keyring keeps for default is deleted from it now." in person.told
        await person.answer("do")
        await person.until(lambda: "keeps nothing" in person.said)
        assert kept == set()


@async_test
async def test_nothing_is_changed_where_no_keyring_works(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.choose("keep passwords")
        await person.dialog(MessageDialog)
        await person.answer("do")
        await person.until(lambda: "Can't use the keyring." in person.words)
        await person.press("escape")
        await person.main_again()
        assert person.said == "The profile was not changed."
        assert load_profile("default").keep is Keep.NOTHING


@async_test
async def test_a_sign_in_that_is_kept_is_said_to_be_kept_by_the_next_one(
    here: House, sandbox: Sandbox, kept: set[str]
) -> None:
    found = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    async with connect(sandbox.running, found) as person:
        await person.choose("keep passwords")
        await person.dialog(MessageDialog)
        assert "is kept after the next sign-in at which you type it." in person.told
        assert "Email passwords are kept by the instance" in person.told
