"""What this terminal program does better than Textual's own driver on a slow line.

It writes only the cells that changed, keeps control characters in a text from the terminal, does
nothing while nobody types, leaves at once, and ends where its terminal is gone.

`FrugalApp` is the application to derive from. `GLIDEMAIL_STOCK_DRIVER=1` turns all of it off.
"""

import contextvars
import io
import os
import re
import select
import sys
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress
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

from tui.app.frugal.cells import BLANK, Row, painted, patched
from tui.app.frugal.paste import Paste, PasteSplitter

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

PATIENCE = 5.0
"""Seconds that a terminal which takes nothing may hold up the leaving."""

_WORTH_A_BRACKET = 1000
# The bell, modes, queries and strings to the terminal: nothing that draws or moves the cursor.
_HARMLESS = re.compile(
    r"(?:\x07|\x1b\[\?(?:7|25|10[01]\d|20\d\d)[hl]|\x1b\[[?<>=][\d;]*(?:\$p|[qu])"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))*"
)


class FrugalDriver(LinuxDriver):
    """Keeps the cells that the terminal shows, and writes what differs from them."""

    _app: "FrugalApp[Any]"

    def __init__(self, app: "FrugalApp[Any]", **options: Any) -> None:
        super().__init__(app, **options)
        stderr = sys.__stderr__ or sys.stderr
        self._file = io.TextIOWrapper(
            _Line(stderr.fileno()), stderr.encoding, errors="replace", newline=""
        )
        self._context = contextvars.copy_context()
        self._woken, self._wake = -1, -1
        self._drawing = False
        self._rows: list[Row] = []
        self._known = False
        self._cursor = Offset(0, 0)

    def show(self, update: ChopsUpdate | LayoutUpdate, cursor: Offset, size: Size) -> None:
        """Brings an update and the cursor to the terminal."""
        if not self._sized(size):
            self._rows = [[BLANK] * size.width for _ in range(size.height)]
            self._known = False
        colors = self._app.console._color_system or ColorSystem.TRUECOLOR
        before, self._rows = self._rows, patched(self._rows, update, size, colors)
        self._draw(before if self._known else None, cursor)

    def redraw(self) -> None:
        """Draws everything, for a terminal on which something else may have written."""
        self._draw(None, self._cursor)

    def _draw(self, before: list[Row] | None, cursor: Offset) -> None:
        text = painted(self._rows, before, cursor, self._cursor if before else None)
        self._known, self._cursor = self._drawing, cursor
        if text and self._drawing:
            if len(text) > _WORTH_A_BRACKET and self._app._sync_available:
                text = f"{SYNC_START}{text}{SYNC_END}"
            super().write(text)

    def write(self, data: str) -> None:
        """Writes as it is what is not an update; what may draw makes the terminal unknown."""
        if not _HARMLESS.fullmatch(data):
            self._known = False
        super().write(data)

    def _sized(self, size: tuple[int, int]) -> bool:
        return bool(self._rows) and size == (len(self._rows[0]), len(self._rows))

    # Textual asks when it starts, when it goes on after a stop, and when the window has changed:
    # each time nobody knows what the terminal shows, and it draws only if the size is another.
    def _get_terminal_size(self) -> tuple[int, int]:
        size = super()._get_terminal_size()
        if self._sized(size):
            self._soon(self.redraw)
        return size

    def process_message(self, message: Message) -> None:
        """Passes on what was typed, or what the terminal told."""
        if isinstance(message, events.Resize) and self._sized(message.size):
            self._soon(self.redraw)
        super().process_message(message)

    def start_application_mode(self) -> None:
        """Takes the terminal; not when in the background, from where it may not be taken."""
        if self._wake < 0:
            self._woken, self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._drawing = self._writer_thread is not None and self._writer_thread.is_alive()

    def stop_application_mode(self) -> None:
        """Gives the terminal back as it was found."""
        self._drawing = self._known = False
        super().stop_application_mode()

    def disable_input(self) -> None:
        """Ends the input thread, which may be waiting for a key."""
        if self._wake >= 0:
            os.write(self._wake, b"\0")
            super().disable_input()
            os.close(self._wake)
            os.close(self._woken)
            self._wake = -1

    def close(self) -> None:
        """Waits until the terminal has taken everything, unless it is stuck."""
        closing = Thread(target=super().close, daemon=True)
        closing.start()
        closing.join(PATIENCE)

    def run_input_thread(self) -> None:
        """Reads keys; waits for the rest of an escape sequence only while there is half of one."""
        parser, pastes = XTermParser(self._debug), PasteSplitter()
        decode = getincrementaldecoder("utf-8")("replace").decode
        while True:
            due = parser._timeout_time
            wait = None if due is None else max(0.0, due - get_time())
            ready, _, _ = select.select([self.fileno, self._woken], [], [], wait)
            if self._woken in ready:
                return
            if ready:
                try:
                    data = os.read(self.fileno, 4096)
                except OSError:
                    data = b""
                if not data:
                    self._soon(self._app.stop_on_lost_terminal)
                    return
                for part in pastes.split(decode(data)):
                    if isinstance(part, Paste):
                        self.process_message(events.Paste(part.text))
                        continue
                    for message in parser.feed(part):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)

    def _soon(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, context=self._context)

    # Both signals wait for the event loop: in the handler, the interrupted code may hold the
    # lock of the queue that the handler is going to write to.
    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart:
            self._soon(super()._sigtstp_application)
        else:
            super()._sigtstp_application()

    def _sigcont_application(self, *_: object) -> None:
        if self._auto_restart:
            self._soon(self._go_on)

    def _go_on(self) -> None:
        """Takes the terminal again.

        It comes without a stop that was seen after SIGSTOP, and with SIGTERM or SIGHUP from who
        wants to end it: Textual starts a second input thread then, and never ends the first.
        """
        if not self._app._exit:
            if not self._must_signal_resume:
                self.suspend_application_mode()
            self.resume_application_mode()


class FrugalApp(App[ReturnType]):
    """An application that uses the frugal driver, unless told or made to use another."""

    def get_driver_class(self) -> type[Driver]:
        """The driver to be used."""
        driver = super().get_driver_class()
        stock = os.environ.get("GLIDEMAIL_STOCK_DRIVER") == "1"
        return FrugalDriver if driver is LinuxDriver and not stock else driver

    def stop_on_lost_terminal(self) -> None:
        """Called once when the terminal is gone: the window closed, the connection lost."""
        self.exit(return_code=129)

    def action_redraw(self) -> None:
        """Draws the screen anew, over what something else has written there."""
        if isinstance(self._driver, FrugalDriver):
            self._driver.redraw()
        else:
            self.refresh(layout=True)

    def _set_pointer_shape(self, shape: str) -> None:
        """Nothing: there is no mouse whose pointer could have a shape."""

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


class _Line(io.RawIOBase):
    """The way to a terminal; once that is gone, what is written is dropped."""

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
