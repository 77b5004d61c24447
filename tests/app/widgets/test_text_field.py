"""The fields to type a text in."""

import pytest
from rich.cells import cell_len

from tests.app.factories import make_entry
from tests.app.person import async_test
from tests.app.widgets.fakes import paste, show_widget
from tui.app.widgets.text_field import AddressesField, PortField, SafeInput, TextField
from tui.terminal.visible import mask

HOSTILE = "a\x1b[2J\u202eb\u200b\x9b\U0001f468\u200d\U0001f469 [/] e\u0301 漢字"


def make_field(name: str = "server") -> TextField:
    return TextField(make_entry(name))


@async_test
async def test_every_key_is_told() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await pilot.press(*"ma", "backspace")
        await pilot.pause()
        assert app.texts == ["m", "ma", "m"]


@async_test
async def test_what_is_shown_from_elsewhere_is_not_told() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_text("mail.corp.example")
        await pilot.pause()
        assert app.told == []
        assert app.shown.startswith("mail.corp.example")
        await pilot.press("x")
        await pilot.pause()
        assert app.texts == ["mail.corp.examplex"]


@async_test
async def test_what_could_do_harm_is_masked_and_kept_as_it_is() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, HOSTILE.replace("\x1b", "\x02"))
        widget.show_text(HOSTILE)
        await pilot.pause()
        assert widget.value == HOSTILE
        assert app.shown.rstrip() == mask(HOSTILE)
        assert all(c.isprintable() or c == "\n" for c in app.shown)
        assert app.shown.count("\ufffd") == 5


@pytest.mark.parametrize(
    "text", [HOSTILE, "漢字漢字", "\u202e" * 5], ids=["hostile", "wide", "bidirectional"]
)
@async_test
async def test_the_cursor_stands_where_the_next_letter_comes(text: str) -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_text(text)
        for position in range(len(text)):
            widget.cursor_position = position
            await pilot.pause()
            expected = cell_len(mask(text)[:position])
            assert widget.cursor_screen_offset.x == widget.content_region.x + expected
        await pilot.press("home", "delete")
        await pilot.pause()
        assert app.texts == [text[1:]]


@async_test
async def test_a_paste_of_several_lines_takes_the_first_and_says_so() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, "mail.a.example\nmail.b.example\r\nmail.c.example")
        assert app.texts == ["mail.a.example"]
        assert app.said == ["The paste had 3 lines; only the first was taken."]


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\x0b", "\x1c", "\r"])
@async_test
async def test_whatever_ends_a_line_somewhere_ends_one_here(end: str) -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, f"mail.a.example{end}x")
        assert app.texts == ["mail.a.example"]
        assert app.said == ["The paste had 2 lines; only the first was taken."]


@pytest.mark.parametrize("text", [" mail.a.example", "mail.a.example\t", "\u00a0mail.a.example"])
@async_test
async def test_outer_blanks_of_a_paste_are_kept_and_said(text: str) -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, text)
        assert app.texts == [text]
        assert app.said == ["It starts or ends with a blank."]


@async_test
async def test_both_are_said_together() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, "mail.a.example \nx")
        assert app.said == [
            "The paste had 2 lines; only the first was taken. It starts or ends with a blank."
        ]


@async_test
async def test_a_paste_of_one_line_says_nothing_and_one_of_nothing_does_nothing() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, "mail.a.example\n")
        await paste(app, pilot, "")
        assert app.texts == ["mail.a.example"]
        assert app.said == []


@async_test
async def test_a_paste_takes_the_place_of_what_is_selected() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_text("mail.old.example")
        await pilot.press("home", *["shift+right"] * 4)
        await paste(app, pilot, "smtp")
        assert app.texts == ["smtp.old.example"]
        assert widget.cursor_position == 4


@async_test
async def test_ten_thousand_characters_are_kept() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, "x" * 10_000)
        assert app.texts == ["x" * 10_000]
        await pilot.press("home", "y")
        await pilot.pause()
        assert app.texts[-1] == "y" + "x" * 10_000


@async_test
async def test_a_placeholder_and_a_text_are_never_markup() -> None:
    widget = SafeInput(placeholder="[bold]not set[/]")
    async with show_widget(widget) as (app, pilot):
        assert "[bold]not set[/]" in app.shown
        await paste(app, pilot, "[@click=app.quit]x[/]")
        assert "[@click=app.quit]x[/]" in app.shown


@async_test
async def test_the_cursor_does_not_blink() -> None:
    widget = make_field()
    async with show_widget(widget):
        assert not widget.cursor_blink


@pytest.mark.parametrize(
    ("name", "up", "down"),
    [
        ("port", ["25", "465", "587", "25"], ["587", "465", "25", "587"]),
        ("pop3_port", ["110", "995", "110"], ["995", "110", "995"]),
    ],
)
@async_test
async def test_up_and_down_in_a_port_choose_the_usual_ones(
    name: str, up: list[str], down: list[str]
) -> None:
    widget = PortField(make_entry(name))
    async with show_widget(widget) as (app, pilot):
        await pilot.press(*["up"] * len(up))
        await pilot.pause()
        assert app.texts == up
        widget.show_text("")
        app.told.clear()
        await pilot.press(*["down"] * len(down))
        await pilot.pause()
        assert app.texts == down
        assert widget.cursor_position == len(widget.value)


@async_test
async def test_up_from_an_unusual_port_goes_to_the_first_usual_one() -> None:
    widget = PortField(make_entry("port"))
    async with show_widget(widget) as (app, pilot):
        widget.show_text("2525")
        await pilot.press("up")
        await pilot.pause()
        assert app.texts == ["25"]


@async_test
async def test_pasted_lines_of_addresses_get_commas_between_them_and_it_is_said() -> None:
    async with show_widget(AddressesField(make_entry("test_recipients"))) as (app, pilot):
        await paste(app, pilot, "a@corp.example\n\n b@corp.example,\nc@corp.example;\n")
        assert app.texts == ["a@corp.example, b@corp.example, c@corp.example"]
        assert app.said == ["3 lines were pasted, and commas put between them."]


@async_test
async def test_one_pasted_address_is_taken_as_it_is() -> None:
    async with show_widget(AddressesField(make_entry("test_recipients"))) as (app, pilot):
        await paste(app, pilot, "a@corp.example, b@corp.example\n")
        assert app.texts == ["a@corp.example, b@corp.example"]
        assert app.said == []
