"""A review and its plan in words: short, aligned, readable without colour."""

import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields

from tui.presentation.target_text import reader_rows
from tui.presentation.value_text import (
    HIDDEN,
    find_same_value,
    is_hidden,
    short_path,
    source_of,
    value_in_effect,
    value_words,
)
from tui.settings.catalog import Entry, Group, Kind
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.status import Model
from tui.settings.findings import Finding, Fix
from tui.settings.import_document import SkippedValue
from tui.settings.parse.host import mask_password
from tui.settings.plan import Change
from tui.settings.preconditions import PreconditionState
from tui.settings.review import Review
from tui.settings.values import SecretState, Security, Value
from tui.storage.profile import DEFAULT
from tui.terminal.layout import blocks, columns, wrap
from tui.terminal.visible import visible

DERIVED_TITLE = "Incoming mail (POP3), derived"
READERS_TITLE = "Incoming mail: POP3/IMAP accounts"


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
    mark = next((each.severity.mark for each in review.findings if each.property == name), " ")
    if mark not in "x!":
        mark = "*" if name in review.draft.changed_properties() else " "
    source = source_of(review, name, sources, short=True)
    if name in review.parsed.broken:
        value = mask_password(review.draft.text(name)) or "-"
    elif is_hidden(review, name):
        value = HIDDEN
    elif inherited := find_same_value(review, name):
        value = value_words(inherited.value)
    else:
        value = value_words(review.parsed.value(name))
    return mark, review.label(name), value, source


def incoming_lines(review: Review) -> Iterator[str]:
    """Return the derived POP3 settings, or the accounts that read mail instead."""
    if not review.facts.derives_incoming:
        yield READERS_TITLE
        yield from columns(reader_rows(review.facts), indent=" ")
        return
    yield DERIVED_TITLE
    found = {each.name: getattr(review.incoming, each.name) for each in fields(review.incoming)}
    if review.draft.base.hidden and review.facts.model is Model.UNDETERMINED:
        yield f"   {HIDDEN}"
        return
    rows = ((" ", f"POP3 {name}", value_words(d.value), d.origin) for name, d in found.items())
    yield from columns(rows, indent=" ")


def alert_lines(review: Review, room: int = 0) -> Iterator[str]:
    """Return what is said before anything else about an instance, with a blank line after it."""
    if review.alerts:
        yield from finding_lines(review, review.alerts, room)
        yield ""


def finding_lines(
    review: Review, only: Iterable[Finding] | None = None, room: int = 0
) -> Iterator[str]:
    """Return findings with their property and, if there is one, the fix to type."""
    for each in review.findings if only is None else only:
        yield from wrap(finding_words(review, each), "     ", f"   {each.severity.mark} ", room)
        if each.fix:
            words = f"{each.fix.label}  ({fix_words(each.fix)})"
            yield from wrap(words, "            ", "       fix: ", room)


def finding_words(review: Review, finding: Finding) -> str:
    """Return a finding with its property's label before it."""
    entry = review.draft.entries.get(finding.property)
    # What a file holds without being a property is shown as it is written there.
    other = finding.property if review.facts.is_file else finding.property.capitalize()
    label = review.label(entry.name) if entry else other
    return f"{visible(label, 60)}: {finding.message}"


def fix_words(fix: Fix) -> str:
    """Return a fix as command-line options."""
    return " ".join(f"--set {shlex.quote(f'{name}={text}')}" for name, text in fix.set.items())


def change_lines(review: Review, room: int = 0) -> Iterator[str]:
    """Return what would change, before and after."""
    if not review.plan:
        if review.delivery_errors:
            yield "  No setting changes, but there is a delivery problem:"
            yield from finding_lines(review, review.delivery_errors, room)
        else:
            yield "  Nothing changes."
        return
    rows = [(label, before, f"-> {after}") for label, before, after in change_rows(review)]
    yield from columns(rows, room=room)


def change_rows(review: Review) -> Iterator[tuple[str, str, str]]:
    """Yield what would change: its label, what it is, and what it would be."""
    for each in review.plan.changes:
        label = review.label(each.property)
        yield label, _before_words(review, each), _after_words(review, each)
    for switch in review.plan.switches:
        yield switch.name, *_switch_words(switch)
    if activation := review.plan.activation:
        yield "Account that sends", activation.instead_of or "-", activation.account


def _switch_words(switch: AccountSwitch) -> tuple[str, str]:
    return ("inactive", "active") if switch.active else ("active", "inactive")


def _before_words(review: Review, change: Change) -> str:
    if unset := _unset_words(review, change, change.before):
        return unset
    default = review.draft.entries[change.property].default
    if change.before == "" and isinstance(default, int | Security) and default is not False:
        return f"{value_words(default)} (default)"
    return value_words(change.before)


def _unset_words(review: Review, change: Change, value: Value) -> str:
    """Return what a property without a value is the same as, or ""."""
    declared = review.draft.entries[change.property].declared
    return declared.when_unset if declared.same_as and value == "" else ""


def _after_words(review: Review, change: Change) -> str:
    if unset := _unset_words(review, change, change.after):
        return unset
    if change.after is SecretState.NEW:
        return "a new one (never shown)"
    if change.after is SecretState.CLEARED:
        return "cleared"
    return value_words(change.after) if change.after not in ("", ()) else "blank"


