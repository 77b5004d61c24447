"""What is typed while the program saves or reads is not lost."""

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.app.driving import SAVED, Person, awaited, opened, running
from tests.cli.house import House
from tui.app.screens.confirm_dialog import ConfirmDialog
from tui.settings.delivery.status import AccountChoice
from tui.workspace.session import Session
from tui.workspace.sign_in import Operator
from tui.workspace.workspace import Workspace


@contextmanager
def held(here: House) -> Iterator[None]:
    """Another program saves in the same directory, and takes its time."""
    directory = os.open(here.config, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


async def saving(person: Person) -> None:
    """Asks for a save that nothing stands against, and confirms it."""
    await person.press("ctrl+s")
    await person.dialog(ConfirmDialog)
    await person.answer("save")


@awaited
async def test_what_is_typed_while_a_save_waits_stays_and_is_not_saved(here: House) -> None:
    async with running(opened(here)) as person:
        await person.enter("display_name", "Post")
        with held(here):
            await saving(person)
            await person.until(lambda: person.said == "Saving.")
            await person.enter("display_name", "Post Office")
            await person.press("ctrl+s")
            assert person.said == "A save is under way."
            await person.press("ctrl+q")
            assert person.app.is_running
        await person.until(lambda: person.said.startswith("Saved 1 change"))
        assert person.text("display_name") == "Post Office"
        assert person.changed == ["display_name"]
        assert 'display_name = "Post"' in here.settings.read_text()


@awaited
async def test_what_is_typed_while_the_file_is_read_again_stays(
    here: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = Workspace.read

    async def slowly(
        self: Workspace, operator: Operator, choice: AccountChoice | None = None
    ) -> Session:
        session = await read(self, operator, choice)
        reading.set()
        await go_on.wait()
        return session

    async with running(opened(here)) as person:
        monkeypatch.setattr(Workspace, "read", slowly)
        here.write(SAVED.replace("port = 25", "port = 587"))
        person.app.action_read_again()
        await person.until(reading.is_set)
        await person.enter("display_name", "Post")
        go_on.set()
        await person.until(lambda: person.text("port") == "587")
        assert person.text("display_name") == "Post"
        assert person.changed == ["display_name"]
