"""The dialog that asks for what signs in at an instance."""

from collections.abc import Iterable, Sequence

from textual.widget import Widget

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button
from tui.app.widgets.lines import WrappedLines, prose
from tui.app.widgets.messages import SecretTyped
from tui.app.widgets.secret_field import SecretField
from tui.credentials.secret import Secret
from tui.settings.catalog import Entry, Group, Kind, Property
from tui.settings.values import SecretState
from tui.workspace.session import Session

_DECLARED = Property(
    kind=Kind.SECRET, label="Sign-in", short="Sign-in", help="", group=Group.ARTICLE
)
_ENTRY = Entry("sign_in", SecretState, SecretState.UNSET, _DECLARED)


class _SignInField(SecretField):
    async def action_submit(self) -> None:
        """Enter signs in."""
        self.screen.query_one("#button-sign-in", Button).action_press()


class SignInDialog(Dialog[Secret]):
    """Asks for a password, a key or a client's secret; one attempt is made with it.

    Args:
        session: what the banner tells.
        label: what is asked for, and where it goes.
        notes: what else there is to know, a paragraph each.
    """

    def __init__(self, session: Session, label: str, notes: Sequence[str]) -> None:
        super().__init__(session, "Sign in")
        self.decides = False
        self._label = label
        self._notes = notes
        self._secret: Secret | None = None

    def body(self) -> Iterable[Widget]:
        """The line to type in."""
        yield WrappedLines(prose(f"{self._label}:"))
        yield _SignInField(_ENTRY)
        yield WrappedLines(prose("", *self._notes, style="dim"))

    def buttons(self) -> Iterable[Button]:
        """Cancel first."""
        return (Button("cancel", "Cancel"), Button("sign-in", "Sign in"))

    def first_focus(self) -> Widget:
        """The line to type in."""
        return self.query_one(_SignInField)

    def on_secret_typed(self, event: SecretTyped) -> None:
        """Remembers what stands in the line."""
        event.stop()
        self._secret = event.secret

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Gives what was typed."""
        if event.name == "cancel":
            self.dismiss(None)
        elif self._secret is None or not self._secret.shape.length:
            self.say("Nothing is typed yet.")
            self.query_one(_SignInField).focus()
        else:
            self.dismiss(self._secret)
