"""The form of one property."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.app.factories import make_editing, make_instance_session, make_session
from tests.app.person import async_test
from tests.app.widgets.fakes import WidgetApp, show_widget
from tui.app.widgets.fields import AddressesField, ChoiceField, PortField, SecretField, TextField
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.credentials.secret import Secret
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
    """Run an application with a form, as high as there is room."""

    def make() -> Form:
        form = Form(state, name)
        form.styles.height = "1fr"
        return form

    async with show_widget(make, size) as (app, pilot):
        assert isinstance(app.widget, Form)
        yield app, pilot, app.widget


def read_notes(form: Form) -> str:
    """Return the notes below the field."""
    return form.query_one(".notes", Lines).text


def read_head(app: WidgetApp) -> list[str]:
    """Return the lines above the field."""
    return [line.rstrip() for line in app.shown.split("\n")[:2]]


@async_test
async def test_each_kind_of_property_has_the_field_that_fits_it_in_the_same_place() -> None:
    async with show_form("server") as (_, pilot, form):
        for name, each in START.draft.entries.items():
            form.show_property(name)
            await pilot.pause()
            assert type(form.field) is FIELDS.get(each.declared.kind, TextField)
            assert form.entry is each
            shown = [field for field in form.query("Input, ChoiceField") if field.display]
            assert shown == [form.field]
            assert form.field.region.offset == (0, 2)


@async_test
async def test_a_field_is_made_once() -> None:
    async with show_form("server") as (_, pilot, form):
        first = form.field
        form.show_property("port")
        await pilot.pause()
        form.show_property("server")
        await pilot.pause()
        assert form.field is first
        assert len(form.query("Input")) == 2


@async_test
async def test_the_focus_stays_in_the_form_that_is_shown() -> None:
    async with show_form("server") as (app, pilot, form):
        form.show_property("user")
        await pilot.pause()
        assert not form.field.has_focus
        form.show_property("port", focus=True)
        await pilot.pause()
        assert app.focused is form.field
        form.show_property("security")
        await pilot.pause()
        assert app.focused is form.field
        assert form.entry.name == "security"


@async_test
async def test_a_form_has_label_name_value_origin_and_help() -> None:
    async with show_form("server") as (app, _, form):
        assert read_head(app) == ["Outgoing (SMTP) mail server", "glide.email.server"]
        assert app.shown.split("\n")[2].startswith("mail.old.example")
        assert "SMTP host. Also the POP3 host" in read_notes(form)
        assert app.told == []


@async_test
async def test_a_label_gives_way_to_a_short_one() -> None:
    async with show_form("user", size=(60, 24)) as (app, _, _form):
        assert read_head(app)[0] == "User email"
    async with show_form("user", size=(120, 24)) as (app, _, _form):
        assert read_head(app)[0].startswith("User email (for example, ")


@async_test
async def test_a_default_stands_in_a_field_that_is_blank() -> None:
    async with show_form("port", make_editing()) as (app, _, _form):
        assert "25 (default)" in app.shown
    async with show_form("display_name", make_editing()) as (app, _, _form):
        assert "not set" in app.shown
    async with show_form("from", make_editing()) as (app, _, _form):
        assert app.shown.split("\n")[2].startswith("same as the user name")


@async_test
async def test_before_the_first_read_a_field_says_so() -> None:
    state = Editing.from_session(make_instance_session(is_read=False))
    async with show_form("port", state) as (app, _, _form):
        assert app.shown.split("\n")[2].startswith("not read yet")


@async_test
async def test_findings_stand_first_with_the_key_of_the_first_fix_and_help_last() -> None:
    async with show_form("server") as (_, pilot, form):
        lines = read_notes(form).split("\n")
        help_at = next(at for at, line in enumerate(lines) if line.startswith("SMTP host. "))
        form.show_editing(START.type("server", "smtp://mail.corp.example:587").leave())
        await pilot.pause()
        lines = read_notes(form).split("\n")
        assert lines[0].startswith("x ")
        assert "  F4  Use mail.corp.example, port 587 and STARTTLS" in lines
        assert read_notes(form).count("F4") == 1
        assert lines[help_at].startswith("SMTP host. ")
        form.show_editing(START)
        await pilot.pause()
        assert "F4" not in read_notes(form)


@async_test
async def test_findings_wait_while_a_text_is_typed() -> None:
    typed = START.type("server", "a b")
    async with show_form("server") as (_, pilot, form):
        form.show_editing(typed)
        await pilot.pause()
        assert not read_notes(form).startswith("x ")
        form.show_editing(typed.show_findings())
        await pilot.pause()
        assert read_notes(form).startswith("x ")


@async_test
async def test_what_has_no_room_below_the_field_is_left_to_f1() -> None:
    state = START.type("server", "smtp://mail.corp.example:587").leave()
    async with show_form("server", state, (30, 24)) as (_, pilot, form):
        for rows, has_help, has_rest in ((24, True, False), (10, False, False), (6, False, True)):
            await pilot.resize_terminal(30, rows)
            await pilot.pause()
            lines = read_notes(form).split("\n")
            assert len(lines) <= rows - 4
            assert lines[0].startswith("x ")
            assert ("Also the POP3" in read_notes(form)) is has_help
            assert (lines[-1] == "- F1 has the rest.") is has_rest


@async_test
async def test_a_changed_value_tells_what_it_was() -> None:
    async with show_form("port") as (_, pilot, form):
        assert "was" not in read_notes(form)
        form.show_editing(START.type("port", "587"))
        await pilot.pause()
        assert read_notes(form).split("\n")[-1].endswith(" was 25")


@async_test
async def test_a_conflict_stands_before_everything_else() -> None:
    over = START.type("server", "a b").rebase(make_session(Snapshot({"server": "mail.b.example"})))
    async with show_form("server", over) as (_, _pilot, form):
        first, *rest = read_notes(form).split("\n")
        assert first == "~ It is mail.b.example there now and a b here. F9 compares."
        assert rest[0].startswith("x ")


@async_test
async def test_words_are_laid_out_anew_for_another_width() -> None:
    state = START.type("server", "mail.corp.example:587/and/more").leave()
    async with show_form("server", state, (120, 24)) as (_, pilot, form):
        wide = [line for line in read_notes(form).split("\n") if line]
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        narrow = [line for line in read_notes(form).split("\n") if line]
        assert len(narrow) > len(wide)
        assert max(map(len, narrow)) <= 40


@async_test
async def test_what_is_shown_from_elsewhere_is_not_told() -> None:
    for name, text in (("server", "m"), ("security", "none"), ("test_recipients", "a@b.example")):
        async with show_form(name) as (app, pilot, form):
            form.show_editing(START.type(name, text))
            await pilot.pause()
            assert getattr(form.field, "value", None) == text
            assert app.told == []


@async_test
async def test_what_changed_while_another_property_was_shown_is_shown_when_it_is_gone_to() -> None:
    async with show_form("server") as (app, pilot, form):
        form.show_property("port")
        changed = START.type("server", "a b").type_secret("password", Secret("hunter2")).leave()
        form.show_editing(changed)
        form.show_property("server")
        await pilot.pause()
        assert getattr(form.field, "value", None) == "a b"
        assert read_notes(form).startswith("x ")
        form.show_property("password")
        await pilot.pause()
        assert getattr(form.field, "value", None) == "hunter2"
        assert "hunter2" not in app.shown
        assert app.told == []


@pytest.mark.parametrize(("name", "typed"), [("server", "x"), ("security", "right")])
@async_test
async def test_a_text_that_was_refused_is_taken_back(name: str, typed: str) -> None:
    async with show_form(name) as (_, pilot, form):
        form.show_property(name, focus=True)
        before = getattr(form.field, "value", None)
        await pilot.press(typed)
        assert getattr(form.field, "value", None) != before
        form.restore_field()
        await pilot.pause()
        assert getattr(form.field, "value", None) == before


@async_test
async def test_where_an_account_decides_its_label_and_its_column_are_named() -> None:
    state = Editing.from_session(make_instance_session())
    for name, head in {
        "user": ["User name", "sys_email_account.user_name"],
        "sending_enabled": ["Email sending enabled", "glide.email.smtp.active"],
    }.items():
        async with show_form(name, state) as (app, _, _form):
            assert read_head(app) == head
