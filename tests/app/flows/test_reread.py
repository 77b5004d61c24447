"""The file, changed by somebody else while the configurator is open."""

import os

import pytest

from tests.app.driving import SAVED, Person, awaited, opened, running
from tests.cli.house import House
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import Lines

THEIRS = SAVED.replace("mail.old.example", "mail.theirs.example")


async def looked(person: Person) -> None:
    """Looks at the file, as happens once a second."""
    person.app._look()
    await person.until(lambda: not [w for w in person.app.workers if w.group == "reading"])


async def conflicting(here: House, person: Person) -> None:
    """Types what somebody else changes at the same time."""
    await person.enter("server", "mail.mine.example")
    here.write(THEIRS)
    await looked(person)


@awaited
async def test_a_change_there_is_taken_and_said(here: House) -> None:
    async with running(opened(here)) as person:
        here.write(THEIRS)
        await looked(person)
        assert person.text("server") == "mail.theirs.example"
        assert person.said == (
            "default.toml was changed: Outgoing mail server is mail.theirs.example now."
        )
        assert person.changed == []


@awaited
async def test_several_changes_there_are_counted(here: House) -> None:
    async with running(opened(here)) as person:
        here.write(THEIRS.replace("port = 25", "port = 587"))
        await looked(person)
        assert person.said.endswith("is mail.theirs.example now, and 1 more.")


@awaited
async def test_what_is_typed_here_stays_over_what_changed_there(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        here.write(THEIRS)
        await looked(person)
        assert person.text("display_name") == "Post"
        assert person.text("server") == "mail.theirs.example"
        assert person.changed == ["display_name"]
        await person.press("f7")
        assert person.text("display_name") == "Help Desk"
        assert person.text("server") == "mail.theirs.example"


@awaited
async def test_nothing_is_said_while_nothing_changed(here: House) -> None:
    async with running(opened(here)) as person:
        before = person.said
        await looked(person)
        assert person.said == before
        os.utime(here.settings)
        await looked(person)
        assert person.said == before


@awaited
async def test_f5_reads_again_and_says_so_in_any_case(here: House) -> None:
    async with running(opened(here)) as person:
        await person.press("f5")
        await person.until(lambda: "was read again" in person.said)
        assert person.said == "default.toml was read again: nothing that counts has changed."


@awaited
async def test_a_change_of_the_same_property_is_a_conflict_and_said_at_once(here: House) -> None:
    async with running(opened(here)) as person:
        await conflicting(here, person)
        assert person.said == (
            "default.toml was changed, Outgoing mail server there and here too: F9 compares."
        )
        assert person.text("server") == "mail.mine.example"
        assert ">~*" in person.shown
        assert "F9 Compare" in person.shown
        assert person.notes("server").startswith(
            "~ It is mail.theirs.example there now, and mail.mine.example here. F9 compares."
        )


@awaited
async def test_a_conflict_is_shown_with_all_three_values(here: House) -> None:
    async with running(opened(here)) as person:
        await conflicting(here, person)
        await person.press("f9")
        await person.dialog(ConflictDialog)
        assert "was mail.old.example there mail.theirs.example here mail.mine" in person.words
        assert isinstance(person.app.focused, Button)
        assert person.app.focused.name == "cancel"


@awaited
async def test_a_conflict_is_taken_by_a_tick(here: House) -> None:
    async with running(opened(here)) as person:
        await conflicting(here, person)
        await person.press("f9")
        await person.dialog(ConflictDialog)
        await person.settle()
        await person.answer("settle")
        await person.main_again()
        await person.until(lambda: not person.app.editing.open_conflicts)
        assert person.text("server") == "mail.theirs.example"
        assert person.changed == []


@awaited
async def test_a_conflict_is_kept_without_a_tick_and_saved(here: House) -> None:
    async with running(opened(here)) as person:
        await conflicting(here, person)
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
@awaited
async def test_a_conflict_can_be_decided_later_and_nothing_is_saved_until_then(
    here: House, way: str
) -> None:
    async with running(opened(here)) as person:
        await conflicting(here, person)
        await person.press("ctrl+s")
        await person.dialog(ConflictDialog)
        await person.press(way)
        await person.main_again()
        assert len(person.app.editing.open_conflicts) == 1
        assert person.text("server") == "mail.mine.example"
    assert here.settings.read_text() == THEIRS


@awaited
async def test_f9_says_so_where_there_is_no_conflict(here: House) -> None:
    async with running(opened(here)) as person:
        await person.press("f9")
        assert person.said == "Nothing was changed both there and here."


@awaited
async def test_a_file_that_is_broken_there_is_said_and_nothing_is_lost(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        here.write("server =\n")
        await looked(person)
        assert person.said.startswith("default.toml is not valid TOML")
        assert person.text("display_name") == "Post"
        assert person.text("server") == "mail.old.example"
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "default.toml" in person.app.screen.query_one("#words", Lines).text
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "Post"
        assert here.settings.read_text() == "server =\n"
        here.write(SAVED)
        await looked(person)
        assert person.changed == ["display_name"]


@awaited
async def test_a_file_that_is_gone_there_specifies_nothing(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        here.settings.unlink()
        await looked(person)
        assert person.text("server") == ""
        assert person.text("display_name") == "Post"
        assert [each.property for each in person.app.editing.open_conflicts] == ["display_name"]


@awaited
async def test_hostile_text_there_is_only_text(here: House) -> None:
    async with running(opened(here)) as person:
        here.write('display_name = "[/]\\u001b[2J\\u202e[@click=app.quit]x"\n')
        await looked(person)
        assert "\x1b" not in person.shown
        assert "\u202e" not in person.shown
        assert person.text("display_name") == "[/]\x1b[2J\u202e[@click=app.quit]x"
        assert person.notes("display_name").startswith("x ")
