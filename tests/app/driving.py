"""Drives the configurator by its keys, as a person does, and reads what it shows."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from textual.app import App
from textual.events import Key, Paste
from textual.pilot import Pilot, WaitForScreenTimeout
from textual.strip import Strip
from textual.widgets import Input

from tests.cli.running import DEADLINE, House
from tui.app.app import ConfiguratorApp
from tui.app.screens.dialog import Dialog
from tui.app.screens.message_dialog import MessageDialog
from tui.app.screens.pick_list import PickList
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.app.widgets.buttons import Checkbox
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.sandbox.instance import Running
from tui.settings.values import Environment
from tui.storage.instance import Instance
from tui.storage.profile import Keep, Profile, add_profile
from tui.workspace.session import Session, open_session, unread_session
from tui.workspace.sign_in import SignIns
from tui.workspace.workspace import Workspace

P = ParamSpec("P")
D = TypeVar("D", bound=Dialog[Any])

SAVED = """\
# ours
server = "mail.old.example"
user = "helpdesk@corp.example"
display_name = "Help Desk"  # as people know it
port = 25
sending_enabled = true
"""
"""Settings that are there already; on a test instance nothing is wrong with them."""


def awaited(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Has a test that awaits run in an event loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def opened(
    here: House,
    environment: Environment | None = Environment.NON_PRODUCTION,
    keep: Keep = Keep.NOTHING,
) -> Session:
    """The default profile, of a test instance unless told."""
    return run_without_loop(open_session(Profile("default", here.settings, environment, keep)))


async def settled(app: App[int]) -> None:
    """Waits until no widget of an application has anything more to do.

    It asks them, where a pilot's own pause only looks for a processor that is idle.
    """
    pilot = Pilot(app)
    quiet = 0
    while quiet < 2 and app.is_running and not app._exit:
        # A screen that closes meanwhile never tells that it is done.
        with suppress(WaitForScreenTimeout):
            await pilot._wait_for_screen(timeout=0.5)
        pumps = [app, *app.screen.walk_children(with_self=True)]
        quiet = 0 if any(each.message_queue_size for each in pumps) else quiet + 1
        app.screen._on_timer_update()


_CHARACTERS = {"space": " ", "slash": "/", "question_mark": "?"}


@dataclass(frozen=True)
class Person:
    """Somebody at the keyboard of a running configurator."""

    app: ConfiguratorApp
    pilot: Pilot[int]

    async def arrive(self) -> None:
        """Waits until everything is there."""
        count = len(self.app.editing.draft.entries)
        await self.until(lambda: len(self.app.main.query(Form)) == count)

    async def press(self, *keys: str) -> None:
        """Presses keys, each once the one before has done all it does."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None))
            event.set_sender(self.app)
            driver.send_message(event)
            await settled(self.app)

    async def paste(self, text: str) -> None:
        """Pastes into what has the focus."""
        focused = self.app.focused
        assert focused is not None
        focused.post_message(Paste(text))
        await settled(self.app)

    async def enter(self, name: str, text: str) -> None:
        """Goes to a property and has a text stand in its field, and nothing else."""
        self.app.main.go(name)
        await settled(self.app)
        await self.press("ctrl+u")
        await self.paste(text)

    async def resize(self, columns: int, rows: int) -> None:
        """Has the terminal another size."""
        await self.pilot.resize_terminal(columns, rows)
        await settled(self.app)

    async def until(self, happened: Callable[[], object]) -> None:
        """Waits until something has happened."""
        deadline = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < deadline, f"it does not happen in:\n{self.shown}"
            await asyncio.sleep(0.01)
        await settled(self.app)

    async def dialog(self, kind: type[D]) -> D:
        """The dialog of that kind, once it is there."""
        await self.until(lambda: isinstance(self.app.screen, kind))
        await self.until(lambda: self.app.focused)
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    async def main_again(self) -> None:
        """Waits until no dialog is open any more."""
        await self.until(lambda: self.app.screen is self.app.main)

    async def answer(self, name: str) -> None:
        """Presses a button of the dialog."""
        self.app.screen.query_one(f"#button-{name}").focus()
        await self.press("enter")

    async def settle(self) -> None:
        """Ticks whatever the dialog before a save wants ticked."""
        for tick in self.app.screen.query(Checkbox):
            tick.focus()
            await self.press("space")

    async def sign_in(self, password: str) -> None:
        """Types what signs in into the dialog that asks for it."""
        await self.dialog(SignInDialog)
        await self.paste(password)
        await self.press("enter")

    async def verdict(self) -> MessageDialog:
        """The page that says what sends, once it is there."""
        await self.until(lambda: "What sends there now" in self.shown)
        return await self.dialog(MessageDialog)

    async def choose(self, words: str) -> None:
        """Picks what there is to do by some of its words."""
        await self.press("ctrl+p")
        await self.dialog(PickList)
        await self.paste(words)
        await self.press("enter")

    @property
    def strips(self) -> list[Strip]:
        """The lines of the screen as they are drawn, before any filter."""
        return self.app.screen._compositor.render_strips()

    @property
    def shown(self) -> str:
        """What the screen shows."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    @property
    def words(self) -> str:
        """What the screen shows, in one line, however it is wrapped."""
        return " ".join(self.shown.split())

    @property
    def told(self) -> str:
        """All that a dialog says, in one line, whether it is in sight or not."""
        body = self.app.screen.query_one("#body")
        lines = [each.text for each in body.query(Lines)]
        return " ".join(" ".join(lines).split())

    @property
    def changed(self) -> list[str]:
        """The properties that a save would change."""
        return list(self.app.editing.changed)

    @property
    def said(self) -> str:
        """What stands in the line above the keys, or above the buttons of a dialog."""
        return self.app.screen.query_one("#said", Lines).text.strip()

    @property
    def counts(self) -> str:
        """What stands below the list: how much is changed, and how much is wrong."""
        return self.app.main.query_one("#counts", Lines).text.strip()

    @property
    def listing(self) -> PropertyList:
        """The list of properties."""
        return self.app.main.query_one(PropertyList)

    def form(self, name: str) -> Form:
        """The form of a property."""
        return self.app.main.query_one(f"#form-{name}", Form)

    def notes(self, name: str) -> str:
        """What stands below a property's field, in one line."""
        return " ".join(self.form(name).query_one(".tail", Lines).text.split())

    def text(self, name: str) -> str:
        """What stands in a property's field."""
        return str(getattr(self.form(name).field, "value"))  # noqa: B009

    @property
    def incoming(self) -> str:
        """What the pane of the incoming mail says."""
        return self.app.main.query_one("#incoming", Lines).text

    @property
    def line(self) -> Input:
        """The line of the dialog to type in."""
        return self.app.screen.query_one(Input)


