"""A password on the screen: typed, saved, forgotten, and never told."""

from pathlib import Path

import pytest
from textual.message import Message

from tests.app.factories import make_workspace, open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House, read_tree
from tui.app.app import ConfiguratorApp
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.presentation.status_text import exit_lines
from tui.storage.draft_file import draft_path

SECRET = "correct-horse-7"


async def type_password(person: Person) -> None:
    """Type a password."""
    await person.enter("password", SECRET)
    assert person.text("password") == SECRET


@async_test
async def test_a_typed_password_is_shown_as_dots_and_told_as_new(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        assert SECRET not in person.shown
        assert "•" * len(SECRET) in person.shown
        assert person.changed == ["password"]


@async_test
async def test_the_dialog_before_a_save_does_not_show_it(here: House) -> None:
    async with run_configurator(open_default(here), (120, 40)) as person:
        await type_password(person)
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        assert SECRET not in person.shown
        assert "a new one (never shown)" in person.shown


@async_test
async def test_no_file_holds_it_after_a_save(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        await person.settle()
        await person.answer("save")
        await person.until(lambda: "Saved 1 change" in person.said)
        assert person.text("password") == ""
    assert 'password = "not kept"' in here.settings.read_text()
    assert all(SECRET.encode() not in content for content in read_tree(here.root).values())


@pytest.mark.grid
@async_test
async def test_its_draft_does_not_hold_it_and_says_at_the_next_start_to_type_it_again(
    here: House,
) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        await person.app._keep_draft().wait()
        assert draft_path("default").exists()
    assert all(SECRET.encode() not in content for content in read_tree(here.root).values())
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "Password: not kept in the draft. Type it again." in person.words


@async_test
async def test_it_is_gone_from_its_field_after_a_reset_and_after_an_undo(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        await person.press("ctrl+r")
        assert person.text("password") == ""
        await person.press("f7")
        assert person.text("password") == SECRET
        await person.press("f7")
        assert person.text("password") == ""
        assert person.changed == []


@async_test
async def test_the_end_tells_that_it_is_in_no_draft(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        person.app.note_end(None, None)
        lines = list(exit_lines(person.app.workspace.report))
    assert "A typed password is never kept in a draft: type it again then." in lines
    assert SECRET not in "".join(lines)


@async_test
async def test_no_message_of_the_program_holds_it(here: House) -> None:
    seen: list[str] = []

    def see(message: Message) -> None:
        slots = [name for kind in type(message).__mro__ for name in vars(kind).get("__slots__", ())]
        names = (*slots, *getattr(message, "__dict__", ()))
        inside = [getattr(message, name, "") for name in names]
        seen.append(f"{type(message).__name__} {message!r} {inside!r}")

    app = ConfiguratorApp(make_workspace(open_default(here)))
    async with app.run_test(message_hook=see) as pilot:
        person = Person(app, pilot)
        await person.arrive()
        app.main.focus_property("password")
        await person.press(*"hunter2")
        await person.press("f2", "ctrl+c", "ctrl+x", "f7", "enter", "tab", "f7", "f8", "f1")
        await person.dialog(MessageDialog)
        await person.press("escape", "ctrl+q")
        await person.dialog(MessageDialog)
    app.workspace.drafts.release()
    assert any("SecretChanged" in each for each in seen)
    assert not [each for each in seen if "hunter2" in each]


@async_test
async def test_it_stays_hidden_on_a_screen_that_is_drawn_for_a_picture(
    here: House, tmp_path: Path
) -> None:
    async with run_configurator(open_default(here)) as person:
        await type_password(person)
        assert SECRET not in person.app.export_screenshot()


@pytest.mark.grid
@async_test
async def test_a_fault_tells_no_local_variable_and_keeps_the_draft(
    here: House, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        password = SECRET
        raise RuntimeError(f"it broke at {password}")

    async def work() -> None:
        async with app.run_test() as pilot:
            person = Person(app, pilot)
            await person.arrive()
            await person.enter("server", "mail.new.example")
            await type_password(person)
            monkeypatch.setattr(app.main, "action_undo", broken)
            await pilot.press("f7")

    app = ConfiguratorApp(make_workspace(open_default(here)))
    with pytest.raises(RuntimeError, match="it broke"):
        await work()
    app.workspace.drafts.release()
    assert app.return_code == 1
    assert app.workspace.report.fault is not None
    told = "\n".join(
        (*exit_lines(app.workspace.report), app.workspace.report.fault.message, *capfd.readouterr())
    )
    assert "RuntimeError" in told
    assert "kept as a draft" in told
    assert SECRET not in told
    async with run_configurator(open_default(here)) as person:
        await person.dialog(MessageDialog)
        assert "mail.new.example" in person.shown
