"""What any well-behaved terminal application does, whatever its screens show.

Colours or none at all, one key at a time, an orderly end on a signal or a lost terminal, and no
local variable on the terminal after a fault.
"""

import asyncio
import os
import signal
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
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
"""Seconds between two looks at whether a dialog has opened."""

_PATIENCE = 1.0
"""Seconds to wait for the key before, until the next one is sent anyway."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end the program."""


class TerminalApp(FrugalApp[int], inherit_bindings=False):
    """A well-behaved terminal application."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["base.tcss"]
    ENABLE_COMMAND_PALETTE = False
    THEMES: ClassVar[tuple[Theme, ...]] = (DARK, LIGHT, COLOURLESS)

    class KeyDone(Message):
        """Posted behind a key; it arrives once everything that the key caused is done.

        Attributes:
            repeat: go the way once more, behind what the key made others post.
        """

        def __init__(self, *, repeat: bool) -> None:
            super().__init__()
            self.repeat = repeat

    def __init__(self) -> None:
        self._keys: deque[events.Event] = deque()
        self._is_key_underway = False
        self._key_target: MessagePump = self
        self._key_deadline = 0.0
        self._holds = 0
        self._second_signal: asyncio.Event | None = None
        no_color = os.environ.get("NO_COLOR", "")
        super().__init__()
        if no_color:
            os.environ["NO_COLOR"] = no_color  # Textual removes it, and child processes need it
        for theme in self.THEMES:
            self.register_theme(theme)
        self.use_theme((COLOURLESS if no_color else DARK).name)
        if os.environ.get("SSH_CONNECTION"):
            self.animation_level = "none"

    @property
    def is_leaving(self) -> bool:
        """Whether the application is about to end."""
        return self._exit

    def use_theme(self, theme: str) -> None:
        """Take another theme; the colourless one sends no colour at all."""
        # Textual's own NO_COLOR turns colours into greys, which are colours.
        self._filters = [f for f in self._filters if not isinstance(f, Monochrome | NoColor)]
        self.no_color = theme == COLOURLESS.name
        if self.no_color:
            self._filters.append(NoColor())
        self.theme = theme

    async def on_event(self, event: events.Event) -> None:
        """Send one key on at a time.

        A slow line brings several at once. Textual hands them all to the field that has the
        focus then, so that after a Tab a password would land in the field before.
        """
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._keys.append(event)
            if not self._is_key_underway or monotonic() > self._key_deadline:
                await self._send_next_key()
        else:
            await super().on_event(event)

    async def on_terminal_app_key_done(self, event: KeyDone) -> None:
        """Send the next key on once the one before, and what it made others post, is done."""
        event.stop()
        if not event.repeat or not self._follow_key(repeat=False):
            await self._send_next_key()

    async def _send_next_key(self) -> None:
        if self._exit or not self.screen_stack:
            return
        self._is_key_underway = bool(self._keys)
        is_dialog = isinstance(self.screen, ModalScreen)
        if self._holds and not is_dialog:
            self._key_deadline = monotonic() + _PATIENCE
        is_opening = self.screen.focused is None if is_dialog else self._holds > 0
        if self._keys and is_opening and monotonic() < self._key_deadline:
            self.set_timer(_OPENING, self._send_next_key)
        elif self._keys:
            event = self._keys.popleft()
            self._key_target = self.focused or self.screen
            self._key_deadline = monotonic() + _PATIENCE
            await super().on_event(event)
            if not self._follow_key(repeat=True):
                await self._send_next_key()

    @contextmanager
    def hold_keys(self) -> Iterator[None]:
        """Hold keys back while no dialog is open: they are meant for the one that is to open.

        A password that is typed early must not become a search, where everyone can read it.
        """
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    def _follow_key(self, *, repeat: bool) -> bool:
        message = self.KeyDone(repeat=repeat)
        message.set_sender(self._key_target)  # what an application sends itself does not come back
        return self._key_target.post_message(message)

    def on_mount(self) -> None:
        """Listen to signals; Textual leaves the terminal as it is on these."""
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.stop_on_signal, number)

    def run_to_end(self) -> int:
        """Run, and return the exit code; signals wait until there is a screen to take down."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        runner = asyncio.Runner(loop_factory=Loop)
        is_hanging = False
        try:
            is_hanging = runner.run(self._run_and_finish())
        finally:
            self.unblock_signals()
            # What ends with the loop reports nothing: it would report local variables.
            runner.get_loop().set_exception_handler(lambda *_: None)
            if not is_hanging:
                runner.close()
        return self.return_code or 0

    async def _run_and_finish(self) -> bool:
        await self.run_async(mouse=False)
        self._second_signal = asyncio.Event()
        return not await self.finish_work(self._second_signal)

    async def finish_work(self, second_signal: asyncio.Event) -> bool:
        """Wait for work that must not be left half done; the terminal is already restored.

        Args:
            second_signal: is set by another signal.

        Returns:
            Whether all of it has ended; what has not is left behind.
        """
        return True

    def unblock_signals(self) -> None:
        """Unblock the signals that were held back until the first screen."""
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)

    def stop_on_signal(self, number: int) -> None:
        """End: the terminal is given back, and the exit code says which signal it was."""
        if self._second_signal:
            self._second_signal.set()
        elif not self._exit:
            self.note_end(signal.Signals(number), None)
            self.exit(return_code=128 + number)

    def stop_on_lost_terminal(self) -> None:
        """End as if the terminal had hung up, as when a connection breaks."""
        self.stop_on_signal(signal.SIGHUP)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        # Textual moves the cursor when one types, not when the field itself moves.
        focused = screen.focused if screen.is_active else None
        if focused is not None:
            at = getattr(focused, "cursor_screen_offset", None)
            self.cursor_position = at or focused.content_region.offset
        super()._display(screen, renderable)

    def note_end(self, number: signal.Signals | None, fault: Exception | None) -> None:
        """Prepare for an unrequested end: a signal or a fault."""

    def _handle_exception(self, error: Exception) -> None:
        # Textual would print the local variables of every frame, secrets among them.
        if self._exit:
            return  # what was still being drawn when it ended
        if isinstance(error, WorkerFailed):
            error = error.error if isinstance(error.error, Exception) else error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self.note_end(None, error)
        self._return_code = 1
        self._close_messages_no_wait()
