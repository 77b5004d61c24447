"""An application around one widget, which records the widget's messages."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.events import Paste
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import FieldChanged, Notice, SecretChanged


class WidgetApp(App[None]):
    """An application with a widget, and another one to move the focus to.

    Args:
        widget: the widget, or what makes it once the application runs.

    Attributes:
        told: the widget's own messages, in order.
        copied: what was copied to the clipboard.
        pressed: the names of the buttons that were pressed.
    """

    widget: Widget

    def __init__(self, widget: Widget | Callable[[], Widget]) -> None:
        super().__init__()
        self._given = widget
        self.told: list[Message] = []
        self.copied: list[str] = []
        self.pressed: list[str] = []

    def compose(self) -> ComposeResult:
        """Yield both widgets."""
        self.widget = self._given if isinstance(self._given, Widget) else self._given()
        yield self.widget
        other = Static("other", id="other")
        other.can_focus = True
        yield other

    def on_mount(self) -> None:
        """Focus the widget."""
        self.widget.focus()

    def on_field_changed(self, event: FieldChanged) -> None:
        """Record the message."""
        self.told.append(event)

    def on_secret_changed(self, event: SecretChanged) -> None:
        """Record the message."""
        self.told.append(event)

    def on_notice(self, event: Notice) -> None:
        """Record the message."""
        self.told.append(event)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Record the name of the button."""
        self.pressed.append(event.name)

    def copy_to_clipboard(self, text: str) -> None:
        """Record what is copied."""
        self.copied.append(text)
        super().copy_to_clipboard(text)

    @property
    def texts(self) -> list[str]:
        """The texts of the changes."""
        return [each.text for each in self.told if isinstance(each, FieldChanged)]

    @property
    def said(self) -> list[str]:
        """The words of the notices."""
        return [each.words for each in self.told if isinstance(each, Notice)]

    @property
    def shown(self) -> str:
        """The text that the widget shows."""
        lines = self.screen._compositor.render_strips()
        region = self.widget.region
        return "\n".join(line.text for line in lines[region.y : region.bottom]).rstrip()


@asynccontextmanager
async def show_widget(
    widget: Widget | Callable[[], Widget], size: tuple[int, int] = (80, 24)
) -> AsyncIterator[tuple[WidgetApp, Pilot[None]]]:
    """Run an application with a widget."""
    app = WidgetApp(widget)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def paste(app: WidgetApp, pilot: Pilot[None], text: str) -> None:
    """Paste into the widget."""
    app.widget.post_message(Paste(text))
    await pilot.pause()
