"""The dialog before a save: the warning, the changes, and what has to be confirmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.fields import SafeInput
from tui.app.widgets.lines import MARKS, Line, Lines, WrappedLines, paragraph
from tui.presentation import review_text as words
from tui.presentation.target_text import target_tag
from tui.settings.findings import Finding
from tui.settings.plan import Confirmation
from tui.settings.preconditions import WARNING, Condition, PreconditionState
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.workspace.session import Session


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person confirmed before a save: the words typed, the conditions attested."""

    confirmed: tuple[str, ...]
    attested: tuple[Condition, ...]


class ConfirmDialog(Dialog[Consent]):
    """A dialog that shows what a save would do. Cancel has the focus.

    Args:
        session: what the banner shows.
        review: the changes to save.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "next_open", "Next", show=False)]

    def __init__(self, session: Session, review: Review) -> None:
        super().__init__(session, _title(session, review))
        self._review = review

    def body(self) -> Iterable[Widget]:
        """Yield the warning, the changes, the conditions and the words to type."""
        yield WrappedLines(partial(_words, self._review), id="words")
        if self._review.preconditions:
            yield Lines(
                [
                    (),
                    (
                        ("Before you change these settings (KB0521756)", "bold"),
                        ("  space attests", "dim"),
                    ),
                ]
            )
        for each in self._review.preconditions:
            if each.state is PreconditionState.OPEN:
                yield Checkbox(each.condition, each.condition.statement)
            else:
                said = f"{each.condition.statement} ({each.evidence})"
                yield WrappedLines(paragraph(said, "[x] ", "dim"))
        for position, confirmation in enumerate(self._review.plan.confirmations):
            yield from confirmation_widgets(position, confirmation)

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Save."""
        return (Button("cancel", "Cancel"), Button("save", "Save"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what is still open, or to the button that saves."""
        event.stop()
        if not self._report_open_items():
            self.query_one("#button-save").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save, unless something is still open."""
        if event.name != "save" or self._report_open_items():
            return
        words = tuple(each.word for each in self._review.plan.confirmations)
        self.dismiss(
            Consent(words, tuple(Condition(box.name or "") for box in self.query(Checkbox)))
        )

    def _report_open_items(self) -> bool:
        """Say what is still open, and go there; return whether anything is."""
        items = self._open_items()
        if items:
            said = ", ".join(dict.fromkeys(items.values()))
            self.say(f"Still open: {said}. Nothing was written.")
            next(iter(items)).focus()
        return bool(items)

    def action_next_open(self) -> None:
        """Go from Cancel to what is still open, else to the next widget."""
        items = self._open_items()
        if items and self.query_one("#button-cancel").has_focus:
            next(iter(items)).focus()
        else:
            self.focus_next()

    def _open_items(self) -> dict[Widget, str]:
        """Return what is not ticked or typed, each with what to do."""
        boxes = [box for box in self.query(Checkbox) if not box.value]
        typed = zip(self.query(Input), self._review.plan.confirmations, strict=True)
        return {
            **dict.fromkeys(boxes, f"{len(boxes)} to attest"),
            **{
                line: f"type {each.word}" for line, each in typed if line.value.strip() != each.word
            },
        }


def _title(session: Session, review: Review) -> str:
    if session.facts.is_file:
        return f'Save to FILE "{review.name}"?'
    return f"Write to {target_tag(session.facts)} {session.target.where}?"


def alert_block(review: Review, found: Iterable[Finding], room: int) -> list[Line]:
    """Return findings about an instance as a whole, with a blank line after them."""
    lines: list[Line] = []
    for each in found:
        style = MARKS.get(each.severity.mark, "")
        lines += [((line, style),) for line in words.finding_lines(review, [each], room)]
    return [*lines, ()] if lines else []


def confirmation_widgets(position: int, confirmation: Confirmation) -> Iterator[Widget]:
    """Yield why a word must be typed, and a line to type it in."""
    yield Lines([()])
    yield WrappedLines(paragraph(confirmation.reason, "! ", MARKS["!"]))
    yield Lines([(("  Type ", ""), (confirmation.word, "bold"), (" to go on:", ""))])
    yield SafeInput(id=f"word-{position}")


def _words(review: Review, room: int) -> list[Line]:
    lines = alert_block(review, review.first_alerts, room)
    lines += [((line, "bold $warning"),) for line in wrap(WARNING, "  ", "! ", room)]
    lines += [(), (("What changes", "bold"),)]
    lines += [((line, ""),) for line in words.change_lines(review, room)]
    for each in review.plan.side_effects:
        if each is review.plan.side_effects[0]:
            lines += [(), (("What else happens", "bold"),)]
        lines += [((line, ""),) for line in wrap(each.message, "    ", "  ! ", room)]
    if found := (*review.further_alerts, *review.relevant):
        lines += [(), (("What the rules say", "bold"),), *alert_block(review, found, room)]
    return lines
