"""Failed mail on the screen: its causes, its emails, and their release."""

from collections.abc import Callable

import pytest

from tests.app.factories import add_instance
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House, assert_printable
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import fail_message, no_mail, own_account, set_property
from tui.app.screens.failed_mail_dialog import FailedMailList, ReleaseDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.credentials.secret import Secret
from tui.presentation.status_text import exit_lines
from tui.settings.values import Environment
from tui.workspace.session import unread_session

UNKNOWN_USER = "550 5.1.1 User unknown"


@pytest.fixture
def ready(sandbox: Sandbox) -> Sandbox:
    """An account of your own sends to everyone, and three emails have failed."""
    own_account(sandbox)
    no_mail(sandbox)
    set_property(sandbox, "glide.email.test.user", "")
    fail_message(sandbox, "First", hours=3)
    fail_message(sandbox, "Second", hours=2)
    fail_message(sandbox, "Gone", UNKNOWN_USER, hours=1)
    return sandbox


def types(sandbox: Sandbox) -> dict[str, str]:
    """The type of each email, by its subject."""
    return {row["subject"]: row["type"] for row in sandbox.rows("sys_email")}


def writes(sandbox: Sandbox) -> int:
    return sum(each.method == "PATCH" for each in sandbox.recorded)


async def open_list(person: Person) -> None:
    """Choose the action in the palette."""
    await person.choose("failed-mail")
    await person.dialog(FailedMailList)


async def page(person: Person, holds: Callable[[], bool]) -> None:
    """Wait for a page."""
    await person.until(lambda: isinstance(person.app.screen, MessageDialog) and holds())


@async_test
async def test_a_cause_is_looked_at_and_its_emails_are_released_and_arrive(
    here: House, ready: Sandbox
) -> None:
    async with connect(ready.running) as person:
        await open_list(person)
        assert "3 emails failed in the last day." in person.shown
        assert "1 × recipient-unknown: The recipient's mailbox doesn't exist." in person.shown
        assert "2 × password: The user or the password is wrong." in person.shown
        await person.press("down", "enter")
        await page(person, lambda: "password: 2 emails, the newest at" in person.shown)
        assert "“535 5.7.8 Authentication credentials invalid”" in person.told
        assert "1 recipient Second" in person.told
        assert "Gone" not in person.told
        await person.press("tab", "enter")
        await person.dialog(ReleaseDialog)
        assert "Send 2 failed emails again?" in person.shown
        assert "2 × password" in person.told
        assert "! They go to 1 recipient." in person.told
        assert "- Not confirmed: whether earlier attempts" in person.told
        await person.press("tab", "3", "enter")
        assert person.said == "Still open: type 2. Nothing was written."
        assert writes(ready) == 0
        await person.press("backspace", "2", "enter")
        await page(person, lambda: "Released 2 emails: set to send-ready" in person.told)
        await person.press("enter")
        await person.main_again()
        await person.until(lambda: person.said.startswith("Released 2 emails"))
        assert types(ready) == {
            "First": "send-ready",
            "Second": "send-ready",
            "Gone": "send-failed",
        }
        assert ready.deliver() == len(ready.delivered) == 2
        host = ready.running.url.removeprefix("https://")
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Set to send-ready again at {host}: 2 of 2 failed emails."
        ]


@pytest.mark.grid
@async_test
async def test_production_wants_the_host_and_escape_releases_nothing(
    here: House, ready: Sandbox
) -> None:
    host = ready.running.url.removeprefix("https://")
    profile = add_instance(ready.running, environment=Environment.PRODUCTION)
    async with connect(ready.running, profile) as person:
        await open_list(person)
        await person.answer("release")
        await person.dialog(ReleaseDialog)
        await person.press("tab", "3", "enter")
        assert person.said == f"Still open: type {host}. Nothing was written."
        await person.press("escape")
        await person.dialog(FailedMailList)
        await person.press("escape")
        await person.main_again()
        assert person.said == "Nothing was released."
        assert writes(ready) == 0
        await open_list(person)
        await person.answer("release")
        await person.dialog(ReleaseDialog)
        await person.press("tab", "3", "enter")
        await person.press(*host, "enter")
        await page(person, lambda: "Released 3 emails" in person.told)
    assert set(types(ready).values()) == {"send-ready"}


@pytest.mark.grid
@async_test
async def test_what_fails_is_told_and_stays(here: House, ready: Sandbox) -> None:
    async with connect(ready.running) as person:
        await open_list(person)
        await person.answer("release")
        await person.dialog(ReleaseDialog)
        set_property(ready, "glide.email.test.user", "qa@corp.example")
        await person.press("tab", "3", "enter")
        await page(person, lambda: "the test address has changed since it was read" in person.told)
        await person.press("enter")
        await person.until(lambda: person.said == "Nothing was released.")
        assert writes(ready) == 0


@pytest.mark.grid
@async_test
async def test_mail_that_is_hidden_is_no_empty_list(here: House, ready: Sandbox) -> None:
    profile = add_instance(ready.running, user="mail.admin")
    secret = Secret(ready.running.user("mail.admin").password)
    async with run_configurator(unread_session(profile), sign_in=secret) as person:
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        await person.choose("failed-mail")
        await page(person, lambda: "Can't read failed emails" in person.told)


@pytest.mark.grid
@async_test
async def test_that_none_failed_and_that_all_are_too_old_is_said(
    here: House, sandbox: Sandbox
) -> None:
    no_mail(sandbox)
    async with connect(sandbox.running) as person:
        await person.choose("failed-mail")
        await page(person, lambda: "No email failed in the last day." in person.told)
        await person.press("enter")
        await person.main_again()
        fail_message(sandbox, "Old", sys_created_on="2026-01-01 00:00:00")
        await open_list(person)
        await person.answer("release")
        await page(person, lambda: "all more than 24 hours old" in person.told)
        await person.press("enter")
        await person.dialog(FailedMailList)


@pytest.mark.grid
@async_test
async def test_hostile_subjects_and_words_stay_on_their_lines(
    here: House, sandbox: Sandbox
) -> None:
    no_mail(sandbox)
    fail_message(sandbox, "[@click=app.quit]x[/]\x1b[2J\u202e", "550 [bold]\x9b2J " + "x" * 900)
    async with connect(sandbox.running) as person:
        await open_list(person)
        assert_printable(person.shown)
        assert "[bold]\\u{9b}2J" in person.shown
        await person.press("enter")
        await page(person, lambda: "[@click=app.quit]x[/]^[[2J" in person.told)
        assert_printable(person.shown)


@pytest.mark.grid
@async_test
async def test_a_failure_in_the_middle_says_how_many_were_released(
    here: House, ready: Sandbox
) -> None:
    seen: list[RecordedRequest] = []

    def is_second(request: RecordedRequest) -> bool:
        seen.extend([request] if request.method == "PATCH" else [])
        return len(seen) == 2

    async with connect(ready.running) as person:
        await open_list(person)
        await person.answer("release")
        await person.dialog(ReleaseDialog)
        ready.faults.add(Fault("status_429", is_second))
        await person.press("tab", "3", "enter")
        await page(person, lambda: "Not all of it was released" in person.shown)
        assert "Released 1 of 3 emails." in person.told
        assert "! 1 not tried" in person.told
    assert sorted(types(ready).values()) == ["send-failed", "send-failed", "send-ready"]
