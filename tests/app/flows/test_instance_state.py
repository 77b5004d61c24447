"""An instance as a whole on the screen: its environment, and what reads mail there."""

import pytest

from tests.app.factories import add_instance
from tests.app.flows.factories import admin_password, open_confirm_dialog
from tests.app.flows.records import confirmation_word
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import no_active_account
from tui.workspace.session import unread_session

SAYS = "glide.installation.production"
CLONED = {
    "name": "Prod IMAP",
    "type": "imap",
    "active": "true",
    "server": "imap.corp.example",
    "user_name": "orders@corp.example",
}


def say_production(sandbox: Sandbox) -> None:
    """Let the instance say that it is production."""
    for row in sandbox.rows("sys_properties"):
        if row["name"] == SAYS:
            sandbox.delete("sys_properties", row["sys_id"])
    sandbox.insert("sys_properties", name=SAYS, type="boolean", value="true")


@async_test
async def test_a_contradicted_profile_is_warned_of_first_and_counts_as_production(
    here: House, sandbox: Sandbox
) -> None:
    say_production(sandbox)
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        assert "NON-PROD" in person.shown
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        lines = [line.strip() for line in person.shown.split("\n") if line.strip()]
        assert lines[0].startswith("PRODUCTION")
        assert lines[2].startswith("! Environment: The profile says non-production")
        await person.press("enter")
        await person.main_again()
        await person.enter("test_recipients", "qa@corp.example")
        await open_confirm_dialog(person)
        assert person.told.index("Environment: The profile") < person.told.index("What changes")
        assert f"Type {confirmation_word(sandbox)} to go on:" in person.told


@pytest.mark.grid
@async_test
async def test_productions_account_on_a_clone_is_named_on_the_first_page_and_in_the_pane(
    here: House, sandbox: Sandbox
) -> None:
    sys_id = sandbox.insert("sys_email_account", **CLONED)
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert "x Incoming: Prod IMAP is active, and may be production's" in person.told
        assert sys_id in person.told.replace(" ", "")
        await person.press("enter")
        await person.main_again()
        await person.resize(120, 50)
        assert "Incoming mail: POP3/IMAP accounts" in person.incoming
        assert "Receiving is on." in person.incoming
        assert "Prod IMAP (active)" in person.incoming
        assert "ServiceNow POP3 (active)" in person.incoming


@async_test
async def test_nothing_follows_in_the_pane_where_an_account_reads_and_none_sends(
    here: House, sandbox: Sandbox
) -> None:
    no_active_account(sandbox)
    async with connect(sandbox.running) as person:
        await person.resize(120, 50)
        assert "ServiceNow POP3 (active)" in person.incoming
        assert "derived" not in person.incoming.splitlines()[0]


@pytest.mark.grid
@async_test
async def test_turning_sending_off_is_followed_by_no_test_message(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        person.app.main.focus_property("sending_enabled")
        await person.press("right")
        if person.app.editing.review.parsed.settings.sending_enabled is not False:
            await person.press("right")
        await open_confirm_dialog(person)
        await person.settle()
        await person.answer("save")
        await person.until(lambda: "written" in person.said)
        assert "Sending is off" in person.said
        assert "test message" not in person.said
