"""Fields to type in: a host, a name, a port, addresses."""

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.widgets import Input

from tui.app.widgets.messages import FieldChanged, Notice
from tui.settings.catalog import Entry
from tui.terminal.visible import mask


class SafeInput(Input):
    """A line of text, kept as it is typed and shown with control characters masked."""

    def __init__(
        self, *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(
            placeholder=placeholder, password=password, compact=True, select_on_focus=False, id=id
        )
        self.cursor_blink = False

    def action_copy(self) -> None:
        """Copy the selection to the terminal's clipboard, if anything is selected."""
        if self.selected_text:
            super().action_copy()

    def join_lines(self, lines: list[str]) -> tuple[str, str]:
        """Return the text to take of pasted lines, and what to say about it."""
        if len(lines) == 1:
            return lines[0], ""
        return lines[0], f"The paste had {len(lines)} lines; only the first was taken."

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = event.text.splitlines()
        lines = [line for line in lines if line.strip()] or lines
        if not lines:
            return
        text, words = self.join_lines(lines)
        if text != text.strip():
            words = f"{words} It starts or ends with a blank.".strip()
        self.replace(text, *sorted(self.selection))
        if words:
            # Only after the message of the change, which clears the status line.
            self.call_later(self.post_message, Notice(words))

    @property
    def _value(self) -> Text:
        shown = "•" * len(self.value) if self.password else mask(self.value)
        return Text(shown, no_wrap=True, overflow="ignore", end="")

    @property
    def cursor_screen_offset(self) -> Offset:
        """The position of the cursor; Textual's own is off by one at the end of the text."""
        at = self._position_to_cell(self.cursor_position) - round(self.scroll_x)
        return self.content_region.offset + Offset(at, 0)

    def _position_to_cell(self, position: int) -> int:
        return cell_len(self._value.plain[:position])


class TextField(SafeInput):
    """The field of a property."""

    HINT: ClassVar[str] = ""
    """What the keys of this field do."""

    def __init__(self, entry: Entry, *, password: bool = False) -> None:
        super().__init__(password=password)
        self.entry = entry

    def show_text(self, text: str) -> None:
        """Show a text without a message."""
        if text != self.value:
            with self.prevent(Input.Changed):
                self.value = text
                self.cursor_position = len(text)

    def action_cut(self) -> None:
        """Cut the selection; without one, clear the property as the key does elsewhere."""
        if self.selected_text:
            super().action_cut()
        else:
            self.call_later(self.run_action, "screen.clear")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the change on with the property's name."""
        event.stop()
        self.post_message(FieldChanged(self.entry.name, event.value))


class PortField(TextField):
    """The field of a port; the arrow keys choose a usual one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "usual(1)", "Next usual port", id="port.hint", show=False),
        Binding("down", "usual(-1)", "Usual port before", id="port.before", show=False),
    ]
    HINT = "Up and Down choose the usual ports."
    USUAL: ClassVar[dict[str, tuple[str, ...]]] = {
        "port": ("25", "465", "587"),
        "pop3_port": ("110", "995"),
    }

    def action_usual(self, step: int) -> None:
        """Choose the next usual port, or the one before."""
        ports = self.USUAL.get(self.entry.name, (str(self.entry.default),))
        at = ports.index(self.value) if self.value in ports else (-1 if step > 0 else 0)
        self.value = ports[(at + step) % len(ports)]
        self.cursor_position = len(self.value)


class AddressesField(TextField):
    """The field of addresses; pasted lines are joined with commas."""

    HINT = "Commas separate the addresses; a pasted list of lines gets them."

    def join_lines(self, lines: list[str]) -> tuple[str, str]:
        """Join all lines with commas."""
        parts = [part for line in lines if (part := line.strip().rstrip(",;"))]
        if len(parts) < 2:
            return super().join_lines(lines)
        return ", ".join(parts), f"{len(parts)} lines were pasted, and commas put between them."
