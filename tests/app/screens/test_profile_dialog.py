"""The dialog of a profile's fields."""

from functools import partial

from textual.geometry import Region
from textual.widget import Widget

from tests.app.factories import open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House
from tui.app.screens.profile_dialog import ProfileDialog


async def open_dialog(person: Person) -> ProfileDialog:
    """Open the dialog of a new profile."""
    await person.choose("new profile")
    return await person.dialog(ProfileDialog)


def is_inside(field: Widget, body: Region) -> bool:
    """Return whether a field is in sight."""
    return body.contains_region(field.region)


@async_test
async def test_an_error_is_said_below_a_field_once_it_is_left(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await open_dialog(person)
        await person.press(*"Dev")
        assert "valid profile name" not in person.words
        await person.press("tab")
        assert "x That isn't a valid profile name. Use 1 to 64 lower-case" in person.told
        await person.press("up", *"x")
        assert "valid profile name" not in person.shown
        assert "Devx" in person.shown


@async_test
async def test_what_is_wrong_is_shown_and_focused_instead_of_added(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        dialog = await open_dialog(person)
        await person.press(*"dev")
        await person.answer("save")
        assert person.app.screen is dialog
        assert "x The URL has no host." in person.told
        assert "x The user name is missing." in person.told
        assert "Pass it with --user" not in person.told
        assert "x Choose one: it decides whether mail may reach people." in person.told
        assert person.app.focused is dialog.query_one("#field-place")
        assert dialog.read_entry().name == "dev"


@async_test
async def test_only_the_fields_that_a_choice_needs_are_shown(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        dialog = await open_dialog(person)
        assert "User name" in person.shown
        await person.press("tab", "right")
        assert not dialog.read_entry().is_instance
        for words in ("User name", "Sign in by", "dev12345"):
            assert words not in person.shown
        await person.press("left", "tab", "tab", "right")
        assert "User name" not in person.shown
        assert dialog.read_entry().user == ""
        await person.press("right")
        assert "Client ID" in person.shown


@async_test
async def test_every_field_is_in_reach_of_the_arrows_in_a_small_window(here: House) -> None:
    async with run_configurator(open_default(here), (40, 10)) as person:
        dialog = await open_dialog(person)
        fields = [row.query_one("SafeInput, ChoiceField") for row in dialog.query("_Row")]
        for field in fields:
            assert person.app.focused is field
            body = dialog.query_one("#body").region
            await person.until(partial(is_inside, field, body))
            await person.press("down")
        assert person.app.focused is dialog.query_one("#button-cancel")
