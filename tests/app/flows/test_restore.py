"""Restoring drafts, of a file, of an instance, and of several profiles in one sitting."""

import os

import pytest

from tests.app.factories import SAVED, add_instance, open_default
from tests.app.flows.records import change_record
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House, read_tree
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.presentation.status_text import exit_lines
from tui.storage.draft_file import DraftLock, draft_path, load_draft
from tui.storage.profile import Profile, load_last_used
from tui.workspace.session import unread_session

CANARY = "Canary-4711-secret"


def admin_secret(sandbox: Sandbox) -> Secret:
    """Return the secret that signs in."""
    return Secret(sandbox.running.user("admin").password)


async def leave_instance_draft(sandbox: Sandbox, profile: Profile, name: str, text: str) -> None:
    """Leave a draft, as a program does that is killed."""
    async with connect(sandbox.running, profile) as person:
        await person.enter(name, text)
        await person.app._keep_draft().wait()
    assert draft_path(profile.name).exists()


async def open_profile(person: Person, name: str) -> None:
    """Switch to another profile."""
    await person.press("ctrl+o")
    await person.dialog(PickList)
    await person.paste(name)
    await person.press("enter")


async def leave_draft(here: House, name: str = "display_name", text: str = "Post") -> None:
    """Leave a draft, as a configurator does that is killed."""
    async with run_configurator(open_default(here)) as person:
        await person.enter(name, text)
        await person.app._keep_draft().wait()
    assert draft_path("default").exists()


@async_test
async def test_a_draft_that_was_left_is_offered_and_restored(here: House) -> None:
    await leave_draft(here)
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "There are changes that were not saved" in person.shown
        assert "* Display name: Post" in person.words
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "Post"
        assert person.said == "Draft restored. F7 undoes it."
        await person.press("f7")
        assert person.changed == []


@pytest.mark.grid
@async_test
async def test_a_draft_that_was_left_is_discarded(here: House) -> None:
    await leave_draft(here)
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        await person.answer("discard")
        await person.main_again()
        await person.until(lambda: "draft is gone" in person.said)
        assert not draft_path("default").exists()
        assert person.changed == []


@async_test
async def test_a_draft_over_a_value_that_moved_meanwhile_leads_to_the_conflict(
    here: House,
) -> None:
    await leave_draft(here)
    here.write(SAVED.replace("Help Desk", "Theirs"))
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "It is Theirs there now and Post here." in person.words
        await person.answer("restore")
        await person.dialog(ConflictDialog)


@pytest.mark.grid
@async_test
async def test_a_draft_that_says_what_is_there_already_says_so(here: House) -> None:
    await leave_draft(here)
    here.write(SAVED.replace("Help Desk", "Post"))
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "All of it has been saved already." in person.shown


@async_test
async def test_a_draft_that_cannot_be_read_is_told_and_left(here: House) -> None:
    path = here.write("{", draft_path("default"))
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "The draft of the last time cannot be read" in person.shown
        await person.press("enter")
        await person.main_again()
        await person.enter("display_name", "Post")
        await person.app._keep_draft().wait()
    assert path.read_text() == "{"


@pytest.mark.grid
@async_test
async def test_a_draft_is_offered_after_what_sends_was_shown_and_over_what_is_there_then(
    here: House, legacy: Sandbox
) -> None:
    profile = add_instance(legacy.running)
    await leave_instance_draft(legacy, profile, "display_name", "My Desk")
    change_record(legacy, "glide.smtp.port", value="2525")
    change_record(legacy, "glide.email.username", value="Their Desk")
    async with run_configurator(unread_session(profile)) as person:
        await person.dialog(SignInDialog)
        assert "not saved" not in person.shown
        await person.sign_in(admin_secret(legacy).reveal())
        await person.verdict()
        await person.press("enter")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        assert "It is Their Desk there now and My Desk here." in person.told
        await person.press("enter")
        await person.dialog(ConflictDialog)
        await person.press("escape")
        await person.main_again()
        assert person.text("display_name") == "My Desk"
        assert person.text("port") == "2525"
        assert person.changed == ["display_name"]


@pytest.mark.grid
@pytest.mark.parametrize("key", ["ctrl+q", "escape"])
@async_test
async def test_a_draft_that_was_not_offered_yet_outlives_who_does_not_connect(
    here: House, legacy: Sandbox, key: str
) -> None:
    profile = add_instance(legacy.running)
    await leave_instance_draft(legacy, profile, "display_name", "My Desk")
    async with run_configurator(unread_session(profile)) as person:
        await person.dialog(SignInDialog)
        await person.press(key)
        if key == "escape":
            await person.main_again()
            await person.press("ctrl+q")
        await person.until(lambda: person.app._exit)
    found = load_draft("corp")
    assert found
    assert found.draft.texts == {"display_name": "My Desk"}


@async_test
async def test_a_draft_of_an_own_server_is_offered_as_one_and_restored_over_that_account(
    here: House, sandbox: Sandbox
) -> None:
    profile = add_instance(sandbox.running)
    async with connect(sandbox.running, profile) as person:
        await person.choose("own server")
        await person.until(lambda: "Fill in your server" in person.said)
        await person.press(*"mail.corp.example")
        await person.enter("password", CANARY)
        await person.app._keep_draft().wait()
        person.app.note_end(None, None)
    assert CANARY.encode() not in b"".join(read_tree(here.root).values())
    async with run_configurator(unread_session(profile), sign_in=admin_secret(sandbox)) as person:
        await person.verdict()
        await person.press("enter")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        assert "They are for your own SMTP account, which isn't active yet." in person.told
        assert "Password: not kept in the draft. Type it again." in person.told
        assert "~" not in person.told
        await person.answer("restore")
        await person.main_again()
        assert "your own account, not active yet" in person.shown
        assert person.text("server") == "mail.corp.example"
        assert person.changed == ["server"]
        await person.press("f5")
        await person.until(lambda: "was read again" in person.said)
        assert person.changed == ["server"]
    async with run_configurator(unread_session(profile), sign_in=admin_secret(sandbox)) as person:
        await person.verdict()
        await person.press("enter")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        await person.answer("discard")
        await person.main_again()
        assert "ServiceNow-configured account" in person.shown
        assert not draft_path("corp").exists()


