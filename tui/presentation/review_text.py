"""A review and its plan in words: short, aligned, readable without colour."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields

from tui.presentation.value_text import value_words
from tui.settings.catalog import Group
from tui.settings.delivery.status import Model
from tui.settings.findings import Finding, Fix
from tui.settings.import_document import Skipped
from tui.settings.parse.host import mask_password
from tui.settings.plan import Change
from tui.settings.preconditions import PreconditionState
from tui.settings.review import Review
from tui.settings.snapshot import Origin
from tui.settings.values import SecretState, Security
from tui.terminal.layout import blocks, columns, wrap
from tui.terminal.visible import visible


def source_of(review: Review, name: str, sources: Mapping[str, str], *, short: bool = False) -> str:
    """Return where a property's value comes from.

    Args:
        review: of the draft.
        name: of the property.
        sources: of the values that this call edits.
        short: without the path, which the banner shows.
    """
    if name in sources:
        return sources[name]
    if name in review.draft.base.origins:
        return _origin_words(review.draft.base.origins[name], short=short)
    default = review.draft.entries[name].default
    return "default" if default not in (None, "", (), SecretState.UNSET) else "not set"


def property_lines(review: Review, sources: Mapping[str, str]) -> Iterator[str]:
    """Return the properties by group: mark, name, value, source."""
    rows = {name: _property_row(review, name, sources) for name in review.draft.entries}
    # Laid out together, so that the columns of all groups line up.
    lines = dict(zip(rows, blocks(rows.values(), indent=" "), strict=True))
    for group in Group:
        inside = [n for n, e in review.draft.entries.items() if e.declared.group is group]
        if inside:
            yield group.value
            for name in inside:
                yield from lines[name]


def _property_row(review: Review, name: str, sources: Mapping[str, str]) -> tuple[str, ...]:
    worst = next((each.severity.mark for each in review.findings if each.property == name), " ")
    changed = "*" if name in review.draft.changed_properties() else " "
    mark = worst if worst in "x!" else changed
    source = source_of(review, name, sources, short=True)
    if name in review.parsed.broken:
        value = mask_password(review.draft.text(name)) or "-"
    else:
        value = value_words(review.parsed.value(name))
    return mark, review.draft.entries[name].declared.short, value, source


def _origin_words(origin: Origin, *, short: bool) -> str:
    if origin.line is not None:
        return f"line {origin.line}" if short else f"{origin.name}, line {origin.line}"
    return f"account {origin.name}" if origin.is_account else origin.name


def incoming_lines(review: Review) -> Iterator[str]:
    """Return the derived POP3 settings."""
    if review.facts.derives_incoming:
        yield "Incoming mail that follows"
    elif review.facts.model is Model.UNDETERMINED:
        yield "Incoming mail by the article; what reads it here is not known"
    else:
        yield "Incoming mail by the article; here accounts of their own read it"
    rows = []
    for each in fields(review.incoming):
        derived = getattr(review.incoming, each.name)
        rows.append((" ", f"POP3 {each.name}", value_words(derived.value), derived.origin))
    yield from columns(rows, indent=" ")


def finding_lines(
    review: Review, only: Iterable[Finding] | None = None, room: int = 0
) -> Iterator[str]:
    """Return findings with their property and, where there is one, the fix to type."""
    for each in review.findings if only is None else only:
        entry = review.draft.entries.get(each.property)
        name = entry.declared.short if entry else each.property
        yield from wrap(
            f"{visible(name, 60)}: {each.message}", "     ", f"   {each.severity.mark} ", room
        )
        if each.fix:
            words = f"{each.fix.label}  ({fix_words(each.fix)})"
            yield from wrap(words, "            ", "       fix: ", room)


def fix_words(fix: Fix) -> str:
    """Return a fix as command-line options."""
    return " ".join(f"--set {shlex.quote(f'{name}={text}')}" for name, text in fix.set.items())


def change_lines(review: Review, room: int = 0) -> Iterator[str]:
    """Return what would change, before and after."""
    if not review.plan:
        yield "  Nothing changes."
        return
    entries = review.draft.entries
    rows = [
        (entries[each.property].declared.short, _before_words(review, each), _after_words(each))
        for each in review.plan.changes
    ]
    if activation := review.plan.activation:
        rows.append(
            ("Account that sends", activation.instead_of or "-", f"-> {activation.account}")
        )
    yield from columns(rows, room=room)


def _before_words(review: Review, change: Change) -> str:
    default = review.draft.entries[change.property].default
    if change.before == "" and isinstance(default, int | Security) and default is not False:
        return f"{value_words(default)} (default)"
    return value_words(change.before)


def _after_words(change: Change) -> str:
    if change.after is SecretState.NEW:
        return "-> a new one (never shown)"
    if change.after is SecretState.CLEARED:
        return "-> cleared"
    return f"-> {value_words(change.after) if change.after not in ('', ()) else 'blank'}"


def plan_lines(
    review: Review,
    skipped: Iterable[Skipped],
    confirmed: Collection[str] = (),
    *,
    asking: bool = False,
) -> Iterator[str]:
    """Return what would change, its side effects, and what a save asks for.

    Args:
        review: of the draft.
        skipped: what of a document was left out.
        confirmed: the words that were typed already.
        asking: leave out what is still open, as a prompt asks for it next.
    """
    yield from change_lines(review)
    yield from _side_effect_lines(review, skipped)
    if review.plan:
        if review.relevant:
            yield ""
            yield "What the rules say"
            yield from finding_lines(review, review.relevant)
        yield from _condition_lines(review, confirmed, asking=asking)


def _side_effect_lines(review: Review, skipped: Iterable[Skipped]) -> Iterator[str]:
    if review.plan.side_effects:
        yield ""
        yield "And with it"
        for each in review.plan.side_effects:
            yield from wrap(each.message, "     ", "   ! ")
    if skipped := list(skipped):
        yield ""
        yield "Left out of the document"
        for item in skipped:
            short = review.draft.entries[item.property].declared.short
            yield from wrap(f"{short}: {_skip_words(review, item)}", "     ", "   - ")


def _skip_words(review: Review, skipped: Skipped) -> str:
    """Return why, and what to do about it where something can be done here."""
    if skipped.property in review.draft.base.locked:
        return skipped.reason
    if review.draft.entries[skipped.property].is_secret:
        return f"{skipped.reason}; give it with --secrets-stdin."
    return f"{skipped.reason}; ask for it with --set {skipped.property}=…."


def _condition_lines(review: Review, confirmed: Collection[str], *, asking: bool) -> Iterator[str]:
    given = [
        each
        for each in review.preconditions
        if not asking or each.state is not PreconditionState.OPEN
    ]
    words = [each for each in review.plan.confirmations if not asking or each.word in confirmed]
    if given:
        yield ""
        yield "The article's conditions"
        marks = {
            PreconditionState.OPEN: "[ ]",
            PreconditionState.ATTESTED: "[x]",
            PreconditionState.VERIFIED: "[x]",
        }
        yield from columns(
            (
                marks[each.state],
                str(each.condition),
                f"{each.condition.statement} {each.evidence and f'({each.evidence})'}",
            )
            for each in given
        )
    if words:
        yield ""
        yield "To be confirmed by typing"
        yield from columns(
            ("[x]" if each.word in confirmed else "[ ]", each.word, each.reason) for each in words
        )