def workspace_of(session: Session, sign_in: Secret | None = None) -> Workspace:
    """What is worked on, and what signs in there, where that is known."""
    return Workspace(session, SignIns({session.profile.name: sign_in} if sign_in else None))


@asynccontextmanager
async def running(
    session: Session, size: tuple[int, int] = (80, 24), sign_in: Secret | None = None
) -> AsyncIterator[Person]:
    """The configurator, as it runs on a terminal of a size."""
    app = ConfiguratorApp(workspace_of(session, sign_in))
    try:
        async with app.run_test(size=size) as pilot:
            person = Person(app, pilot)
            await person.arrive()
            yield person
    finally:
        # The end of the process does it otherwise.
        app.workspace.drafts.release()


def added(
    at: Running,
    name: str = "corp",
    environment: Environment = Environment.NON_PRODUCTION,
    **more: Any,
) -> Profile:
    """A profile that names a stand-in instance, as its user admin unless told."""
    keep = more.pop("keep", Keep.NOTHING)
    instance = Instance(**{"url": at.url, "user": "admin", "ca_file": at.ca_file, **more})
    profile = Profile(name, Path("unused"), environment, keep, instance)
    add_profile(profile)
    return profile


@asynccontextmanager
async def connected(
    at: Running, profile: Profile | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Person]:
    """The configurator on an instance, past the page that says what sends."""
    profile = profile or added(at)
    secret = Secret(at.user("admin").password)
    async with running(unread_session(profile), size, secret) as person:
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        yield person
