"""The dialog before a save: the warning, the changes, and what has to be confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from textual.widget import Widget

from tui.app.screens.consent_dialog import ConsentDialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.lines import MARKS, Line, Lines, WrappedLines, paragraph
from tui.presentation import review_text as words
from tui.presentation.target_text import target_tag
from tui.settings.findings import Finding
from tui.settings.preconditions import WARNING, Condition, PreconditionState
from tui.settings.review import Review
from tui.terminal.layout import wrap
from tui.workspace.session import Session


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person confirmed before a save: the words typed, the conditions attested."""

    confirmed: tuple[str, ...]
    attested: tuple[Condition, ...]


class ConfirmDialog(ConsentDialog[Consent]):
    """A dialog that shows what a save would do.

    Args:
        session: what the banner shows.
        review: the changes to save.
        attested: the conditions that are ticked; kept up to date, also if it is cancelled.
    """

    ACCEPT = "save"

    def __init__(
        self, session: Session, review: Review, attested: set[Condition] | None = None
    ) -> None:
        super().__init__(session, _title(session, review), review.plan.confirmations)
        self._review = review
        self._attested = set() if attested is None else attested

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
                box = Checkbox(each.condition, each.condition.statement)
                box.value = each.condition in self._attested
                yield box
            else:
                said = f"{each.condition.statement} ({each.evidence})"
                yield WrappedLines(paragraph(said, "[x] ", "dim"))
        yield from self.word_lines()

    def buttons(self) -> Iterable[Button]:
        """Return Cancel and Save."""
        return (Button("cancel", "Cancel"), Button(self.ACCEPT, "Save"))

    def show_ticks(self) -> None:
        """Remember the conditions that are ticked."""
        ticked = (Condition(box.name or "") for box in self.query(Checkbox) if box.value)
        self._attested.clear()
        self._attested.update(ticked)
        super().show_ticks()

    def accept(self) -> Consent:
        """Return what was confirmed."""
        words = tuple(each.word for each in self.confirmations)
        return Consent(words, tuple(sorted(self._attested)))


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
