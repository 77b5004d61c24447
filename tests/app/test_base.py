"""Terminals of every size, and terminals without colour."""

import os
from collections.abc import Awaitable, Callable

import pytest
from rich.color import ColorType
from textual.filter import Monochrome, NoColor

from tests.app.factories import SAVED, open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House
from tests.sampling import sample
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.buttons import Button
from tui.settings.values import Environment
from tui.storage.last_choice import save_last

SIZES = ((200, 60), (40, 10), (79, 24), (80, 10), (110, 24))


async def show_main_screen(_: House, person: Person) -> None:
    await person.enter("server", "smtp://mail.corp.example:587")


async def open_search(_: House, person: Person) -> None:
    await person.press("slash")
    await person.paste("pop")


async def open_palette(_: House, person: Person) -> None:
    await person.press("ctrl+p")
    await person.dialog(PickList)


async def open_reasons(_: House, person: Person) -> None:
    await person.enter("server", "smtp://mail.corp.example:587")
    await person.press("ctrl+s")
    await person.dialog(PickList)


async def open_confirm_dialog(_: House, person: Person) -> None:
    await person.enter("server", "mail.corp.example")
    await person.press("ctrl+s")
    await person.dialog(ConfirmDialog)


async def open_quit_dialog(_: House, person: Person) -> None:
    await person.enter("display_name", "Post")
    await person.press("ctrl+q")
    await person.dialog(MessageDialog)


async def open_conflicts(here: House, person: Person) -> None:
    await person.enter("server", "mail.mine.example")
    here.write(SAVED.replace("mail.old", "mail.theirs"))
    person.app._poll_target()
    await person.until(lambda: person.app.editing.open_conflicts)
    await person.press("f9")
    await person.dialog(ConflictDialog)


async def open_explanation(_: House, person: Person) -> None:
    await person.press("f1")
    await person.dialog(MessageDialog)


async def open_key_page(_: House, person: Person) -> None:
    await person.press("f3")
    await person.dialog(MessageDialog)


Way = Callable[[House, Person], Awaitable[None]]
DIALOGS: tuple[Way, ...] = (
    *(open_palette, open_reasons, open_confirm_dialog, open_quit_dialog),
    *(open_conflicts, open_explanation, open_key_page),
)
SCREENS: tuple[Way, ...] = (show_main_screen, open_search, *DIALOGS)


@pytest.mark.parametrize("opens", sample(SCREENS, 4), ids=lambda way: way.__name__)
@async_test
async def test_a_screen_opens_in_the_smallest_terminal_and_lives_through_every_size(
    here: House, opens: Way
) -> None:
    async with run_configurator(open_default(here, Environment.PRODUCTION), (40, 10)) as person:
        await opens(here, person)
        for columns, rows in ((40, 10), *SIZES):
            await person.resize(columns, rows)
            lines = person.shown.split("\n")
            assert len(lines) == rows
            assert "FILE  default, production" in lines[0]
            if opens in DIALOGS:
                # The safe way out is always on the screen.
                button = person.app.screen.query(Button).first()
                assert person.app.screen.region.contains_region(button.region)
                assert button.region.area
                await person.press("down", "pagedown")
        await person.press("tab", "shift+tab", "escape")
        await person.main_again()
        assert person.app.is_running


@async_test
async def test_walking_through_all_fields_in_the_smallest_terminal(here: House) -> None:
    async with run_configurator(open_default(here), (40, 10)) as person:
        await person.press("enter")
        for _ in person.app.editing.draft.entries:
            focused = person.app.focused
            assert focused is not None
            assert person.app.screen.region.contains_region(focused.region)
            assert focused.region.height in (1, 2)
            await person.press("tab")


def drawn_colours(person: Person) -> set[str]:
    """Return the colours that would be sent to the terminal."""
    styles = [style for strip in person.strips for _, style, _ in strip if style]
    both = [color for style in styles for color in (style.color, style.bgcolor) if color]
    return {color.name for color in both if color.type is not ColorType.DEFAULT}


@pytest.mark.grid
@pytest.mark.parametrize(
    "opens", [show_main_screen, open_palette, open_confirm_dialog], ids=lambda way: way.__name__
)
@async_test
async def test_without_colour_none_is_sent(
    here: House, opens: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_configurator(open_default(here)) as person:
        assert drawn_colours(person) == set()
        await opens(here, person)
        assert drawn_colours(person) == set()
        assert person.app.no_color


@pytest.mark.grid
@async_test
async def test_no_color_is_there_for_children_and_an_empty_one_counts_as_none(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_configurator(open_default(here)):
        assert os.environ["NO_COLOR"] == "1"
    monkeypatch.setenv("NO_COLOR", "")
    async with run_configurator(open_default(here)) as person:
        assert drawn_colours(person) != set()


@async_test
async def test_colours_are_chosen_in_the_palette_and_given_up_there(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        seen = [drawn_colours(person)]
        for name in ("light", "colourless", "dark"):
            await person.press("ctrl+p")
            await person.dialog(PickList)
            await person.paste(f"Colours: {name}")
            await person.press("enter")
            await person.main_again()
            seen.append(drawn_colours(person))
        filters = person.app._filters
        assert not [each for each in filters if isinstance(each, Monochrome | NoColor)]
    assert seen[1] != seen[0]
    assert seen[2] == set()
    assert seen[3] != set()


@async_test
async def test_the_colours_that_were_chosen_are_there_at_the_next_start(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_last("theme", "light")
    async with run_configurator(open_default(here)) as person:
        assert person.app.theme == "light"
    save_last("theme", "no such theme")
    async with run_configurator(open_default(here)) as person:
        assert person.app.theme == "dark"
    save_last("theme", "light")
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_configurator(open_default(here)) as person:
        assert drawn_colours(person) == set()


@async_test
async def test_without_colour_the_focus_and_the_pointer_are_still_to_be_seen(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with run_configurator(open_default(here)) as person:
        assert ">" in person.shown
        await person.press("ctrl+p")
        await person.dialog(PickList)
        reversed_ = [text for strip in person.strips for text, s, _ in strip if s and s.reverse]
        assert any(text.strip() not in ("", "FILE") for text in reversed_)


@async_test
async def test_nothing_moves_by_itself_over_ssh(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    async with run_configurator(open_default(here)) as person:
        assert person.app.animation_level == "none"
