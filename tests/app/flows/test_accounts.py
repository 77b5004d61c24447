"""The list of email accounts: one is chosen to send, activated or deactivated."""

import pytest

from tests.app.factories import add_instance
from tests.app.flows.records import active_senders, confirmation_word
from tests.app.person import Person, async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, own_account
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.credentials.secret import Secret
from tui.workspace.session import unread_session

ACCOUNTS, IMAP, BY_HAND = "sys_email_account", "Prod IMAP", "Own SMTP"


def add_reader(sandbox: Sandbox, active: bool = True) -> None:
    """Add an account that looks like production's."""
    sandbox.insert(
        ACCOUNTS,
        name=IMAP,
        type="imap",
        active="true" if active else "false",
        server="imap.corp.example",
        user_name="orders@corp.example",
    )


def is_active(sandbox: Sandbox, name: str) -> bool:
    (row,) = (each for each in sandbox.rows(ACCOUNTS) if each["name"] == name)
    return row["active"] == "true"


async def open_account(person: Person, name: str) -> None:
    """Go to what can be done with an account, by the palette and the list."""
    await person.choose("email accounts")
    await person.until(lambda: isinstance(person.app.screen, PickList) and name in person.shown)
    await person.paste(name)
    await person.press("enter")
    await person.dialog(MessageDialog)


@async_test
async def test_productions_account_is_stopped_from_the_list_and_what_is_edited_stays(
    here: House, sandbox: Sandbox
) -> None:
    add_reader(sandbox)
    own_account(sandbox)
    async with connect(sandbox.running) as person:
        await person.enter("display_name", "Desk")
        await open_account(person, IMAP)
        assert "IMAP, active, imap.corp.example as orders@corp.example." in person.told
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        assert f"{IMAP} active -> inactive" in person.told
        assert "the mailbox orders@corp.example on imap.corp.example is no longer" in person.told
        assert "Desk" not in person.told
        await person.answer("save")
        await person.until(lambda: f"{IMAP} is inactive (written and read back)." in person.said)
        assert not is_active(sandbox, IMAP)
        assert active_senders(sandbox) == [BY_HAND]
        assert person.changed == ["display_name"]
        assert f"{IMAP} (inactive)" in person.shown


@async_test
async def test_an_account_made_by_hand_is_chosen_from_the_list_and_sends(
    here: House, sandbox: Sandbox
) -> None:
    own_account(sandbox, active=False)
    async with connect(sandbox.running) as person:
        await open_account(person, BY_HAND)
        assert "It can replace ServiceNow SMTP, which is kept, inactive." in person.told
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        assert f"Account that sends ServiceNow SMTP -> {BY_HAND}" in person.told
        await person.press("escape")
        await person.until(lambda: "nothing was written. ^S asks again; ^P leads" in person.said)
        assert f"account {BY_HAND}, not active yet" in person.shown
        await person.enter("display_name", "Desk")
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        await person.settle()
        person.line.focus()
        await person.paste(confirmation_word(sandbox))
        await person.answer("save")
        await person.until(lambda: f"{BY_HAND} is active" in person.said)
        assert active_senders(sandbox) == [BY_HAND]
        assert f"account {BY_HAND}" in person.shown


@pytest.mark.grid
@async_test
async def test_one_that_looks_like_productions_takes_its_name_to_start(
    here: House, sandbox: Sandbox
) -> None:
    add_reader(sandbox, active=False)
    async with connect(sandbox.running) as person:
        await open_account(person, IMAP)
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        await person.answer("save")
        assert f"Still open: type {IMAP}" in person.said
        await person.paste(IMAP)
        await person.answer("save")
        await person.until(lambda: f"{IMAP} is active (written and read back)." in person.said)
        assert is_active(sandbox, IMAP)


@pytest.mark.grid
@async_test
async def test_a_switch_that_is_cancelled_leaves_nothing_to_save(
    here: House, sandbox: Sandbox
) -> None:
    add_reader(sandbox)
    async with connect(sandbox.running) as person:
        await open_account(person, IMAP)
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        await person.press("escape")
        await person.main_again()
        assert "Not saved: nothing was written." in person.said
        await person.press("ctrl+s")
        assert "Nothing is changed: there is nothing to save." in person.said
        assert is_active(sandbox, IMAP)


@pytest.mark.grid
@async_test
async def test_nothing_is_offered_where_nothing_can_be_done_and_that_is_said(
    here: House, sandbox: Sandbox
) -> None:
    graph_sender(sandbox)
    own_account(sandbox, active=False)
    async with connect(sandbox.running) as person:
        for name, words in (
            (
                "Graph sender",
                "Graph sender is of type Microsoft Graph (Send): change it on the instance",
            ),
            (BY_HAND, "It isn't certain what sends there now, or it isn't an SMTP account"),
        ):
            await open_account(person, name)
            assert f"It can't be changed here. {words}" in person.told
            assert not person.app.screen.query("#button-do")
            await person.press("escape")
            await person.dialog(PickList)
            await person.press("escape")
            await person.main_again()


@pytest.mark.grid
@async_test
async def test_servicenows_account_is_had_send_again_from_the_list(
    here: House, sandbox: Sandbox
) -> None:
    own_account(sandbox)
    async with connect(sandbox.running) as person:
        await open_account(person, "ServiceNow SMTP")
        assert "glidemail only ever changes whether it is active." in person.told
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        await person.press("escape")
        await person.verdict()  # nothing of it can be edited, so the choice is dropped
        await person.press("enter")
        await person.main_again()
        assert f"account {BY_HAND}" in person.shown


@pytest.mark.grid
@async_test
async def test_a_draft_of_a_named_account_is_restored_over_that_account(
    here: House, sandbox: Sandbox
) -> None:
    own_account(sandbox, active=False)
    profile = add_instance(sandbox.running)
    async with connect(sandbox.running, profile) as person:
        await open_account(person, BY_HAND)
        await person.answer("do")
        await person.dialog(ConfirmDialog)
        await person.press("escape")
        await person.main_again()
        await person.enter("display_name", "Desk")
        await person.app._keep_draft().wait()
        person.app.note_end(None, None)
    secret = Secret(sandbox.running.user("admin").password)
    async with run_configurator(unread_session(profile), sign_in=secret) as person:
        await person.verdict()
        await person.press("enter")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        assert f"They are for the account {BY_HAND}, which isn't active yet." in person.told
        await person.answer("restore")
        await person.main_again()
        assert f"account {BY_HAND}, not active yet" in person.shown
        assert person.changed == ["display_name"]
        person.app.note_end(None, None)
    (row,) = (each for each in sandbox.rows(ACCOUNTS) if each["name"] == BY_HAND)
    sandbox.delete(ACCOUNTS, row["sys_id"])
    async with run_configurator(unread_session(profile), sign_in=secret) as person:
        await person.verdict()
        await person.press("enter")
        await person.until(lambda: "There are changes that were not saved" in person.shown)
        words = f"They are for the account {BY_HAND}, which can't be chosen now. Restoring them"
        assert f"{words} would change ServiceNow SMTP." in person.told
        await person.answer("discard")
        await person.main_again()


@pytest.mark.grid
@async_test
async def test_before_an_instance_is_read_there_is_no_list_of_its_accounts(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.press("escape")
        await person.main_again()
        await person.press("ctrl+p")
        await person.dialog(PickList)
        await person.paste("email accounts")
        assert "activate or deactivate" not in person.shown
