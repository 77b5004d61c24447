"""From, Email receiving enabled, and accounts that sign in by OAuth, on the screen."""

from collections.abc import Iterator

import pytest

from tests.app.factories import add_instance
from tests.app.flows.records import active_senders, confirmation_word, property_value
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import OAUTH_PROFILE, graph_sender, oauth_account, oauth_profile
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.credentials.secret import Secret
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches
from tui.workspace.session import unread_session

FUTURE = "2199-01-01 00:00:00"


@pytest.fixture
def oauth() -> Iterator[Sandbox]:
    """Run a stand-in instance with OAuth profiles."""
    platform = PlatformSwitches(oauth_tables=True)
    switches = Switches(sender_seconds=0)
    with Sandbox("accounts", switches=switches, platform=platform) as sandbox:
        yield sandbox


@async_test
async def test_your_own_account_with_a_login_of_one_word_takes_the_place_of_oauth(
    here: House, oauth: Sandbox
) -> None:
    oauth_profile(oauth, oauth_account(oauth), refresh=FUTURE)
    secret = Secret(oauth.running.user("admin").password)
    async with run_configurator(
        unread_session(add_instance(oauth.running)), sign_in=secret
    ) as person:
        await person.verdict()
        assert f"OAuth profile: {OAUTH_PROFILE}, provider Microsoft" in person.told
        assert f"OAuth token: refresh, expires at {FUTURE} UTC" in person.told
        assert "Or switch To your own SMTP account (^P; --own-server)." in person.told
        await person.press("enter")
        await person.main_again()
        assert f"by OAuth (profile {OAUTH_PROFILE}), which glidemail never changes" in person.notes(
            "user"
        )
        await person.choose("own server")
        await person.until(lambda: "Until then OAuth SMTP stays active." in person.said)
        await person.fill_in_own_server(oauth)
        await person.enter("user", "apikey")
        assert "Or set From: then it can be any login." in person.notes("user")
        await person.enter("from", "desk@corp.example")
        assert "That is fine for a login, because From is set." in person.notes("user")
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        assert "From same as the user name -> desk@corp.example" in person.told
        assert "Account that sends OAuth SMTP -> glidemail 127.0.0.1" in person.told
        await person.settle()
        await person.answer("save")
        await person.main_again()
        await person.until(lambda: "is active" in person.said)
        assert active_senders(oauth) == ["glidemail 127.0.0.1"]
        assert oauth.deliver() == 4
        sent = {(each.user, each.mail_from) for each in oauth.delivered}
        assert sent == {("apikey", "desk@corp.example")}


@pytest.mark.grid
@async_test
async def test_while_graph_sends_no_other_account_is_chosen(here: House, oauth: Sandbox) -> None:
    oauth_profile(oauth, graph_sender(oauth), refresh=FUTURE)
    async with connect(oauth.running) as person:
        assert "another sender" in person.shown
        await person.choose("own server")
        await person.dialog(MessageDialog)
        assert "Deactivate Graph sender on the instance first." in person.told
        await person.press("enter")
        await person.main_again()
        assert active_senders(oauth) == []


@pytest.mark.grid
@async_test
async def test_receiving_is_turned_off_and_on_with_what_it_deletes(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        person.app.main.focus_property("receiving")
        await person.press("right")
        assert person.changed == ["receiving"]
        assert "Replies stay in the mailbox" in person.notes("receiving")
        await person.press("left")
        assert person.changed == []
        await person.press("right", "ctrl+s")
        await person.dialog(ConfirmDialog)
        assert "Replies stay in the mailbox" in person.told
        await person.answer("save")
        await person.main_again()
        await person.until(lambda: "1 change written" in person.said)
        assert property_value(sandbox, "glide.email.read.active") == "false"
        person.app.main.focus_property("receiving")
        await person.press("left")
        assert "The instance reads and deletes the mail of ServiceNow POP3" in person.notes(
            "receiving"
        )
        await person.press("f7")
        assert person.changed == []
        assert confirmation_word(sandbox) in person.shown


@pytest.mark.grid
@async_test
async def test_receiving_is_not_turned_on_where_it_reads_productions_mail(
    here: House, sandbox: Sandbox
) -> None:
    row = next(r for r in sandbox.rows("sys_properties") if r["name"] == "glide.email.read.active")
    sandbox.change("sys_properties", row["sys_id"], value="false")
    sandbox.insert("sys_email_account", name="Prod IMAP", type="imap", active="true")
    async with connect(sandbox.running) as person:
        person.app.main.focus_property("receiving")
        await person.press("left", "ctrl+s")
        await person.dialog(PickList)
        assert "Email receiving" in person.shown
        assert "Prod IMAP is active" in person.shown
        await person.press("enter")
        assert person.focused_property == "receiving"
        assert property_value(sandbox, "glide.email.read.active") == "false"
