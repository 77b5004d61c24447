"""The keys: their page, what F1 explains, and what they are bound to."""

from collections.abc import Iterator

import pytest
from textual.app import App
from textual.binding import Binding
from textual.widget import Widget

from tests.app.factories import open_default
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tests.sampling import sample
from tui.app.app import ConfiguratorApp
from tui.app.base import TerminalApp
from tui.app.screens.configurator import Configurator
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.consent_dialog import ConsentDialog
from tui.app.screens.delivery_dialog import DeliveryDialog
from tui.app.screens.dialog import Dialog
from tui.app.screens.keys import format_keys, key_page
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.screens.profile_dialog import ProfileDialog, _Choice
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.fields import (
    AddressesField,
    ChoiceField,
    PortField,
    SafeInput,
    SecretField,
    TextField,
)
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.app.widgets.problem_list import ProblemList
from tui.app.widgets.property_list import PropertyList

OURS: tuple[type, ...] = (
    *(
        ConfiguratorApp,
        TerminalApp,
        Configurator,
        Dialog,
        MessageDialog,
        ConflictDialog,
        ConfirmDialog,
        DeliveryDialog,
        PickList,
        ConsentDialog,
        ProfileDialog,
        _Choice,
    ),
    *(
        PropertyList,
        ProblemList,
        Form,
        ChoiceField,
        SafeInput,
        TextField,
        PortField,
        AddressesField,
        SecretField,
    ),
    *(Button, Checkbox),
)


def all_bindings() -> Iterator[Binding]:
    """Yield every binding that a class of this program declares."""
    for owner in OURS:
        for each in vars(owner).get("BINDINGS", ()):
            assert isinstance(each, Binding), f"{owner.__name__} binds {each} without words"
            yield each


@pytest.mark.parametrize(
    ("name", "key"), [("server", "f1"), ("pop3_user", "ctrl+g"), ("password", "f1")]
)
@async_test
async def test_f1_explains_in_the_words_of_the_command(here: House, name: str, key: str) -> None:
    told = here.call("explain", name).words
    async with run_configurator(open_default(here, None), (84, 60)) as person:
        person.app.main.focus_property(name)
        await person.press(key)
        await person.dialog(MessageDialog)
        page = " ".join(person.app.screen.query_one("#words", Lines).text.split())
        assert told.endswith(page)
        assert page


@pytest.mark.grid
@async_test
async def test_f1_explains_what_is_typed_now(here: House) -> None:
    async with run_configurator(open_default(here), (84, 60)) as person:
        await person.enter("port", "no")
        await person.press("f1")
        await person.dialog(MessageDialog)
        assert "x Port: " in person.shown


@pytest.mark.parametrize("key", sample(["f3", "question_mark"], 2))
@async_test
async def test_the_keys_page_is_two_keys_away(here: House, key: str) -> None:
    async with run_configurator(open_default(here), (120, 80)) as person:
        await person.press(key)
        await person.dialog(MessageDialog)
        assert "F4" in person.shown
        assert "* changed, not saved" in person.words


def test_the_keys_page_has_every_binding_of_its_places() -> None:
    page = list(key_page(Configurator))
    fields = (PortField, ChoiceField, SecretField)
    for owner in (Configurator, *fields, Dialog, DeliveryDialog, Checkbox, Button):
        for each in vars(owner)["BINDINGS"]:
            if each.id:
                words = each.tooltip or each.description
                assert any(format_keys(each) in line and words in line for line in page), each


def test_no_key_is_bound_that_a_terminal_or_a_multiplexer_takes() -> None:
    taken = {f"ctrl+{letter}" for letter in "ijmhab"}
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