@pytest.mark.grid
@async_test
async def test_two_of_one_profile_do_not_take_each_others_draft(
    here: House, legacy: Sandbox
) -> None:
    profile = add_instance(legacy.running)
    async with connect(legacy.running, profile), connect(legacy.running, profile) as second:
        await second.until(lambda: "Another" in second.said)
        assert f"Another glidemail (process {os.getpid()}) is editing this profile." in second.said
        await second.enter("display_name", "Post")
        await second.app._keep_draft().wait()
        assert not draft_path("corp").exists()
        await open_profile(second, "default")
        await second.until(lambda: "Leave this profile?" in second.shown)
        assert "No draft can be kept here: the changes would be lost." in second.told
        await second.press("escape")
        await second.main_again()
        assert second.text("display_name") == "Post"


@async_test
async def test_from_a_file_to_an_instance_and_back_drafts_and_locks_stay_apart(
    here: House, legacy: Sandbox
) -> None:
    add_instance(legacy.running)
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Of the file")
        await open_profile(person, "corp")
        await person.sign_in(admin_secret(legacy).reveal())
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        assert "NON-PROD" in person.shown
        assert person.text("display_name") == "IT Service Desk"
        assert "127.0.0.1" in person.incoming
        assert person.changed == []
        assert load_last_used() == "corp"
        DraftLock.acquire("default").release()
        with pytest.raises(Refusal):
            DraftLock.acquire("corp")
        await person.enter("display_name", "Of the instance")
        await person.press("f7")
        assert person.text("display_name") == "IT Service Desk"
        await person.press("f7")
        assert person.text("display_name") == "IT Service Desk"
        await person.press("f8")
        await open_profile(person, "default")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        assert "Display name: Of the file" in person.told
        await person.answer("restore")
        await person.main_again()
        assert "FILE" in person.shown
        assert person.text("display_name") == "Of the file"
        assert load_last_used() == "default"
        DraftLock.acquire("corp").release()
        person.app.note_end(None, None)
        assert list(exit_lines(person.app.workspace.report))[:2] == [
            "Not saved in profile corp: 1 change; kept as a draft.",
            "Not saved: 1 change; kept as a draft, offered at the next start.",
        ]
    kept = load_draft("corp")
    assert kept
    assert kept.draft.texts == {"display_name": "Of the instance"}


@pytest.mark.grid
@async_test
async def test_from_an_instance_to_another_one_nothing_of_the_first_stays(
    here: House, legacy: Sandbox, sandbox: Sandbox
) -> None:
    add_instance(sandbox.running, "other")
    async with connect(legacy.running) as person:
        await open_profile(person, "other")
        await person.dialog(SignInDialog)
        assert "not connected" in person.shown
        assert sandbox.recorded == []
        await person.press("escape")
        await person.main_again()
        assert person.text("server") == ""
        assert person.app.editing.session.profile.name == "other"
        await person.press("f5")
        await person.sign_in(admin_secret(sandbox).reveal())
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        assert person.text("server") == "relay.sandbox.service-now.com"
        await open_profile(person, "corp")
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "IT Service Desk"
        assert legacy.refused_sign_ins.total() + sandbox.refused_sign_ins.total() == 0


@pytest.mark.grid
@async_test
async def test_a_typed_password_would_be_lost_and_is_asked_for(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("password", CANARY)
        await open_profile(person, "default")
        await person.dialog(MessageDialog)
        assert "You typed a password. No draft keeps it, so it would be lost." in person.told
        await person.press("enter")
        await person.main_again()
        assert person.changed == ["password"]
        await open_profile(person, "default")
        await person.dialog(MessageDialog)
        await person.answer("go")
        await person.until(lambda: "FILE" in person.shown)
    assert CANARY.encode() not in b"".join(read_tree(here.root).values())


@pytest.mark.grid
@async_test
async def test_a_profile_that_cannot_be_read_says_so_and_the_one_that_is_open_stays(
    here: House, legacy: Sandbox
) -> None:
    here.write("enviroment = 'production'\n", here.config / "profiles" / "odd.toml")
    async with connect(legacy.running) as person:
        await person.enter("display_name", "Post")
        await person.press("ctrl+o")
        await person.dialog(PickList)
        assert "x odd" in person.shown
        assert "corp (this one)" in person.shown
        await person.paste("odd")
        await person.press("enter")
        await person.until(lambda: "That profile cannot be opened" in person.shown)
        assert "a profile has no enviroment" in person.told
        await person.press("escape")
        await person.main_again()
        assert person.changed == ["display_name"]
        await open_profile(person, "corp")
        assert person.said == "This is corp already."


@async_test
async def test_a_file_that_cannot_be_read_leaves_what_is_open(here: House, legacy: Sandbox) -> None:
    here.write("server = [\n")
    async with connect(legacy.running) as person:
        await open_profile(person, "default")
        await person.until(lambda: "That profile cannot be opened" in person.shown)
        await person.press("escape")
        await person.main_again()
        assert person.app.editing.session.profile.name == "corp"
        assert person.text("display_name") == "IT Service Desk"
