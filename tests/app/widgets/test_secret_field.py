"""The field for a password."""

import pytest
from textual.message import Message

from tests.app.factories import make_entry
from tests.app.person import async_test
from tests.app.widgets.fakes import WidgetApp, paste, show_widget
from tui.app.widgets.messages import SecretChanged
from tui.app.widgets.secret_field import SecretField
from tui.credentials.secret import Secret
from tui.settings.values import SecretState

SECRET = "hunter2-hunter2"


def make_field(name: str = "password") -> SecretField:
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
    async with show_widget(make_field()) as (app, pilot):
        await pilot.press(*"hun")
        await pilot.pause()
        told = [each for each in app.told if isinstance(each, SecretChanged)]
        assert [each.secret.reveal() for each in told] == ["h", "hu", "hun"]
        assert len(told) == len(app.told)
        assert app.shown.startswith("•••")
        assert "hun" not in app.shown


@async_test
async def test_no_message_and_no_repr_holds_it() -> None:
    widget, seen = make_field(), []

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
    widget = make_field()
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


@pytest.mark.parametrize("key", ["f2", "ctrl+t"])
@async_test
async def test_a_key_reveals_it_and_hides_it_again(key: str) -> None:
    async with show_widget(make_field()) as (app, pilot):
        await paste(app, pilot, SECRET)
        await pilot.press(key)
        await pilot.pause()
        assert SECRET in app.shown
        await pilot.press(key)
        await pilot.pause()
        assert SECRET not in app.shown


@async_test
async def test_what_is_revealed_is_hidden_again_once_the_field_is_left() -> None:
    widget = make_field()
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
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, SECRET)
        await pilot.press("f2")
        app.app_focus = False
        await pilot.pause()
        assert SECRET not in app.shown


@async_test
async def test_the_value_is_gone_once_there_is_no_secret_any_more() -> None:
    widget = make_field()
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
    widget = make_field()
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
        (SecretState.UNKNOWN, "never told; type to replace it"),
        (SecretState.CLEARED, "will be cleared"),
    ],
)
@async_test
async def test_what_is_known_of_it_stands_in_the_field_in_words(
    state: SecretState, words: str
) -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        widget.show_state(state, None)
        await pilot.pause()
        assert words in app.shown
        assert widget.value == ""


@async_test
async def test_an_emptied_field_tells_an_empty_secret() -> None:
    async with show_widget(make_field()) as (app, pilot):
        await pilot.press("x", "backspace")
        await pilot.pause()
        told = app.told[-1]
        assert isinstance(told, SecretChanged)
        assert told.secret.shape.length == 0


@async_test
async def test_a_lost_line_and_outer_blanks_of_a_paste_are_said_without_a_word_of_it() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, f" {SECRET}\nmore-of-it")
        assert widget.value == f" {SECRET}"
        (said,) = app.said
        assert said == (
            "The paste had 2 lines; only the first was taken. It starts or ends with a blank."
        )


@async_test
async def test_control_characters_in_it_are_kept_and_masked_when_it_is_revealed() -> None:
    widget = make_field()
    async with show_widget(widget) as (app, pilot):
        await paste(app, pilot, "a\x1b]0;x\x07\u202eb")
        await pilot.press("f2")
        await pilot.pause()
        assert widget.value == "a\x1b]0;x\x07\u202eb"
        assert app.shown.startswith("a\ufffd]0;x\ufffd\ufffdb")
