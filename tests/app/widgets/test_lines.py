"""Lines of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.person import async_test
from tests.app.widgets.fakes import show_widget
from tests.settings.factories import deterministic
from tui.app.widgets.lines import Lines, justify
from tui.terminal.layout import width
from tui.terminal.visible import visible

HOSTILE = (
    "[/]",
    "[@click=app.quit]x[/]",
    "[bold red]x",
    "\\[x",
    "\x1b]0;x\x07\x1b[2J",
    "\x9b2J\x85\u2028",
    "a\nb\rc\td",
    "\u202eabc\u2066\u200b",
    "e" + "\u0301" * 40,
    "\ud800\udfff",
    "\U0001f468\u200d\U0001f469",
    "x" * 10_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@async_test
async def test_whatever_stands_in_a_line_is_only_text(text: str) -> None:
    widget = Lines([((text, "bold"), ("|", ""))])
    async with show_widget(widget, (200, 10)) as (app, _):
        strips = app.screen._compositor.render_strips()
        assert widget.size.height == 1
        assert all(c.isprintable() for strip in strips for c in strip.text)
        if width(visible(text)) < 199 and "\u0301" not in text:
            assert strips[0].text.rstrip() == f"{visible(text)}|"
        styles = [style for strip in strips for _, style, _ in strip if style]
        assert not [s for s in styles if s.link or any(k.startswith("@") for k in s.meta)]


@async_test
async def test_a_line_that_is_too_long_ends_in_dots_and_a_short_one_does_not() -> None:
    widget = Lines([(("a" * 21, ""),), (("b" * 20, ""),)])
    async with show_widget(widget, (20, 10)) as (app, _):
        assert app.shown.split("\n") == ["a" * 19 + "…", "b" * 20]


@async_test
async def test_other_lines_take_the_place_of_the_first_and_the_height_follows() -> None:
    widget = Lines([(("one", ""),)])
    async with show_widget(widget) as (app, pilot):
        widget.set_lines((("one", ""),), (("two", ""),), ())
        await pilot.pause()
        assert widget.text == "one\ntwo\n"
        assert widget.size.height == 3
        widget.set_lines()
        await pilot.pause()
        assert widget.text == ""
        assert "one" not in app.shown


@deterministic
@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 80))
def test_a_line_with_two_ends_is_as_wide_as_the_room_or_gives_its_right_end_up(
    left: str, right: str, room: int
) -> None:
    line = justify([(left, "bold")], [(right, "dim")], room)
    shown = "".join(visible(text) for text, _ in line)
    if width(visible(left)) + width(visible(right)) < room:
        assert width(shown) == room
        assert shown.startswith(visible(left))
        assert shown.endswith(visible(right))
    else:
        assert shown == visible(left)
