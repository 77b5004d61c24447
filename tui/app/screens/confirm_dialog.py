"""The dialog before a save: the warning, the changes, and what has to be confirmed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from textual.widget import Widget

from tui.app.screens.consent_dialog import ConsentDialog
from tui.app.widgets.buttons import Button, Checkbox
from tui.app.widgets.lines import Line, Lines, WrappedLines, marked, paragraph, truncate
from tui.presentation.review_text import change_rows, finding_words
from tui.presentation.secret_text import secret_fate
from tui.presentation.target_text import target_tag
from tui.presentation.value_text import short_path
from tui.settings.findings import Finding
from tui.settings.preconditions import WARNING, Condition, PreconditionState
from tui.settings.review import Review
from tui.terminal.layout import width, wrap
from tui.terminal.signs import sign
from tui.terminal.visible import visible
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
        """Yield the changes, what follows, the warning, the conditions and the words to type."""
        yield WrappedLines(partial(_words, self.session, self._review), id="words")
        conditions = self._review.preconditions
        if conditions:
            title = "Before you change these settings (KB0521756)"
            has_boxes = any(each.state is PreconditionState.OPEN for each in conditions)
            yield Lines([(), ((title, "bold"), ("  Space ticks." if has_boxes else "", "dim"))])
        for each in conditions:
            if each.state is PreconditionState.OPEN:
                box = Checkbox(each.condition, each.condition.statement)
                box.value = each.condition in self._attested
                yield box
            elif each.state is PreconditionState.REMINDER:
                yield WrappedLines(paragraph(each.condition.statement, "- "))
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
        return f"Save to {short_path(session.target.where)}?"
    return f"Write to {target_tag(session.facts)} {session.target.where}?"


def alert_block(review: Review, found: Iterable[Finding], room: int) -> list[Line]:
    """Return findings with their marks."""
    lines: list[Line] = []
    for each in found:
        lines += marked(each.severity.mark, finding_words(review, each), room)
        fix = f"Fix: {each.fix.label}" if each.fix else ""
        lines += [((line, "dim"),) for line in wrap(fix, "  ", "  ", room)]
    return lines


def _words(session: Session, review: Review, room: int) -> list[Line]:
    lines = alert_block(review, review.first_alerts, room)
    lines += [()] if lines else []
    lines += _difference(list(change_rows(review)), room)
    effects = [line for e in review.plan.side_effects for line in marked("!", e.message, room)]
    found = alert_block(review, (*review.further_alerts, *review.relevant), room)
    fate = secret_fate(session) if review.draft.secrets else ""
    secrets = marked("-", f"Password: {fate}", room) if fate else []
    warning = marked("!", WARNING, room)
    for block in (effects, [*found, *secrets], warning):
        lines += [(), *block] if block else []
    return lines


def _difference(rows: Sequence[tuple[str, str, str]], room: int) -> list[Line]:
    """Return each change in a line, or in two if it is long: label, before, after."""
    label = max((width(name) for name, _, _ in rows), default=0) + 2
    before = max((max(width(was), 7) for _, was, _ in rows), default=0) + 1
    after = max((width(visible(now)) for _, _, now in rows), default=0)
    arrow = f"{sign('->')} "
    lines: list[Line] = []
    for name, value, now in rows:
        was = "not set" if value == "-" else value
        head = (f"{name:<{label}}", "")
        if label + before + len(arrow) + after <= room:
            lines.append((head, (f"{was:<{before}}", "$error"), (arrow, "dim"), (now, "$success")))
        else:
            rest = max(room - label - len(arrow), 8)
            lines.append((head, (truncate(visible(was), rest), "$error")))
            lines.append(((" " * label + arrow, "dim"), (truncate(visible(now), rest), "$success")))
    return lines