def plan_lines(
    review: Review,
    skipped: Iterable[SkippedValue],
    confirmed: Collection[str] = (),
    *,
    asking: bool = False,
) -> Iterator[str]:
    """Return what would change, its side effects, and what a save asks for.

    Args:
        skipped: what of a document was left out.
        confirmed: the words that were typed already.
        asking: leave out what is still open, as a prompt asks for it next.
    """
    if review.first_alerts:
        yield from (*finding_lines(review, review.first_alerts), "")
    if review.plan or not (skipped := tuple(skipped)):
        yield from change_lines(review)
    else:
        yield "  Nothing would be written: the differences are left out."
    yield from _side_effect_lines(review, skipped)
    relevant = review.relevant if review.plan else ()
    if found := (*review.further_alerts, *relevant):
        yield from ("", "Findings")
        yield from finding_lines(review, found)
    if review.plan:
        yield from _condition_lines(review, confirmed, asking=asking)


def _side_effect_lines(review: Review, skipped: Iterable[SkippedValue]) -> Iterator[str]:
    if review.plan.side_effects:
        yield from ("", "What else happens")
        for each in review.plan.side_effects:
            yield from wrap(each.message, "     ", "   ! ")
    if skipped := list(skipped):
        yield from ("", "Left out of the document")
        for item in skipped:
            entry = review.draft.entries.get(item.property)
            label = review.label(entry.name) if entry else item.property.capitalize()
            yield from wrap(f"{label}: {_skip_words(review, item)}", "     ", "   - ")


def _skip_words(review: Review, skipped: SkippedValue) -> str:
    """Return why, and what to do about it if something can be done here."""
    if skipped.is_final:
        return f"{skipped.reason}."
    if skipped.property in review.draft.base.locked:
        return skipped.reason
    if review.draft.entries[skipped.property].is_secret:
        return f"{skipped.reason}; give it with --secrets-stdin."
    return f"{skipped.reason}; ask for it with --set {skipped.property}=…."


def _condition_lines(review: Review, confirmed: Collection[str], *, asking: bool) -> Iterator[str]:
    conditions = review.preconditions
    given = [c for c in conditions if not asking or c.state is not PreconditionState.OPEN]
    words = [each for each in review.plan.confirmations if not asking or each.word in confirmed]
    if given:
        yield from ("", "Before you change these settings (KB0521756)")
    reminders = [each for each in given if each.state is PreconditionState.REMINDER]
    for each in reminders:
        yield from wrap(each.condition.statement, "     ", "   - ")
    yield from columns(
        (
            "[ ]" if each.state is PreconditionState.OPEN else "[x]",
            str(each.condition),
            f"{each.condition.statement} {each.evidence and f'({each.evidence})'}",
        )
        for each in given
        if each not in reminders
    )
    if words:
        yield from ("", "Type to confirm")
        yield from columns(
            ("[x]" if each.word in confirmed else "[ ]", each.word, each.reason) for each in words
        )


def explanation_lines(entry: Entry, review: Review, room: int = 0) -> Iterator[str]:
    """Return what a property is, its value and source, what follows from it, and its findings."""
    own = entry.declared
    yield from wrap(own.label, "", "", room)
    yield ""
    yield from wrap(own.help, room=room)
    yield ""
    yield from columns(_fact_rows(entry, review), room=room)
    if following := list(follower_rows(review, entry.name)):
        yield from ("", "What depends on it")
        yield from columns(following, room=room)
    found = [each for each in review.findings if each.property == entry.name]
    yield from ("", "Findings")
    if found:
        yield from finding_lines(review, found, room)
    else:
        yield "   No problems found."
    yield from ("", "What to do")
    if lock := review.draft.base.locked.get(entry.name):
        yield from wrap(f"It can't be changed here. {lock}", "   ", "   ", room)
    else:
        yield from _command_lines(entry, review.name)


def _fact_rows(entry: Entry, review: Review) -> Iterator[tuple[str, str]]:
    own = entry.declared
    broken = entry.name in review.parsed.broken
    value = mask_password(review.draft.text(entry.name)) if broken else None
    if is_hidden(review, entry.name):
        value = HIDDEN
    yield "value", value or value_words(review.parsed.value(entry.name))
    if inherited := value_in_effect(review, entry.name):
        yield "in effect", f"{value_words(inherited.value)}, {inherited.origin}"
    source = short_path(source_of(review, entry.name, {}))
    if entry.name in review.draft.changed_properties():
        source = f"typed here, not saved; was: {source}"
    yield "comes from", source
    if own.when_unset:
        yield "when unset", own.when_unset
    yield "kind", own.kind.value
    if own.kind is Kind.SECURITY:
        yield "to type", ", ".join(f"{each} ({each.label})" for each in Security)
    yield "here", entry.name
    yield "property", ", ".join(own.instance) or "-"
    yield "account field", ", ".join(own.account) or "-"


def follower_rows(review: Review, name: str) -> Iterator[tuple[str, str]]:
    """Return what follows a property, each with its value."""
    for other, entry in review.draft.entries.items():
        if entry.declared.same_as == name and (same := find_same_value(review, other)):
            yield review.label(other), f"{value_words(same.value)}, {same.origin}"
    if not review.facts.derives_incoming:
        return
    for label in ("server", "user", "password", "port", "security"):
        each = getattr(review.incoming, label)
        if each.follows == name:
            yield f"POP3 {label}", f"{value_words(each.value)}, {each.origin}"


def _command_lines(entry: Entry, profile: str) -> Iterator[str]:
    program = "glidemail" if profile == DEFAULT else f"glidemail -p {profile}"
    if entry.is_secret:
        option = "--password-stdin" if entry.name == "password" else "--secrets-stdin"
        yield f"   Give it:   {program} apply {option}"
    else:
        yield f"   Try it:    {program} plan --set {entry.name}=VALUE"
        yield f"   Change it: {program} apply --set {entry.name}=VALUE"
    yield f"   Clear it:  {program} apply --set {entry.name}="
