"""What a well-behaved terminal program does, whatever its screens show.

Colours or none at all, an orderly end on a signal or a lost terminal, and no local variable
on the terminal after a fault.
"""

import asyncio
import os
import signal
from collections import deque
from dataclasses import replace
from pathlib import PurePath
from time import monotonic
from typing import Any, ClassVar

from rich.console import RenderableType
from textual import events
from textual.filter import Monochrome, NoColor
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.theme import BUILTIN_THEMES, Theme
from textual.worker import WorkerFailed

from tui.app.frugal.driver import FrugalApp
from tui.threads import Loop

DARK = Theme(
    name="dark",
    primary="#79b8ff",
    accent="#79b8ff",
    foreground="#d6dde6",
    background="#0e1116",
    surface="#1a2028",
    panel="#3a4452",
    warning="#e3b341",
    error="#ff7b72",
    success="#7ee787",
    variables={"chosen": "#2b3a4d"},
)
LIGHT = Theme(
    name="light",
    dark=False,
    primary="#0550ae",
    accent="#0550ae",
    foreground="#1b1f24",
    background="#ffffff",
    surface="#eef1f5",
    panel="#aab4c0",
    warning="#7a4b00",
    error="#b3201a",
    success="#116329",
    variables={"chosen": "#d5e4f7"},
)
# Its colours never leave the program; they only keep Textual from making others up.
_ANSI = BUILTIN_THEMES["ansi-dark"]
COLOURLESS = replace(
    _ANSI, name="colourless", variables={**_ANSI.variables, "chosen": "ansi_default"}
)


_OPENING = 0.02
"""Seconds after which it is looked again whether a dialog has opened."""

_PATIENCE = 1.0
"""Seconds after which a key is let through though the one before is not known to be done."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class TerminalApp(FrugalApp[int], inherit_bindings=False):
    """An application that behaves."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["base.tcss"]
    ENABLE_COMMAND_PALETTE = False
    THEMES: ClassVar[tuple[Theme, ...]] = (DARK, LIGHT, COLOURLESS)

    class Settled(Message):
        """Follows a key through the same queues, and is back when the key has done all it does.

        Attributes:
            again: whether it goes the way once more, behind what the key made others tell.
        """

        def __init__(self, *, again: bool) -> None:
            super().__init__()
            self.again = again

    def __init__(self) -> None:
        self._typed: deque[events.Event] = deque()
        self._on_its_way = False
        self._target: MessagePump = self
        self._given_up = 0.0
        self._enough: asyncio.Event | None = None
        wished = os.environ.get("NO_COLOR", "")
        super().__init__()
        if wished:
            os.environ["NO_COLOR"] = wished  # Textual took it; children want to see it too
        for theme in self.THEMES:
            self.register_theme(theme)
        self.colour((COLOURLESS if wished else DARK).name)
        if os.environ.get("SSH_CONNECTION"):
            self.animation_level = "none"

    def colour(self, theme: str) -> None:
        """Takes another theme; the colourless one sends no colour at all."""
        # Textual's own NO_COLOR turns colours into greys, which are colours.
        self._filters = [f for f in self._filters if not isinstance(f, Monochrome | NoColor)]
        self.no_color = theme == COLOURLESS.name
        if self.no_color:
            self._filters.append(NoColor())
        self.theme = theme

    async def on_event(self, event: events.Event) -> None:
        """Lets one key at a time through.

        A slow line brings several at once. Textual hands them all to the field that has the
        focus then, so that after a Tab a password would land in the field before.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._typed.append(event)
            if not self._on_its_way or monotonic() > self._given_up:
                await self._let_through()
        else:
            await super().on_event(event)

    async def on_terminal_app_settled(self, event: Settled) -> None:
        """The key before is done with, and on the second way what it told others is too."""
        event.stop()
        if not event.again or not self._follow(again=False):
            await self._let_through()

    async def _let_through(self) -> None:
        self._on_its_way = bool(self._typed)
        opening = isinstance(self.screen, ModalScreen) and self.screen.focused is None
        if self._typed and opening and monotonic() < self._given_up:
            self.set_timer(_OPENING, self._let_through)
        elif self._typed:
            event = self._typed.popleft()
            self._target = self.focused or self.screen
            self._given_up = monotonic() + _PATIENCE
            await super().on_event(event)
            if not self._follow(again=True):
                await self._let_through()

    def _follow(self, *, again: bool) -> bool:
        message = self.Settled(again=again)
        message.set_sender(self._target)  # what the application sends itself does not come back
        return self._target.post_message(message)

    def on_mount(self) -> None:
        """Textual leaves the terminal as it is on these signals."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.stopped_by, number)

    def run_orderly(self) -> int:
        """Runs it, and gives the exit code; signals wait until there is a screen to take down."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        runner = asyncio.Runner(loop_factory=Loop)
        hangs = False
        try:
            hangs = runner.run(self._run_whole())
        finally:
            self.ready()
            # What ends with the loop tells nothing: it would tell local variables.
            runner.get_loop().set_exception_handler(lambda *_: None)
            if not hangs:
                runner.close()
        return self.return_code or 0

    async def _run_whole(self) -> bool:
        await self.run_async(mouse=False)
        self._enough = asyncio.Event()
        return not await self.finished(self._enough)

    async def finished(self, enough: asyncio.Event) -> bool:
        """Waits, once the terminal was given back, for what may not be left half done.

        Args:
            enough: is set by another signal.

        Returns:
            Whether all of it has ended; what has not is left behind.
        """
        return True

    def ready(self) -> None:
        """The first screen is whole: what signals waited is dealt with now."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def stopped_by(self, number: int) -> None:
        """Ends on a signal: the terminal is given back, and the exit code says which."""
        if self._enough:
            self._enough.set()
        elif not self._exit:
            self.ends(signal.Signals(number), None)
            self.exit(return_code=128 + number)

    def terminal_lost(self) -> None:
        """The terminal is gone, as when a connection breaks: as if it had hung up."""
        self.stopped_by(signal.SIGHUP)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # Textual moves the cursor when one types, not when the field itself moves.
        focused = screen.focused if screen.is_active else None
        if focused is not None:
            at = getattr(focused, "cursor_screen_offset", None)
            self.cursor_position = at or focused.content_region.offset
        super()._display(screen, renderable)

    def ends(self, number: signal.Signals | None, fault: Exception | None) -> None:
        """Called before an end that nobody asked for, by a signal or a fault."""

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print the local variables of every frame, secrets among them.
        if self._exit:
            return  # what was still being drawn when it ended
        if isinstance(error, WorkerFailed):
            error = error.error if isinstance(error.error, Exception) else error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self.ends(None, error)
        self._return_code = 1
        self._close_messages_no_wait()
