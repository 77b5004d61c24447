"""A driver for Textual that spares a slow line.

It writes only the cells that changed, keeps control characters in a text from the terminal, is
idle between keys, quits at once, and ends when its terminal is gone.

Derive an application from `FrugalApp`. `GLIDEMAIL_STOCK_DRIVER=1` selects Textual's own driver.
"""

import contextvars
import io
import os
import re
import select
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import groupby
from threading import Thread
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import events
from textual._ansi_sequences import SYNC_END, SYNC_START
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Offset, Size
from textual.message import Message
from textual.screen import Screen

from tui.app.frugal.cells import BLANK, PLAIN, Row, apply_update, encode_rows
from tui.app.frugal.paste import Paste, PasteSplitter

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CLOSE_TIMEOUT = 5.0
"""Seconds that a stuck terminal may delay the end."""

_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_MIN_SYNC_LENGTH = 1000
_TORN_SECONDS = 1.0
"""Seconds that the rest of a character may take on a slow line."""
# The bell, modes, queries and strings to the terminal: nothing that draws or moves the cursor.
_HARMLESS = re.compile(
    r"(?:\x07|\x1b\[\?(?:7|25|10[01]\d|20\d\d)[hl]|\x1b\[[?<>=][\d;]*(?:\$p|[qu])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))*"
)


class UndecodableInput(events.Paste):
    """What was typed or pasted in one go, and is not text: a byte of it is not UTF-8.

    All of it is left out, as the rest alone would be something else than what was meant.
    """

    def __init__(self) -> None:
        super().__init__("")


class FrugalDriver(LinuxDriver):
    """A driver that keeps the cells that the terminal shows, and writes what differs."""

    _app: "FrugalApp[Any]"

    def __init__(self, app: "FrugalApp[Any]", **options: Any) -> None:
        super().__init__(app, **options)
        stderr = sys.__stderr__ or sys.stderr
        self._file = io.TextIOWrapper(
            _TerminalFile(stderr.fileno()), stderr.encoding, errors="replace", newline=""
        )
        self._context = contextvars.copy_context()
        self._wake_reader, self._wake_writer = -1, -1
        self._drawing = False
        self._rows: list[Row] = []
        self._known = False
        self._cursor = Offset(0, 0)
        self._pen = PLAIN
        # Where a terminal has no size, Rich and Textual guess differently, and it would be laid
        # out for one and the other for ever.
        self._size = self._size or self._get_terminal_size()

    def show(self, update: ChopsUpdate | LayoutUpdate, cursor: Offset, size: Size) -> None:
        """Write an update, and place the cursor."""
        if not self._has_size(size):
            self._rows = [[BLANK] * size.width for _ in range(size.height)]
            self._known = False
        colors = self._app.console._color_system or ColorSystem.TRUECOLOR
        before, self._rows = self._rows, apply_update(self._rows, update, size, colors)
        self._draw(before if self._known else None, cursor)

    def redraw(self) -> None:
        """Draw everything, as something else may have written on the terminal."""
        self._draw(None, self._cursor)

    def _draw(self, before: list[Row] | None, cursor: Offset) -> None:
        at = self._cursor if before else None
        text, pen = encode_rows(self._rows, before, cursor, at, self._pen)
        self._known, self._cursor = self._drawing, cursor
        if text and self._drawing:
            if len(text) > _MIN_SYNC_LENGTH:
                text = f"{_HIDE_CURSOR}{text}{_SHOW_CURSOR}"
                if self._app._sync_available:
                    text = f"{SYNC_START}{text}{SYNC_END}"
            super().write(text)
            self._pen = pen

    def write(self, data: str) -> None:
        """Write what is not an update; anything that may draw makes the screen unknown."""
        if not _HARMLESS.fullmatch(data):
            self._known = False
            if self._pen != PLAIN:
                data = f"\x1b[m{data}"
                self._pen = PLAIN
        super().write(data)

    def _has_size(self, size: tuple[int, int]) -> bool:
        return bool(self._rows) and size == (len(self._rows[0]), len(self._rows))

    # Textual asks when it starts, resumes, or the window changes: what the terminal shows is
    # unknown then, and Textual draws only if the size differs.
    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        if self._has_size(size):
            self._call_in_loop(self.redraw)
        return size

    def process_message(self, message: Message) -> None:
        """Pass on a key, or a report of the terminal."""
        if isinstance(message, events.Resize) and self._has_size(message.size):
            self._call_in_loop(self.redraw)
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Take the terminal, unless in the background, which may not."""
        if self._wake_writer < 0:
            self._wake_reader, self._wake_writer = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._drawing = self._writer_thread is not None and self._writer_thread.is_alive()
        # The terminal's own cursor: no cell is drawn for it, and a screen reader follows it.
        self.write(_SHOW_CURSOR)

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was."""
        self._drawing = self._known = False
        self.write("\x1b[m")
        super().stop_application_mode()

    def disable_input(self) -> None:
        """Stop the input thread, which may be waiting for a key."""
        if self._wake_writer >= 0:
            os.write(self._wake_writer, b"\0")
            super().disable_input()
            os.close(self._wake_writer)
            os.close(self._wake_reader)
            self._wake_writer = -1

    def close(self) -> None:
        """Wait until the terminal has taken everything, unless it is stuck."""
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(CLOSE_TIMEOUT)

    def run_input_thread(self) -> None:
        """Read keys; time out only while half a sequence or half a character has been read."""
        parser, pastes = XTermParser(self._debug), PasteSplitter()
        # Bytes that are not text become lone surrogates, which no text has.
        decoder = getincrementaldecoder("utf-8")("surrogateescape")
        while True:
            due = parser._timeout_time
            is_torn = due is None and bool(decoder.getstate()[0])
            wait = _TORN_SECONDS if is_torn else None
            if due is not None:
                wait = max(0.0, due - get_time())
            ready, _, _ = select.select([self.fileno, self._wake_reader], [], [], wait)
            if self._wake_reader in ready:
                return
            data = b""
            if ready:
                with suppress(OSError):
                    data = os.read(self.fileno, 4096)
                if not data:
                    self._call_in_loop(self._app.stop_on_lost_terminal)
                    return
            if data or is_torn:
                for part in pastes.split(decoder.decode(data, final=not data)):
                    for message in _read_part(part, parser):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _call_in_loop(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, context=self._context)

    # Both signals are handled in the event loop: the code that they interrupt may hold the lock
    # of the queue that the handler writes to.
    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:
            self._call_in_loop(super()._sigtstp_application)
        else:
            super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart:
            self._call_in_loop(self._resume)

    def _resume(self) -> None:
        """Take the terminal again.

        SIGCONT comes without a SIGTSTP after SIGSTOP, and along with SIGTERM or SIGHUP: Textual
        then starts a second input thread, and never ends the first.
        """
        if not self._app._exit:
            if not self._must_signal_resume:
                self.suspend_application_mode()
            self.resume_application_mode()


