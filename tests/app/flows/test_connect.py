"""Connecting to an instance."""

import asyncio
import re
import socket
from dataclasses import replace

import pytest
import trustme
from textual.widgets import Input

from tests.app.factories import add_instance
from tests.app.flows.factories import WRONG, admin_password, expect_failure
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.browser import sign_in_with_browser
from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import no_active_account, own_account
from tests.tls.client_certificates import PASSPHRASE, write_client
from tui.app.screens.message_dialog import MessageDialog, ProgressDialog
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.app.widgets.lines import WrappedLines
from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.storage.instance import SignInMethod
from tui.storage.profile import Keep, Profile, load_last_used
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
        assert person.said.endswith("hasn't been read yet.")
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


@pytest.mark.grid
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
async def test_a_password_that_was_refused_in_another_run_is_asked_about_first(
    here: House, sandbox: Sandbox
) -> None:
    profile = add_instance(sandbox.running)
    async with run_configurator(unread_session(profile)) as person:
        await person.sign_in(WRONG)
        await expect_failure(person, "One attempt was made")
    async with run_configurator(unread_session(profile)) as person:
        await person.until(lambda: "Rejected before" in person.shown)
        await person.dialog(MessageDialog)
        assert "rejected the sign-in of admin on" in person.told
        assert "Sign in again only if the cause is solved." in person.told
        await person.answer("back")
        await person.main_again()
        assert len(sandbox.recorded) == 1
        await person.press("f5")
        await person.dialog(MessageDialog)
        await person.answer("again")
        await person.sign_in(admin_password(sandbox))
        await person.until(lambda: not isinstance(person.app.screen, SignInDialog))
        await person.until(lambda: person.text("server"))
    async with run_configurator(unread_session(profile)) as person:
        await person.dialog(SignInDialog)


def browser_profile(sandbox: Sandbox) -> Profile:
    profile = add_instance(sandbox.running)
    assert profile.instance
    client = sandbox.running.oauth.client_id
    instance = replace(profile.instance, sign_in=SignInMethod.BROWSER, user=client)
    return replace(profile, instance=instance)


async def open_address(person: Person) -> str:
    """Wait for the dialog with the address to open, and return it."""
    await person.until(lambda: "Code or address from the browser" in person.shown)
    dialog = await person.dialog(SignInDialog)
    lines = "".join(line.text for line in dialog.query(WrappedLines)).replace("\n", "")
    found = re.search(r"https://\S+?code_challenge_method=S256", lines)
    assert found
    return found[0]


@pytest.mark.grid
@async_test
async def test_a_browser_signs_in_with_the_address_on_the_screen(
    here: House, sandbox: Sandbox
) -> None:
    profile = browser_profile(sandbox)
    for client_secret in ("", sandbox.running.oauth.client_secret):
        async with run_configurator(unread_session(profile)) as person:
            await person.until(lambda: "have a secret?" in person.shown)
            await person.dialog(MessageDialog)
            await person.answer("yes" if client_secret else "no")
            if client_secret:
                await person.sign_in(client_secret)
            address = await open_address(person)
            pasted = await asyncio.to_thread(sign_in_with_browser, sandbox, address)
            await person.paste(pasted)
            await person.press("enter")
            await person.verdict()
            await person.press("enter")
            await person.main_again()
            asked = [each.path for each in sandbox.recorded].count("/oauth_token.do")
            await person.press("f5")
            await person.until(lambda: "was read again" in person.said)
            paths = [each.path for each in sandbox.recorded]
            assert paths.count("/oauth_token.do") == asked
            assert pasted not in person.shown


@async_test
async def test_an_address_of_another_sign_in_is_refused_on_the_screen(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(browser_profile(sandbox))) as person:
        await person.until(lambda: "have a secret?" in person.shown)
        await person.dialog(MessageDialog)
        await person.answer("no")
        await open_address(person)
        await person.paste("http://localhost/glidemail?code=c4nary&state=other")
        await person.press("enter")
        await person.until(lambda: "Not signed in" in person.shown)
        await person.dialog(MessageDialog)
        assert "its state is different" in person.told
        assert "c4nary" not in person.shown
        await person.press("enter")
        await person.main_again()
        assert "/oauth_token.do" not in [each.path for each in sandbox.recorded]


