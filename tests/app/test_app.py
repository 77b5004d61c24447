"""The application: its start, its palette, and its end."""

import asyncio
import os
import signal

import pytest
from textual.widgets import OptionList

from tests.app.factories import SAVED, open_default
from tests.app.flows.factories import choose_own_server, confirm_all, is_switch, is_write
from tests.app.flows.records import active_senders, confirmation_word
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.fault_injection import Fault
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.configurator import Configurator
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.presentation.status_text import exit_lines
from tui.storage.draft_file import draft_path


@async_test
async def test_a_first_start_greets_and_counts_no_error(here: House) -> None:
    here.settings.unlink()
    async with run_configurator(open_default(here)) as person:
        assert person.said.startswith("F3 shows every key. Nothing is set yet;")
        assert " x " not in person.counts
        assert person.changed == []
    assert not here.settings.exists()


@async_test
async def test_who_edits_the_profile_second_is_told_who_is_first(here: House) -> None:
    async with run_configurator(open_default(here)), run_configurator(open_default(here)) as second:
        await second.until(lambda: "Another" in second.said)
        assert f"Another glidemail (process {os.getpid()}) is editing this profile." in second.said
        await second.enter("display_name", "Post")
        await second.app._keep_draft().wait()
        assert not draft_path("default").exists()
        second.app.note_end(None, None)
        assert "Not saved: 1 change; no draft was kept." in exit_lines(second.app.workspace.report)


@async_test
async def test_that_no_draft_is_kept_stays_in_sight_until_one_is(here: House) -> None:
    async with run_configurator(open_default(here)) as second:
        async with run_configurator(open_default(here)) as first:
            second.app.workspace.drafts.release()
            first.app.workspace.drafts.claim()
            second.app.workspace.drafts.claim()
            assert "no draft" not in second.counts
            await second.enter("display_name", "Post")
            assert "1 changed  no draft" in second.counts
            await second.enter("port", "2525")
            assert "2 changed  no draft" in second.counts
        await second.app._keep_draft().wait()
        await second.press("escape")
        assert "no draft" not in second.counts
        assert draft_path("default").exists()


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
        await person.paste("Help")
        await person.press("enter")
        await person.dialog(MessageDialog)
        assert "Everywhere" in person.shown


LEFT_OUT = ("palette", "send_test")
"""What the palette of a file lacks: itself, and what only an instance can do."""


@async_test
async def test_the_palette_has_every_action_property_and_theme(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        rows = person.app.screen.query_one("#rows", OptionList)
        ids = {option.id or "" for option in rows.options}
        described = [each for each in vars(Configurator)["BINDINGS"] if each.id]
        assert ids >= {f"do:{each.action}" for each in described if each.id not in LEFT_OUT}
        assert ids >= {f"go:{name}" for name in person.app.editing.draft.entries}
        assert ids >= {"theme:dark", "theme:light", "theme:colourless"}
        await person.press("down", "down", "up", "escape")
        await person.main_again()


@async_test
async def test_ctrl_c_says_how_to_quit(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+c")
        assert person.said == "^Q quits."


@async_test
async def test_an_end_that_nobody_asked_for_keeps_the_draft_and_says_so(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.enter("display_name", "Post")
        person.app.stop_on_lost_terminal()
        await person.until(lambda: person.app._exit)
        assert person.app.return_code == 129
        assert list(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGHUP.",
            "Not saved: 1 change; kept as a draft, offered at the next start.",
            f"Nothing was written to {here.settings}.",
        ]
    assert draft_path("default").exists()
    assert here.settings.read_text() == SAVED


@pytest.mark.grid
@async_test
async def test_a_signal_in_the_middle_of_a_switch_leaves_one_account_that_sends_and_the_truth(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await choose_own_server(person, sandbox)
        await confirm_all(person, sandbox)
        await person.until(lambda: any(map(is_write, sandbox.recorded)))
        sandbox.switches.slow_seconds = 0.1
        await person.until(lambda: any(map(is_switch, sandbox.recorded)))
        person.app.stop_on_signal(signal.SIGTERM)
        await person.until(lambda: person.app._exit)
        assert await asyncio.wait_for(person.app.finish_work(asyncio.Event()), 10)
        assert active_senders(sandbox) == ["glidemail 127.0.0.1"]
        # The signal may come before the last write has ended, or after it.
        assert sorted(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGTERM.",
            f"Written to {confirmation_word(sandbox)}. glidemail 127.0.0.1 is active. "
            "It isn't known yet whether mail goes out.",
        ]
        assert not draft_path("corp").exists()


@async_test
async def test_a_second_signal_ends_the_wait_for_an_instance_that_hangs_and_says_so(
    here: House, legacy: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.faults.add(Fault("never_after", is_write))
        await confirm_all(person, legacy)
        await person.until(lambda: legacy.faults.left == 0)
        person.app.stop_on_signal(signal.SIGTERM)
        await person.until(lambda: person.app._exit)
        enough = asyncio.Event()
        waits = asyncio.ensure_future(person.app.finish_work(enough))
        await person.until(lambda: "^C gives up" in capsys.readouterr().out)
        enough.set()
        assert await asyncio.wait_for(waits, 10)
        assert "Not known: display_name." in "\n".join(exit_lines(person.app.workspace.report))


@pytest.mark.grid
@async_test
async def test_a_signal_before_anything_is_written_keeps_the_draft_and_says_so(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await confirm_all(person, legacy)
        await person.until(lambda: len(legacy.recorded) > asked)
        person.app.stop_on_signal(signal.SIGHUP)
        await person.until(lambda: person.app._exit)
        enough = asyncio.Event()
        enough.set()
        assert await asyncio.wait_for(person.app.finish_work(enough), 10)
        assert list(exit_lines(person.app.workspace.report)) == [
            "Stopped by SIGHUP.",
            "Not saved: 1 change; kept as a draft, offered at the next start.",
            f"Nothing was written to {confirmation_word(legacy)}.",
        ]
        assert draft_path("corp").exists()


@async_test
async def test_a_tick_without_a_screen_does_nothing(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        pass
    assert person.app.screen_stack == []
    person.app._poll_target()
