"""Quitting."""

import pytest

from tests.app.factories import SAVED, open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.presentation.status_text import exit_lines
from tui.storage.draft_file import draft_path


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


@pytest.mark.grid
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
