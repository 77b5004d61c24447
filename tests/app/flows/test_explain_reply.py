"""Explaining a mail server's reply from the screen."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.factories import open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import DEADLINE, House, read_tree
from tui.app.screens import reply_dialog
from tui.app.screens.reply_dialog import ReplyDialog

REPLIES = {
    "recipient-unknown": "550 5.1.1 <ann@corp.example>: User unknown",
    "greylisted": "450 4.7.1 <ann@corp.example>: Recipient address rejected: Greylisted",
    "password": "-ERR [AUTH] Authentication failed.",
    "unknown": "554 no",
}
OF_PROVIDERS = "554 5.7.9 See the help (in reply to AUTH command)"
"""A reply whose code means one thing at Google, and another elsewhere."""


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pause before an answer as short as a test wants it."""
    monkeypatch.setattr(reply_dialog, "PAUSE", 0.01)


async def open_dialog(person: Person) -> None:
    """Choose the action in the palette."""
    await person.choose("explain-reply")
    await person.dialog(ReplyDialog)


async def explain(person: Person, reply: str, cause: str) -> None:
    """Explain another reply."""
    await person.press("ctrl+u")
    await person.paste(reply)
    await person.until(lambda: f"Cause {cause}" in person.told)


@async_test
async def test_it_says_what_the_command_says(here: House) -> None:
    said = {each: here.call("explain-reply", "--", each).words for each in REPLIES.values()}
    async with run_configurator(open_default(here)) as person:
        await open_dialog(person)
        for cause, reply in REPLIES.items():
            await explain(person, reply, cause)
            assert person.told == said[reply].removeprefix(reply).strip()


@pytest.mark.grid
@async_test
async def test_escape_closes_it_and_nothing_of_the_reply_is_kept(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        draft = person.app.editing.draft
        await open_dialog(person)
        await explain(person, "550 5.1.1 Canary unknown", "recipient-unknown")
        await person.press("escape")
        await person.main_again()
        assert person.app.editing.draft == draft
        await person.enter("display_name", "Post")
        await person.app._keep_draft().wait()
        files = read_tree(here.root)
        assert [path for path, data in files.items() if b"Post" in data]
        assert not [path for path, data in files.items() if b"Canary" in data]
        await open_dialog(person)
        assert person.line.value == ""
        assert "Canary" not in person.shown


@async_test
async def test_the_server_of_the_draft_is_named_only_where_it_decides(here: House) -> None:
    async with run_configurator(open_default(here)) as person:
        await open_dialog(person)
        await explain(person, OF_PROVIDERS, "mechanism")
        assert "Server" not in person.told
        await person.press("escape")
        await person.enter("server", "[b]\x1b[2Jsmtp.gmail.com")
        await open_dialog(person)
        await explain(person, OF_PROVIDERS, "app-password")
        assert "Server [b]^[[2Jsmtp.gmail.com, the outgoing mail server." in person.told
        await explain(person, REPLIES["password"], "password")
        assert "Server" not in person.told


def test_the_first_frame_needs_no_table_of_replies() -> None:
    program = (
        "import sys, tui.app.app\n"
        "sys.exit(bool([m for m in sys.modules if m.startswith('tui.replies')]))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=Path("/"), timeout=DEADLINE, check=False
    )
    assert done.returncode == 0
