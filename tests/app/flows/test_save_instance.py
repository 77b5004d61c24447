"""Saving on an instance: what is refused, what goes wrong, and what is said of it."""

import asyncio
import signal

import pytest

from tests.app.driving import Person, awaited, connected
from tests.app.flows.test_reread_instance import change
from tests.app.flows.test_switch import fill_in, host, sending, value
from tests.cli.running import House
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.widgets.text_field import SafeInput
from tui.presentation.exit_report import exit_lines
from tui.sandbox.faults import Fault, Recorded
from tui.sandbox.instance import Sandbox
from tui.storage.draft_file import draft_path


def is_write(recorded: Recorded) -> bool:
    """Whether a request is to change something."""
    return recorded.method != "GET"


def is_switch(recorded: Recorded) -> bool:
    """Whether a request is to activate or deactivate an account."""
    return recorded.method == "PATCH" and b'"active"' in recorded.body


async def confirmed(person: Person, sandbox: Sandbox) -> None:
    """Asks for a save, and gives all that it asks for."""
    await person.press("ctrl+s")
    await person.dialog(ConfirmDialog)
    await person.settle()
    for line in person.app.screen.query(SafeInput):
        line.focus()
        await person.paste(host(sandbox))
    await person.answer("save")


async def own_server(person: Person, sandbox: Sandbox) -> None:
    """Chooses an own server, and fills it in."""
    await person.choose("own server")
    await person.until(lambda: "Nothing sends yet" in person.said)
    await fill_in(person, sandbox)


async def told(person: Person, title: str) -> str:
    """What a dialog of that title says."""
    await person.until(lambda: title in person.shown)
    await person.dialog(MessageDialog)
    return person.told


@awaited
async def test_with_errors_nothing_is_asked_of_the_instance(here: House, sandbox: Sandbox) -> None:
    async with connected(sandbox.running) as person:
        await person.choose("own server")
        await person.until(lambda: "Nothing sends yet" in person.said)
        await person.press(*"mail.corp.example")
        asked = len(sandbox.recorded)
        await person.press("ctrl+s")
        await person.dialog(PickList)
        assert "An account of your own needs a user email" in person.words
        await person.press("enter")
        assert person.app.main.chosen == "user"
        assert len(sandbox.recorded) == asked


@awaited
async def test_a_row_that_somebody_else_has_changed_is_not_written_over(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        change(legacy, "glide.email.username", value="Their Desk")
        await confirmed(person, legacy)
        words = await told(person, "Not saved")
        assert "was changed by someone.else" in words
        assert "Nothing was written." in words
        await person.press("escape")
        await person.until(lambda: "there and here too: F9 compares" in person.said)
        assert value(legacy, "glide.email.username") == "Their Desk"
        assert person.text("display_name") == "My Desk"
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Nothing was written to {host(legacy)}."
        ]


