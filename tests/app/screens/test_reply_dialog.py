"""The dialog that explains a mail server's reply."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.app.factories import HOSTILE, open_default
from tests.app.person import Person, async_test, run_configurator
from tests.cli.house import House
from tui.app.frugal.driver import UndecodableInput
from tui.app.screens import reply_dialog
from tui.app.screens.reply_dialog import ReplyDialog
from tui.replies.reply import MOST_CHARACTERS
from tui.terminal.visible import visible

UNKNOWN = "550 5.1.1 User unknown"
LINES = "\r\n".join(
    (
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated.",
        "550-5.7.26 The sender must authenticate with at least one of SPF or DKIM.",
        "550 5.7.26 Ask whoever runs the domain. gsmtp",
    )
)
JOINED = (
    "550-5.7.26 This mail has been blocked because the sender is unauthenticated. The sender must "
    "authenticate with at least one of SPF or DKIM. Ask whoever runs the domain. gsmtp"
)
HELP = "Paste what a mail server said"
FULL = "The line takes 4096 characters. The rest was left out."


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pause before an answer as short as a test wants it."""
    monkeypatch.setattr(reply_dialog, "PAUSE", 0.01)


@asynccontextmanager
async def open_dialog(here: House, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Person]:
    """Run the configurator with the dialog open."""
    async with run_configurator(open_default(here), size) as person:
        person.app.action_explain_reply()
        await person.dialog(ReplyDialog)
        yield person


async def explain(person: Person, reply: str, words: str = "Cause") -> None:
    """Paste a reply in the place of the one before, and wait for words of the answer."""
    await person.press("ctrl+u")
    await person.until(lambda: HELP in person.shown)
    await person.paste(reply)
    await person.until(lambda: words in person.shown)


def is_cursor_in_sight(person: Person) -> bool:
    """Return whether the cursor is in the line."""
    return person.line.content_region.contains_point(person.app.cursor_position)


@async_test
async def test_a_typed_reply_is_explained_without_another_key(here: House) -> None:
    async with open_dialog(here) as person:
        assert HELP in person.shown
        await person.press(*"452")
        await person.until(
            lambda: "Waiting    The same message may be accepted later." in person.shown
        )
        assert HELP not in person.shown
        # Blanks are no reply.
        await person.press("ctrl+u", "space", "space")
        await person.until(lambda: HELP in person.shown)
        assert "Cause" not in person.shown


@async_test
async def test_nothing_is_said_of_half_a_code(here: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reply_dialog, "PAUSE", 3600.0)
    async with open_dialog(here) as person:
        await person.press("5", "5")
        assert person.line.value == "55"
        assert HELP in person.shown


@async_test
async def test_several_lines_become_one_reply(here: House) -> None:
    async with open_dialog(here) as person:
        await explain(person, LINES, "sender-authentication")
        assert person.line.value == JOINED
        assert person.said == "3 lines were read as one reply."
        # The line shows the end and the cursor, and the answer shows all of it.
        assert is_cursor_in_sight(person)
        assert "domain. gsmtp" in person.shown.splitlines()[person.line.region.y]
        assert person.told.endswith(f"Reply {JOINED}")
        # One that a log has wrapped.
        await explain(person, "\n  550 5.1.1 User\n   unknown  \n\n", "recipient-unknown")
        assert person.line.value == UNKNOWN
        assert "Reply" not in person.told
        # One that a terminal sends as keys.
        await person.press("ctrl+u", *"552 full", "enter", *"box", "enter")
        assert person.line.value == "552 full box "
        assert person.said == ""


@async_test
async def test_a_reply_has_a_most_of_characters(here: House) -> None:
    async with open_dialog(here) as person:
        await explain(person, "550 " + "x" * 10 * MOST_CHARACTERS)
        full = "550 " + "x" * (MOST_CHARACTERS - 4)
        assert (person.line.value, person.said) == (full, FULL)
        await person.press("y")
        await person.paste("z\nz")
        assert (person.line.value, person.said) == (full, FULL)


@async_test
async def test_hostile_text_is_only_text_and_can_be_seen(here: House) -> None:
    async with open_dialog(here, (120, 40)) as person:
        for text in HOSTILE[:-1]:
            await explain(person, f"{UNKNOWN} {text}", "recipient-unknown")
            assert visible(" ".join(text.splitlines()))[:60] in person.shown
            assert all(char.isprintable() or char == "\n" for char in person.shown)
        await person.press("ctrl+u")
        person.line.post_message(UndecodableInput())
        await person.until(lambda: "Nothing of it was taken." in person.said)
        assert person.line.value == ""


@pytest.mark.grid
@async_test
async def test_all_of_it_can_be_read_in_any_window_and_without_colours(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_dialog(here, (40, 10)) as person:
        await explain(person, LINES)
        pages: list[list[str]] = []
        while not pages or pages[-1] != person.shown.splitlines():
            pages.append(person.shown.splitlines())
            await person.press("pagedown")
        seen = " ".join(" ".join(page[4:8]) for page in pages).split()
        assert [word for word in person.told.split() if word not in seen] == []
        assert all("gsmtp" in page[3] for page in pages)
        assert all(len(line) <= 40 for page in pages for line in page)
        # Another answer begins at its top.
        await person.press("x")
        await person.until(lambda: "Cause" in person.shown)
        for size in ((120, 40), (80, 24), (40, 10)):
            await person.resize(*size)
            assert "Cause      sender-authentication" in person.shown
            assert is_cursor_in_sight(person)
