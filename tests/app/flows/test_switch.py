"""Switching the account that sends, and what cannot be changed on an instance."""

import pytest

from tests.app.factories import add_instance, open_default
from tests.app.flows.records import active_senders, confirmation_word, property_value
from tests.app.person import async_test, connect, run_configurator
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.app.widgets.bars import Banner
from tui.presentation.status_text import exit_lines
from tui.settings.catalog import catalog
from tui.settings.values import Environment
from tui.workspace.session import unread_session


@async_test
async def test_an_own_server_is_chosen_filled_in_written_and_sends_and_there_is_a_way_back(
    here: House, sandbox: Sandbox
) -> None:
    async with run_configurator(unread_session(add_instance(sandbox.running))) as person:
        await person.dialog(SignInDialog)
        await person.press(*sandbox.running.user("admin").password, "enter")
        await person.verdict()
        assert "ServiceNow SMTP is active: relay.sandbox" in person.told
        await person.press("enter")
        await person.main_again()
        await person.choose("own server")
        await person.until(lambda: "Until then ServiceNow SMTP stays active." in person.said)
        assert "your own account, not active yet" in person.shown
        await person.fill_in_own_server(sandbox)
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        assert f"Write to NON-PROD {confirmation_word(sandbox)}?" in person.words
        assert "Account that sends ServiceNow SMTP -> glidemail 127.0.0.1" in person.told
        assert "5 emails are in the queue" in person.told
        assert sandbox.running.mail.password not in person.told
        await person.press("tab", *("space", "down") * 3, "space", "tab")
        assert person.line.has_focus
        await person.press(*confirmation_word(sandbox), "enter", "enter")
        await person.main_again()
        await person.until(lambda: "is active" in person.said)
        assert person.said == "7 changes written; glidemail 127.0.0.1 is active. " + (
            "^T sends a test message."
        )
        assert "account glidemail 127.0.0.1" in person.shown
        assert person.changed == []
        assert active_senders(sandbox) == ["glidemail 127.0.0.1"]
        assert sandbox.deliver() == 4
        assert {each.user for each in sandbox.delivered} == {sandbox.running.mail.user}
        await person.choose("servicenow's server")
        await person.dialog(ConfirmDialog)
        assert "Account that sends glidemail 127.0.0.1 -> ServiceNow SMTP" in person.told
        await person.settle()
        await person.answer("save")
        await person.main_again()
        await person.until(lambda: "is active" in person.said)
        assert "ServiceNow-configured account" in person.shown
        assert active_senders(sandbox) == ["ServiceNow SMTP"]
        assert list(exit_lines(person.app.workspace.report)) == [
            f"Written to {confirmation_word(sandbox)}. glidemail 127.0.0.1 is active. "
            "It isn't known yet whether mail goes out.",
            f"Written to {confirmation_word(sandbox)}. ServiceNow SMTP is active. "
            "It isn't known yet whether mail goes out.",
        ]


@pytest.mark.grid
@async_test
async def test_properties_are_written_and_each_flush_is_said_before(
    here: House, legacy: Sandbox
) -> None:
    async with connect(legacy.running) as person:
        assert "no active account" in person.shown
        await person.enter("port", str(legacy.running.mail.ports["starttls"]))
        await person.press("tab")
        while person.text("security") != "starttls":
            await person.press("right")
        await person.enter("test_recipients", "a@corp.example, b@corp.example")
        await person.press("shift+tab", "left")
        assert person.changed == ["port", "security", "sending_enabled", "test_recipients"]
        before = legacy.flushes
        await person.press("ctrl+s")
        await person.dialog(ConfirmDialog)
        assert "4 properties = 4 flushes" in person.told
        await person.settle()
        for line in person.app.screen.query("SafeInput"):
            line.focus()
            await person.paste(confirmation_word(legacy))
        await person.answer("save")
        await person.main_again()
        await person.until(lambda: person.said.startswith("4 changes written"))
        assert legacy.flushes == before + 4
        assert property_value(legacy, "glide.smtp.encryption") == "TLS"
        assert property_value(legacy, "glide.email.smtp.active") == "true"
        assert property_value(legacy, "glide.email.test.user") == "a@corp.example,b@corp.example"
        assert person.changed == []
        assert legacy.deliver() == 4


