"""Dialogs that open while another one is open, and that close before they are."""

import pytest

from tests.app.factories import add_instance
from tests.app.flows.factories import WRONG, expect_failure
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import Lines
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.workspace import workspace
from tui.workspace.session import unread_session


@async_test
async def test_an_answer_that_comes_before_the_dialog_has_opened_leaves_none_open(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(*_: object) -> None:
        raise Problem("at.once", "It failed at once.", "Try again.")

    monkeypatch.setattr(workspace, "open_session", at_once)
    secret = Secret(WRONG)
    async with run_configurator(
        unread_session(add_instance(sandbox.running)), sign_in=secret
    ) as person:
        for _ in range(5):
            await expect_failure(person, "It failed at once.")
            assert len(person.app.screen_stack) == 2
            await person.answer("again")
        await expect_failure(person, "It failed at once.")
        await person.press("escape")
        await person.main_again()


@async_test
async def test_what_is_read_while_a_dialog_is_open_waits_behind_it(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        legacy.switches.slow_seconds = 0.05
        legacy.switches.broken = True
        await person.press("f5", "f1")
        await person.until(
            lambda: "the instance failed" in person.app.main.query_one("#said", Lines).text
        )
        assert len(person.app.screen_stack) == 2
        await person.press("escape")
        await person.until(lambda: "It cannot be read" in person.shown)
        await person.dialog(MessageDialog)
        await person.press("escape")
        await person.main_again()
        await person.choose("what sends there")
        await person.verdict()
