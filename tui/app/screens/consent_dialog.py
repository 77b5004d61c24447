"""A dialog that goes on only once everything in it is attested and typed."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import MARKS, Lines, WrappedLines, paragraph
from tui.settings.plan import Confirmation
from tui.workspace.session import Session

T = TypeVar("T")


class ConsentDialog(Dialog[T]):
    """A dialog whose accepting button asks first for what is still open. Cancel has the focus.

    Args:
        session: what the banner shows.
        title: the question.
        confirmations: the words that must be typed.
    """

    ACCEPT: ClassVar[str]
    """The name of the button that accepts."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "next_open", "Next", show=False)]

    def __init__(self, session: Session, title: str, confirmations: Sequence[Confirmation]) -> None:
        super().__init__(session, title)
        self.confirmations = confirmations
        self._is_refused = False

    @abstractmethod
    def accept(self) -> T:
        """Return the answer, once nothing is open."""

    def word_lines(self) -> Iterator[Widget]:
        """Yield why each word must be typed, and a line to type it in."""
        for position, each in enumerate(self.confirmations):
            yield Lines([()])
            yield WrappedLines(paragraph(each.reason, "! ", MARKS["!"]))
            yield Lines([(("  Type ", ""), (each.word, "bold"), (" to continue:", ""))])
            yield SafeInput(id=f"word-{position}")

    def on_mount(self) -> None:
        """Keep what is said of open items up to date."""
        for box in self.query(Checkbox):
            self.watch(box, "value", self.show_ticks, init=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what is said of open items up to date."""
        event.stop()
        self._update_refusal()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept, or go to what is still open."""
        event.stop()
        self._accept_or_refuse()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Accept, or go to what is still open."""
        if event.name == self.ACCEPT:
            self._accept_or_refuse()

    def action_next_open(self) -> None:
        """Go from Cancel to what is still open, else to the next widget."""
        items = self._open_items()
        if items and self.query_one("#button-cancel").has_focus:
            next(iter(items)).focus()
        else:
            self.focus_next()

    def show_ticks(self) -> None:
        """Follow a box that was ticked or cleared."""
        self._update_refusal()

    def _accept_or_refuse(self) -> None:
        if items := self._open_items():
            self._is_refused = True
            self._update_refusal()
            next(iter(items)).focus()
        else:
            self.dismiss(self.accept())

    def _update_refusal(self) -> None:
        """Say what is still open, if the dialog was to be accepted without it."""
        if self._is_refused:
            said = ", ".join(dict.fromkeys(self._open_items().values()))
            self.say(f"Still open: {said}. Nothing was written." if said else "")

    def _open_items(self) -> dict[Widget, str]:
        """Return what is not ticked or typed, each with what to do."""
        boxes = [box for box in self.query(Checkbox) if not box.value]
        typed = zip(self.query(Input), self.confirmations, strict=True)
        return {
            **dict.fromkeys(boxes, f"{len(boxes)} to attest"),
            **{
                line: f"type {each.word}" for line, each in typed if line.value.strip() != each.word
            },
        }
