"""A field for a secret: nothing of it is shown, copied, or sent as text."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from tui.app.widgets.messages import SecretChanged
from tui.app.widgets.text_field import TextField
from tui.credentials.secret import Secret
from tui.settings.catalog import Entry
from tui.settings.values import SecretState

_STATES = {
    SecretState.UNSET: "not set",
    SecretState.KEPT: "kept in the keyring; type to replace it",
    SecretState.NOT_KEPT: "set, not kept here; type to replace it",
    SecretState.UNKNOWN: "never told; type to replace it",
    SecretState.CLEARED: "will be cleared",
}


class SecretField(TextField):
    """A field for a secret; what is typed leaves it only as a `Secret`.

    The messages of Textual's input carry the text, and their `repr` shows it: none is sent.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+t", "reveal", "Show or hide the password", id="secret.reveal", show=False),
    ]

    HINT = "F2 shows what is typed, until the field is left. ^X clears."

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, password=True)
        self._is_quiet = False

    def show_state(self, state: SecretState, secret: Secret | None) -> None:
        """Show the secret that was typed, or say in words what is set."""
        self.placeholder = _STATES.get(state, "")
        text = secret.reveal() if secret else ""
        if text != self.value:
            self.password = True
            self._is_quiet = True
            self.value = text
            self.cursor_position = len(text)
            self._is_quiet = False

    def action_reveal(self) -> None:
        """Show the password until the field loses the focus, or hide it."""
        self.password = not self.password

    def action_copy(self) -> None:
        """Do nothing: others can read a terminal's clipboard."""

    def action_cut(self) -> None:
        """Clear the property; nothing is copied."""
        self.call_later(self.run_action, "screen.clear")

    async def action_submit(self) -> None:
        """Go to the next field; no message carries the text."""
        self.screen.focus_next()

    def _watch_value(self, value: str) -> None:
        self.virtual_size = Size(self.content_width, 1)
        self._initial_value = False
        self.selection = self.selection
        if not self._is_quiet:
            self.post_message(SecretChanged(self.entry.name, Secret(value)))

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.password = True
        self._pause_blink()
