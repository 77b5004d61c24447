"""A small application for the driver's tests: typical widgets, and keys for what is tested."""

import asyncio
import os
import signal
import sys
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from tui.app.frugal import driver
from tui.app.frugal.driver import FrugalApp
from tui.app.widgets.fields import SafeInput

HOSTILE = "<a\x1b]0;PWNED\x07b\x9b31mc\x7fd\r\x00e\x1b[2Jf>"


class DemoDialog(ModalScreen[None]):
    """A dialog over the screen."""

    DEFAULT_CSS = """
    Question { align: center middle; }
    Question Label { width: 31; height: 5; border: thick $error; }
    """
    BINDINGS: ClassVar = [Binding("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        """Yield the question."""
        yield Label("本当に保存しますか？ Save it?")


class DemoApp(FrugalApp[None]):
    """Fields, wide characters and a long list; with `own`, a field with the terminal's cursor."""

    CSS = """
    VerticalScroll { height: 1fr; }
    .odd { background: $primary; text-style: bold; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        Binding("f2", "ask"),
        Binding("f3", "swap"),
        Binding("ctrl+g", "mark", priority=True),
        Binding("ctrl+l", "redraw", priority=True),
        Binding("ctrl+n", "scribble", priority=True),
        Binding("ctrl+z", "suspend_process", priority=True),
    ]

    def compose(self) -> ComposeResult:
        """Yield the widgets."""
        yield SafeInput(id="own") if "own" in sys.argv else Input("mail.example.com")
        yield Input(placeholder="ユーザー", compact=True)
        yield Label(
            Content(
                "Ready: 日本語, e\u0301, 😀 👩‍👩‍👧, ⚠\ufe0f, done."
                if self._hard
                else "Ready: 日本語, e\u0301, 😀."
            )
        )
        if "hostile" in sys.argv:
            yield Static(HOSTILE, markup=False)
        with VerticalScroll():
            for number in range(60):
                yield Label(f"{number} {'漢字' * (number % 3)} line", classes="odd" * (number % 2))

    _hard = "hard" in sys.argv

    def on_mount(self) -> None:
        """Write nothing while nobody types, and survive a lost connection at first."""
        for field in self.query(Input):
            field.cursor_blink = False
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        asyncio.get_running_loop().add_signal_handler(
            signal.SIGTERM, lambda: self.exit(return_code=143)
        )

    def action_ask(self) -> None:
        """Open the dialog."""
        self.push_screen(DemoDialog())

    def action_swap(self) -> None:
        """Replace the wide characters with other text, or put them back."""
        label = self.query(Label).first()
        label.update("plain text for a change" if "Ready" in str(label.content) else "Ready 日本")

    def action_mark(self) -> None:
        """Ring the bell once what was typed before has been drawn."""
        self.set_timer(0.05, self.bell)

    def action_scribble(self) -> None:
        """Write to the terminal behind the driver's back, as `wall` does."""
        os.write(2, b"\x1b[H\x1b[31mBroadcast message\x1b[m")


if __name__ == "__main__":
    if "impatient" in sys.argv:
        driver.CLOSE_TIMEOUT = 0.2
    app = DemoApp()
    app.run(mouse="mouse" in sys.argv)
    sys.exit(app.return_code)
