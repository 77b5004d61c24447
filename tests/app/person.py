"""A person who drives the configurator by its keys, and reads what it shows."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from textual.app import App
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from tests.app.factories import add_instance, make_workspace
from tests.cli.house import DEADLINE
from tests.sandbox.sandbox import Sandbox
from tui.app.app import ConfiguratorApp
from tui.app.screens.delivery_dialog import DeliveryDialog
from tui.app.screens.dialog import Dialog
from tui.app.screens.pick_list import PickList
from tui.app.screens.sign_in_dialog import SignInDialog
from tui.app.widgets.buttons import Checkbox
from tui.app.widgets.form import Form
from tui.app.widgets.lines import Lines
from tui.app.widgets.property_list import PropertyList
from tui.credentials.secret import Secret
from tui.sandbox.sandbox_server import ConnectionDetails
from tui.storage.profile import Profile
from tui.workspace.session import Session, unread_session

P = ParamSpec("P")
D = TypeVar("D", bound=Dialog[Any])


def async_test(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Run an asynchronous test in an event loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


async def settle(app: App[Any]) -> None:
    """Wait until no widget of an application has anything more to do.

    Nothing has once the event loop has nothing else to run. A pilot's own pause only looks for an
    idle processor, and asks every widget.
    """
    while app.is_running and not app._exit:
        await _run_out()
        if app._exit:
            break  # it ended just now, and may have no screen any more
        app.screen._on_timer_update()
        if not _is_busy():
            break


async def _run_out() -> None:
    """Wait until the event loop has nothing to run but this."""
    quiet = 0
    while quiet < 3:
        await asyncio.sleep(0)
        quiet = 0 if _is_busy() else quiet + 1


def _is_busy() -> bool:
    return bool(asyncio.get_running_loop()._ready)  # type: ignore[attr-defined]


_CHARACTERS = {"space": " ", "slash": "/", "question_mark": "?"}


@dataclass(frozen=True)
class Person:
    """A person at the keyboard of a running configurator."""

    app: ConfiguratorApp
    pilot: Pilot[int]

    async def arrive(self) -> None:
        """Wait until the first frame was shown, and the first words were said."""
        await self.until(lambda: self.app.screen is not self.app.main or self.said)

    async def press(self, *keys: str) -> None:
        """Press keys, each once the one before is done."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None))
            event.set_sender(self.app)
            driver.send_message(event)
            await settle(self.app)

    async def press_at_once(self, *keys: str) -> None:
        """Press keys as they arrive over a slow line: all before the first one is done."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            event = Key(key, _CHARACTERS.get(key, key if len(key) == 1 else None))
            event.set_sender(self.app)
            driver.send_message(event)
        await settle(self.app)

    async def paste(self, text: str) -> None:
        """Paste into what has the focus."""
        focused = self.app.focused
        assert focused is not None
        focused.post_message(Paste(text))
        await settle(self.app)

    async def enter(self, name: str, text: str) -> None:
        """Go to a property, and replace the text of its field."""
        self.app.main.focus_property(name)
        await settle(self.app)
        await self.press("ctrl+u")
        await self.paste(text)

    async def resize(self, columns: int, rows: int) -> None:
        """Resize the terminal."""
        await self.pilot.resize_terminal(columns, rows)
        await settle(self.app)

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until a condition holds."""
        deadline = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < deadline, f"it does not happen in:\n{self.shown}"
            await asyncio.sleep(0.01)
        await settle(self.app)

    async def dialog(self, kind: type[D]) -> D:
        """Return the dialog of a kind, once it is open."""
        await self.until(lambda: isinstance(self.app.screen, kind))
        await self.until(lambda: self.app.focused)
        assert isinstance(self.app.screen, kind)
        return self.app.screen

    async def main_again(self) -> None:
        """Wait until no dialog is open."""
        await self.until(lambda: self.app.screen is self.app.main)

    async def answer(self, name: str) -> None:
        """Press a button of the dialog."""
        self.app.screen.query_one(f"#button-{name}").focus()
        await self.press("enter")

    async def settle(self) -> None:
        """Tick every box of the dialog."""
        for tick in self.app.screen.query(Checkbox):
            if not tick.value:
                tick.focus()
                await self.press("space")

    async def sign_in(self, password: str) -> None:
        """Type the password into the dialog that asks for it."""
        await self.dialog(SignInDialog)
        await self.paste(password)
        await self.press("enter")

    async def fill_in_own_server(self, sandbox: Sandbox) -> None:
        """Type an SMTP account of one's own into the forms, from the first one on."""
        mail = sandbox.running.mail
        await self.paste(mail.host)
        await self.press("tab")
        await self.paste(mail.user)
        await self.press("tab")
        await self.paste("Desk")
        await self.press("tab", "right", "tab")
        await self.paste(mail.password)
        await self.press("tab")
        await self.paste(str(mail.ports["starttls"]))
        await self.press("tab", "right", "right")

    async def verdict(self) -> DeliveryDialog:
        """Return the page that says whether mail goes out, once it is open."""
        await self.until(lambda: "Does mail go out?" in self.shown)
        return await self.dialog(DeliveryDialog)

    async def choose(self, words: str) -> None:
        """Pick an action of the palette by some of its words."""
        await self.press("ctrl+p")
        await self.dialog(PickList)
        await self.paste(words)
        await self.press("enter")

    @property
    def strips(self) -> list[Strip]:
        """The lines of the screen, before any filter."""
        return self.app.screen._compositor.render_strips()

    @property
    def shown(self) -> str:
        """The text on the screen."""
        return "\n".join(strip.text.rstrip() for strip in self.strips)

    @property
    def words(self) -> str:
        """The text on the screen in one line, without the frame of a dialog."""
        return " ".join(self.shown.replace("│", " ").split())

    @property
    def told(self) -> str:
        """The whole text of a dialog in one line, in sight or not."""
        body = self.app.screen.query_one("#body")
        lines = [each.text for each in body.query(Lines)]
        return " ".join(" ".join(lines).split())

    @property
    def changed(self) -> list[str]:
        """The properties that a save would change."""
        return list(self.app.editing.changed)

    @property
    def said(self) -> str:
        """The text of the status line, of the screen or of a dialog."""
        return self.app.screen.query_one("#said", Lines).text.strip()

    @property
    def counts(self) -> str:
        """The counts in the rule above the status line."""
        return self.app.main.query_one("#counts", Lines).text.strip(" _")

    @property
    def listing(self) -> PropertyList:
        """The list of properties."""
        return self.app.main.query_one(PropertyList)

    @property
    def focused_property(self) -> str:
        """The property whose field has the focus, "list", or "" for something else."""
        widget = self.app.focused
        if isinstance(widget, PropertyList):
            return "list"
        form = self.app.main.form
        return form.entry.name if widget is form.field else ""

    def form(self, name: str) -> Form:
        """Return the form, showing a property."""
        self.app.main.show_property(name)
        return self.app.main.form

    def notes(self, name: str) -> str:
        """Return the notes below a property's field in one line."""
        return " ".join(self.form(name).query_one(".notes", Lines).text.split())

    def text(self, name: str) -> str:
        """Return the text of a property's field."""
        return str(getattr(self.form(name).field, "value"))  # noqa: B009

    @property
    def incoming(self) -> str:
        """The text of the incoming mail pane."""
        return self.app.main.query_one("#incoming", Lines).text

    def pane(self, name: str) -> str:
        """Return the text of a pane of the main screen, as it is on the screen."""
        region = self.app.main.query_one(f"#{name}").content_region
        rows = self.strips[region.y : region.bottom]
        return "\n".join(row.crop(region.x, region.right).text.rstrip() for row in rows).rstrip()

    @property
    def line(self) -> Input:
        """The input line of the dialog."""
        return self.app.screen.query_one(Input)


@asynccontextmanager
async def run_configurator(
    session: Session, size: tuple[int, int] = (80, 24), sign_in: Secret | None = None
) -> AsyncIterator[Person]:
    """Run the configurator on a terminal of a size."""
    app = ConfiguratorApp(make_workspace(session, sign_in))
    try:
        async with app.run_test(size=size) as pilot:
            person = Person(app, pilot)
            await person.arrive()
            yield person
    finally:
        # Otherwise the end of the process does it.
        app.workspace.drafts.release()


@asynccontextmanager
async def connect(
    at: ConnectionDetails, profile: Profile | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Person]:
    """Run the configurator on an instance, past the page that says what sends."""
    profile = profile or add_instance(at)
    secret = Secret(at.user("admin").password)
    async with run_configurator(unread_session(profile), size, secret) as person:
        await person.verdict()
        await person.press("enter")
        await person.main_again()
        yield person
