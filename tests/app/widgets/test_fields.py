"""The fields of the forms: text, port, addresses, password, and a choice of words."""

import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from tests.app.factories import make_entry
from tests.app.person import async_test, settle
from tests.app.widgets.fakes import WidgetApp, paste, show_widget
from tui.app.frugal.driver import FrugalApp, UndecodableInput
from tui.app.widgets.fields import (
    SOME_DOTS,
    AddressesField,
    ChoiceField,
    PortField,
    SafeInput,
    SecretChanged,
    SecretField,
    TextField,
)
from tui.credentials.secret import Secret
from tui.settings.values import SecretState
from tui.terminal.visible import mask

HOSTILE = "a\x1b[2J\u202eb\u200b\x9b\U0001f468\u200d\U0001f469 [/] e\u0301 漢字"


class CursorApp(FrugalApp[None]):
    """An application with a field on a terminal that shows its own cursor."""

    def __init__(self, field: TextField) -> None:
        super().__init__()
        self._field = field

    @property
    def has_terminal_cursor(self) -> bool:
        """Yes."""
        return True

    def compose(self) -> ComposeResult:
        """Yield the field."""
        yield self._field


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


SECRET = "hunter2-hunter2"


def make_secret_field(name: str = "password") -> SecretField:
    return SecretField(make_entry(name))


def dump(thing: object, depth: int = 3) -> str:
    """Return what a log, a traceback or a debugger would show of a thing."""
    words = [repr(thing), str(thing)]
    if depth:
        inside = getattr(thing, "__dict__", {})
        words += [dump(each, depth - 1) for each in inside.values() if each is not thing]
    return " ".join(words)


@async_test
async def test_what_is_typed_is_told_as_a_secret_and_shown_as_dots() -> None:
    async with show_widget(make_secret_field()) as (app, pilot):
        await pilot.press(*"hun")
        await pilot.pause()
        told = [each for each in app.told if isinstance(each, SecretChanged)]
        assert [each.secret.reveal() for each in told] == ["h", "hu", "hun"]
        assert len(told) == len(app.told)
        assert app.shown.startswith("•••")
        assert "hun" not in app.shown


@async_test
async def test_the_dots_do_not_tell_its_length_once_the_field_is_left() -> None:
    for typed in ("x", "a much longer password"):
        async with show_widget(make_secret_field()) as (app, pilot):
            await paste(app, pilot, typed)
            app.set_focus(None)
            await pilot.pause()
            assert app.shown.count("•") == len(SOME_DOTS)


@async_test
async def test_no_message_and_no_repr_holds_it() -> None:
    widget, seen = make_secret_field(), []

    def see(message: Message) -> None:
        # The paste itself comes from the terminal.
        if type(message).__name__ not in ("Paste", "Key"):
            seen.append(f"{type(message).__name__} {message!r} {vars(message)!r}")

    app = WidgetApp(widget)
    async with app.run_test(message_hook=see) as pilot:
        await pilot.pause()
        await paste(app, pilot, SECRET)
        await pilot.press("f2", "left", "x", "enter", "f2", "end", "backspace", "tab")
        await pilot.pause()
        assert widget.value
        assert SECRET not in repr(widget)
        assert SECRET not in str(widget)
        assert SECRET not in app.tree.__str__()
    assert any("SecretChanged" in each for each in seen)
    assert not [each for each in seen if "hunter2" in each]


@pytest.mark.parametrize("revealed", [False, True])
@async_test
async def test_copy_and_cut_put_nothing_on_the_clipboard(revealed: bool) -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, SECRET)
        if revealed:
            await pilot.press("f2")
        await pilot.press("home", "shift+end", "ctrl+c", "super+c", "ctrl+x", "super+x")
        widget.select_all()
        widget.action_copy()
        widget.action_cut()
        await pilot.pause()
        assert app.copied == []
        assert app.clipboard == ""
        assert widget.value == SECRET


@pytest.mark.parametrize("key", ["f2", "ctrl+y"])
@async_test
async def test_a_key_reveals_it_and_hides_it_again(key: str) -> None:
    async with show_widget(make_secret_field()) as (app, pilot):
        await paste(app, pilot, SECRET)
        await pilot.press(key)
        await pilot.pause()
        assert SECRET in app.shown
        await pilot.press(key)
        await pilot.pause()
        assert SECRET not in app.shown


@async_test
async def test_what_is_revealed_is_hidden_again_once_the_field_is_left() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, SECRET)
        await pilot.press("f2", "tab")
        await pilot.pause()
        assert SECRET not in app.shown
        await pilot.press("shift+tab")
        await pilot.pause()
        assert widget.has_focus
        assert SECRET not in app.shown


@async_test
async def test_what_is_revealed_is_hidden_when_the_terminal_loses_the_focus() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, SECRET)
        await pilot.press("f2")
        app.app_focus = False
        await pilot.pause()
        assert SECRET not in app.shown


@async_test
async def test_the_value_is_gone_once_there_is_no_secret_any_more() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, SECRET)
        app.told.clear()
        widget.show_state(SecretState.UNSET, None)
        await pilot.pause()
        assert widget.value == ""
        assert SECRET not in dump(widget.value)
        assert app.told == []


