"""Connecting to an instance."""

import socket
from dataclasses import replace

import pytest
from textual.widgets import Input

from tests.app.factories import add_instance
from tests.app.flows.factories import WRONG, admin_password, expect_failure
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.message_dialog import ProgressDialog
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.storage.profile import Keep, load_last_used
from tui.workspace.session import unread_session


@async_test
async def test_before_anybody_has_signed_in_everything_is_locked_and_says_so(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.dialog(SignInDialog)
        assert f"Password of admin at {sandbox.running.url[8:]}:" in person.words
        await person.press("escape")
        await person.main_again()
        assert person.said.endswith("was not read: F5 connects.")
        assert "NON-PROD" in person.shown
        assert "admin, not connected" in person.shown
        await person.press("enter", "m")
        assert person.text("server") == ""
        assert person.said.endswith("is not read yet.")
        assert sandbox.recorded == []


@async_test
async def test_f5_asks_again_and_the_page_that_says_what_sends_comes_first(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.dialog(SignInDialog)
        await person.press("escape", "f5")
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert "Close" in person.shown
        await person.press("enter")
        await person.main_again()
        assert person.text("server") == "relay.sandbox.service-now.com"
        assert load_last_used() == "corp"


@async_test
async def test_a_wrong_password_is_tried_once_and_asked_for_anew(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        for count in (1, 2):
            await person.sign_in(WRONG)
            await expect_failure(person, "One attempt was made")
            assert sandbox.refused_sign_ins["admin"] == count
            assert len(sandbox.recorded) == count
            await person.answer("again")
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert sandbox.refused_sign_ins["admin"] == 2


@async_test
async def test_a_rejected_password_is_typed_again_by_enter_and_never_into_the_list(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(WRONG)
        await expect_failure(person, "One attempt was made")
        # Whoever types it again at once, before the field is there, gives nothing away.
        await person.press("slash", "p", "w", "enter")
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert person.app.main.query_one("#find", Input).value == ""


@async_test
async def test_keys_that_are_faster_than_the_dialog_reach_its_field(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.dialog(SignInDialog)
        await person.press("escape")
        await person.main_again()
        await person.press_at_once("f5", "slash", "p", "w")
        dialog = await person.dialog(SignInDialog)
        await person.until(lambda: dialog.query_one(Input).value == "/pw")
        find = person.app.main.query_one("#find", Input)
        assert (find.display, find.value) == (False, "")


@async_test
async def test_keys_that_are_faster_than_the_next_attempt_reach_its_field(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(WRONG)
        await expect_failure(person, "One attempt was made")
        await person.press_at_once("enter", "slash", "p", "w")
        dialog = await person.dialog(SignInDialog)
        await person.until(lambda: dialog.query_one(Input).value == "/pw")
        assert not person.app.main.query_one("#find", Input).display


@async_test
async def test_a_sign_in_that_is_asked_for_again_gets_the_keys_typed_early(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        sandbox.switches.basic_restricted = True
        await person.press("f5")
        await person.until(lambda: "It cannot be read" in person.shown)
        await person.press("enter")
        await person.main_again()
        await person.press_at_once("f5", "slash", "p", "w")
        dialog = await person.dialog(SignInDialog)
        await person.until(lambda: dialog.query_one(Input).value == "/pw")
        assert not person.app.main.query_one("#find", Input).display
        await person.press("escape")
        await person.main_again()
        # Cancelled: keys are the list's again.
        await person.press("slash", "p")
        assert person.app.main.query_one("#find", Input).value == "p"


@async_test
async def test_a_password_that_is_refused_later_is_forgotten_and_asked_for_by_f5(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        sandbox.switches.basic_restricted = True
        await person.press("f5")
        await person.until(lambda: "It cannot be read" in person.shown)
        asked = len(sandbox.recorded)
        await person.press("enter")
        await person.main_again()
        await person.press("f5")
        await person.dialog(SignInDialog)
        assert len(sandbox.recorded) == asked
        sandbox.switches.basic_restricted = False
        await person.sign_in(admin_password(sandbox))
        await person.until(lambda: "was read again" in person.said)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("hibernating", "is hibernating"),
        ("login_redirect", "points to a sign-in page"),
    ],
)
@async_test
async def test_what_is_wrong_with_an_instance_is_told_and_try_again_needs_no_new_password(
    here: House, sandbox: Sandbox, trouble: str, words: str
) -> None:
    sandbox.switches.change({trouble: True})
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await expect_failure(person, words)
        sandbox.switches.change({trouble: False})
        await person.answer("again")
        await person.verdict()


@async_test
async def test_an_instance_that_is_not_there_is_told_and_back_leads_to_the_form(
    here: House, sandbox: Sandbox
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}"
    profile = add_instance(sandbox.running, url=url)
    async with run_configurator(unread_session(profile)) as person:
        await person.sign_in(WRONG)
        await expect_failure(person, "refuses the connection")
        await person.press("enter")
        await person.main_again()
        assert person.said.endswith("was not read: F5 connects.")


@async_test
async def test_a_host_that_nobody_knows_is_told(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look)
    profile = add_instance(sandbox.running, url="https://nowhere.example")
    async with run_configurator(unread_session(profile)) as person:
        await person.sign_in(WRONG)
        await expect_failure(person, "nowhere.example: the name cannot be resolved")


@async_test
async def test_the_waiting_can_be_cancelled_at_every_request(here: House, sandbox: Sandbox) -> None:
    """How many there are is counted first; then each in turn never comes back."""
    profile = add_instance(sandbox.running)
    async with connect(sandbox.running, profile):
        count = len(sandbox.recorded)
    for number in range(1, count, 5):
        first = len(sandbox.recorded) + number

        def is_due(recorded: RecordedRequest, first: int = first) -> bool:
            return recorded.number >= first

        sandbox.faults.add(Fault("never", is_due))
        async with run_configurator(
            unread_session(profile), sign_in=Secret(admin_password(sandbox))
        ) as person:
            await person.dialog(ProgressDialog)
            await person.until(lambda: sandbox.faults.left == 0)
            await person.press("escape")
            await person.main_again()
            assert not person.app.editing.session.is_read


@async_test
async def test_a_kept_password_signs_in_unasked_and_is_not_tried_twice_when_refused(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "get", lambda *_: Secret(WRONG))
    monkeypatch.setattr(Keyring, "forget", lambda *_: None)
    profile = add_instance(sandbox.running, keep=Keep.KEYRING)
    async with run_configurator(unread_session(profile)) as person:
        await expect_failure(person, "refuses the sign-in")
        await person.answer("again")
        await person.dialog(SignInDialog)
        assert "kept in the keyring, as the profile says" in person.told
        assert sandbox.refused_sign_ins["admin"] == 1
        kept: list[str] = []

        def keep(_: Keyring, profile: str, name: str, secret: Secret) -> str:
            kept.append(secret.reveal())
            return "the keyring"

        monkeypatch.setattr(Keyring, "keep", keep)
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert kept == [admin_password(sandbox)]


@async_test
async def test_where_there_is_no_keyring_it_is_said_and_asked_for(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> Secret:
        raise Problem("keyring.unavailable", "No keyring answers here.", "Unlock it.")

    monkeypatch.setattr(Keyring, "get", none)
    async with run_configurator(
        unread_session(add_instance(sandbox.running, keep=Keep.KEYRING))
    ) as person:
        await person.dialog(SignInDialog)
        assert "None is kept: No keyring answers here." in person.told


@async_test
async def test_another_instance_than_the_profile_was_for_is_not_read(
    here: House, sandbox: Sandbox
) -> None:
    profile = add_instance(sandbox.running)
    assert profile.instance
    other = replace(profile, instance=replace(profile.instance, name="prod"))
    async with run_configurator(
        unread_session(other), sign_in=Secret(admin_password(sandbox))
    ) as person:
        await expect_failure(person, "calls itself sandbox")
