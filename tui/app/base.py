"""What any well-behaved terminal application does, whatever its screens show.

Colours or none at all, one key at a time, an orderly end on a signal or a lost terminal, and no
local variable on the terminal after a fault.
"""

import asyncio
import gc
import os
import signal
import sys
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
from textual.widgets import Input
from textual.worker import WorkerFailed

from tui.app.frugal.driver import FrugalApp
from tui.threads import Loop

# Every colour is one of the 256 of a terminal without true colour, so that none turns to black.
DARK = Theme(
    name="dark",
    primary="#5fafff",
    accent="#5fafff",
    foreground="#dadada",
    background="#121212",
    surface="#262626",
    panel="#585858",
    warning="#ffaf5f",
    error="#ff8787",
    success="#87d787",
    variables={"chosen": "#005f87"},
)
LIGHT = Theme(
    name="light",
    dark=False,
    primary="#005faf",
    accent="#005faf",
    foreground="#1c1c1c",
    background="#ffffff",
    surface="#eeeeee",
    panel="#9e9e9e",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    variables={"chosen": "#afd7ff"},
)
CONTRAST = Theme(
    name="high contrast",
    primary="#00ffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#303030",
    panel="#ffffff",
    warning="#ffff00",
    error="#ff8787",
    success="#87ff87",
    variables={"chosen": "#0000af"},
)
# Its colours never leave the program; they only keep Textual from making others up.
_ANSI = BUILTIN_THEMES["ansi-dark"]
COLOURLESS = replace(
    _ANSI, name="colourless", variables={**_ANSI.variables, "chosen": "ansi_default"}
)


def _make_sixteen(theme: Theme) -> Theme:
    """Return what stands for a theme on a terminal of 16 colours, whose own background stays."""
    bright = "ansi_bright_" if theme.dark else "ansi_"
    return replace(
        COLOURLESS,
        name=f"{theme.name} (16 colours)",
        dark=theme.dark,
        primary=f"{bright}cyan" if theme.dark else "ansi_blue",
        accent=f"{bright}cyan" if theme.dark else "ansi_blue",
        warning=f"{bright}yellow" if theme.dark else "ansi_magenta",
        error=f"{bright}red",
        success=f"{bright}green",
        panel="ansi_default" if theme is CONTRAST else "ansi_bright_black",
    )


SIXTEEN = {theme.name: _make_sixteen(theme) for theme in (DARK, LIGHT, CONTRAST)}
"""By the name of a theme, what stands for it on a terminal of 16 colours."""


_OPENING = 0.02
"""Seconds between two looks at whether a dialog has opened."""

_SWITCH_INTERVAL = 0.0002
"""Seconds that the thread that writes to the terminal waits for the one that computes."""

_LONGEST_HOLD = 0.1
"""Seconds that drawing may wait for keys to be done."""

_TURNS = 4
"""The turns of the event loop that widgets take to say that they have changed."""

_FIRST_TURNS = 20
"""The turns of the event loop that they take at first."""

_PATIENCE = 1.0
"""Seconds to wait for the key before, until the next one is sent anyway."""

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that end the program."""


class TerminalApp(FrugalApp[int], inherit_bindings=False):
    """A well-behaved terminal application."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["base.tcss"]
    ENABLE_COMMAND_PALETTE = False
    THEMES: ClassVar[tuple[Theme, ...]] = (DARK, LIGHT, CONTRAST, COLOURLESS)

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
        self._drawing_timer: asyncio.TimerHandle | None = None
        self._drawing_due = 0.0
        self._has_missed_frame = False
        self._second_signal: asyncio.Event | None = None
        no_color = os.environ.get("NO_COLOR", "")
        super().__init__()
        if no_color:
            os.environ["NO_COLOR"] = no_color  # Textual removes it, and child processes need it
        for theme in (*self.THEMES, *SIXTEEN.values()):
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
        few = self.console.color_system == "standard"
        self.theme = SIXTEEN[theme].name if few and theme in SIXTEEN else theme

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
            await self._draw_key()
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
            self._hold_drawing()
            await super().on_event(event)
            is_typed = isinstance(event, events.Key) and event.is_printable
            if is_typed and isinstance(self._key_target, Input):
                self._key_target.call_next(self._draw_echo, self._key_target)
            if not self._follow_key(repeat=True):
                await self._draw_key()
                await self._send_next_key()

    def _hold_drawing(self) -> None:
        """Draw nothing until a key is done: all that it changes is drawn at once, and only once."""
        if self._drawing_timer is None:
            self._begin_batch()
            loop = asyncio.get_running_loop()
            self._drawing_timer = loop.call_later(_LONGEST_HOLD, self._resume_drawing)

    def _draw_echo(self, field: Input) -> None:
        """Draw the field in which a character was typed, before all that follows from it."""
        if not self._keys and field.is_attached and field.screen.is_current:
            self._resume_drawing()
            field.screen._dirty_widgets.add(field)
            field.screen._on_timer_update()
            self._hold_drawing()

    async def _draw_key(self) -> None:
        """Draw what a key changed, unless the next one is waiting already."""
        if self._keys and monotonic() < self._drawing_due:
            return
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._resume_drawing()
        if self.screen_stack and not self._exit:
            self.screen._on_timer_update()  # its timer would wait for its next tick
        self._drawing_due = monotonic() + _LONGEST_HOLD

    def _resume_drawing(self) -> None:
        if self._drawing_timer is not None:
            self._drawing_timer.cancel()
            self._drawing_timer = None
            with self._context():
                self._end_batch()
                if self.screen_stack and self._has_missed_frame:
                    self._has_missed_frame = False
                    self.screen.refresh()
                elif self.screen_stack:
                    self.screen.check_idle()

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
        self._begin_batch()  # until `show_first_frame`
        loop = asyncio.get_running_loop()
        for number in ENDING:
            loop.add_signal_handler(number, self.stop_on_signal, number)

    async def show_first_frame(self) -> None:
        """Draw the first frame, once all widgets know their size and what to show in it."""
        for _ in range(_FIRST_TURNS):
            await asyncio.sleep(0)
        screen = self.screen
        if screen._layout_required:
            screen._refresh_layout()
            screen._layout_required = False
        self._end_batch()
        screen.refresh()
        screen._on_timer_update()
        gc.freeze()
        gc.enable()

    def run_to_end(self) -> int:
        """Run, and return the exit code; signals wait until there is a screen to take down."""
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        sys.setswitchinterval(_SWITCH_INTERVAL)
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
        # Textual counts as drawn what it hands over while drawing is held.
        self._has_missed_frame |= bool(self._batch_count)
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
