"""The palette, a list to pick from."""

from textual.widgets import OptionList

from tests.app.factories import open_default
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.pick_list import PickList


@async_test
async def test_the_palette_goes_to_a_property(here: House) -> None:
    async with run_configurator(open_default(here), (60, 20)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        await person.paste("glide.pop3.port")
        await person.press("enter")
        await person.main_again()
        assert person.focused_property == "pop3_port"


@async_test
async def test_an_emptied_search_shows_all_of_the_palette_again(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+p")
        rows = person.app.screen.query_one("#rows", OptionList)
        everything = rows.option_count
        await person.press("a", "backspace")
        assert rows.option_count == everything
        await person.press("a", "ctrl+u", "enter")
        assert not isinstance(person.app.screen, PickList)