def _read_part(part: str | Paste, parser: XTermParser) -> Iterator[Message]:
    """Return keys or a paste as messages, with one in the place of each run that is not text."""
    if isinstance(part, Paste):
        yield UndecodableInput() if _has_surrogate(part.text) else events.Paste(part.text)
        return
    for is_text, group in groupby(parser.feed(part), lambda each: bool(_typed_text(each))):
        run = list(group)
        if is_text and _has_surrogate("".join(map(_typed_text, run))):
            yield UndecodableInput()
        else:
            yield from run


def _typed_text(message: Message) -> str:
    """Return the character that a key stands for, or "" for any other message."""
    text = (message.character or "") if isinstance(message, events.Key) else ""
    return text if text.isprintable() or _has_surrogate(text) else ""


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)


class FrugalApp(App[ReturnType]):
    """An application that uses the frugal driver where Textual would use its Linux driver."""

    def get_driver_class(self) -> type[Driver]:
        """Return the driver to use."""
        driver = super().get_driver_class()
        stock = os.environ.get("GLIDEMAIL_STOCK_DRIVER") == "1"
        return FrugalDriver if driver is LinuxDriver and not stock else driver

    def stop_on_lost_terminal(self) -> None:
        """End, as the terminal is gone: the window was closed or the connection lost."""
        self.exit(return_code=129)

    @property
    def has_terminal_cursor(self) -> bool:
        """Whether the terminal's own cursor is shown, so that none has to be drawn."""
        return isinstance(self._driver, FrugalDriver)

    def action_redraw(self) -> None:
        """Draw the screen again, over what something else has written."""
        if isinstance(self._driver, FrugalDriver):
            self._driver.redraw()
        else:
            self.refresh(layout=True)

    def _set_pointer_shape(self, shape: str) -> None:
        """Do nothing: there is no mouse."""

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if not isinstance(driver, FrugalDriver) or not isinstance(
            renderable, ChopsUpdate | LayoutUpdate
        ):
            super()._display(screen, renderable)
            return
        if self._running and not self._closed and not self._batch_count:
            try:
                size = self.screen.outer_size
                driver.show(renderable, size.clamp_offset(self.cursor_position), size)
            except Exception as error:
                self._handle_exception(error)
        self.post_display_hook()


class _TerminalFile(io.RawIOBase):
    """A terminal to write to; once it is gone, drop what is written."""

    name = "terminal"

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._gone = False

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        left = memoryview(data)
        size = left.nbytes
        while left and not self._gone:
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:  # another program left the terminal that way
                select.select([], [self._descriptor], [])
            except OSError:
                self._gone = True
        return size
