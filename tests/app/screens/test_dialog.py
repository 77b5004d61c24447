"""What every dialog has."""

import pytest

from tests.app.factories import HOSTILE, open_default
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.dialog import Dialog


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
