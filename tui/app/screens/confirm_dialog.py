"""The dialog before a save: the warning, the changes, what else moves, what is to be settled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui.app.screens.dialog import Dialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.lines import MARKS, Line, Lines, WrappedLines, paragraph
from tui.app.widgets.text_field import SafeInput
from tui.presentation import review_text as words
from tui.presentation.target_text import target_tag
from tui.settings.plan import Confirmation
from tui.settings.preconditions import WARNING, Condition, PreconditionState
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.workspace.session import Session


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person gave before a save: words that were typed, conditions attested."""

    confirmed: tuple[str, ...]
    attested: tuple[Condition, ...]


class ConfirmDialog(Dialog[Consent]):
    """Shows what a save would do. Cancel has the focus, and Escape cancels.

    Args:
        session: what the banner tells.
        review: what would be saved.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "next_open", "Next", show=False)]

    def __init__(self, session: Session, review: Review) -> None:
        super().__init__(session, _question(session, review))
        self._review = review

    def body(self) -> Iterable[Widget]:
        """The warning on top, then everything there is to know."""
        yield WrappedLines(partial(_words, self._review), id="words")
        if self._review.preconditions:
            yield Lines([(), (("The article's conditions", "bold"), ("  space attests", "dim"))])
        for each in self._review.preconditions:
            if each.state is PreconditionState.OPEN:
                yield Checkbox(each.condition, each.condition.statement)
            else:
                said = f"{each.condition.statement} ({each.evidence})"
                yield WrappedLines(paragraph(said, "[x] ", "dim"))
        for position, confirmation in enumerate(self._review.plan.confirmations):
            yield from _typed(position, confirmation)

    def buttons(self) -> Iterable[Button]:
        """Cancel first."""
        return (Button("cancel", "Cancel"), Button("save", "Save"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Goes to what is still open, or to the button that saves."""
        event.stop()
        if not self._says_what_is_open():
            self.query_one("#button-save").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Saves once everything is settled; else says what is not, and goes there."""
        if event.name != "save":
            return
        if self._says_what_is_open():
            return
        words = tuple(each.word for each in self._review.plan.confirmations)
        self.dismiss(
            Consent(words, tuple(Condition(tick.name or "") for tick in self.query(Checkbox)))
        )

    def _says_what_is_open(self) -> bool:
        """Says what is still open, if anything is, and goes there."""
        missing = self._missing()
        if missing:
            said = ", ".join(dict.fromkeys(missing.values()))
            self.say(f"Still open: {said}. Nothing was written.")
            next(iter(missing)).focus()
        return bool(missing)

    def action_next_open(self) -> None:
        """From Cancel to what is still open, and from there on as usual."""
        missing = self._missing()
        if missing and self.query_one("#button-cancel").has_focus:
            next(iter(missing)).focus()
        else:
            self.focus_next()

    def _missing(self) -> dict[Widget, str]:
        """What is not ticked or typed, each with what to do."""
        ticks = [tick for tick in self.query(Checkbox) if not tick.value]
        typed = zip(self.query(Input), self._review.plan.confirmations, strict=True)
        return {
            **dict.fromkeys(ticks, f"{len(ticks)} to attest"),
            **{
                line: f"type {each.word}" for line, each in typed if line.value.strip() != each.word
            },
        }


def _question(session: Session, review: Review) -> str:
    if session.place.is_file:
        return f'Save to FILE "{review.name}"?'
    return f"Write to {target_tag(session.place)} {session.target.where}?"


def _typed(position: int, confirmation: Confirmation) -> Iterator[Widget]:
    yield Lines([()])
    yield WrappedLines(paragraph(confirmation.reason, "! ", MARKS["!"]))
    yield Lines([(("  Type ", ""), (confirmation.word, "bold"), (" to go on:", ""))])
    yield SafeInput(id=f"word-{position}")


def _words(review: Review, room: int) -> list[Line]:
    lines: list[Line] = [((line, "bold $warning"),) for line in wrap(WARNING, "  ", "! ", room)]
    lines += [(), (("What changes", "bold"),)]
    lines += [((line, ""),) for line in words.change_lines(review, room)]
    for each in review.plan.side_effects:
        if each is review.plan.side_effects[0]:
            lines += [(), (("And with it", "bold"),)]
        lines += [((line, ""),) for line in wrap(each.message, "    ", "  ! ", room)]
    if review.relevant:
        lines += [(), (("What the rules say", "bold"),)]
    for finding in review.relevant:
        entry = review.draft.entries.get(finding.property)
        short = entry.declared.short if entry else finding.property
        text = f"{short}: {finding.message}"
        lines += [((line, ""),) for line in wrap(text, "    ", f"  {finding.severity.mark} ", room)]
    return lines
