"""What every dialog has: the banner, a body that scrolls, something to press, and Escape."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.applying.session import Session
from tui.widgets.bars import Banner
from tui.widgets.buttons import Button
from tui.widgets.lines import Lines
from tui.widgets.messages import Said

T = TypeVar("T")


class Dialog(ModalScreen[T | None], Generic[T]):
    """A page over the whole terminal that ends in an answer, or in None by Escape.

    Args:
        session: what the banner tells.
        title: what is asked.
    """

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
        Binding("up", "scroll(-1)", "Line up", id="dialog.up", show=False),
        Binding("down", "scroll(1)", "Line down", id="dialog.down", show=False),
        Binding("pageup", "scroll(-10)", "Page up", id="dialog.page_up", show=False),
        Binding("pagedown", "scroll(10)", "Page down", id="dialog.page_down", show=False),
    ]

    def __init__(self, session: Session, title: str) -> None:
        super().__init__()
        self.session = session
        self._title = title

    def compose(self) -> ComposeResult:
        """Banner, title, body, what is said, buttons."""
        yield Banner(self.session)
        yield Lines([((self._title, "bold"),)], classes="title")
        with VerticalScroll(id="body", can_focus=False):
            yield from self.body()
        yield Lines(id="said")
        with Horizontal(id="buttons"):
            yield from self.buttons()

    def body(self) -> Iterable[Widget]:
        """What stands between title and buttons."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """What can be pressed, the safe one first; it has the focus."""
        return (Button("cancel", "Cancel"),)

    def first_focus(self) -> Widget:
        """What has the focus at first: the safe button."""
        return self.query(Button).first()

    def on_mount(self) -> None:
        """Gives the focus."""
        self.first_focus().focus(scroll_visible=False)

    def say(self, words: str) -> None:
        """Says something above the buttons."""
        self.query_one("#said", Lines).show(((words, "bold $warning"),))

    def on_said(self, event: Said) -> None:
        """A line to type in has something to say."""
        event.stop()
        self.say(event.words)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The first button cancels; a dialog says what the others do."""
        if event.name == "cancel":
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Ends it without an answer."""
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        """Scrolls the body."""
        self.query_one("#body", VerticalScroll).scroll_relative(y=lines, animate=False)