@async_test
async def test_a_secret_that_comes_back_is_shown_as_dots_and_not_told_again() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_state(SecretState.NEW, Secret(SECRET))
        await pilot.pause()
        assert app.shown.startswith("•" * len(SECRET))
        assert app.told == []
        await pilot.press("backspace")
        await pilot.pause()
        (told,) = app.told
        assert isinstance(told, SecretChanged)
        assert told.secret.reveal() == SECRET[:-1]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (SecretState.UNSET, "not set"),
        (SecretState.KEPT, "kept in the keyring; type to replace it"),
        (SecretState.NOT_KEPT, "set, not kept here; type to replace it"),
        (SecretState.UNKNOWN, "unknown; type to replace it"),
        (SecretState.CLEARED, "will be cleared"),
    ],
)
@async_test
async def test_what_is_known_of_it_stands_in_the_field_in_words(
    state: SecretState, words: str
) -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_state(state, None)
        await pilot.pause()
        assert words in app.shown
        assert widget.value == ""


@async_test
async def test_an_emptied_field_tells_an_empty_secret() -> None:
    async with show_widget(make_secret_field()) as (app, pilot):
        await pilot.press("x", "backspace")
        await pilot.pause()
        told = app.told[-1]
        assert isinstance(told, SecretChanged)
        assert told.secret.shape.length == 0


@async_test
async def test_a_lost_line_and_outer_blanks_of_a_paste_are_said_without_a_word_of_it() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, f" {SECRET}\nmore-of-it")
        assert widget.value == f" {SECRET}"
        (said,) = app.said
        assert said == "The paste had 2 lines; only the first was taken. It begins with a blank."


@async_test
async def test_what_is_odd_about_a_pasted_secret_is_said() -> None:
    async with show_widget(make_secret_field()) as (app, pilot):
        await paste(app, pilot, "\ufeffhun\ufffdter\u00a0")
        (said,) = app.said
        for words in ("byte order mark", "replacement character", "ends with a blank"):
            assert words in said


NOT_TEXT = "What was typed is not text in the terminal's encoding."


async def type_what_is_not_text(app: WidgetApp, pilot: Pilot[None]) -> None:
    """Type what the driver cannot decode."""
    app.widget.post_message(UndecodableInput())
    await pilot.pause()


@async_test
async def test_what_is_not_text_is_left_out_of_a_field_and_said() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await pilot.press("a")
        await type_what_is_not_text(app, pilot)
        assert (widget.value, app.said) == ("a", [f"{NOT_TEXT} Nothing of it was taken."])
        await pilot.press("b")
        await pilot.pause()
        assert len(app.said) == 1


@async_test
async def test_a_secret_that_lacks_what_is_not_text_is_warned_of_until_it_is_cleared() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await pilot.press("g", "r")
        await type_what_is_not_text(app, pilot)
        assert widget.value == "gr"
        await pilot.press("n")
        await pilot.pause()
        assert app.said == [f"{NOT_TEXT} Start again: ^U clears."] * 2
        await pilot.press("backspace", "backspace", "backspace", "x")
        await pilot.pause()
        assert len(app.said) == 4


@async_test
async def test_a_secret_that_begins_with_what_is_not_text_is_warned_of_too() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await type_what_is_not_text(app, pilot)
        await pilot.press("n")
        await pilot.pause()
        assert len(app.said) == 2
        widget.show_state(SecretState.UNSET, None)
        await pilot.press("n")
        await pilot.pause()
        assert len(app.said) == 2


@async_test
async def test_control_characters_in_it_are_kept_and_masked_when_it_is_revealed() -> None:
    widget = make_secret_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, "a\x1b]0;x\x07\u202eb")
        await pilot.press("f2")
        await pilot.pause()
        assert widget.value == "a\x1b]0;x\x07\u202eb"
        assert app.shown.startswith("a\ufffd]0;x\ufffd\ufffdb")


@async_test
async def test_the_chosen_word_is_marked_and_the_others_are_not() -> None:
    widget = ChoiceField(make_entry("security"))
    async with show_widget(widget) as (app, pilot):
        assert app.shown.rstrip() == "(*) not set  ( ) None  ( ) STARTTLS  ( ) SSL/TLS"
        widget.show_text("starttls")
        await pilot.pause()
        assert app.shown.rstrip() == "( ) not set  ( ) None  (*) STARTTLS  ( ) SSL/TLS"
        assert app.told == []


@async_test
async def test_words_that_have_no_room_go_to_another_line() -> None:
    widget = ChoiceField(make_entry("security"))
    async with show_widget(widget, (30, 5)) as (app, pilot):
        lines = [line.rstrip() for line in app.shown.split("\n")]
        assert lines == ["(*) not set  ( ) None", "( ) STARTTLS  ( ) SSL/TLS"]
        assert widget.size.height == widget.count_lines(30) == 2
        await pilot.resize_terminal(80, 5)
        await settle(app)
        assert widget.size.height == widget.count_lines(80) == 1


@async_test
async def test_a_drawn_cursor_is_left_out_where_the_terminal_shows_its_own() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await pilot.press("a")
        await settle(app)
        assert widget._cursor_visible
    own = make_field()
    other = CursorApp(own)
    async with other.run_test() as pilot:
        await pilot.press("a")
        await settle(other)
        assert own.has_focus
        assert not own._cursor_visible


@async_test
async def test_a_switch_reads_as_words() -> None:
    widget = ChoiceField(make_entry("authenticate"))
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
    async with show_widget(ChoiceField(make_entry("security"))) as (app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        assert app.texts == texts


@async_test
async def test_a_text_that_is_no_word_is_shown_and_kept_until_one_chooses() -> None:
    widget = ChoiceField(make_entry("security"))
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
    widget = ChoiceField(make_entry("security"))
    async with show_widget(widget, (120, 5)) as (app, pilot):
        widget.show_text("[/]\x1b[2J\u202e[@click=app.quit]")
        await pilot.pause()
        assert "[/]^[[2J" in app.shown
        assert all(c.isprintable() or c == "\n" for c in app.shown)
        widget.show_text("x" * 10_000)
        await pilot.pause()
        assert "(10000" in app.shown
