"""The fields of the forms, and what they post to the screen."""

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from tui.app.frugal.driver import FrugalApp, UndecodableInput
from tui.credentials.oddities import describe_oddities
from tui.credentials.secret import NOT_TEXT, Secret
from tui.settings.catalog import Entry, Kind
from tui.settings.values import SecretState, Security
from tui.terminal.signs import sign
from tui.terminal.visible import mask, visible

_SCROLL_STEP = 64
"""Columns by which the room to scroll grows."""


class FieldChanged(Message):
    """A text was typed or chosen.

    Attributes:
        name: the property.
        text: the whole text as it is now.
    """

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self.name = name
        self.text = text


class SecretChanged(Message):
    """A secret was typed; an empty one means that the field is empty now."""

    def __init__(self, name: str, secret: Secret) -> None:
        super().__init__()
        self.name = name
        self.secret = secret


class Notice(Message):
    """Something to say at once, such as what was taken of a paste."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


class SafeInput(Input):
    """A line of text, kept as it is typed and shown with control characters masked."""

    def __init__(
        self, *, placeholder: str = "", password: bool = False, id: str | None = None
    ) -> None:
        super().__init__(
            placeholder=placeholder, password=password, compact=True, select_on_focus=False, id=id
        )
        self.cursor_blink = False

    def validate__cursor_visible(self, visible: bool) -> bool:
        """Draw no cursor where the terminal shows its own."""
        return visible and not (isinstance(self.app, FrugalApp) and self.app.has_terminal_cursor)

    @property
    def content_width(self) -> int:
        """The width to scroll in, rounded up: Textual lays out the screen when it changes."""
        return -(-max(super().content_width, 1) // _SCROLL_STEP) * _SCROLL_STEP

    def _watch_value(self, value: str) -> None:
        super()._watch_value(value)
        self._limit_scroll()

    def on_resize(self) -> None:
        """Scroll back what was typed before the field had a width."""
        self._limit_scroll()

    def _limit_scroll(self) -> None:
        """Scroll back if less text is left than there is room for."""
        most = max(cell_len(self._value.plain) + 1 - self.content_size.width, 0)
        if self.scroll_x > most:
            self.scroll_to(x=most, animate=False, force=True)

    def action_copy(self) -> None:
        """Copy the selection to the terminal's clipboard, if anything is selected."""
        if self.selected_text:
            super().action_copy()
        else:
            self.call_later(self.run_action, "screen.how_to_quit")

    def join_lines(self, lines: list[str]) -> tuple[str, str]:
        """Return the text to take of pasted lines, and what to say about it."""
        if len(lines) == 1:
            return lines[0], ""
        return lines[0], f"The paste had {len(lines)} lines; only the first was taken."

    def describe_paste(self, text: str) -> str:
        """Return what is odd about a pasted text, or ""."""
        return "It starts or ends with a blank." if text != text.strip() else ""

    def on_undecodable_input(self, event: UndecodableInput) -> None:
        """Take nothing of what is not text, and say so."""
        event.stop()
        self.refuse_undecodable()

    def refuse_undecodable(self) -> None:
        """Say that what was typed in one go is not text."""
        self.post_message(Notice(f"{NOT_TEXT} Nothing of it was taken."))

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        lines = event.text.splitlines()
        lines = [line for line in lines if line.strip()] or lines
        if not lines:
            return
        text, words = self.join_lines(lines)
        words = f"{words} {self.describe_paste(text)}".strip()
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

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the change on with the property's name."""
        event.stop()
        self.post_message(FieldChanged(self.entry.name, event.value))


