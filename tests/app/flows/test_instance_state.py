"""An instance as a whole on the screen: its environment, what sends, and what reads mail there."""

import pytest

from tests.app.factories import add_instance
from tests.app.flows.factories import admin_password, open_confirm_dialog
from tests.app.flows.records import change_record, confirmation_word
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, no_active_account, own_account
from tui.sandbox.sandbox_state import Switches
from tui.settings.findings import Severity
from tui.settings.values import Environment
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
        first = person.told.partition("Delivery:")[0]
        assert first.startswith("! Environment: The profile says non-production")
        await person.press("enter")
        await person.main_again()
        await person.enter("test_recipients", "qa@corp.example")
        await open_confirm_dialog(person)
        assert person.told.index("Environment: The profile") < person.told.index("Test address")
        assert f"Type {confirmation_word(sandbox)} to continue:" in person.told


@pytest.mark.grid
@async_test
async def test_productions_account_on_a_clone_is_named_on_the_first_page_and_in_the_pane(
    here: House, sandbox: Sandbox
) -> None:
    sys_id = sandbox.insert("sys_email_account", **CLONED)
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert "x Incoming: Prod IMAP is active and may belong to production" in person.told
        assert sys_id in person.told.replace(" ", "")
        await person.press("enter")
        await person.main_again()
        await person.resize(120, 50)
        assert "POP3/IMAP accounts" in person.incoming
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


@pytest.mark.grid
@async_test
async def test_properties_that_do_not_send_are_not_judged_under_graph(
    here: House, sandbox: Sandbox
) -> None:
    graph_sender(sandbox)
    change_record(sandbox, "glide.smtp.port", value="70000")
    change_record(sandbox, "glide.email.server", value="localhost")
    async with connect(sandbox.running) as person:
        found = person.app.editing.review.findings
        judged = {each.property for each in found if each.severity is not Severity.NOTE}
        assert judged <= {"delivery", "sending_enabled", "test_recipients"}
        person.app.main.focus_property("port")
        assert "Graph sender sends, which isn't an SMTP account." in person.notes("port")
        assert "Enter a port from" not in person.notes("port")


@pytest.mark.grid
@async_test
async def test_a_port_of_what_sends_in_production_is_not_changed_in_place(
    here: House, sandbox: Sandbox
) -> None:
    own_account(sandbox)
    profile = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    async with connect(sandbox.running, profile) as person:
        await person.enter("port", "2525")
        await person.enter("password", sandbox.running.mail.password)
        await open_confirm_dialog(person)
        assert "Account that sends Own SMTP -> glidemail 127.0.0.1" in person.told
        assert "is created, inactive" in person.told
        assert person.app.screen.query("#tick-reachable")


@pytest.mark.grid
@async_test
async def test_a_hidden_row_that_every_instance_has_is_locked(here: House, legacy: Sandbox) -> None:
    for row in legacy.rows("sys_properties"):
        if row["name"] == "glide.email.username":
            legacy.delete("sys_properties", row["sys_id"])
    async with connect(legacy.running) as person:
        await person.enter("display_name", "Desk")
        assert person.changed == []
        assert "Every instance has it, so it is hidden" in person.notes("display_name")


@async_test
async def test_after_a_clone_the_warning_of_productions_account_goes_once_it_is_replaced(
    here: House,
) -> None:
    with Sandbox("clone", switches=Switches(sender_seconds=0)) as sandbox:
        async with connect(sandbox.running) as person:
            assert "sender" in person.app.editing.findings
            await person.enter("server", sandbox.running.mail.host)
            await person.enter("password", "another one")
            assert "sender" not in person.app.editing.findings
            await person.press("f7")
            assert "sender" in person.app.editing.findings
