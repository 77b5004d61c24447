"""Reviews and plans in words: short, aligned, readable without colour."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields

from tui.presentation.delivery_text import environment_words, model_words, signer, tag
from tui.presentation.path_text import short_path
from tui.settings.findings import Finding, Fix
from tui.settings.import_document import Skipped
from tui.settings.parse.host import without_password
from tui.settings.parse.text import text_of
from tui.settings.plan import Change
from tui.settings.preconditions import State
from tui.settings.property import Group
from tui.settings.review import Review
from tui.settings.target_facts import Model
from tui.settings.values import SecretState, Security, Value
from tui.terminal.layout import blocks, columns, wrap
from tui.terminal.visible import visible
from tui.workspace.session import Session


def source_of(review: Review, name: str, sources: Mapping[str, str]) -> str:
    """Where a property's value comes from."""
    if name in sources:
        return sources[name]
    if name in review.draft.base.origins:
        return review.draft.base.origins[name]
    default = review.draft.entries[name].default
    return "default" if default not in (None, "", (), SecretState.UNSET) else "not set"


def banner(session: Session) -> str:
    """What is worked on, where it is, and what it counts as."""
    place, name = session.place, session.profile.name
    if place.is_file:
        return f"FILE  {name}  {short_path(session.target.where)}  ({environment_words(place)})"
    where = f"{session.target.where}  {signer(session)}  {model_words(session)}"
    return f"{tag(place)}  {name}  {where}"


def value_words(value: Value | None) -> str:
    """A value for a person."""
    if value is None or value in ("", ()) or value is SecretState.UNSET:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return without_password(text_of(value))


def properties(review: Review, sources: Mapping[str, str]) -> Iterator[str]:
    """The properties, grouped: mark, name, value, source."""
    rows = {name: _row(review, name, sources) for name in review.draft.entries}
    # Laid out together, so that the groups stand below one another.
    lines = dict(zip(rows, blocks(rows.values(), indent=" "), strict=True))
    for group in Group:
        inside = [n for n, e in review.draft.entries.items() if e.declared.group is group]
        if inside:
            yield group.value
            for name in inside:
                yield from lines[name]


def _row(review: Review, name: str, sources: Mapping[str, str]) -> tuple[str, ...]:
    worst = next((each.severity.mark for each in review.findings if each.property == name), " ")
    changed = "*" if name in review.draft.changed() else " "
    mark = worst if worst in "x!" else changed
    source = source_of(review, name, sources)
    if name in review.parsed.broken:
        value = without_password(review.draft.text(name)) or "-"
    else:
        value = value_words(review.parsed.value(name))
    return mark, review.draft.entries[name].declared.short, value, short_source(source)


def short_source(source: str) -> str:
    """A source without the path, which the banner has said."""
    return f"line {source.rpartition(', line ')[2]}" if ", line " in source else source


def incoming(review: Review) -> Iterator[str]:
    """The POP settings that follow."""
    if review.place.derives:
        yield "Incoming mail that follows"
    elif review.place.model is Model.UNDETERMINED:
        yield "Incoming mail by the article; what reads it here is not known"
    else:
        yield "Incoming mail by the article; here accounts of their own read it"
    rows = []
    for each in fields(review.incoming):
        derived = getattr(review.incoming, each.name)
        rows.append((" ", f"POP3 {each.name}", value_words(derived.value), derived.origin))
    yield from columns(rows, indent=" ")


def findings(review: Review, only: Iterable[Finding] | None = None, room: int = 0) -> Iterator[str]:
    """Findings, each with its property and, where there is one, the fix to type."""
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
    """A fix as it is typed."""
    return " ".join(f"--set {shlex.quote(f'{name}={text}')}" for name, text in fix.set.items())


def changes(review: Review, room: int = 0) -> Iterator[str]:
    """What would change, before and after."""
    if not review.plan:
        yield "  Nothing changes."
        return
    rows = [
        (review.draft.entries[each.property].declared.short, _before(review, each), _after(each))
        for each in review.plan.changes
    ]
    if activation := review.plan.activation:
        rows.append(
            ("Account that sends", activation.instead_of or "-", f"-> {activation.account}")
        )
    yield from columns(rows, room=room)


def _before(review: Review, change: Change) -> str:
    default = review.draft.entries[change.property].default
    if change.before == "" and isinstance(default, int | Security) and default is not False:
        return f"{value_words(default)} (default)"
    return value_words(change.before)


def _after(change: Change) -> str:
    if change.after is SecretState.NEW:
        return "-> a new one (never shown)"
    if change.after is SecretState.CLEARED:
        return "-> cleared"
    return f"-> {value_words(change.after) if change.after not in ('', ()) else 'blank'}"


def side_effects(review: Review, held: Iterable[Skipped] = ()) -> Iterator[str]:
    """What else moves, and what of a document was left out."""
    if review.plan.side_effects:
        yield ""
        yield "And with it"
        for each in review.plan.side_effects:
            yield from wrap(each.message, "     ", "   ! ")
    left = list(held)
    if left:
        yield ""
        yield "Left out of the document"
        for item in left:
            short = review.draft.entries[item.property].declared.short
            yield from wrap(f"{short}: {_left_out(review, item)}", "     ", "   - ")


def _left_out(review: Review, held: Skipped) -> str:
    """Why, and what to do about it where something can be done here."""
    if held.property in review.draft.base.locked:
        return held.reason
    if review.draft.entries[held.property].is_secret:
        return f"{held.reason}; give it with --secrets-stdin."
    return f"{held.reason}; ask for it with --set {held.property}=…."


def conditions(
    review: Review, confirmed: Collection[str] = (), *, asking: bool = False
) -> Iterator[str]:
    """The article's preconditions, and what is to be typed, with what was typed already.

    Args:
        review: of what they are.
        confirmed: the words that were typed.
        asking: what is still open is asked for next, and left out here.
    """
    given = [each for each in review.preconditions if not asking or each.state is not State.OPEN]
    words = [each for each in review.plan.confirmations if not asking or each.word in confirmed]
    if given:
        yield ""
        yield "The article's conditions"
        marks = {State.OPEN: "[ ]", State.ATTESTED: "[x]", State.VERIFIED: "[x]"}
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
