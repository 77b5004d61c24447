"""One of a few words: connection security, yes or no."""

from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui.app.widgets.messages import Edited
from tui.settings.catalog import Entry, Kind
from tui.settings.values import Security
from tui.terminal.visible import visible

_SWITCH = {"": "not set", "true": "yes", "false": "no"}
_SECURITY = {"": "not set", **{str(each): str(each) for each in Security}}


class Choice(Widget, can_focus=True):
    """A row of words, the chosen one marked; "not set" leaves the property alone."""

    DEFAULT_CSS = "Choice { height: auto; width: 100%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "choose(1)", "Next word", id="choice.hint", show=False),
        Binding("left", "choose(-1)", "Word before", id="choice.before", show=False),
        Binding("enter", "app.focus_next", "Next field", id="choice.enter", show=False),
        Binding("delete,backspace", "unset", "Not set", id="choice.unset", show=False),
    ]

    HINT: ClassVar[str] = "Left and Right choose; Delete leaves it not set."

    value: reactive[str] = reactive("")

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.words = _SWITCH if entry.declared.kind is Kind.SWITCH else _SECURITY

    def show(self, text: str) -> None:
        """Shows a text that did not come from here; one that is no word is shown beside them."""
        self.value = text

    def render(self) -> RenderResult:
        """The words; a text that is none of them stands at the end, for its finding to explain."""
        parts: list[tuple[str, str]] = []
        for text, word in self.words.items():
            chosen = text == self.value
            parts += [("(*) " if chosen else "( ) ", ""), (word, "bold" if chosen else "")]
            parts.append(("  ", ""))
        if self.value not in self.words:
            parts.append((f"not one of them: {visible(self.value, 30)}", "bold $error"))
        return Content.assemble(*parts)

    def action_choose(self, step: int) -> None:
        """Chooses the word beside."""
        texts = list(self.words)
        at = texts.index(self.value) if self.value in texts else -1
        self._choose(texts[(at + step) % len(texts)])

    def action_unset(self) -> None:
        """Leaves the property alone."""
        self._choose("")

    def _choose(self, text: str) -> None:
        if text != self.value:
            self.value = text
            self.post_message(Edited(self.entry.name, text))
