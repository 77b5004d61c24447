"""The dialog that asks for what signs in."""

import pytest
from textual.message import Message

from tests.app.factories import add_instance, make_workspace
from tests.app.flows.factories import WRONG, expect_failure
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.app import ConfiguratorApp
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.presentation.status_text import exit_lines
from tui.workspace.session import unread_session


@async_test
async def test_what_is_typed_to_sign_in_shows_as_bullets_until_a_key_shows_it(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.dialog(SignInDialog)
        await person.press("enter")
        assert person.said == "Nothing is typed yet."
        await person.paste(WRONG)
        assert "•" * len(WRONG) in person.shown
        assert WRONG not in person.shown
        await person.press("f2")
        assert WRONG in person.shown
        await person.press("tab")
        assert WRONG not in person.shown


@async_test
async def test_no_message_of_the_program_holds_what_signs_in(here: House, sandbox: Sandbox) -> None:
    seen: list[str] = []

    def see(message: Message) -> None:
        slots = [name for kind in type(message).__mro__ for name in vars(kind).get("__slots__", ())]
        inside = [getattr(message, name, "") for name in (*slots, *vars(message))]
        seen.append(f"{type(message).__name__} {message!r} {inside!r}")

    app = ConfiguratorApp(make_workspace(unread_session(add_instance(sandbox.running))))
    async with app.run_test(message_hook=see) as pilot:
        person = Person(app, pilot)
        await person.arrive()
        await person.dialog(SignInDialog)
        await person.press(*"hunter2", "f2", "ctrl+c", "ctrl+x", *"hunter2", "enter")
        await expect_failure(person, "rejected the sign-in")
        await person.press("escape")
        await person.main_again()
    app.workspace.drafts.release()
    assert any("SecretChanged" in each for each in seen)
    assert not [each for each in seen if "hunter2" in each]


@async_test
async def test_a_fault_while_one_signs_in_tells_no_local_variable(
    here: House,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def broken(self: SignInDialog, _: object) -> None:
        assert self._secret
        password = self._secret.reveal()
        raise RuntimeError(f"it broke at {password}")

    async def work() -> None:
        async with app.run_test() as pilot:
            person = Person(app, pilot)
            await person.arrive()
            await person.dialog(SignInDialog)
            await person.paste(WRONG)
            await pilot.press("enter")

    monkeypatch.setattr(SignInDialog, "on_button_pressed", broken)
    app = ConfiguratorApp(make_workspace(unread_session(add_instance(sandbox.running))))
    with pytest.raises(RuntimeError, match="it broke"):
        await work()
    app.workspace.drafts.release()
    assert app.workspace.report.fault is not None
    told = "\n".join(
        (*exit_lines(app.workspace.report), app.workspace.report.fault.message, *capfd.readouterr())
    )
    assert "RuntimeError" in told
    assert WRONG not in told
