"""Buttons and checkboxes of a dialog."""

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.terminal.layout import width, wrap
from tui.terminal.visible import visible


class Button(Widget, can_focus=True):
    """A button: words in brackets, reversed while it has the focus."""

    DEFAULT_CSS = "Button { width: auto; height: 1; margin-left: 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", "Press", id="button.press", show=False),
        Binding("left", "app.focus_previous", "Button before", id="button.before", show=False),
        Binding("right", "app.focus_next", "Next button", id="button.next", show=False),
    ]

    class Pressed(Message):
        """The button was pressed.

        Attributes:
            name: the button's name.
        """

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, name: str, words: str) -> None:
        super().__init__(name=name, id=f"button-{name}")
        self._words = f"[ {words} ]"

    def render(self) -> RenderResult:
        """Return the words."""
        return Content(visible(self._words))

    def get_content_width(self, *_: object) -> int:
        """Return the width of the words."""
        return width(self._words)

    def action_press(self) -> None:
        """Press the button."""
        self.post_message(self.Pressed(self.name or ""))


class Checkbox(Widget, can_focus=True):
    """A checkbox: `[ ]` or `[x]`, and a statement."""

    DEFAULT_CSS = "Checkbox { width: 100%; height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "tick", "Attest", id="tick.toggle", show=False),
        Binding("up", "app.focus_previous", "The one before", id="tick.before", show=False),
        Binding("down", "app.focus_next", "The next one", id="tick.next", show=False),
    ]

    value: reactive[bool] = reactive(False)

    def __init__(self, name: str, words: str) -> None:
        super().__init__(name=name, id=f"tick-{name}")
        self._words = words

    def render(self) -> RenderResult:
        """Return the mark and the words."""
        mark = "[x] " if self.value else "[ ] "
        room = self.content_size.width or width(self._words) + len(mark)
        return Content("\n".join(wrap(self._words, " " * len(mark), mark, room)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the words take."""
        return len(list(wrap(self._words, "    ", "[ ] ", width)))

    def action_tick(self) -> None:
        """Tick the box, or clear it."""
        self.value = not self.value
