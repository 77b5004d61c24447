"""Quitting, and the draft that is left by whoever did not."""

import os

import pytest

from tests.app.factories import SAVED, open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.running import House
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.presentation.exit_report import exit_lines
from tui.storage.draft_file import draft_path


async def leave_draft(here: House, name: str = "display_name", text: str = "Post") -> None:
    """Leave a draft, as a configurator does that is killed."""
    async with run_configurator(open_default(here)) as person:
        await person.enter(name, text)
        await person.app._keep_draft().wait()
    assert draft_path("default").exists()


async def begin_to_quit(person: Person) -> MessageDialog:
    """Change something, and quit up to the question."""
    await person.enter("display_name", "Post")
    await person.press("ctrl+q")
    return await person.dialog(MessageDialog)


@pytest.mark.parametrize("key", ["ctrl+q", "f10"])
@async_test
async def test_nothing_is_asked_where_nothing_is_changed(here: House, key: str) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.pilot.press(key)
        await person.until(lambda: not person.app.is_running or person.app._exit)
        assert person.app.return_code == 0
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Nothing was written to {here.settings}."
        ]


@async_test
async def test_ctrl_c_says_how_to_quit(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+c")
        assert person.said == "^Q quits."


@pytest.mark.parametrize("way", ["enter", "escape"])
@async_test
async def test_keep_editing_has_the_focus_and_keeps_everything(here: House, way: str) -> None:
    async with run_configurator(open_default(here)) as person:
        await begin_to_quit(person)
        assert "1 change is not saved: Display name" in person.words
        await person.press(way)
        await person.main_again()
        assert person.text("display_name") == "Post"


@async_test
async def test_discard_quits_and_leaves_no_draft(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await person.app._keep_draft().wait()
        await begin_to_quit(person)
        person.app.screen.query_one("#button-discard").focus()
        await person.pilot.press("enter")
        await person.until(lambda: person.app._exit)
        assert list(exit_lines(person.app.workspace.report)) == [
            "Discarded: 1 change.",
            f"Nothing was written to {here.settings}.",
        ]
        assert person.app.return_code == 0
    assert not draft_path("default").exists()
    assert here.settings.read_text() == SAVED


@async_test
async def test_save_asks_as_ever_and_then_quits(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await begin_to_quit(person)
        await person.answer("save")
        await person.dialog(ConfirmDialog)
        person.app.screen.query_one("#button-save").focus()
        await person.pilot.press("enter")
        await person.until(lambda: person.app._exit)
        assert person.app.return_code == 0
    assert 'display_name = "Post"' in here.settings.read_text()


@async_test
async def test_a_save_that_is_cancelled_does_not_quit(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await begin_to_quit(person)
        await person.answer("save")
        await person.dialog(ConfirmDialog)
        await person.press("escape")
        await person.main_again()
        assert person.said == "Not saved: nothing was written."
        assert person.app.is_running


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
        assert person.said == "Restored. F7 takes it back."
        await person.press("f7")
        assert person.changed == []


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
        assert "It is Theirs there now, and Post here." in person.words
        await person.answer("restore")
        await person.dialog(ConflictDialog)


@async_test
async def test_a_draft_that_says_what_is_there_already_says_so(here: House) -> None:
    await leave_draft(here)
    here.write(SAVED.replace("Help Desk", "Post"))
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "All of it is there already." in person.shown


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


@async_test
async def test_who_edits_the_profile_second_is_told_who_is_first(here: House) -> None:
    async with run_configurator(open_default(here)), run_configurator(open_default(here)) as second:
        await second.until(lambda: "Another" in second.said)
        assert f"Another glidemail (process {os.getpid()}) edits this profile." in second.said
        await second.enter("display_name", "Post")
        await second.app._keep_draft().wait()
        assert not draft_path("default").exists()
        second.app.note_end(None, None)
        assert "Not saved: 1 change; no draft was kept." in exit_lines(second.app.workspace.report)


@async_test
async def test_an_end_that_nobody_asked_for_keeps_the_draft_and_says_so(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        person.app.stop_on_lost_terminal()
        await person.until(lambda: person.app._exit)
        assert person.app.return_code == 129
        assert list(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGHUP.",
            "Not saved: 1 change; kept as a draft, which the next start offers.",
            f"Nothing was written to {here.settings}.",
        ]
    assert draft_path("default").exists()
    assert here.settings.read_text() == SAVED
