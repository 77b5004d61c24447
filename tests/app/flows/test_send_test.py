"""A test message from the screen: where it goes, what becomes of it, and leaving it."""

import pytest

from tests.app.factories import add_instance, open_default
from tests.app.flows.records import change_record
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House, assert_printable
from tests.cli.site import look_quickly
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account, set_property
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.send_test_dialog import AddressDialog, SendTestDialog
from tui.settings.values import Environment
from tui.workspace.session import unread_session

ADDRESS = "ann@corp.example"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the message all the time."""
    look_quickly(monkeypatch)


@pytest.fixture
def sending(sandbox: Sandbox) -> Sandbox:
    """A stand-in whose own account sends every moment, to no test address."""
    set_property(sandbox, "glide.email.test.user", "")
    own_account(sandbox)
    sandbox.switches.sender_seconds = 0.02
    return sandbox


async def send(person: Person, address: str = ADDRESS) -> None:
    """Open the dialog, and send to an address."""
    await person.press("ctrl+t")
    await person.dialog(AddressDialog)
    await person.press("ctrl+u")
    await person.paste(address)
    await person.press("enter")


def queued(sandbox: Sandbox) -> list[str]:
    """Return the types of the test messages."""
    rows = sandbox.rows("sys_email")
    return [row["type"] for row in rows if row["subject"].startswith("Test message")]


@async_test
async def test_it_is_sent_and_followed_and_the_address_is_remembered(
    here: House, sending: Sandbox
) -> None:
    async with connect(sending.running) as person:
        await person.press("ctrl+t")
        await person.dialog(AddressDialog)
        assert "It goes through Own SMTP (127.0.0.1:" in person.told
        await person.press("enter")
        assert person.said == "No address is typed yet."
        await person.paste("ann")
        await person.press("enter")
        assert "@-sign" in person.said
        await person.paste("@corp.example, bob@corp.example")
        await person.press("enter")
        assert person.said == "Give one address."
        await person.press("ctrl+u")
        await person.paste(ADDRESS)
        await person.press("enter")
        await person.until(lambda: "Accepted by" in person.told)
        assert "Accepted is not delivered." in person.told
        assert "Log: Email sent" in person.told
        assert_printable(person.shown)
        await person.press("enter")
        await person.main_again()
        assert person.said.startswith("Test message ")
        assert person.said.endswith(": accepted by 127.0.0.1.")
        assert queued(sending) == ["sent"]
        await person.press("ctrl+t")
        await person.dialog(AddressDialog)
        assert person.line.value == ADDRESS


@pytest.mark.grid
@async_test
async def test_a_failure_has_its_cause_and_is_shown_as_the_delivery_from_then_on(
    here: House, sending: Sandbox
) -> None:
    change_record(sending, "Own SMTP", password="wrong")
    async with connect(sending.running) as person:
        await send(person)
        await person.until(lambda: "It failed" in person.told)
        assert "“535 5.7.8 Authentication credentials invalid”" in person.told
        assert "The user or the password is wrong." in person.told
        await person.press("escape")
        await person.main_again()
        assert "Own SMTP, failing" in person.shown


@async_test
async def test_escape_leaves_it_on_its_way(here: House, sending: Sandbox) -> None:
    sending.switches.sender_seconds = 0
    async with connect(sending.running) as person:
        await send(person)
        await person.dialog(SendTestDialog)
        await person.until(lambda: "It is in the queue (send-ready)" in person.told)
        await person.press("escape")
        await person.main_again()
        await person.until(lambda: "may still be sent" in person.said)
        assert queued(sending) == ["send-ready"]


@pytest.mark.grid
@async_test
async def test_escape_before_it_is_queued_sends_nothing(here: House, sending: Sandbox) -> None:
    async with connect(sending.running) as person:
        sending.switches.never_answers = True
        await send(person)
        await person.dialog(SendTestDialog)
        await person.press("escape")
        await person.main_again()
        await person.until(lambda: person.said == "Nothing was sent.")
        sending.switches.never_answers = False
        assert queued(sending) == []


@pytest.mark.grid
@async_test
async def test_sending_that_is_off_is_said_before_and_asked_about(
    here: House, sending: Sandbox
) -> None:
    async with connect(sending.running) as person:
        # After the reading: it is found by the next one.
        set_property(sending, "glide.email.smtp.active", "false")
        await send(person)
        await person.until(lambda: "Send it?" in person.shown)
        assert "Email sending is off." in person.told
        assert "would wait in the queue and go out later." in person.told
        await person.press("enter")
        await person.until(lambda: person.said == "Nothing was sent.")
        assert queued(sending) == []


@pytest.mark.grid
@async_test
async def test_production_is_asked_about_first(here: House, sending: Sandbox) -> None:
    profile = add_instance(sending.running, environment=Environment.PRODUCTION)
    async with connect(sending.running, profile) as person:
        await send(person)
        await person.dialog(MessageDialog)
        assert f"is production: this sends a real email to {ADDRESS}." in person.told
        assert queued(sending) == []
        await person.answer("send")
        await person.until(lambda: "Accepted by" in person.told)


@pytest.mark.grid
@async_test
async def test_without_the_role_it_is_named(here: House, sending: Sandbox) -> None:
    def is_post(recorded: RecordedRequest) -> bool:
        return recorded.method == "POST" and recorded.path == "/api/now/email"

    async with connect(sending.running) as person:
        sending.faults.add(Fault("refuse_403", is_post))
        await send(person)
        await person.dialog(MessageDialog)
        assert "Nothing was sent." in person.told
        assert "email_api_send" in person.told


@pytest.mark.grid
@async_test
async def test_an_instance_that_dies_leaves_it_unknown(here: House, sending: Sandbox) -> None:
    def is_look(recorded: RecordedRequest) -> bool:
        return recorded.path.startswith("/api/now/email/")

    sending.faults.add(Fault("refuse_403", is_look, times=1000))
    async with connect(sending.running) as person:
        await send(person)
        await person.until(lambda: "It isn't known whether it was sent." in person.told)


@pytest.mark.grid
@async_test
async def test_a_file_and_an_unread_instance_send_nothing(here: House, sandbox: Sandbox) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+t")
        await person.until(lambda: "A local file sends no mail." in person.said)
        await person.press("ctrl+p")
        await person.paste("test message")
        assert "^T" not in person.shown.splitlines()[6]
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.press("escape")
        await person.until(lambda: "was not read" in person.said)
        await person.press("ctrl+t")
        await person.until(lambda: "isn't connected: F5 connects." in person.said)


@pytest.mark.grid
@async_test
async def test_the_palette_has_it_where_an_instance_was_read(here: House, sending: Sandbox) -> None:
    async with connect(sending.running) as person:
        await person.choose("test message")
        await person.dialog(AddressDialog)
        await person.press("escape")
        await person.main_again()
        assert queued(sending) == []