@pytest.mark.grid
@async_test
async def test_the_passphrase_of_a_client_key_is_asked_for_first_and_again_if_it_is_wrong(
    here: House, sandbox: Sandbox
) -> None:
    client = write_client(here.root, trustme.CA(), passphrase=PASSPHRASE)
    profile = add_instance(sandbox.running)
    assert profile.instance
    instance = replace(
        profile.instance, client_certificate=client.certificate, client_key=client.key
    )
    async with run_configurator(unread_session(replace(profile, instance=instance))) as person:
        await person.dialog(SignInDialog)
        assert "client-key.pem:" in person.words
        await person.sign_in("wr0ng-c4nary")
        await person.until(lambda: "Password of admin" in person.shown)
        await person.sign_in(admin_password(sandbox))
        await expect_failure(person, "can't be opened with that passphrase")
        assert sandbox.recorded == []
        await person.answer("again")
        await person.until(lambda: "Passphrase of" in person.shown)
        await person.sign_in(PASSPHRASE)
        await person.verdict()
        assert "c4nary" not in person.shown


@async_test
async def test_what_was_remembered_and_cannot_be_read_is_shown(
    here: House, sandbox: Sandbox
) -> None:
    broken = here.root / "state" / "glidemail" / "refused-sign-ins" / "all-profiles.toml"
    here.write("[[refused]]\n", broken)
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await expect_failure(person, "contains a refused sign-in that can't be read.")
        assert sandbox.recorded == []


@pytest.mark.grid
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


@pytest.mark.grid
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


@pytest.mark.grid
@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("hibernating", "is hibernating"),
        ("login_redirect", "redirects to a sign-in page"),
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
        await expect_failure(person, "connection refused")
        await person.press("enter")
        await person.main_again()
        assert person.said.endswith("was not read: F5 connects.")


@pytest.mark.grid
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
        await expect_failure(person, "nowhere.example: the name can't be resolved")


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


@pytest.mark.grid
@async_test
async def test_a_kept_password_signs_in_unasked_and_is_not_tried_twice_when_refused(
    here: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Keyring, "get", lambda *_: Secret(WRONG))
    monkeypatch.setattr(Keyring, "forget", lambda *_: None)
    profile = add_instance(sandbox.running, keep=Keep.KEYRING)
    async with run_configurator(unread_session(profile)) as person:
        await expect_failure(person, "rejected the sign-in")
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
        assert "It isn't kept: No keyring answers here." in person.told


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
        await expect_failure(person, "now has the name sandbox")


@pytest.mark.grid
@async_test
async def test_the_first_page_says_that_mail_fails_and_why(here: House, sandbox: Sandbox) -> None:
    own_account(sandbox)
    for row in sandbox.rows("sys_email_account"):
        if row["name"] == "Own SMTP":
            sandbox.change("sys_email_account", row["sys_id"], password="wrong")
    assert sandbox.deliver() == 4
    assert sandbox.delivered == []
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert "535 5.7.8 Authentication credentials invalid" in person.words
        assert "The user or the password is wrong." in person.words
        await person.press("escape")
        await person.main_again()
        assert "account Own SMTP, failing" in person.shown
        await person.choose("why mail")
        await person.until(lambda: "Does mail go out?" in person.shown)
        assert "+ sending Email sending is on." in person.words
        assert "+ sender Own SMTP (your own SMTP account) is active: 127.0.0.1:" in person.words


@pytest.mark.grid
@async_test
async def test_no_active_account_is_said_first(here: House, sandbox: Sandbox) -> None:
    no_active_account(sandbox)
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.sign_in(admin_password(sandbox))
        await person.verdict()
        assert "No SMTP account is active; ServiceNow SMTP is inactive." in person.words
        assert "apply --provider-server (^P on the screen) activates ServiceNow" in person.words


@async_test
async def test_who_sees_nothing_is_shown_no_default(here: House, sandbox: Sandbox) -> None:
    profile = add_instance(sandbox.running, user="nobody")
    async with run_configurator(unread_session(profile)) as person:
        await person.sign_in(sandbox.running.user("nobody").password)
        await person.verdict()
        await person.press("escape")
        await person.main_again()
        listed = [line.partition("│")[0].split() for line in person.shown.splitlines()]
        assert ["#Port", "unknown", "(hidden)"] in listed
        assert "110" not in person.shown
        pane = " ".join(person.incoming.split())
        assert "What reads mail here is hidden from this user." in pane
