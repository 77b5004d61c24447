"""The form of one property."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.pilot import Pilot
from textual.widgets import Static

from tests.app.driving import awaited
from tests.app.widgets.bench import Bench, editing, entry, on_instance, session, trying
from tui.app.widgets.choice import Choice
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.app.widgets.secret_field import SecretField
from tui.app.widgets.text_field import AddressesField, PortField, TextField
from tui.settings.catalog import Kind
from tui.settings.snapshot import Snapshot
from tui.workspace.editing import Editing

START = editing(server="mail.old.example", port=25)
FIELDS = {
    Kind.SECRET: SecretField,
    Kind.SECURITY: Choice,
    Kind.SWITCH: Choice,
    Kind.PORT: PortField,
    Kind.ADDRESSES: AddressesField,
}


@asynccontextmanager
async def filling(
    name: str, state: Editing = START, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Bench, Pilot[None], Form]]:
    """A form on the bench."""
    async with trying(lambda: Form(entry(name), state), size) as (bench, pilot):
        assert isinstance(bench.widget, Form)
        yield bench, pilot, bench.widget


def notes(form: Form) -> str:
    """What stands below the field."""
    return form.query_one(".tail", Lines).text


@awaited
async def test_each_kind_of_property_has_the_field_that_fits_it() -> None:
    async with trying(Static()):
        for each in START.draft.entries.values():
            field = Form(each, START).field
            assert type(field) is FIELDS.get(each.declared.kind, TextField)


@awaited
async def test_a_form_has_label_name_value_source_and_help() -> None:
    async with filling("server") as (bench, _, _form):
        lines = bench.shown.split("\n")
        assert lines[0].startswith("Outgoing (SMTP) mail server")
        assert lines[0].rstrip().endswith("glide.email.server")
        assert lines[1].startswith("mail.old.example")
        assert "Sends, and is read for mail too" in bench.shown
        assert bench.told == []


@awaited
async def test_a_label_gives_way_to_a_short_one() -> None:
    async with filling("user", size=(60, 24)) as (bench, _, _form):
        assert bench.shown.startswith("User email   ")


@awaited
async def test_a_default_stands_in_a_field_that_is_blank() -> None:
    async with filling("port", editing()) as (bench, _, _form):
        assert "25 (default)" in bench.shown
    async with filling("display_name", editing()) as (bench, _, _form):
        assert "not set" in bench.shown


@awaited
async def test_findings_stand_first_with_the_key_of_the_first_fix() -> None:
    async with filling("server") as (_, pilot, form):
        form.show(START.type("server", "smtp://mail.corp.example:587"))
        await pilot.pause()
        lines = notes(form).split("\n")
        assert lines[0].startswith("x ")
        assert "  F4 use mail.corp.example and port 587" in lines
        assert notes(form).count("F4") == 1
        form.show(START)
        await pilot.pause()
        assert "F4" not in notes(form)


@awaited
async def test_a_changed_value_tells_what_it_was() -> None:
    async with filling("port") as (_, pilot, form):
        form.show(START.type("port", "587"))
        await pilot.pause()
        assert "Was 25 " in notes(form)


@awaited
async def test_a_conflict_stands_before_everything_else() -> None:
    over = START.type("server", "a b").over(session(Snapshot({"server": "mail.b.example"})))
    async with filling("server", over) as (_, _pilot, form):
        first, *rest = notes(form).split("\n")
        assert first == "~ It is mail.b.example there now, and a b here. F9 compares."
        assert rest[0].startswith("x ")


@awaited
async def test_words_are_laid_out_anew_for_another_width() -> None:
    state = START.type("server", "mail.corp.example:587/and/more")
    async with filling("server", state, (120, 24)) as (_, pilot, form):
        wide = len(notes(form).split("\n"))
        await pilot.resize_terminal(40, 24)
        await pilot.pause()
        assert len(notes(form).split("\n")) >= wide
        assert max(map(len, notes(form).split("\n")[:2])) <= 40


@awaited
async def test_what_is_shown_from_elsewhere_is_not_told() -> None:
    for name, text in (("server", "m"), ("security", "none"), ("test_recipients", "a@b.example")):
        async with filling(name) as (bench, pilot, form):
            form.show(START.type(name, text))
            await pilot.pause()
            assert getattr(form.field, "value", None) == text
            assert bench.told == []


@awaited
async def test_where_an_account_decides_its_column_is_named() -> None:
    state = Editing.of(on_instance())
    for name, words in {
        "user": "sys_email_account.user_name",
        "sending_enabled": "glide.email.smtp.active",
    }.items():
        async with filling(name, state) as (bench, _, _form):
            assert bench.shown.split("\n")[0].rstrip().endswith(words)
