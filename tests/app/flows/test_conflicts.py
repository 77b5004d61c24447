"""Settling conflicts, by F9 and before a save."""

import pytest

from tests.app.factories import SAVED, open_default
from tests.app.flows.factories import THEIRS, make_conflict, read_again_until
from tests.app.flows.records import change_record
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog


@async_test
async def test_a_conflict_is_kept_without_a_tick_and_saved(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await make_conflict(here, person)
        await person.press("ctrl+s")
        await person.dialog(ConflictDialog)
        await person.answer("settle")
        await person.dialog(ConfirmDialog)
        assert "mail.theirs.example -> mail.mine.example" in person.words
        await person.settle()
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
    assert here.settings.read_text() == SAVED.replace("mail.old", "mail.mine")


@pytest.mark.parametrize("way", ["enter", "escape"])
@async_test
async def test_a_conflict_can_be_decided_later_and_nothing_is_saved_until_then(
    here: House, way: str
) -> None:
    async with run_configurator(open_default(here)) as person:
        await make_conflict(here, person)
        await person.press("ctrl+s")
        await person.dialog(ConflictDialog)
        await person.press(way)
        await person.main_again()
        assert len(person.app.editing.open_conflicts) == 1
        assert person.text("server") == "mail.mine.example"
    assert here.settings.read_text() == THEIRS


@async_test
async def test_f9_says_so_where_there_is_no_conflict(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("f9")
        assert person.said == "Nothing was changed both there and here."


@pytest.mark.grid
@async_test
async def test_what_is_typed_stays_over_newer_rows_and_a_conflict_is_settled(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        await person.enter("port", "2525")
        change_record(legacy, "glide.email.username", value="Their Desk")
        await read_again_until(person, "was changed by someone.else. Conflict: Display name (F9).")
        assert person.text("display_name") == "My Desk"
        await person.press("f9")
        await person.dialog(ConflictDialog)
        assert "there Their Desk, by someone.else" in person.told
        await person.settle()
        await person.answer("settle")
        await person.main_again()
        assert person.text("display_name") == "Their Desk"
        assert person.changed == ["port"]
