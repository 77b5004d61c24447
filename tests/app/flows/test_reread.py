"""Reading again what somebody else has changed, in a file and on an instance."""

import asyncio
import os

import pytest

from tests.app.factories import SAVED, open_default
from tests.app.flows.factories import THEIRS, make_conflict, poll_file, read_again_until
from tests.app.flows.records import change_record
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import Lines
from tui.settings.delivery.account import AccountChoice
from tui.workspace.session import Session
from tui.workspace.sign_in import Operator
from tui.workspace.workspace import Workspace


@async_test
async def test_a_change_there_is_taken_and_said(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        here.write(THEIRS)
        await poll_file(person)
        assert person.text("server") == "mail.theirs.example"
        assert person.said == ("default.toml was changed: Mail server is mail.theirs.example now.")
        assert person.changed == []


@async_test
async def test_several_changes_there_are_counted(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        here.write(THEIRS.replace("port = 25", "port = 587"))
        await poll_file(person)
        assert person.said.endswith("is mail.theirs.example now, and 1 more.")


@async_test
async def test_what_is_typed_here_stays_over_what_changed_there(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        here.write(THEIRS)
        await poll_file(person)
        assert person.text("display_name") == "Post"
        assert person.text("server") == "mail.theirs.example"
        assert person.changed == ["display_name"]
        await person.press("f7")
        assert person.text("display_name") == "Help Desk"
        assert person.text("server") == "mail.theirs.example"


@async_test
async def test_nothing_is_said_while_nothing_changed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        before = person.said
        await poll_file(person)
        assert person.said == before
        os.utime(here.settings)
        await poll_file(person)
        assert person.said == before


@async_test
async def test_f5_reads_again_and_says_so_in_any_case(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("f5")
        await person.until(lambda: "was read again" in person.said)
        assert person.said == "default.toml was read again: nothing relevant has changed."


@pytest.mark.grid
@async_test
async def test_a_change_of_the_same_property_is_a_conflict_and_said_at_once(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await make_conflict(here, person)
        assert person.said == ("default.toml was changed. Conflict: Mail server (F9).")
        assert person.text("server") == "mail.mine.example"
        assert ">~*" in person.shown
        assert "F9 Compare" in person.shown
        assert person.notes("server").startswith(
            "~ It is mail.theirs.example there now and mail.mine.example here. F9 compares."
        )


@async_test
async def test_a_file_that_is_broken_there_is_said_and_nothing_is_lost(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        here.write("server =\n")
        await poll_file(person)
        assert person.said.startswith("default.toml isn't valid TOML")
        assert person.text("display_name") == "Post"
        assert person.text("server") == "mail.old.example"
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "default.toml" in person.app.screen.query_one("#words", Lines).text
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "Post"
        assert here.settings.read_text() == "server =\n"
        here.write(SAVED)
        await poll_file(person)
        assert person.changed == ["display_name"]


@async_test
async def test_a_file_that_is_gone_there_specifies_nothing(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        here.settings.unlink()
        await poll_file(person)
        assert person.text("server") == ""
        assert person.text("display_name") == "Post"
        assert [each.property for each in person.app.editing.open_conflicts] == ["display_name"]


@async_test
async def test_hostile_text_there_is_only_text(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        here.write('display_name = "[/]\\u001b[2J\\u202e[@click=app.quit]x"\n')
        await poll_file(person)
        assert "\x1b" not in person.shown
        assert "\u202e" not in person.shown
        assert person.text("display_name") == "[/]\x1b[2J\u202e[@click=app.quit]x"
        assert person.notes("display_name").startswith("x ")


@async_test
async def test_what_is_typed_while_the_file_is_read_again_stays(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = Workspace.read

    async def slowly(
        self: Workspace, operator: Operator, choice: AccountChoice | None = None
    ) -> Session:
        session = await read(self, operator, choice)
        reading.set()
        await go_on.wait()
        return session

    async with run_configurator(open_default(here)) as person:
        monkeypatch.setattr(Workspace, "read", slowly)
        here.write(SAVED.replace("port = 25", "port = 587"))
        person.app.action_read_again()
        await person.until(reading.is_set)
        await person.enter("display_name", "Post")
        go_on.set()
        await person.until(lambda: person.text("port") == "587")
        assert person.text("display_name") == "Post"
        assert person.changed == ["display_name"]


@pytest.mark.grid
@async_test
async def test_what_somebody_else_has_changed_is_taken_and_said_with_who_it_was(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await read_again_until(person, "was read again: nothing relevant has changed.")
        change_record(legacy, "glide.email.username", value="Their Desk")
        await read_again_until(person, "was changed by someone.else")
        assert person.said.endswith("Display name is Their Desk now.")
        assert person.text("display_name") == "Their Desk"
        assert person.changed == []


@pytest.mark.grid
@async_test
async def test_what_sends_there_now_is_said_where_that_has_changed(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        own_account(sandbox)
        await read_again_until(person, "The sender on")
        assert "has changed: account Own SMTP." in person.said
        assert "account Own SMTP" in person.shown.split("\n")[0]
        assert person.text("user") == sandbox.running.mail.user


@pytest.mark.grid
@async_test
async def test_a_slow_instance_holds_up_no_key_and_what_is_typed_meanwhile_stays(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        change_record(legacy, "glide.smtp.port", value="2525")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await person.press("f5")
        await person.until(lambda: len(legacy.recorded) > asked)
        await person.enter("display_name", "My Desk")
        assert person.changed == ["display_name"]
        legacy.switches.never_answers = False
        await read_again_until(person, "Port is 2525 now")
        assert person.text("port") == "2525"
        assert person.text("display_name") == "My Desk"
        assert person.changed == ["display_name"]


@async_test
async def test_what_goes_wrong_is_told_and_what_was_read_stays(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        legacy.switches.hibernating = True
        await person.press("f5")
        await person.until(lambda: "It cannot be read" in person.shown)
        assert "is hibernating" in person.told
        await person.press("escape")
        await person.main_again()
        assert person.text("display_name") == "IT Service Desk"


@pytest.mark.grid
@async_test
async def test_an_account_that_was_to_send_and_does_by_now_is_read_as_the_one_that_sends(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await person.choose("own server")
        await person.until(lambda: "Fill in your server" in person.said)
        own_account(sandbox)
        await read_again_until(person, "The sender on")
        assert person.text("display_name") == "IT Service Desk"
        assert "account Own SMTP" in person.shown


@async_test
async def test_nothing_is_asked_of_an_instance_while_nobody_asks(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        asked = len(legacy.recorded)
        change_record(legacy, "glide.smtp.port", value="2525")
        for _ in range(3):
            person.app._poll_target()
        await person.press("down")
        assert not [each for each in person.app.workers if each.group == "reading"]
        assert len(legacy.recorded) == asked
        assert person.text("port") != "2525"
