"""A bench to try one widget on: it keeps what the widget tells."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.events import Paste
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tui.app.widgets.messages import Edited, Said, SecretTyped
from tui.credentials.secret import Secret
from tui.settings.catalog import Entry, catalog
from tui.settings.delivery.status import Model
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, Value
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.targets.instance.instance_target import InstanceTarget
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading
from tui.workspace.editing import Editing
from tui.workspace.session import Session, unread_session


def entry(name: str) -> Entry:
    """The declaration of a property."""
    return catalog()[name]


def session(
    snapshot: Snapshot | None = None, name: str = "default", path: str = "/etc/default.toml"
) -> Session:
    """A session in which a snapshot was read; nothing of it is on any disk."""
    place = Path(path)
    profile = Profile(name, place, Environment.NON_PRODUCTION, Keep.NOTHING)
    target = LocalFile(place, Environment.NON_PRODUCTION)
    reading = Reading(snapshot or Snapshot(), TargetFacts(environment=Environment.NON_PRODUCTION))
    return Session(profile, target, reading, ())


def on_instance(
    *,
    host: str = "dev12345.service-now.com",
    user: str = "admin",
    environment: Environment = Environment.NON_PRODUCTION,
    snapshot: Snapshot | None = None,
    is_read: bool = True,
    **place: Any,
) -> Session:
    """A session of an instance; nobody has asked it anything."""
    instance = Instance(
        f"https://{host}", SignInMethod.BASIC if user else SignInMethod.API_KEY, user
    )
    profile = Profile("corp", Path("/unused"), environment, Keep.NOTHING, instance)
    if not is_read:
        return unread_session(profile)
    where = TargetFacts(**{"model": Model.ACCOUNT, "environment": environment, **place})
    target = InstanceTarget(instance, Secret("unused"), environment)
    return Session(profile, target, Reading(snapshot or Snapshot(), where), ())


def editing(**values: Value) -> Editing:
    """An editing in which nothing has been edited."""
    return Editing.of(session(Snapshot(values)))


class Bench(App[None]):
    """A widget, and another one to give the focus to.

    Args:
        widget: or what makes it, where that takes an application that runs.

    Attributes:
        told: every message of the widget's own, in order.
        copied: what reached the clipboard.
    """

    widget: Widget

    def __init__(self, widget: Widget | Callable[[], Widget]) -> None:
        super().__init__()
        self._given = widget
        self.told: list[Message] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        """One below the other."""
        self.widget = self._given if isinstance(self._given, Widget) else self._given()
        yield self.widget
        other = Static("other", id="other")
        other.can_focus = True
        yield other

    def on_mount(self) -> None:
        """Gives the widget the focus."""
        self.widget.focus()

    def on_edited(self, event: Edited) -> None:
        """A text was typed."""
        self.told.append(event)

    def on_secret_typed(self, event: SecretTyped) -> None:
        """A secret was typed."""
        self.told.append(event)

    def on_said(self, event: Said) -> None:
        """Something is to be known."""
        self.told.append(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Keeps what would be sent to the terminal."""
        self.copied.append(text)
        super().copy_to_clipboard(text)

    @property
    def texts(self) -> list[str]:
        """The texts that were told."""
        return [each.text for each in self.told if isinstance(each, Edited)]

    @property
    def said(self) -> list[str]:
        """The words that were said."""
        return [each.words for each in self.told if isinstance(each, Said)]

    @property
    def shown(self) -> str:
        """What the widget shows."""
        lines = self.screen._compositor.render_strips()
        region = self.widget.region
        return "\n".join(line.text for line in lines[region.y : region.bottom]).rstrip()


@asynccontextmanager
async def trying(
    widget: Widget | Callable[[], Widget], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[Bench, Pilot[None]]]:
    """The bench with a widget on it, and a hand for the keys."""
    bench = Bench(widget)
    async with bench.run_test(size=size) as pilot:
        await pilot.pause()
        yield bench, pilot


async def paste(bench: Bench, pilot: Pilot[None], text: str) -> None:
    """Pastes into the widget."""
    bench.widget.post_message(Paste(text))
    await pilot.pause()
