"""The palette: commands by what they concern, each with its key."""

from textual.widgets import OptionList

from tests.app.factories import open_default
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.palette import Palette

GROUPS = ["Save & edit", "Mail", "This instance", "Profiles", "Look", "Go to a setting"]


async def open_rows(person: Person) -> OptionList:
    """Open the palette, and return its rows."""
    await person.press("ctrl+p")
    await person.dialog(Palette)
    return person.app.screen.query_one("#rows", OptionList)


def headings(rows: OptionList) -> list[str]:
    """Return the text of the rows that can't be picked."""
    return [str(each.prompt).strip() for each in rows.options if each.disabled]


@async_test
async def test_commands_stand_below_headings_that_are_never_picked(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        rows = await open_rows(person)
        assert "Commands" in person.shown
        assert headings(rows) == [each for each in GROUPS if each != "This instance"]
        for _ in range(rows.option_count):
            assert rows.highlighted_option
            assert rows.highlighted_option.id
            await person.press("down")


@async_test
async def test_headings_vanish_while_a_search_narrows_and_come_back(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        rows = await open_rows(person)
        before = headings(rows)
        await person.press("s")
        assert headings(rows) == []
        assert rows.option_count
        await person.press("backspace")
        assert headings(rows) == before


@async_test
async def test_each_key_stands_at_the_right_at_every_width(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await open_rows(person)
        for columns in (80, 120, 60, 40):
            await person.resize(columns, 24)
            ends = {
                line.rindex(key) + len(key)
                for line in person.shown.splitlines()
                for name, key in (("Save:", "^S"), ("Fix:", "F4"), ("Undo:", "^Z"))
                if name in line
            }
            assert len(ends) == 1


@async_test
async def test_what_only_an_instance_can_do_has_a_group_there(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        rows = await open_rows(person)
        assert headings(rows) == GROUPS
        await person.paste("Environment")
        assert "Environment: non-production" in person.shown