@awaited
async def test_an_answer_that_is_lost_is_looked_for_and_the_write_goes_on(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        await own_server(person, sandbox)
        sandbox.faults.add(Fault("status_500_after", is_write))
        sandbox.faults.add(Fault("drop_after", is_switch))
        await confirmed(person, sandbox)
        await person.until(lambda: "sends now" in person.said)
        assert sending(sandbox) == ["glidemail 127.0.0.1"]
        accounts = sandbox.rows("sys_email_account")
        assert len([row for row in accounts if row["name"].startswith("glidemail")]) == 1


@awaited
async def test_what_fails_half_way_is_told_here_and_after_leaving(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        await person.enter("port", "2525")
        legacy.faults.add(Fault("refuse_403", lambda each: is_write(each) and b"2525" in each.body))
        await confirmed(person, legacy)
        words = await told(person, "Written, but not all of it")
        assert "Written: display_name. Failed: port." in words
        await person.press("escape")
        await person.until(lambda: person.changed == ["port"])
        assert value(legacy, "glide.email.username") == "My Desk"
        lines = list(exit_lines(person.app.workspace.report))
        assert "Written: display_name. Failed: port." in lines[0]
        assert not [line for line in lines if "Nothing was written" in line]


@awaited
async def test_a_save_is_not_begun_twice_nor_left_for_another_profile(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.faults.add(Fault("never", is_write))
        await confirmed(person, legacy)
        await person.until(lambda: legacy.faults.left == 0)
        for key in ("ctrl+s", "f5", "ctrl+o"):
            await person.press(key)
            assert person.said == "A save is under way."
            assert person.app.screen is person.app.main
        await person.choose("own server")
        assert person.said == "A save is under way."
        await person.press("ctrl+q", "ctrl+q")
        await told(person, "Written, but not all of it")
        assert len([each for each in legacy.recorded if is_write(each)]) == 1


@awaited
async def test_quitting_twice_stops_a_write_that_hangs_and_says_what_is_known(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        await own_server(person, sandbox)
        sandbox.faults.add(Fault("never_after", is_write))
        await confirmed(person, sandbox)
        await person.until(lambda: sandbox.faults.left == 0)
        await person.press("ctrl+q")
        assert person.said.startswith("It is being written. ^Q again stops it")
        await person.press("ctrl+q")
        words = await told(person, "Written, but not all of it")
        assert "What sends was not touched." in words
        await person.press("escape")
        await person.main_again()
        await person.until(lambda: not person.app.workspace.is_saving)
        assert sending(sandbox) == ["ServiceNow SMTP"]
        await person.press("ctrl+q")
        await person.dialog(MessageDialog)
        await person.answer("discard")
        await person.until(lambda: person.app._exit)
        assert "What sends was not touched." in "\n".join(exit_lines(person.app.workspace.report))


@awaited
async def test_what_was_stopped_before_anything_was_written_says_so(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await confirmed(person, legacy)
        await person.until(lambda: len(legacy.recorded) > asked)
        await person.press("ctrl+q", "ctrl+q")
        assert "Nothing was written." in await told(person, "Not saved")
        await person.press("escape")
        await person.main_again()
        assert person.changed == ["display_name"]
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Nothing was written to {host(legacy)}."
        ]
        legacy.switches.never_answers = False
        await confirmed(person, legacy)
        await person.until(lambda: person.said.startswith("1 change written"))


@awaited
async def test_a_sign_in_that_is_refused_while_it_saves_is_asked_for_and_tried_once(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.basic_restricted = True
        asked = len(legacy.recorded)
        await confirmed(person, legacy)
        assert "refuses the sign-in" in await told(person, "Not saved")
        assert len(legacy.recorded) == asked + 1
        await person.press("escape")
        await person.until(lambda: "Sign in" in person.shown)
        await person.press("escape")
        await person.main_again()
        await person.press("ctrl+s")
        await person.until(lambda: "Sign in" in person.shown)
        assert len(legacy.recorded) == asked + 1
        legacy.switches.basic_restricted = False
        await person.sign_in(legacy.running.user("admin").password)
        await person.dialog(ConfirmDialog)
        assert person.changed == ["display_name"]


@awaited
async def test_a_write_after_which_nothing_can_be_read_counts_as_written(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")

        def is_after(recorded: Recorded) -> bool:
            name = value(legacy, "glide.email.username")
            return name == "My Desk" and "sys_email_account" in recorded.path

        legacy.faults.add(Fault("status_500", is_after))
        await confirmed(person, legacy)
        await told(person, "it cannot be read again")
        await person.press("escape")
        await person.main_again()
        assert person.changed == []
        assert person.text("display_name") == "My Desk"
        await person.press("f5")
        await person.until(lambda: "was read again" in person.said)
        assert person.changed == []


@awaited
async def test_an_account_that_sends_since_and_cannot_be_read_again_is_not_told_as_before(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        await own_server(person, sandbox)

        def is_after(recorded: Recorded) -> bool:
            return sending(sandbox) == ["glidemail 127.0.0.1"] and "properties" in recorded.path

        sandbox.faults.add(Fault("status_500", is_after))
        await confirmed(person, sandbox)
        await told(person, "it cannot be read again")
        await person.press("escape")
        await person.main_again()
        assert "not connected" in person.shown
        await person.press("f5")
        await person.verdict()
        assert "The email account glidemail 127.0.0.1 is active." in person.told


@awaited
async def test_a_signal_in_the_middle_of_a_switch_leaves_one_account_that_sends_and_the_truth(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        await own_server(person, sandbox)
        await confirmed(person, sandbox)
        await person.until(lambda: any(map(is_write, sandbox.recorded)))
        sandbox.switches.slow_seconds = 0.1
        await person.until(lambda: any(map(is_switch, sandbox.recorded)))
        person.app.stop_on_signal(signal.SIGTERM)
        await person.until(lambda: person.app._exit)
        assert await asyncio.wait_for(person.app.finish_work(asyncio.Event()), 10)
        assert sending(sandbox) == ["glidemail 127.0.0.1"]
        assert list(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGTERM.",
            f"Written to {host(sandbox)}. glidemail 127.0.0.1 sends now.",
        ]
        assert not draft_path("corp").exists()


@awaited
async def test_a_second_signal_ends_the_wait_for_an_instance_that_hangs_and_says_so(
    here: House, legacy: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.faults.add(Fault("never_after", is_write))
        await confirmed(person, legacy)
        await person.until(lambda: legacy.faults.left == 0)
        person.app.stop_on_signal(signal.SIGTERM)
        await person.until(lambda: person.app._exit)
        enough = asyncio.Event()
        waits = asyncio.ensure_future(person.app.finish_work(enough))
        await person.until(lambda: "^C gives up" in capsys.readouterr().out)
        enough.set()
        assert await asyncio.wait_for(waits, 10)
        assert "Not known: display_name." in "\n".join(exit_lines(person.app.workspace.report))


@awaited
async def test_a_signal_before_anything_is_written_keeps_the_draft_and_says_so(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await confirmed(person, legacy)
        await person.until(lambda: len(legacy.recorded) > asked)
        person.app.stop_on_signal(signal.SIGHUP)
        await person.until(lambda: person.app._exit)
        enough = asyncio.Event()
        enough.set()
        assert await asyncio.wait_for(person.app.finish_work(enough), 10)
        assert list(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGHUP.",
            "Not saved: 1 change; kept as a draft, which the next start offers.",
            f"Nothing was written to {host(legacy)}.",
        ]
        assert draft_path("corp").exists()
