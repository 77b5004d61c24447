"""Walking through the configurator by keys alone: list, fields, views, search, palette, help."""

from collections.abc import Iterator

import pytest
from textual.app import App
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input, OptionList

from tests.app.factories import open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.running import House
from tui.app.app import ConfiguratorApp
from tui.app.base import TerminalApp
from tui.app.screens.configurator import Configurator
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.dialog import Dialog
from tui.app.screens.keys import format_keys, key_page
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.choice import Choice
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList
from tui.app.widgets.secret_field import SecretField
from tui.app.widgets.text_field import AddressesField, PortField, SafeInput, TextField

OURS: tuple[type, ...] = (
    *(
        ConfiguratorApp,
        TerminalApp,
        Configurator,
        Dialog,
        MessageDialog,
        ConflictDialog,
        ConfirmDialog,
        PickList,
    ),
    *(PropertyList, Form, Choice, SafeInput, TextField, PortField, AddressesField, SecretField),
    *(Button, Checkbox),
)


def all_bindings() -> Iterator[Binding]:
    """Every binding that a class of this program declares."""
    for owner in OURS:
        for each in vars(owner).get("BINDINGS", ()):
            assert isinstance(each, Binding), f"{owner.__name__} binds {each} without words"
            yield each


def focused_property(person: Person) -> str:
    """The property whose field has the focus, "list", or "" for something else."""
    widget = person.app.focused
    if isinstance(widget, PropertyList):
        return "list"
    forms = widget.ancestors if widget else ()
    return next((form.entry.name for form in forms if isinstance(form, Form)), "")


@async_test
async def test_enter_goes_to_the_field_and_escape_back_to_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("down", "enter")
        assert focused_property(person) == "user"
        await person.press("escape")
        assert focused_property(person) == "list"
        assert person.app.main.chosen == "user"


