"""An instance, read again while one works on it."""

from tests.app.driving import Person, awaited, connected
from tests.cli.house import House
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account
from tui.app.screens.conflict_dialog import ConflictDialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.widgets.lines import Lines


def change(sandbox: Sandbox, name: str, **fields: str) -> None:
    """Somebody else changes a property or an account."""
    for table in ("sys_properties", "sys_email_account"):
        for row in sandbox.rows(table):
            if row["name"] == name:
                sandbox.change(table, row["sys_id"], **fields)


async def read_again(person: Person, words: str) -> None:
    """Reads again, and waits for what is said then."""
    await person.press("f5")
    await person.until(lambda: words in person.said)


@awaited
async def test_what_somebody_else_has_changed_is_taken_and_said_with_who_it_was(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await read_again(person, "was read again: nothing that counts has changed.")
        change(legacy, "glide.email.username", value="Their Desk")
        await read_again(person, "was changed by someone.else")
        assert person.said.endswith("Display name is Their Desk now.")
        assert person.text("display_name") == "Their Desk"
        assert person.changed == []


@awaited
async def test_what_is_typed_stays_over_newer_rows_and_a_conflict_is_settled(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        await person.enter("display_name", "My Desk")
        await person.enter("port", "2525")
        change(legacy, "glide.email.username", value="Their Desk")
        await read_again(person, "was changed by someone.else, Display name there and here too")
        assert person.text("display_name") == "My Desk"
        await person.press("f9")
        await person.dialog(ConflictDialog)
        assert "there Their Desk, by someone.else" in person.told
        await person.settle()
        await person.answer("settle")
        await person.main_again()
        assert person.text("display_name") == "Their Desk"
        assert person.changed == ["port"]


@awaited
async def test_what_sends_there_now_is_said_where_that_has_changed(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        own_account(sandbox)
        await read_again(person, "What sends at")
        assert "has changed: account Own SMTP." in person.said
        assert "account Own SMTP" in person.shown.split("\n")[0]
        assert person.text("user") == sandbox.running.mail.user


@awaited
async def test_a_slow_instance_holds_up_no_key_and_what_is_typed_meanwhile_stays(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        change(legacy, "glide.smtp.port", value="2525")
        legacy.switches.never_answers = True
        asked = len(legacy.recorded)
        await person.press("f5")
        await person.until(lambda: len(legacy.recorded) > asked)
        await person.enter("display_name", "My Desk")
        assert person.changed == ["display_name"]
        legacy.switches.never_answers = False
        await read_again(person, "Port is 2525 now")
        assert person.text("port") == "2525"
        assert person.text("display_name") == "My Desk"
        assert person.changed == ["display_name"]


@awaited
async def test_what_goes_wrong_is_told_and_what_was_read_stays(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        legacy.switches.hibernating = True
        await person.press("f5")
        await person.until(lambda: "It cannot be read" in person.shown)
        assert "is hibernating" in person.told
        await person.press("escape")
        await person.main_again()
        assert person.text("display_name") == "IT Service Desk"


@awaited
async def test_an_account_that_was_to_send_and_does_by_now_is_read_as_the_one_that_sends(
    here: House, sandbox: Sandbox
) -> None:
    async with connected(sandbox.running) as person:
        await person.choose("own server")
        await person.until(lambda: "Nothing sends yet" in person.said)
        own_account(sandbox)
        await read_again(person, "What sends at")
        assert person.text("display_name") == "IT Service Desk"
        assert "account Own SMTP" in person.shown


@awaited
async def test_nothing_is_asked_of_an_instance_while_nobody_asks(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        asked = len(legacy.recorded)
        change(legacy, "glide.smtp.port", value="2525")
        for _ in range(3):
            person.app._look()
        await person.press("down")
        assert not [each for each in person.app.workers if each.group == "reading"]
        assert len(legacy.recorded) == asked
        assert person.text("port") != "2525"


@awaited
async def test_what_is_read_while_a_dialog_is_open_waits_behind_it(
    here: House, legacy: Sandbox
) -> None:
    async with connected(legacy.running) as person:
        legacy.switches.slow_seconds = 0.05
        legacy.switches.broken = True
        await person.press("f5", "f1")
        await person.until(
            lambda: "the instance failed" in person.app.main.query_one("#said", Lines).text
        )
        assert len(person.app.screen_stack) == 2
        await person.press("escape")
        await person.until(lambda: "It cannot be read" in person.shown)
        await person.dialog(MessageDialog)
        await person.press("escape")
        await person.main_again()
        await person.choose("what sends there")
        await person.verdict()
