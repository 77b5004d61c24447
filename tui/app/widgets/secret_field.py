"""The field for a password: it shows nothing, gives nothing to the clipboard, tells no text."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size

from tui.app.widgets.messages import SecretTyped
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
    """A password. What is typed leaves it as a `Secret` only.

    The messages of a stock input carry the text, and their `repr` shows it; none is sent.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,ctrl+t", "reveal", "Show or hide the password", id="secret.reveal", show=False),
    ]

    HINT = "F2 shows what is typed, until the field is left. ^X clears."

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry, password=True)
        self._quiet = False

    def show_state(self, state: SecretState, secret: Secret | None) -> None:
        """Shows what is known of a secret: typed here, or in words what is somewhere else."""
        self.placeholder = _STATES.get(state, "")
        text = secret.reveal() if secret else ""
        if text != self.value:
            self.password = True
            self._quiet = True
            self.value = text
            self.cursor_position = len(text)
            self._quiet = False

    def action_reveal(self) -> None:
        """Shows the password until the field is left, or hides it again."""
        self.password = not self.password

    def action_copy(self) -> None:
        """Nothing: the clipboard of a terminal is read by others."""

    def action_cut(self) -> None:
        """Clears it; nothing is cut."""
        self.call_later(self.run_action, "screen.clear")

    async def action_submit(self) -> None:
        """Goes on as from other fields; nothing is told."""
        self.screen.focus_next()

    def _watch_value(self, value: str) -> None:
        self.virtual_size = Size(self.content_width, 1)
        self._initial_value = False
        self.selection = self.selection
        if not self._quiet:
            self.post_message(SecretTyped(self.entry.name, Secret(value)))

    def _on_blur(self, event: events.Blur) -> None:
        event.prevent_default()
        self.password = True
        self._pause_blink()
