"""The form of one property."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Static

from tests.app.factories import make_editing, make_entry, make_instance_session, make_session
from tests.app.person import async_test
from tests.app.widgets.fakes import WidgetApp, show_widget
from tui.app.widgets.fields import AddressesField, ChoiceField, PortField, SecretField, TextField
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.settings.catalog import Kind
from tui.settings.snapshot import Snapshot
from tui.workspace.editing import Editing

START = make_editing(server="mail.old.example", port=25)
FIELDS = {
    Kind.SECRET: SecretField,
    Kind.SECURITY: ChoiceField,
    Kind.SWITCH: ChoiceField,
    Kind.PORT: PortField,
    Kind.ADDRESSES: AddressesField,
}


@asynccontextmanager
async def show_form(
    name: str, state: Editing = START, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[WidgetApp, Pilot[None], Form]]:
    """Run an application with a form."""
    async with show_widget(lambda: Form(make_entry(name), state), size) as (app, pilot):
        assert isinstance(app.widget, Form)
        yield app, pilot, app.widget


def read_notes(form: Form) -> str:
    """Return the notes below the field."""
    return form.query_one(".tail", Lines).text


@async_test
async def test_each_kind_of_property_has_the_field_that_fits_it() -> None:
    async with show_widget(Static()):
        for each in START.draft.entries.values():
            field = Form(each, START).field
            assert type(field) is FIELDS.get(each.declared.kind, TextField)


@async_test
async def test_a_form_has_label_name_value_source_and_help() -> None:
    async with show_form("server") as (app, _, _form):
        lines = app.shown.split("\n")
        assert lines[0].startswith("Outgoing (SMTP) mail server")
        assert lines[0].rstrip().endswith("glide.email.server")
        assert lines[1].startswith("mail.old.example")
        assert "SMTP host. Also the POP3 host" in app.shown
        assert app.told == []


@async_test
async def test_a_label_gives_way_to_a_short_one() -> None:
    async with show_form("user", size=(60, 24)) as (app, _, _form):
        assert app.shown.startswith("User email   ")


@async_test
async def test_a_default_stands_in_a_field_that_is_blank() -> None:
    async with show_form("port", make_editing()) as (app, _, _form):
        assert "25 (default)" in app.shown
    async with show_form("display_name", make_editing()) as (app, _, _form):
        assert "not set" in app.shown


@async_test
async def test_findings_stand_first_with_the_key_of_the_first_fix() -> None:
    async with show_form("server") as (_, pilot, form):
        form.show_editing(START.type("server", "smtp://mail.corp.example:587"))
        await pilot.pause()
        lines = read_notes(form).split("\n")
        assert lines[0].startswith("x ")
        assert "  F4 Use mail.corp.example, port 587 and STARTTLS" in lines
        assert read_notes(form).count("F4") == 1
        form.show_editing(START)
        await pilot.pause()
        assert "F4" not in read_notes(form)


@async_test
async def test_a_changed_value_tells_what_it_was() -> None:
    async with show_form("port") as (_, pilot, form):
        form.show_editing(START.type("port", "587"))
        await pilot.pause()
        assert "Was 25 " in read_notes(form)


@async_test
async def test_a_conflict_stands_before_everything_else() -> None:
    over = START.type("server", "a b").rebase(make_session(Snapshot({"server": "mail.b.example"})))
    async with show_form("server", over) as (_, _pilot, form):
        first, *rest = read_notes(form).split("\n")
        assert first == "~ It is mail.b.example there now and a b here. F9 compares."
        assert rest[0].startswith("x ")


@async_test
async def test_words_are_laid_out_anew_for_another_width() -> None:
    state = START.type("server", "mail.corp.example:587/and/more")
    async with show_form("server", state, (120, 24)) as (_, pilot, form):
        wide = len(read_notes(form).split("\n"))
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert len(read_notes(form).split("\n")) >= wide
        assert max(map(len, read_notes(form).split("\n")[:2])) <= 40


@async_test
async def test_what_is_shown_from_elsewhere_is_not_told() -> None:
    for name, text in (("server", "m"), ("security", "none"), ("test_recipients", "a@b.example")):
        async with show_form(name) as (app, pilot, form):
            form.show_editing(START.type(name, text))
            await pilot.pause()
            assert getattr(form.field, "value", None) == text
            assert app.told == []


@async_test
async def test_where_an_account_decides_its_column_is_named() -> None:
    state = Editing.from_session(make_instance_session())
    for name, words in {
        "user": "sys_email_account.user_name",
        "sending_enabled": "glide.email.smtp.active",
    }.items():
        async with show_form(name, state) as (app, _, _form):
            assert app.shown.split("\n")[0].rstrip().endswith(words)
