"""Saving, to a file and to an instance."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.app.factories import SAVED, open_default
from tests.app.flows.factories import (
    answer_all,
    choose_own_server,
    confirm_all,
    is_switch,
    is_write,
    open_confirm_dialog,
)
from tests.app.flows.records import active_senders, change_record, confirmation_word, property_value
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.buttons import Checkbox
from tui.presentation.status_text import exit_lines
from tui.settings.values import Environment
from tui.storage.draft_file import draft_path


@contextmanager
def hold_lock(here: House) -> Iterator[None]:
    """Hold the lock of another program that saves in the same directory."""
    directory = os.open(here.config, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


async def dialog_text(person: Person, title: str) -> str:
    """Return the text of the dialog of a title."""
    await person.until(lambda: title in person.shown)
    await person.dialog(MessageDialog)
    return person.told


@async_test
async def test_with_nothing_changed_there_is_nothing_to_save(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+s")
        assert person.said == "Nothing is changed: there is nothing to save."
        assert person.app.screen is person.app.main


@async_test
async def test_with_errors_the_reasons_are_listed_and_one_leads_to_its_field(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("server", "a b c")
        await person.enter("port", "no")
        await person.press("ctrl+s")
        await person.dialog(PickList)
        assert "Not saved: correct these first" in person.shown
        assert "x Mail server" in person.words
        assert "x Port" in person.words
        await person.press("down", "enter")
        await person.main_again()
        assert person.app.focused is person.form("port").field
    assert here.settings.read_text() == SAVED


@async_test
async def test_the_reasons_can_be_left_without_going_anywhere(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("port", "no")
        await person.press("ctrl+s")
        await person.dialog(PickList)
        await person.press("escape")
        await person.main_again()
        assert person.text("port") == "no"


@async_test
async def test_an_error_that_was_there_before_does_not_stand_against_another_change(
    here: House,
) -> None:
    here.write(SAVED.replace("port = 25", "port = 99999"))
    async with run_configurator(open_default(here)) as person:
        assert person.notes("port").startswith("x ")
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)


@pytest.mark.grid
@async_test
async def test_a_file_of_production_is_saved_without_a_word_or_a_tick(here: House) -> None:
    async with run_configurator(open_default(here, Environment.PRODUCTION)) as person:
        await person.enter("server", "mail.corp.example")
        dialog = await open_confirm_dialog(person)
        assert not dialog.query(Checkbox)
        assert not dialog.query(Input)
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
    assert 'server = "mail.corp.example"' in here.settings.read_text()
    assert not here.attestations.exists()


@async_test
async def test_a_save_keeps_comments_and_the_version_before_and_says_so_in_one_line(
    here: House,
) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await person.app._keep_draft().wait()
        assert draft_path("default").exists()
        await open_confirm_dialog(person)
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
        assert person.said == (
            "Saved 1 change to default.toml. Next: change the instance too, or quit."
        )
        assert person.changed == []
        assert person.counts.startswith("0 changed")
        assert not draft_path("default").exists()
        lines = list(exit_lines(person.app.workspace.report))
    assert here.settings.read_text() == SAVED.replace('"Help Desk"', '"Post"')
    assert Path(f"{here.settings}.old").read_text() == SAVED
    assert lines == [f"Saved to {here.settings} (before: {here.settings}.old)."]


@async_test
async def test_a_first_save_makes_the_file(here: House) -> None:
    here.settings.unlink()
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
    assert 'display_name = "Post"' in here.settings.read_text()


@async_test
async def test_what_cannot_be_written_is_told_and_stays_typed(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)
        here.settings.unlink()
        here.settings.mkdir()
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "not a regular file" in person.words
        await person.press("enter")
        await person.main_again()
        assert person.text("display_name") == "Post"
        assert person.changed == ["display_name"]


@async_test
async def test_a_value_that_moved_before_a_save_is_not_overwritten(here: House) -> None:
    theirs = SAVED.replace("Help Desk", "Theirs")
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)
        here.write(theirs)
        await person.answer("save")
        await person.dialog(MessageDialog)
        assert "Nothing was written." in person.words
        assert "repeat the change" in person.words
        await person.press("enter")
        await person.main_again()
        await person.until(lambda: person.app.editing.open_conflicts)
        assert person.text("display_name") == "Post"
    assert here.settings.read_text() == theirs


@pytest.mark.grid
@async_test
async def test_what_moved_elsewhere_before_a_save_stays(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        await open_confirm_dialog(person)
        here.write(SAVED.replace("port = 25", "port = 587"))
        await person.answer("save")
        await person.until(lambda: "Saved" in person.said)
        assert person.text("port") == "587"
    assert here.settings.read_text() == SAVED.replace("port = 25", "port = 587").replace(
        "Help Desk", "Post"
    )


@async_test
async def test_what_is_typed_while_a_save_waits_stays_and_is_not_saved(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.storage.lock._TIMEOUT", 60.0)
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        with hold_lock(here):
            await open_confirm_dialog(person)
            await person.answer("save")
            await person.until(lambda: person.said == "Saving.")
            await person.enter("display_name", "Post Office")
            await person.press("ctrl+s")
            assert person.said == "A save is under way."
            await person.press("ctrl+q")
            assert person.app.is_running
        await person.until(lambda: person.said.startswith("Saved 1 change"))
        assert person.text("display_name") == "Post Office"
        assert person.changed == ["display_name"]
        assert 'display_name = "Post"' in here.settings.read_text()


@pytest.mark.grid
@async_test
async def test_with_errors_nothing_is_asked_of_the_instance(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        await person.choose("own server")
        await person.until(lambda: "Fill in your server" in person.said)
        await person.press(*"mail.corp.example")
        asked = len(sandbox.recorded)
        await person.press("ctrl+s")
        await person.dialog(PickList)
        assert "Your own SMTP account needs a user name" in person.words
        await person.press("enter")
        assert person.app.main.current_property == "user"
        assert len(sandbox.recorded) == asked


@pytest.mark.grid
@async_test
async def test_a_row_that_somebody_else_has_changed_is_not_written_over(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        change_record(legacy, "glide.email.username", value="Their Desk")
        await confirm_all(person, legacy)
        words = await dialog_text(person, "Not saved")
        assert "was changed by someone.else" in words
        assert "Nothing was written." in words
        await person.press("escape")
        await person.until(lambda: "(F9)" in person.said)
        assert property_value(legacy, "glide.email.username") == "Their Desk"
        assert person.text("display_name") == "My Desk"
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Nothing was written to {confirmation_word(legacy)}."
        ]


@pytest.mark.grid
@async_test
async def test_an_account_that_was_left_and_changed_since_is_not_written_over(
    here: House, sandbox: Sandbox
) -> None:
    left = {"name": "glidemail 127.0.0.1", "type": "smtp", "active": "false"}
    sandbox.insert("sys_email_account", "admin", server="mail.corp.example", **left)
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        await open_confirm_dialog(person)
        change_record(sandbox, left["name"], server="mx.theirs.example")
        await answer_all(person, sandbox)
        words = await dialog_text(person, "Not saved")
        assert "glidemail 127.0.0.1 was changed by someone.else" in words
        assert "Nothing was written." in words
        assert active_senders(sandbox) == ["ServiceNow SMTP"]


@async_test
async def test_a_queue_that_grew_is_shown_and_asked_about_again(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        for number in range(20):
            sandbox.insert("sys_email", type="send-ready", recipients=f"{number}@corp.example")
        await confirm_all(person, sandbox)
        words = await dialog_text(person, "The queue has grown")
        assert "24 can go out now, 4 when the plan was made. Nothing was written." in words
        await person.press("escape")
        await person.dialog(ConfirmDialog)
        assert "25 emails are in the queue" in person.told
        assert active_senders(sandbox) == ["ServiceNow SMTP"]
        await answer_all(person, sandbox)
        await person.until(lambda: "is active" in person.said)
        assert active_senders(sandbox) == ["glidemail 127.0.0.1"]


@pytest.mark.grid
@async_test
async def test_a_switch_that_leaves_nothing_sending_is_told_first(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        seen: list[RecordedRequest] = []

        def refuse(recorded: RecordedRequest) -> bool:
            if seen or recorded.body == b'{"active": "true"}':
                seen.append(recorded)
            return bool(seen) and is_write(recorded)

        sandbox.faults.add(Fault("refuse_403", refuse, times=9))
        await confirm_all(person, sandbox)
        words = await dialog_text(person, "Mail may not go out")
        assert "THE INSTANCE MAY NOT BE SENDING. No SMTP account is active now." in words
        assert "apply --provider-server" in words
        assert active_senders(sandbox) == []
        sandbox.faults.clear()


@async_test
async def test_columns_that_a_replacement_would_lack_are_asked_about(
    here: House, sandbox: Sandbox
) -> None:
    named = {"name": "sys_email_account", "element": "u_region", "column_label": "Region"}
    sandbox.insert("sys_dictionary", **named)
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        assert "These columns of ServiceNow SMTP can't be copied: Region." in person.told
        assert "Type yes to continue:" in person.told


@pytest.mark.grid
@async_test
async def test_an_answer_that_is_lost_is_looked_for_and_the_write_goes_on(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        sandbox.faults.add(Fault("status_500_after", is_write))
        sandbox.faults.add(Fault("drop_after", is_switch))
        await confirm_all(person, sandbox)
        await person.until(lambda: "is active" in person.said)
        assert active_senders(sandbox) == ["glidemail 127.0.0.1"]
        accounts = sandbox.rows("sys_email_account")
        assert len([row for row in accounts if row["name"].startswith("glidemail")]) == 1


@pytest.mark.grid
@async_test
async def test_what_fails_half_way_is_told_here_and_after_leaving(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        await person.enter("port", "2525")
        legacy.faults.add(Fault("refuse_403", lambda each: is_write(each) and b"2525" in each.body))
        await confirm_all(person, legacy)
        words = await dialog_text(person, "Written, but not all of it")
        assert "Written: display_name. Failed: port." in words
        await person.press("escape")
        await person.until(lambda: person.changed == ["port"])
        assert property_value(legacy, "glide.email.username") == "My Desk"
        lines = list(exit_lines(person.app.workspace.report))
        assert "Written: display_name. Failed: port." in lines[0]
        assert not [line for line in lines if "Nothing was written" in line]


@pytest.mark.grid
@async_test
async def test_a_save_is_not_begun_twice_nor_left_for_another_profile(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.faults.add(Fault("never", is_write))
        await confirm_all(person, legacy)
        await person.until(lambda: legacy.faults.left == 0)
        for key in ("ctrl+s", "f5", "ctrl+o"):
            await person.press(key)
            assert person.said == "A save is under way."
            assert person.app.screen is person.app.main
        await person.choose("own server")
        assert person.said == "A save is under way."
        await person.press("ctrl+q", "ctrl+q")
        await dialog_text(person, "Written, but not all of it")
        assert len([each for each in legacy.recorded if is_write(each)]) == 1


@async_test
async def test_quitting_twice_stops_a_write_that_hangs_and_says_what_is_known(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        sandbox.faults.add(Fault("never_after", is_write))
        await confirm_all(person, sandbox)
        await person.until(lambda: sandbox.faults.left == 0)
        await person.press("ctrl+q")
        assert person.said.startswith("It is being written. ^Q again stops it")
        await person.press("ctrl+q")
        words = await dialog_text(person, "Written, but not all of it")
        assert "The active account was not changed." in words
        await person.press("escape")
        await person.main_again()
        await person.until(lambda: not person.app.workspace.is_saving)
        assert active_senders(sandbox) == ["ServiceNow SMTP"]
        await person.press("ctrl+q")
        await person.dialog(MessageDialog)
        await person.answer("discard")
        await person.until(lambda: person.app._exit)
        assert "The active account was not changed." in "\n".join(
            exit_lines(person.app.workspace.report)
        )


@pytest.mark.grid
@async_test
async def test_what_was_stopped_before_anything_was_written_says_so(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await confirm_all(person, legacy)
        await person.until(lambda: len(legacy.recorded) > asked)
        await person.press("ctrl+q", "ctrl+q")
        assert "Nothing was written." in await dialog_text(person, "Not saved")
        await person.press("escape")
        await person.main_again()
        assert person.changed == ["display_name"]
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Nothing was written to {confirmation_word(legacy)}."
        ]
        legacy.switches.never_answers = False
        await confirm_all(person, legacy)
        await person.until(lambda: person.said.startswith("1 change written"))


@async_test
async def test_a_sign_in_that_is_refused_while_it_saves_is_asked_for_and_tried_once(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.basic_restricted = True
        asked = len(legacy.recorded)
        await confirm_all(person, legacy)
        assert "rejected the sign-in" in await dialog_text(person, "Not saved")
        # One with the session, and one attempt to sign in again.
        assert len(legacy.recorded) == asked + 2
        await person.press("escape")
        await person.until(lambda: "Sign in" in person.shown)
        await person.press("escape")
        await person.main_again()
        await person.press("ctrl+s")
        await person.until(lambda: "Sign in" in person.shown)
        # One with the session, and one attempt to sign in again.
        assert len(legacy.recorded) == asked + 2
        legacy.switches.basic_restricted = False
        await person.sign_in(legacy.running.user("admin").password)
        await person.dialog(ConfirmDialog)
        assert person.changed == ["display_name"]


@pytest.mark.grid
@async_test
async def test_a_write_after_which_nothing_can_be_read_counts_as_written(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")

        def is_after(recorded: RecordedRequest) -> bool:
            name = property_value(legacy, "glide.email.username")
            return name == "My Desk" and "sys_email_account" in recorded.path

        legacy.faults.add(Fault("status_500", is_after))
        await confirm_all(person, legacy)
        await dialog_text(person, "it cannot be read again")
        await person.press("escape")
        await person.main_again()
        assert person.changed == []
        assert person.text("display_name") == "My Desk"
        await person.press("f5")
        await person.until(lambda: "was read again" in person.said)
        assert person.changed == []


@pytest.mark.grid
@async_test
async def test_an_account_that_sends_since_and_cannot_be_read_again_is_not_told_as_before(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)

        def is_after(recorded: RecordedRequest) -> bool:
            return (
                active_senders(sandbox) == ["glidemail 127.0.0.1"] and "properties" in recorded.path
            )

        sandbox.faults.add(Fault("status_500", is_after))
        await confirm_all(person, sandbox)
        await dialog_text(person, "it cannot be read again")
        await person.press("escape")
        await person.main_again()
        assert "not connected" in person.shown
        await person.press("f5")
        await person.verdict()
        assert "glidemail 127.0.0.1 (your own SMTP account) is active" in person.told