@async_test
async def test_tab_goes_from_the_list_to_the_chosen_field_and_on_and_back(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("down", "down", "tab")
        assert focused_property(person) == "display_name"
        await person.press("tab")
        assert focused_property(person) == "authenticate"
        assert person.app.main.chosen == "authenticate"
        await person.press("shift+tab", "shift+tab")
        assert focused_property(person) == "user"
        await person.press("shift+tab", "shift+tab")
        assert focused_property(person) == "list"


@async_test
async def test_enter_goes_from_field_to_field(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("enter", "enter")
        assert focused_property(person) == "user"
        await person.press("enter")
        assert focused_property(person) == "display_name"


@async_test
async def test_every_field_is_reached_by_tab_and_stands_on_the_screen_then(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        names = list(person.app.editing.draft.entries)
        await person.press("tab")
        for name in names:
            assert focused_property(person) == name
            assert person.app.main.chosen == name
            assert person.form(name).entry.declared.short in person.shown
            field = person.form(name).field
            assert field.region.height == 1
            assert person.app.main.query_one("#forms").region.contains_region(field.region)
            await person.press("tab")


@async_test
async def test_the_form_follows_the_pointer_of_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("end")
        assert person.app.main.chosen == "pop3_security"
        assert "Connection security of the POP3" in person.words or "POP3 security" in person.words


@async_test
async def test_a_search_narrows_the_list_and_enter_goes_to_what_was_found(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("slash")
        assert isinstance(person.app.focused, Input)
        await person.paste("glide.pop3.user")
        assert person.listing.option_count == 2
        assert person.app.main.chosen == "pop3_user"
        await person.press("enter")
        assert focused_property(person) == "pop3_user"
        assert not person.app.main.query_one("#find").display
        assert person.listing.option_count > 14


@async_test
async def test_escape_ends_a_search_in_the_list(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("slash", *"zz")
        assert "none has that name" in person.shown
        await person.press("escape")
        assert focused_property(person) == "list"
        assert person.app.main.chosen == "server"
        assert person.changed == []


@async_test
async def test_f6_shows_one_view_at_a_time_where_there_is_no_room_for_more(here: House) -> None:
    async with run_configurator(open_default(here), (60, 30)) as person:
        titles = ("Incoming overrides", "glide.email.server", "Incoming mail that follows")
        for view in (0, 1, 2, 0):
            assert [title in person.shown for title in titles] == [
                each == view for each in range(3)
            ]
            await person.press("f6")
        assert focused_property(person) == "server"
        await person.press("escape")
        assert focused_property(person) == "list"
        assert titles[1] not in person.shown


@async_test
async def test_the_palette_goes_to_a_property(here: House) -> None:
    async with run_configurator(open_default(here), (60, 20)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        await person.paste("glide.pop3.port")
        await person.press("enter")
        await person.main_again()
        assert focused_property(person) == "pop3_port"


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


@async_test
async def test_the_palette_does_an_action(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "mail.new.example")
        await person.press("ctrl+p")
        await person.dialog(PickList)
        await person.paste("Undo")
        await person.press("enter")
        await person.main_again()
        assert person.changed == []


@async_test
async def test_the_palette_opens_another_dialog(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        await person.paste("Keys")
        await person.press("enter")
        await person.dialog(MessageDialog)
        assert "Everywhere" in person.shown


@async_test
async def test_the_palette_has_every_action_property_and_theme(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        rows = person.app.screen.query_one("#rows", OptionList)
        ids = {option.id or "" for option in rows.options}
        described = [each for each in vars(Configurator)["BINDINGS"] if each.id]
        assert ids >= {f"do:{each.action}" for each in described if each.id != "palette"}
        assert ids >= {f"go:{name}" for name in person.app.editing.draft.entries}
        assert ids >= {"theme:dark", "theme:light", "theme:colourless"}
        await person.press("down", "down", "up", "escape")
        await person.main_again()


@pytest.mark.parametrize(
    ("name", "key"), [("server", "f1"), ("pop3_user", "ctrl+g"), ("password", "f1")]
)
@async_test
async def test_f1_explains_in_the_words_of_the_command(here: House, name: str, key: str) -> None:
    told = here.call("explain", name).words
    async with run_configurator(open_default(here, None), (84, 60)) as person:
        person.app.main.go(name)
        await person.press(key)
        await person.dialog(MessageDialog)
        page = " ".join(person.app.screen.query_one("#words", Lines).text.split())
        assert told.endswith(page)
        assert page


@async_test
async def test_f1_explains_what_is_typed_now(here: House) -> None:
    async with run_configurator(open_default(here), (84, 60)) as person:
        await person.enter("port", "no")
        await person.press("f1")
        await person.dialog(MessageDialog)
        assert "x Port: " in person.shown


@pytest.mark.parametrize("key", ["f3", "question_mark"])
@async_test
async def test_the_keys_page_is_two_keys_away(here: House, key: str) -> None:
    async with run_configurator(open_default(here), (120, 80)) as person:
        await person.press(key)
        await person.dialog(MessageDialog)
        assert "F4" in person.shown
        assert "* changed, not saved" in person.words


def test_the_keys_page_has_every_binding_of_its_places() -> None:
    page = list(key_page(Configurator))
    for owner in (Configurator, PortField, Choice, SecretField, Dialog, Checkbox, Button):
        for each in vars(owner)["BINDINGS"]:
            if each.id:
                words = each.tooltip or each.description
                assert any(format_keys(each) in line and words in line for line in page), each


def test_no_key_is_bound_that_a_terminal_or_a_multiplexer_takes() -> None:
    taken = {f"ctrl+{letter}" for letter in "ijmhabz"}
    for each in all_bindings():
        keys = {key.strip() for key in each.key.split(",")}
        assert not keys & taken, each
        assert not [key for key in keys if "alt" in key or "super" in key or "meta" in key], each


def test_every_action_that_is_shown_has_an_id_of_its_own_and_words() -> None:
    ids = [each.id for each in all_bindings() if each.id]
    assert len(ids) == len(set(ids))
    for each in all_bindings():
        assert not each.show or each.description


def test_every_class_that_binds_a_key_is_looked_at() -> None:
    def below(kind: type) -> Iterator[type]:
        subclasses: list[type] = kind.__subclasses__()
        for each in subclasses:
            yield each
            yield from below(each)

    declaring = {
        each
        for each in (*below(Widget), *below(App))
        if each.__module__.startswith("tui.") and vars(each).get("BINDINGS")
    }
    # A generic dialog has a class of its own for its answer.
    assert {each.__name__.partition("[")[0] for each in declaring} <= {o.__name__ for o in OURS}
