"""Mail in the minutes after a save on the screen: looked for quietly, told when it matters."""

from datetime import timedelta

import pytest

from tests.app.flows.factories import answer_all, choose_own_server, confirm_all
from tests.app.flows.records import active_senders
from tests.app.person import Person, async_test, connect
from tests.cli.house import House
from tests.cli.site import look_quickly
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import queue_one_message, set_property
from tui.app.app import WATCHING
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.sandbox.loopback_servers import REJECTED_DOMAIN

OWN = "glidemail 127.0.0.1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for mail all the time."""
    look_quickly(monkeypatch)


def is_watching(person: Person) -> bool:
    return any(each.group == WATCHING and each.is_running for each in person.app.workers)


def is_look(recorded: RecordedRequest) -> bool:
    query = recorded.query.get("sysparm_query", "")
    return recorded.path.endswith("/sys_email") and query.startswith("type=sent")


async def switch(person: Person, sandbox: Sandbox) -> None:
    """Let an own account send, and wait until that is saved."""
    await choose_own_server(person, sandbox)
    await confirm_all(person, sandbox)
    await person.until(lambda: "is active" in person.said)
    await person.until(lambda: is_watching(person))


async def save_test_address(person: Person, sandbox: Sandbox) -> None:
    """Change the test address, and wait until that is saved."""
    await person.enter("test_recipients", "qa@corp.example")
    await confirm_all(person, sandbox)
    await person.until(lambda: "written" in person.said)
    await person.until(lambda: is_watching(person))


def send_later(sandbox: Sandbox) -> None:
    """Let the sender job run, a minute later."""
    sandbox.ahead += timedelta(minutes=1)
    sandbox.switches.sender_seconds = 0.02


def spoil_password(sandbox: Sandbox) -> None:
    """Make the password of the own account wrong, without a new version of its record."""
    with sandbox._state.lock:
        for row in sandbox._state.tables._rows["sys_email_account"].values():
            if row["name"] == OWN:
                row["password"] = "wrong"


@pytest.mark.grid
@async_test
async def test_an_accepted_email_is_told_in_the_status_line(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        await switch(person, sandbox)
        assert person.said.endswith("^T sends a test message.")
        # No key waits for it.
        await person.press("f3")
        await person.dialog(MessageDialog)
        await person.press("escape")
        await person.main_again()
        send_later(sandbox)
        await person.until(lambda: "An email was accepted by 127.0.0.1 at" in person.said)
        assert not is_watching(person)


@async_test
async def test_a_failure_opens_a_dialog_and_its_button_leads_back(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await switch(person, sandbox)
        spoil_password(sandbox)
        send_later(sandbox)
        await person.until(lambda: "Mail fails" in person.shown)
        await person.dialog(MessageDialog)
        assert "failed since the change." in person.told
        assert "“535 5.7.8 Authentication credentials invalid”" in person.told
        assert "The user or the password is wrong." in person.told
        assert "[ Leave it ] [ Back to ServiceNow SMTP ]" in person.words
        await person.answer("back")
        await answer_all(person, sandbox)
        await person.until(lambda: "ServiceNow SMTP is active" in person.said)
        assert active_senders(sandbox) == ["ServiceNow SMTP"]


@pytest.mark.grid
@async_test
async def test_a_failure_can_be_left_as_it_is(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        await switch(person, sandbox)
        spoil_password(sandbox)
        send_later(sandbox)
        await person.until(lambda: "Mail fails" in person.shown)
        await person.dialog(MessageDialog)
        await person.press("enter")
        await person.main_again()
        assert f"account {OWN}, failing" in person.shown
        assert active_senders(sandbox) == [OWN]


@pytest.mark.grid
@async_test
async def test_a_test_address_that_is_rejected_fails_all_mail(
    here: House, sandbox: Sandbox
) -> None:
    set_property(sandbox, "glide.email.test.user", f"qa@{REJECTED_DOMAIN.lstrip('@')}")
    queue_one_message(sandbox)
    async with connect(sandbox.running) as person:
        await switch(person, sandbox)
        send_later(sandbox)
        await person.until(lambda: "Mail fails" in person.shown)
        assert "other mail may go out" not in person.told


@pytest.mark.grid
@pytest.mark.parametrize("end", ["profile", "save", "quit"])
@async_test
async def test_it_stops_at_quit_at_another_profile_and_at_a_new_save(
    here: House, sandbox: Sandbox, end: str
) -> None:
    async with connect(sandbox.running) as person:
        await save_test_address(person, sandbox)
        if end == "profile":
            await person.press("ctrl+o")
            await person.dialog(PickList)
            await person.paste("default")
            await person.press("enter")
            await person.until(lambda: person.app.workspace.is_file)
        elif end == "save":
            await person.enter("test_recipients", "other@corp.example")
            await person.press("ctrl+s")
            await person.dialog(ConfirmDialog)
        else:
            await person.press("ctrl+q")
        await person.until(lambda: not person.app.is_running or not is_watching(person))


@pytest.mark.grid
@async_test
async def test_an_error_ends_it_with_a_line(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        await save_test_address(person, sandbox)
        sandbox.switches.basic_restricted = True
        await person.until(lambda: "Can't check for sent mail:" in person.said)
        assert not is_watching(person)


@pytest.mark.grid
@async_test
async def test_mail_that_is_hidden_ends_it_without_a_word(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        await save_test_address(person, sandbox)
        said = person.said
        sandbox.faults.add(Fault("refuse_403", is_look, times=1000))
        await person.until(lambda: not is_watching(person))
        assert person.said == said


@pytest.mark.grid
@async_test
async def test_a_change_that_no_mail_depends_on_is_not_followed(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await switch(person, sandbox)
        await person.enter("display_name", "Desk 2")
        await confirm_all(person, sandbox)
        await person.until(lambda: "1 change written" in person.said)
        assert "test message" not in person.said
        assert not is_watching(person)
