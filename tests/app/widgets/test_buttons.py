"""Buttons and checkboxes of a dialog."""

from tests.app.person import async_test
from tests.app.widgets.fakes import show_widget
from tui.app.widgets.buttons import Button, Checkbox


@async_test
async def test_a_button_is_pressed_by_enter_and_by_space_and_tells_its_name() -> None:
    async with show_widget(Button("save", "Save")) as (app, pilot):
        assert app.pressed == []
        await pilot.press("enter", "space")
        assert app.pressed == ["save", "save"]
        await pilot.press("right", "enter")
        assert not app.widget.has_focus
        assert app.pressed == ["save", "save"]


@async_test
async def test_a_button_is_as_wide_as_its_words_in_brackets_whatever_they_are() -> None:
    async with show_widget(Button("save", "Save [b]漢")) as (app, _):
        assert app.shown.strip() == "[ Save [b]漢 ]"
        assert app.widget.size.width == len("[ Save [b]漢 ]") + 1


@async_test
async def test_a_checkbox_is_ticked_and_cleared_and_wraps_below_its_words() -> None:
    box = Checkbox("reachable", "The instance can reach it.")
    async with show_widget(box, (20, 6)) as (app, pilot):
        assert app.shown == "[ ] The instance can\n    reach it."
        await pilot.press("space")
        assert box.value
        assert app.shown.startswith("[x] The instance can")
        await pilot.press("enter")
        assert not box.value
        await pilot.press("down", "space")
        assert not box.value
