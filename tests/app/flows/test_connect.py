"""Connecting to an instance."""

import socket
from dataclasses import replace

import pytest
from textual.message import Message

from tests.app.factories import add_instance, make_workspace
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tui.app.app import ConfiguratorApp
from tui.app.screens.message_dialog import MessageDialog, ProgressDialog
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.presentation.status_text import exit_lines
from tui.storage.profile import Keep, load_last_used
from tui.workspace import workspace
from tui.workspace.session import unread_session

WRONG = "Canary-no-password"


def admin_password(sandbox: Sandbox) -> str:
    """Return the password that signs in."""
    return sandbox.running.user("admin").password


async def expect_failure(person: Person, words: str) -> None:
    """Wait for the dialog that says why nothing was read."""
    await person.until(lambda: "Not connected" in person.shown)
    await person.dialog(MessageDialog)
    assert words in person.told


async def wait_for_hang(person: Person, sandbox: Sandbox) -> ProgressDialog:
    """Wait until an instance does not answer."""
    dialog = await person.dialog(ProgressDialog)
    await person.until(lambda: sandbox.recorded and not sandbox.recorded[-1].status)
    return dialog


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
        await expect_failure(person, "refuses the sign-in")
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
