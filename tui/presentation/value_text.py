"""Values in words: what they are, where they come from and what they were; paths, counts."""

import os
from collections.abc import Mapping

from tui.settings.draft import Conflict
from tui.settings.incoming import DerivedValue
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.review import Review
from tui.settings.values import SecretState, Security, Value

HIDDEN = "unknown (hidden from this user)"


def is_hidden(review: Review, name: str) -> bool:
    """Return whether a property's value is hidden from this user, and nothing was typed."""
    draft = review.draft
    return name in draft.base.hidden and name not in draft.changed_properties()


def value_words(value: Value | None) -> str:
    """Return a value for a person, `-` if nothing is set."""
    if value is None or value in ("", ()) or value is SecretState.UNSET:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Security):
        return value.label
    return mask_password(format_value(value))


def state_words(value: Value) -> str:
    """Return a value, or a secret's state, for use in a sentence."""
    return str(value) if isinstance(value, SecretState) else value_words(value)


def value_or_blank(value: Value) -> str:
    """Return a value for a sentence in which a dash would say nothing."""
    words = state_words(value)
    return "blank" if words == "-" else words


def find_same_value(review: Review, name: str) -> DerivedValue | None:
    """Return the value of another property that counts while this one isn't set; else None."""
    entry = review.draft.entries[name]
    other = entry.declared.same_as
    is_set = name in review.parsed.specified or name in review.draft.base.hidden
    if not other or is_set or not review.facts.has_effect(entry) or other in review.parsed.broken:
        return None
    value = review.parsed.value(other)
    return DerivedValue(value, entry.declared.when_unset, other) if value else None


def short_path(path: str) -> str:
    """Return a path with `~` for the home directory."""
    home = os.path.expanduser("~/")
    return f"~/{path.removeprefix(home)}" if home != "/" and path.startswith(home) else path


def count_words(count: int, noun: str) -> str:
    """Return a number of things: `1 change`, `2 changes`, `no changes`."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def source_of(review: Review, name: str, sources: Mapping[str, str], *, short: bool = False) -> str:
    """Return where a property's value comes from.

    Args:
        sources: of the values that this call edits.
        short: without the path, which the banner shows.
    """
    if name in sources:
        return sources[name]
    if same := find_same_value(review, name):
        return same.origin
    if origin := review.draft.base.origins.get(name):
        if origin.line is not None:
            return f"line {origin.line}" if short else f"{origin.name}, line {origin.line}"
        return f"account {origin.name}" if origin.is_account else origin.name
    if name in review.draft.base.hidden:
        return "not returned"
    default = review.draft.entries[name].default
    return "default" if default not in (None, "", (), SecretState.UNSET) else "not set"


def origin_words(review: Review, name: str) -> str:
    """Return where a value comes from and what it was, in one line."""
    entry, draft = review.draft.entries[name], review.draft
    default = entry.default if isinstance(entry.default, str | int | tuple) else None
    words = "-" if entry.is_secret else value_words(default)
    note = f" Default: {words}." if words != "-" else ""
    source = source_of(review, name, {}, short=True)
    if name in draft.changed_properties():
        before = draft.base.value(name)
        return f"was {state_words(before)}" if before != "" else ""
    if name in draft.base.values:
        if not review.facts.is_file:
            return f"From {source}.{note}"
        return f"{source.capitalize()} of the file.{note}"
    if name in draft.base.hidden:
        return f"{HIDDEN.capitalize()}.{note}"
    return f"Not set.{note}"


def conflict_words(conflict: Conflict) -> str:
    """Return a conflict in one sentence."""
    mine = "a new one" if conflict.mine is SecretState.NEW else value_or_blank(conflict.mine)
    return f"It is {value_or_blank(conflict.theirs)} there now and {mine} here."


def list_value(review: Review, name: str) -> tuple[str, bool]:
    """Return a property's value for a list, and whether it is set here, not one that follows."""
    parsed = review.parsed
    if name in parsed.broken:
        return mask_password(review.draft.text(name)), True
    if is_hidden(review, name):
        return "unknown (hidden)", False
    if name.startswith("pop3_") and not review.facts.derives_incoming:
        return "-", False
    value = parsed.value(name)
    if name in parsed.specified:
        return str(value) if isinstance(value, SecretState) else value_words(value), True
    if followed := value_in_effect(review, name):
        return followed.origin if followed.follows else value_words(followed.value), False
    if isinstance(value, SecretState) and value is not SecretState.UNSET:
        return str(value), True
    words = "" if value is None or isinstance(value, SecretState) else value_words(value)
    return ("not set" if words in ("", "-") else words), False


def value_in_effect(review: Review, name: str) -> DerivedValue | None:
    """Return the value that follows from another property; None if there is none, or no effect."""
    if same := find_same_value(review, name):
        return same
    if not (name.startswith("pop3_") and review.facts.derives_incoming):
        return None
    found: DerivedValue | None = getattr(review.incoming, name.removeprefix("pop3_"), None)
    return found