class PortField(TextField):
    """The field of a port; the arrow keys choose a usual one, unless another one was typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "usual(1)", "Next usual port", id="port.next", show=False),
        Binding("down", "usual(-1)", "Usual port before", id="port.before", show=False),
    ]
    HINT = "Arrows: usual ports."
    USUAL: ClassVar[dict[str, tuple[str, ...]]] = {
        "port": ("25", "465", "587"),
        "pop3_port": ("110", "995"),
    }

    def action_usual(self, step: int) -> None:
        """Choose the next usual port, or the one before."""
        ports = self.USUAL.get(self.entry.name, (str(self.entry.default),))
        if self.value and self.value not in ports:
            # What was typed is not lost to a key that goes to the next form elsewhere.
            self.call_later(self.run_action, f"screen.{'previous' if step > 0 else 'next'}_form")
            return
        at = ports.index(self.value) if self.value in ports else (-1 if step > 0 else 0)
        self.value = ports[(at + step) % len(ports)]
        self.cursor_position = len(self.value)


class AddressesField(TextField):
    """The field of addresses; pasted lines are joined with commas."""

    HINT = "Separate with commas."

    def join_lines(self, lines: list[str]) -> tuple[str, str]:
        """Join all lines with commas."""
        parts = [part for line in lines if (part := line.strip().rstrip(",;"))]
        if len(parts) < 2:
            return super().join_lines(lines)
        return ", ".join(parts), f"{len(parts)} lines were pasted, and commas put between them."


SOME_DOTS = "•" * 8
"""What stands for a typed secret, whatever its length, once its field is left."""

_STATES = {
    SecretState.UNSET: "not set",
    SecretState.KEPT: "kept in the keyring; type to replace it",
    SecretState.NOT_KEPT: "set, not kept here; type to replace it",
    SecretState.UNKNOWN: "unknown; type to replace it",
    SecretState.CLEARED: "will be cleared",
}


class SecretField(TextField):
    """A field for a secret; what is typed leaves it only as a `Secret`.

    The messages of Textual's input carry the text, and their `repr` shows it: none is sent.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+y", "reveal", "Show or hide the password", id="secret.reveal", show=False),
    ]

    HINT = "F2 shows it."

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, password=True)
        self._is_quiet = False
        self._is_incomplete = False

    @property
    def _value(self) -> Text:
        if self.has_focus or not self.value:
            return super()._value
        return Text(SOME_DOTS, no_wrap=True, overflow="ignore", end="")  # the length stays unsaid

    def show_state(self, state: SecretState, secret: Secret | None) -> None:
        """Show the secret that was typed, or say in words what is set."""
        self.placeholder = _STATES.get(state, "")
        text = secret.reveal() if secret else ""
        if text != self.value:
            self.password = True
            self._is_incomplete = False
            self._is_quiet = True
            self.value = text
            self.cursor_position = len(text)
            self._is_quiet = False

    def describe_paste(self, text: str) -> str:
        """Return what is odd about a pasted secret, or ""."""
        return describe_oddities(text, "It")

    def refuse_undecodable(self) -> None:
        """Say that what was typed is not text, and again at each change until it is cleared."""
        self._is_incomplete = True
        self.post_message(Notice(f"{NOT_TEXT} Start again: ^U clears."))

    def action_reveal(self) -> None:
        """Show the password until the field loses the focus, or hide it."""
        self.password = not self.password

    def action_copy(self) -> None:
        """Do nothing: others can read a terminal's clipboard."""

    def action_cut(self) -> None:
        """Do nothing, for the same reason."""

    async def action_submit(self) -> None:
        """Go to the next field; no message carries the text."""
        await self.run_action("screen.next_form")

    def _watch_value(self, value: str) -> None:
        self.virtual_size = Size(self.content_width, 1)
        self._limit_scroll()
        self._initial_value = False
        self.selection = self.selection
        if not self._is_quiet:
            self.post_message(SecretChanged(self.entry.name, Secret(value)))
        self._is_incomplete = self._is_incomplete and bool(value)
        if self._is_incomplete:
            # Only after the message of the change, which clears the status line.
            self.call_later(self.refuse_undecodable)

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()  # the message of `Input` would carry the text
        Widget._on_blur(self, event)
        self.password = True
        self._is_incomplete = self._is_incomplete and bool(self.value)
        self._pause_blink()


_SWITCH = {"": "not set", "true": "yes", "false": "no"}
_SECURITY = {"": "not set", **{str(each): each.label for each in Security}}


class ChoiceField(Widget, can_focus=True):
    """A row of words, the chosen one marked; "not set" leaves the property alone."""

    DEFAULT_CSS = "ChoiceField { height: auto; width: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "choose(1)", "Next word", id="choice.next", show=False),
        Binding("left", "choose(-1)", "Word before", id="choice.before", show=False),
        Binding("enter", "screen.next_form", "Next field", id="choice.enter", show=False),
        Binding("delete,backspace", "unset", "Not set", id="choice.unset", show=False),
    ]

    HINT: ClassVar[str] = "Arrows choose."

    value: reactive[str] = reactive("")

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.words = _SWITCH if entry.declared.kind is Kind.SWITCH else _SECURITY

    def show_text(self, text: str) -> None:
        """Show a text without a message; one that is not a word is shown after the words."""
        self.value = text

    def render(self) -> RenderResult:
        """Return the words, and a text that isn't one of them."""
        lines = self._lines(self.content_size.width or sum(map(len, self.words.values())) * 2)
        return Content("\n").join(Content.assemble(*line) for line in lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines that the words take."""
        return self.count_lines(width)

    def count_lines(self, room: int) -> int:
        """Return the number of lines that the words take in as many columns."""
        return len(self._lines(room))

    def _lines(self, room: int) -> list[list[tuple[str, str]]]:
        parts = [
            (f"{sign('(*)' if text == self.value else '( )')} {word}", "")
            for text, word in self.words.items()
        ]
        if self.value not in self.words:
            parts.append((f"not one of them: {visible(self.value, 30)}", "$error"))
        lines: list[list[tuple[str, str]]] = [[]]
        for words, style in parts:
            used = sum(cell_len(each) for each, _ in lines[-1])
            if used and used + cell_len(words) > room:
                lines.append([])
            lines[-1].append((f"{words}  ", style))
        return lines

    def action_choose(self, step: int) -> None:
        """Choose the next word, or the one before."""
        texts = list(self.words)
        at = texts.index(self.value) if self.value in texts else -1
        self._choose(texts[(at + step) % len(texts)])

    def action_unset(self) -> None:
        """Choose "not set"."""
        self._choose("")

    def _choose(self, text: str) -> None:
        if text != self.value:
            self.value = text
            self.post_message(FieldChanged(self.entry.name, text))
