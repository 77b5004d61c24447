"""Saving: what stands against it, what is asked before, what is said after."""

from pathlib import Path

import pytest

from tests.app.driving import SAVED, Person, awaited, opened, running
from tests.cli.running import House, tree
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.buttons import Button, Checkbox
from tui.presentation.exit_report import exit_lines
from tui.settings.preconditions import WARNING
from tui.settings.values import Environment
from tui.storage.draft_file import draft_path


def files(here: House) -> dict[str, bytes]:
    """What lies in the house, but for the draft and its lock."""
    return {path: text for path, text in tree(here.root).items() if "/drafts/" not in path}


async def confirming(person: Person) -> ConfirmDialog:
    """Asks for a save, and gives the dialog before it."""
    await person.press("ctrl+s")
    return await person.dialog(ConfirmDialog)


@awaited
async def test_with_nothing_changed_there_is_nothing_to_save(here: House) -> None:
    async with running(opened(here)) as person:
        await person.press("ctrl+s")
        assert person.said == "Nothing is changed: there is nothing to save."
        assert person.app.screen is person.app.main


@awaited
async def test_with_errors_the_reasons_are_listed_and_one_leads_to_its_field(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("server", "a b c")
        await person.enter("port", "no")
        await person.press("ctrl+s")
        await person.dialog(PickList)
        assert "Not saved: mend these first" in person.shown
        assert "x Outgoing mail server" in person.words
        assert "x Port" in person.words
        await person.press("down", "enter")
        await person.main_again()
        assert person.app.focused is person.form("port").field
    assert here.settings.read_text() == SAVED


@awaited
async def test_the_reasons_can_be_left_without_going_anywhere(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("port", "no")
        await person.press("ctrl+s")
        await person.dialog(PickList)
        await person.press("escape")
        await person.main_again()
        assert person.text("port") == "no"


@awaited
async def test_an_error_that_was_there_before_does_not_stand_against_another_change(
    here: House,
) -> None:
    here.write(SAVED.replace("port = 25", "port = 99999"))
    async with running(opened(here)) as person:
        assert person.notes("port").startswith("x ")
        await person.enter("display_name", "Post")
        await confirming(person)


@awaited
async def test_the_dialog_shows_the_warning_the_change_what_moves_and_the_conditions(
    here: House,
) -> None:
    async with running(opened(here, None), (120, 50)) as person:
        await person.enter("server", "mail.corp.example")
        await confirming(person)
        assert WARNING in person.words
        assert "Outgoing mail server mail.old.example -> mail.corp.example" in person.words
        assert "POP3 server follows: mail.old.example -> mail.corp.example." in person.words
        assert "reads and deletes that mailbox" in person.words
        assert "[ ] The instance can reach it over TCP/IP." in person.words
        assert "counts as production" in person.words
        assert "Type default to go on:" in person.words


@pytest.mark.parametrize("way", ["enter", "escape"])
@awaited
async def test_cancel_has_the_focus_and_writes_nothing(here: House, way: str) -> None:
    before = files(here)
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await confirming(person)
        focused = person.app.focused
        assert isinstance(focused, Button)
        assert focused.name == "cancel"
        await person.press(way)
        await person.main_again()
        await person.until(lambda: person.said)
        assert person.said == "Not saved: nothing was written."
        assert person.text("display_name") == "Post"
        assert files(here) == before
        assert f"Nothing was written to {here.settings}." in exit_lines(person.app.workspace.report)


@awaited
async def test_open_conditions_and_a_wrong_word_refuse_a_save_and_are_named(here: House) -> None:
    before = files(here)
    async with running(opened(here, Environment.PRODUCTION)) as person:
        await person.enter("server", "mail.corp.example")
        await confirming(person)
        await person.answer("save")
        assert person.said == "Still open: 4 to attest, type default. Nothing was written."
        assert isinstance(person.app.focused, Checkbox)
        await person.settle()
        await person.answer("save")
        assert person.said == "Still open: type default. Nothing was written."
        assert person.line.has_focus
        await person.paste("defaults")
        await person.answer("save")
        assert person.said == "Still open: type default. Nothing was written."
        assert files(here) == before


@awaited
async def test_a_whole_save_on_production_writes_what_was_confirmed(here: House) -> None:
    async with running(opened(here, Environment.PRODUCTION)) as person:
        await person.enter("server", "mail.corp.example")
        await confirming(person)
        await person.settle()
        person.line.focus()
        await person.paste(" default ")
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
    assert 'server = "mail.corp.example"' in here.settings.read_text()
    assert here.attestations.read_text().count("[[attestation]]") == 4


@awaited
async def test_a_save_keeps_comments_and_the_version_before_and_says_so_in_one_line(
    here: House,
) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await person.app._keep_draft().wait()
        assert draft_path("default").exists()
        await confirming(person)
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
        assert person.said == (
            "Saved 1 change to default.toml. Next: set the same on the instance, or quit."
        )
        assert person.changed == []
        assert person.counts.startswith("nothing changed")
        assert not draft_path("default").exists()
        await person.press("f7")
        assert person.said == "Nothing to undo."
        lines = list(exit_lines(person.app.workspace.report))
    assert here.settings.read_text() == SAVED.replace('"Help Desk"', '"Post"')
    assert Path(f"{here.settings}.old").read_text() == SAVED
    assert lines == [f"Saved to {here.settings} (before: {here.settings}.old)."]


@awaited
async def test_a_first_save_makes_the_file(here: House) -> None:
    here.settings.unlink()
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await confirming(person)
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
    assert 'display_name = "Post"' in here.settings.read_text()


@awaited
async def test_what_cannot_be_written_is_told_and_stays_typed(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await confirming(person)
        here.settings.unlink()
        here.settings.mkdir()
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "not a regular file" in person.words
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "Post"
        assert person.changed == ["display_name"]


@awaited
async def test_a_value_that_moved_before_a_save_is_not_overwritten(here: House) -> None:
    theirs = SAVED.replace("Help Desk", "Theirs")
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await confirming(person)
        here.write(theirs)
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "Nothing was written." in person.words
        assert "make the change anew" in person.words
        await person.press("enter")
        await person.main_again()
        await person.until(lambda: person.app.editing.open_conflicts)
        assert person.text("display_name") == "Post"
    assert here.settings.read_text() == theirs


@awaited
async def test_what_moved_elsewhere_before_a_save_stays(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        await confirming(person)
        here.write(SAVED.replace("port = 25", "port = 587"))
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
        assert person.text("port") == "587"
    assert here.settings.read_text() == SAVED.replace("port = 25", "port = 587").replace(
        "Help Desk", "Post"
    )
