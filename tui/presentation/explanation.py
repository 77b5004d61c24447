"""The page that says why a property's value is what it is."""

from collections.abc import Iterator

from tui.presentation.review_text import finding_lines, source_of
from tui.presentation.value_text import short_path, value_words
from tui.settings.catalog import Entry, Group
from tui.settings.incoming import DerivedValue
from tui.settings.parse.host import mask_password
from tui.settings.review import Review
from tui.storage.profile import DEFAULT
from tui.terminal.layout import columns, wrap


def explanation_lines(entry: Entry, review: Review, room: int = 0) -> Iterator[str]:
    """Return what a property is, its value and source, what follows from it, and its findings.

    Args:
        entry: the property.
        review: of the draft.
        room: columns to fit into; the terminal's unless given.
    """
    own = entry.declared
    yield from wrap(own.label, "", "", room)
    yield ""
    yield from wrap(" ".join(own.help.split()), room=room)
    yield ""
    yield from columns(_fact_rows(entry, review), room=room)
    if following := list(follower_rows(review, entry.name)):
        yield ""
        yield "What follows from it"
        yield from columns(following, room=room)
    found = [each for each in review.findings if each.property == entry.name]
    yield ""
    yield "What the rules say"
    if found:
        yield from finding_lines(review, found, room)
    else:
        yield "   Nothing is wrong with it."
    yield ""
    yield "What to do"
    if lock := review.draft.base.locked.get(entry.name):
        yield from wrap(f"It cannot be changed here. {lock}", "   ", "   ", room)
    else:
        yield from _command_lines(entry, review.name)


def _fact_rows(entry: Entry, review: Review) -> Iterator[tuple[str, str]]:
    own = entry.declared
    broken = entry.name in review.parsed.broken
    value = mask_password(review.draft.text(entry.name)) if broken else None
    yield "value", value or value_words(review.parsed.value(entry.name))
    if inherited := value_in_effect(review, entry.name):
        yield "in effect", f"{value_words(inherited.value)}, {inherited.origin}"
    source = short_path(source_of(review, entry.name, {}))
    if entry.name in review.draft.changed_properties():
        source = f"typed here, not saved; before: {source}"
    yield "comes from", source
    if own.when_unset:
        yield "when unset", own.when_unset
    yield "kind", own.kind.value
    yield "here", entry.name
    yield "on the instance", ", ".join(own.instance) or "-"
    yield "in an email account", ", ".join(own.account) or "-"


def value_in_effect(review: Review, name: str) -> DerivedValue | None:
    """Return the value in effect of an incoming setting; None for any other property."""
    if review.draft.entries[name].declared.group is not Group.INCOMING:
        return None
    found: DerivedValue | None = getattr(review.incoming, name.removeprefix("pop3_"), None)
    return found


def follower_rows(review: Review, name: str) -> Iterator[tuple[str, str]]:
    """Return the incoming settings that follow a property, each with its value."""
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
