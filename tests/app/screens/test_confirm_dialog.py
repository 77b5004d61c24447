"""The dialog before a save."""

from contextlib import AbstractAsyncContextManager

import pytest
from textual.widgets import Input

from tests.app.factories import add_instance, open_default
from tests.app.flows.factories import is_write, open_confirm_dialog
from tests.app.flows.records import confirmation_word
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House, read_tree
from tests.sandbox.sandbox import Sandbox
from tui.app.widgets.buttons import Button, Checkbox
from tui.presentation.status_text import exit_lines
from tui.settings.preconditions import WARNING
from tui.settings.values import Environment


def connect_to_production(sandbox: Sandbox) -> AbstractAsyncContextManager[Person]:
    """Run the configurator on an instance that counts as production."""
    profile = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    return connect(sandbox.running, profile, (100, 50))


def read_files(here: House) -> dict[str, bytes]:
    """Return every file but the draft and its lock."""
    return {path: text for path, text in read_tree(here.root).items() if "/drafts/" not in path}


@async_test
async def test_the_dialog_shows_the_change_what_moves_the_warning_and_reminders(
    here: House,
) -> None:
    async with run_configurator(open_default(here, None), (120, 50)) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
        assert WARNING in person.told
        assert "Mail server mail.old.example -> mail.corp.example" in person.told
        assert "POP3 server changes too: mail.old.example -> mail.corp.example." in person.told
        assert "reads and deletes that mailbox" in person.told
        assert "- The instance can reach it over TCP/IP." in person.told
        assert "Space ticks" not in person.told
        assert "[x]" not in person.told
        assert not person.app.screen.query(Checkbox)
        assert not person.app.screen.query(Input)


@async_test
async def test_an_instance_asks_for_the_conditions_and_for_its_name(
    here: House, legacy: Sandbox
) -> None:
    async with connect_to_production(legacy) as person:
        await person.enter("user", "qa@corp.example")
        await open_confirm_dialog(person)
        assert WARNING in person.told
        assert "Space ticks." in person.told
        assert "[ ] The instance can reach it over TCP/IP." in person.words
        assert f"Type {confirmation_word(legacy)} to continue:" in person.told


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
async def test_open_conditions_and_a_wrong_word_refuse_a_save_and_are_named(
    here: House, legacy: Sandbox
) -> None:
    word = confirmation_word(legacy)
    async with connect_to_production(legacy) as person:
        await person.enter("user", "qa@corp.example")
        await open_confirm_dialog(person)
        boxes = len(person.app.screen.query(Checkbox))
        await person.answer("save")
        open_items = f"Still open: {boxes} to attest, type {word}. Nothing was written."
        assert boxes
        assert person.said == open_items
        assert isinstance(person.app.focused, Checkbox)
        await person.settle()
        await person.answer("save")
        assert person.said == f"Still open: type {word}. Nothing was written."
        assert person.line.has_focus
        await person.paste(f"{word}s")
        await person.answer("save")
        assert person.said == f"Still open: type {word}. Nothing was written."
        assert not any(map(is_write, legacy.recorded))


@async_test
async def test_a_refusal_goes_with_its_reason_and_enter_on_the_right_word_saves(
    here: House, legacy: Sandbox
) -> None:
    word = confirmation_word(legacy)
    async with connect_to_production(legacy) as person:
        await person.enter("user", "qa@corp.example")
        await open_confirm_dialog(person)
        await person.answer("save")
        await person.settle()
        assert person.said == f"Still open: type {word}. Nothing was written."
        person.line.focus()
        await person.paste(word)
        assert person.said == ""
        await person.press("backspace")
        assert person.said == f"Still open: type {word}. Nothing was written."
        await person.press(word[-1], "enter")
        await person.main_again()
        await person.until(lambda: any(map(is_write, legacy.recorded)))


@async_test
async def test_what_was_ticked_is_ticked_still_after_a_cancel(here: House, legacy: Sandbox) -> None:
    async with connect_to_production(legacy) as person:
        await person.enter("server", "mail.corp.example")
        await open_confirm_dialog(person)
        await person.settle()
        await person.press("escape")
        await person.main_again()
        await open_confirm_dialog(person)
        assert person.app.screen.query(Checkbox)
        assert all(each.value for each in person.app.screen.query(Checkbox))
        await person.press("escape")
        await person.main_again()
        await person.enter("server", "other.corp.example")
        await open_confirm_dialog(person)
        assert person.app.screen.query(Checkbox)
        assert not any(each.value for each in person.app.screen.query(Checkbox))
