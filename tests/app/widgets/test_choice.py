"""A choice of a few words."""

import pytest

from tests.app.factories import make_entry
from tests.app.person import async_test
from tests.app.widgets.fakes import show_widget
from tui.app.widgets.choice import Choice


@async_test
async def test_the_chosen_word_is_marked_and_the_others_are_not() -> None:
    widget = Choice(make_entry("security"))
    async with show_widget(widget) as (app, pilot):
        assert app.shown.rstrip() == "(*) not set  ( ) none  ( ) starttls  ( ) ssl_tls"
        widget.show_text("starttls")
        await pilot.pause()
        assert app.shown.rstrip() == "( ) not set  ( ) none  (*) starttls  ( ) ssl_tls"
        assert app.told == []


@async_test
async def test_a_switch_reads_as_words() -> None:
    widget = Choice(make_entry("authenticate"))
    async with show_widget(widget) as (app, pilot):
        widget.show_text("true")
        await pilot.pause()
        assert app.shown.rstrip() == "( ) not set  (*) yes  ( ) no"


@pytest.mark.parametrize(
    ("keys", "texts"),
    [
        (("right", "right"), ["none", "starttls"]),
        (("space", "space", "space", "space"), ["none", "starttls", "ssl_tls", ""]),
        (("left", "left"), ["ssl_tls", "starttls"]),
        (("right", "right", "delete"), ["none", "starttls", ""]),
        (("left", "backspace"), ["ssl_tls", ""]),
        (("delete", "backspace", "x", "1"), []),
    ],
    ids=lambda each: "-".join(each) or "nothing",
)
@async_test
async def test_the_keys_choose_and_each_choice_is_told(
    keys: tuple[str, ...], texts: list[str]
) -> None:
    async with show_widget(Choice(make_entry("security"))) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert app.texts == texts


@async_test
async def test_a_text_that_is_no_word_is_shown_and_kept_until_one_chooses() -> None:
    widget = Choice(make_entry("security"))
    async with show_widget(widget) as (app, pilot):
        widget.show_text("TLS please")
        await pilot.pause()
        assert "(*)" not in app.shown
        assert "not one of them: TLS please" in app.shown
        assert widget.value == "TLS please"
        assert app.told == []
        await pilot.press("right")
        await pilot.pause()
        assert "not one of them" not in app.shown
        assert app.texts == [""]


@async_test
async def test_a_text_that_is_no_word_is_never_markup_and_never_a_control() -> None:
    widget = Choice(make_entry("security"))
    async with show_widget(widget, (120, 5)) as (app, pilot):
        widget.show_text("[/]\x1b[2J\u202e[@click=app.quit]")
        await pilot.pause()
        assert "[/]^[[2J" in app.shown
        assert all(c.isprintable() or c == "\n" for c in app.shown)
        widget.show_text("x" * 10_000)
        await pilot.pause()
        assert "(10000" in app.shown
