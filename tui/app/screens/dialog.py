"""What every dialog has: the banner, a body that scrolls, something to press, and Escape."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget

from tui.app.widgets.bars import Banner
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import Lines
from tui.app.widgets.messages import Said
from tui.workspace.session import Session

T = TypeVar("T")


class Dialog(ModalScreen[T | None], Generic[T]):
    """A page over the whole terminal that ends in an answer, or in None by Escape.

    Args:
        session: what the banner tells.
        title: what is asked.

    Attributes:
        decides: something is decided in it, so that it is not left by the way.
    """

    CSS_PATH = "dialog.tcss"
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (16, "-high")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="dialog.cancel"),
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
        """Ends it; a second time is fine, and ends no other."""
        is_open = self.app.screen_stack[-1:] == [self]
        return super().dismiss(result) if is_open else AwaitComplete()

    def compose(self) -> ComposeResult:
        """Banner, title, body, what is said, buttons."""
        yield Banner(self.session)
        yield Lines([((self._title, "bold"),)], classes="title")
        with VerticalScroll(id="body", can_focus=False):
            yield from self.body()
        yield Lines(id="said")
        with Horizontal(id="buttons"):
            yield from self.buttons()
            yield Lines(id="more")

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
        body = self.query_one("#body")
        for what in ("scroll_y", "virtual_size"):
            self.watch(body, what, self._tell_of_more)

    def on_resize(self) -> None:
        """More may be in sight, or less."""
        self.call_after_refresh(self._tell_of_more)

    def _tell_of_more(self) -> None:
        body = self.query_one("#body")
        below = body.virtual_size.height - body.size.height > round(body.scroll_y)
        self.query_one("#more", Lines).show((("Down: more" if below else "", "dim"),))

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

    async def action_leave(self) -> None:
        """Quits from where nothing is decided; else says what comes first."""
        if self.decides:
            self.say("Escape closes this; then ^Q quits.")
        else:
            self.dismiss(None)
            await self.run_action("app.leave")

    def action_scroll(self, lines: int) -> None:
        """Scrolls the body, by no more than what is in sight of it."""
        body = self.query_one("#body", VerticalScroll)
        most = max(body.size.height - 1, 1)
        body.scroll_relative(y=max(-most, min(lines, most)), animate=False)
