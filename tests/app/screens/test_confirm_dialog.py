"""The dialog before a save."""

import pytest

from tests.app.factories import open_default
from tests.app.flows.factories import open_confirm_dialog
from tests.app.person import async_test, run_configurator
from tests.cli.house import House, read_tree
from tui.app.widgets.buttons import Button, Checkbox
from tui.presentation.status_text import exit_lines
from tui.settings.preconditions import WARNING
from tui.settings.values import Environment


def read_files(here: House) -> dict[str, bytes]:
    """Return every file but the draft and its lock."""
    return {path: text for path, text in read_tree(here.root).items() if "/drafts/" not in path}


@async_test
async def test_the_dialog_shows_the_warning_the_change_what_moves_and_the_conditions(
    here: House,
) -> None:
    async with run_configurator(open_default(here, None), (120, 50)) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
        assert WARNING in person.words
        assert "Mail server mail.old.example -> mail.corp.example" in person.words
        assert "POP3 server changes too: mail.old.example -> mail.corp.example." in person.told
        assert "reads and deletes that mailbox" in person.told
        assert "[ ] The instance can reach it over TCP/IP." in person.words
        assert "counts as production" in person.words
        assert "Type default to go on:" in person.words


@pytest.mark.parametrize("way", ["enter", "escape"])
@async_test
async def test_cancel_has_the_focus_and_writes_nothing(here: House, way: str) -> None:
    before = read_files(here)
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)
        focused = person.app.focused
        assert isinstance(focused, Button)
        assert focused.name == "cancel"
        await person.press(way)
        await person.main_again()
        await person.until(lambda: person.said)
        assert person.said == "Not saved: nothing was written."
        assert person.text("display_name") == "Post"
        assert read_files(here) == before
        assert f"Nothing was written to {here.settings}." in exit_lines(person.app.workspace.report)


@pytest.mark.grid
@async_test
async def test_open_conditions_and_a_wrong_word_refuse_a_save_and_are_named(here: House) -> None:
    before = read_files(here)
    async with run_configurator(open_default(here, Environment.PRODUCTION)) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
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
        assert read_files(here) == before


@async_test
async def test_a_refusal_goes_with_its_reason_and_enter_on_the_right_word_saves(
    here: House,
) -> None:
    async with run_configurator(open_default(here, Environment.PRODUCTION)) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
        await person.answer("save")
        await person.settle()
        assert person.said == "Still open: type default. Nothing was written."
        person.line.focus()
        await person.paste("default")
        assert person.said == ""
        await person.press("backspace")
        assert person.said == "Still open: type default. Nothing was written."
        await person.press("t", "enter")
        await person.until(lambda: "Saved 1 change" in person.said)


@async_test
async def test_what_was_ticked_is_ticked_still_after_a_cancel(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
        await person.settle()
        await person.press("escape")
        await person.main_again()
        await open_confirm_dialog(person)
        assert all(each.value for each in person.app.screen.query(Checkbox))
        await person.press("escape")
        await person.main_again()
        await person.enter("server", "other.corp.example")
        await open_confirm_dialog(person)
        assert not any(each.value for each in person.app.screen.query(Checkbox))
