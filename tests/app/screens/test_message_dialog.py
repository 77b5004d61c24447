"""The dialog that shows progress until it is cancelled."""

from tests.app.factories import add_instance
from tests.app.flows.factories import admin_password, wait_for_hang
from tests.app.person import async_test, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.workspace.session import unread_session


@async_test
async def test_the_waiting_for_an_instance_that_never_answers_is_cancelled_by_a_key(
    here: House, sandbox: Sandbox
) -> None:
    sandbox.switches.never_answers = True
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await wait_for_hang(person, sandbox)
        assert f"Signing in at {sandbox.running.url[8:]}." in person.shown
        await person.press("escape")
        await person.main_again()
        assert person.said.endswith("was not read: F5 connects.")
        sandbox.switches.never_answers = False
        await person.press("f5")
        await person.sign_in(admin_password(sandbox))
        await person.verdict()


@async_test
async def test_it_is_left_at_once_while_an_instance_does_not_answer(
    here: House, sandbox: Sandbox
) -> None:
    sandbox.switches.never_answers = True
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await wait_for_hang(person, sandbox)
        await person.press("ctrl+q")
        await person.until(lambda: person.app._exit)
        assert person.app.return_code == 0
