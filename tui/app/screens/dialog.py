"""What every dialog has: a banner, and a panel of title, body that scrolls and buttons."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.app.widgets.bars import Banner, banner_lines
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import Notice
from tui.app.widgets.lines import Lines, WrappedLines, paragraph
from tui.terminal.layout import wrap
from tui.workspace.session import Session

T = TypeVar("T")

WIDTH = 80
"""The columns of a panel at most."""

_FOOT = 2
"""The lines of its status line and its buttons."""


class DialogBody(VerticalScroll, inherit_bindings=False):
    """What is between title and buttons; it scrolls by the keys of the dialog alone."""


class Dialog(ModalScreen[T | None], Generic[T]):
    """A dialog: a panel as high as its text, over the screen; its answer is None after Escape.

    Args:
        session: what the banner shows.
        title: the question.

    Attributes:
        decides: whether it asks for a decision, so that the program is not quit from it.
    """

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("q", "back", "Back, where nothing is decided", id="dialog.back", show=False),
        Binding("ctrl+q,f10", "leave", "Quit", id="dialog.leave", show=False),
        Binding("up", "scroll(-1)", "Line up", id="dialog.up", show=False),
        Binding("down", "scroll(1)", "Line down", id="dialog.down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", id="dialog.page_up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", id="dialog.page_down", show=False),
    ]

    def __init__(self, session: Session, title: str) -> None:
        super().__init__()
        self.session = session
        self._title = title
        self.decides = True

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close the dialog; do nothing if it is closed already."""
        is_open = self.app.screen_stack[-1:] == [self]
        return super().dismiss(result) if is_open else AwaitComplete()

    def compose(self) -> ComposeResult:
        """Yield the banner, and a panel of title, body, status line and buttons."""
        yield Banner(self.session)
        with Vertical(id="panel"):
            yield WrappedLines(paragraph(self._title, "", "bold"), classes="title")
            with DialogBody(id="body", can_focus=False):
                yield from self.body()
            yield Lines(id="said")
            with Horizontal(id="buttons"):
                with Horizontal(id="more"):
                    yield Lines([(("Down: more", "dim"),)])
                yield from self.buttons()

    def body(self) -> Iterable[Widget]:
        """Return what is between title and buttons."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """Return the buttons, the safe one first."""
        return (Button("cancel", "Cancel"),)

    def first_focus(self) -> Widget:
        """Return what has the focus at first: the safe button."""
        return self.query(Button).first()

    def on_mount(self) -> None:
        """Set the focus, and watch whether there is more below."""
        self.first_focus().focus(scroll_visible=False)
        body = self.query_one("#body")
        for name in ("scroll_y", "virtual_size"):
            self.watch(body, name, self._update_more)

    def on_resize(self) -> None:
        """Leave room for title and buttons; look again whether there is more below."""
        self._fit_body()
        # Textual takes the styles of the new height only after this.
        self.call_after_refresh(self._fit_body)

    def _fit_body(self) -> None:
        columns, rows = self.size
        frame = self.query_one("#panel").gutter
        title = wrap(self._title, "", room=min(columns, WIDTH) - frame.width)
        margin = self.query_one(".title").styles.margin.height
        used = len(banner_lines(self.session, columns)) + frame.height + margin + _FOOT
        room = rows - used - max(len(list(title)), 1)
        self.query_one("#body").styles.max_height = max(room, 1)
        self.call_after_refresh(self._update_more)

    def _update_more(self) -> None:
        body = self.query_one("#body")
        below = body.virtual_size.height - body.size.height > round(body.scroll_y)
        self.query_one("#more Lines").visible = below

    def say(self, words: str) -> None:
        """Say something above the buttons."""
        self.query_one("#said", Lines).set_lines(((words, "bold $warning"),))

    def on_notice(self, event: Notice) -> None:
        """Say what a field has to say."""
        event.stop()
        self.say(event.words)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Cancel; what other buttons do is up to each dialog."""
        if event.name == "cancel":
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Close the dialog without an answer."""
        self.dismiss(None)

    def action_back(self) -> None:
        """Close a page that asks for no decision."""
        if not self.decides:
            self.dismiss(None)

    async def action_leave(self) -> None:
        """Quit, unless the dialog asks for a decision."""
        if self.decides:
            self.say("Escape closes this; then ^Q quits.")
        else:
            self.dismiss(None)
            await self.run_action("app.leave")

    def action_scroll(self, lines: int) -> None:
        """Scroll the body, by less than its height."""
        body = self.query_one("#body", VerticalScroll)
        most = max(body.size.height - 1, 1)
        body.scroll_relative(y=max(-most, min(lines, most)), animate=False)