@pytest.mark.grid
@async_test
async def test_the_choice_of_another_account_can_be_taken_back(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await person.choose("own server")
        await person.until(lambda: "Fill in your server" in person.said)
        await person.press("m")
        assert person.changed == ["server"]
        await person.choose("back to its settings")
        await person.until(lambda: "Another account?" in person.shown)
        await person.press("escape")
        await person.main_again()
        assert person.text("server") == "m"
        await person.choose("back to its settings")
        await person.dialog(MessageDialog)
        await person.answer("discard")
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        assert person.text("server") == "relay.sandbox.service-now.com"
        assert "ServiceNow-configured account" in person.shown
        assert person.changed == []


@pytest.mark.grid
@async_test
async def test_a_choice_that_cannot_be_is_refused_with_the_reason(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        await person.choose("servicenow's server")
        await person.until(lambda: "Not chosen" in person.shown)
        assert (
            "ServiceNow SMTP, the ServiceNow-configured account, is already active" in person.told
        )
        await person.press("escape")
        await person.main_again()
        assert "ServiceNow-configured account" in person.shown


@pytest.mark.grid
@async_test
async def test_nothing_changes_what_is_locked_and_the_reason_is_said(
    here: House, sandbox: Sandbox
) -> None:
    async with connect(sandbox.running) as person:
        locked = person.app.editing.draft.base.locked
        assert "sending_enabled" not in locked
        for name, size in (("server", (80, 24)), ("password", (60, 20)), ("security", (40, 10))):
            before = person.text(name)
            await person.resize(*size)
            person.app.main.focus_property(name)
            for key in ("x", "backspace", "ctrl+x", "f4", "right", "delete"):
                await person.press(key)
            await person.paste("Canary pasted")
            assert person.said.startswith(locked[name][:20])
            assert person.changed == []
            assert person.text(name) == before
            assert "Canary" not in person.shown
        await person.press("ctrl+s")
        assert person.said == "Nothing is changed: there is nothing to save."


@pytest.mark.grid
@async_test
async def test_a_locked_form_says_why_and_the_list_marks_it(here: House, sandbox: Sandbox) -> None:
    async with connect(sandbox.running) as person:
        assert person.notes("user").startswith("# ServiceNow-configured account")
        assert "> #User name" in person.shown
        assert "   Email sending" in person.shown
        await person.enter("display_name", "x")
        await person.press("f1")
        await person.dialog(MessageDialog)
        assert "It can't be changed here. ServiceNow-configured account" in person.told
        assert "Receiving is on." in person.incoming
        assert "ServiceNow POP3 (active)" in person.incoming


@async_test
async def test_the_banner_tells_what_it_counts_as_where_who_and_what_sends_at_every_width(
    here: House, sandbox: Sandbox
) -> None:
    profile = add_instance(sandbox.running, environment=Environment.PRODUCTION)
    async with connect(sandbox.running, profile, (120, 24)) as person:
        banner = person.app.main.query_one(Banner)
        for columns in (120, 80, 60, 40):
            await person.resize(columns, 24)
            assert banner.size.height == 2
            for words in (
                "PRODUCTION",
                confirmation_word(sandbox),
                "admin",
                "ServiceNow-conf",
            ):
                assert words in "\n".join(person.shown.split("\n")[: banner.size.height])


@pytest.mark.grid
@async_test
async def test_the_rows_for_an_instance_are_in_no_list_of_a_file(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await person.press("ctrl+p")
        await person.dialog(PickList)
        assert "Own server" not in person.words
        listed = {each.id for each in person.app.main.listing.options if each.id}
        assert listed == set(catalog())
