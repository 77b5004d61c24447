"""The dialog that asks for the secret that signs in at an instance."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.fields import SecretChanged, SecretField
from tui.app.widgets.lines import WrappedLines, prose
from tui.credentials.secret import Secret
from tui.settings.catalog import Entry, Group, Kind, Property
from tui.settings.values import SecretState
from tui.workspace.session import Session

_DECLARED = Property(
    kind=Kind.SECRET, label="Sign-in", short="Sign-in", help="", group=Group.OUTGOING
)
_ENTRY = Entry("sign_in", SecretState, SecretState.UNSET, _DECLARED)


class _SignInField(SecretField):
    async def action_submit(self) -> None:
        """Sign in."""
        self.screen.query_one("#button-sign-in", Button).action_press()


class SignInDialog(Dialog[Secret]):
    """A dialog that asks for a password, a key or a client's secret, for one attempt.

    Args:
        session: what the banner shows.
        label: what to type, and where it is sent.
        notes: paragraphs below the field.
    """

    def __init__(self, session: Session, label: str, notes: Sequence[str]) -> None:
        super().__init__(session, "Sign in")
        self.decides = False
        self._label = label
        self._notes = notes
        self._secret: Secret | None = None

    def body(self) -> Iterable[Widget]:
        """Yield the field and the notes."""
        yield WrappedLines(prose(f"{self._label}:"))
        yield _SignInField(_ENTRY)
        yield WrappedLines(prose("", *self._notes, style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Sign in."""
        return (Button("cancel", "Cancel"), Button("sign-in", "Sign in"))

    def first_focus(self) -> Widget:
        """Return the field."""
        return self.query_one(_SignInField)

    def on_secret_changed(self, event: SecretChanged) -> None:
        """Keep what was typed."""
        event.stop()
        self._secret = event.secret

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer with what was typed."""
        if event.name == "cancel":
            self.dismiss(None)
        elif self._secret is None or not self._secret.shape.length:
            self.say("Nothing is typed yet.")
            self.query_one(_SignInField).focus()
        else:
            self.dismiss(self._secret)
