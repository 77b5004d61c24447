"""What every dialog has."""

import pytest

from tests.app.factories import HOSTILE, open_default
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.dialog import Dialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.bars import Banner


@pytest.mark.parametrize("text", [HOSTILE[1], HOSTILE[3], HOSTILE[5]], ids=range(3))
@async_test
async def test_a_hostile_server_is_only_text_in_every_dialog(here: House, text: str) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", text)
        for key in ("f1", "ctrl+s", "ctrl+q"):
            await person.press(key)
            await person.until(lambda: isinstance(person.app.screen, Dialog))
            assert all(character.isprintable() or character == "\n" for character in person.shown)
            await person.press("escape")
            await person.main_again()
        assert person.app.is_running


@async_test
async def test_it_says_that_there_is_more_below_until_the_end(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("f3")
        await person.until(lambda: "Down: more" in person.shown)
        for _ in range(10):
            await person.press("pagedown")
        await person.until(lambda: "Down: more" not in person.shown)
        assert "what the list points to" in person.shown


@async_test
async def test_a_long_page_takes_the_whole_window_below_the_banner(here: House) -> None:
    async with run_configurator(open_default(here), (40, 10)) as person:
        await person.press("f3")
        await person.dialog(MessageDialog)
        for columns, rows in ((40, 10), (80, 24), (60, 12)):
            await person.resize(columns, rows)
            panel = person.app.screen.query_one("#panel").region
            assert panel.height == rows - person.app.screen.query_one(Banner).size.height


@async_test
async def test_a_page_has_the_room_of_a_small_window_when_it_opens(here: House) -> None:
    async with run_configurator(open_default(here), (40, 10)) as person:
        await person.press("f3")
        await person.dialog(MessageDialog)
        assert person.app.screen.query_one("#body").size.height == 10 - 2 - 1 - 2
