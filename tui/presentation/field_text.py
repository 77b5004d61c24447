"""What a form shows beside a field: where its value comes from, and what it was."""

from tui.presentation.review_text import source_of
from tui.presentation.value_text import state_words, value_or_blank, value_words
from tui.settings.draft import Conflict
from tui.settings.parse.value import format_value
from tui.settings.review import Review
from tui.settings.values import SecretState, Value

_STATES = {
    SecretState.UNSET: "",
    SecretState.NOT_KEPT: "set",
    SecretState.UNKNOWN: "?",
    SecretState.CLEARED: "none",
}
_SHORT = ("port number", "connection security")


def origin_words(review: Review, name: str) -> str:
    """Return where a value comes from and what it was, in one line."""
    entry, draft = review.draft.entries[name], review.draft
    default = "" if entry.is_secret else value_words(_default_value(entry.default))
    note = f" Default: {default}." if default not in ("", "-") else ""
    if name in draft.changed_properties():
        before = draft.base.value(name)
        source = source_of(review, name, {}, short=True)
        was = f"Was {state_words(before)} ({source})." if before != "" else "Was not set."
        return was + note
    if name in draft.base.values:
        source = source_of(review, name, {}, short=True)
        if not review.facts.is_file:
            return f"From {source}.{note}"
        return f"{source.capitalize()} of the file.{note}"
    return f"Not set.{note}"


def conflict_words(conflict: Conflict) -> str:
    """Return a conflict in one sentence."""
    mine = "a new one" if conflict.mine is SecretState.NEW else value_or_blank(conflict.mine)
    return f"It is {value_or_blank(conflict.theirs)} there now, and {mine} here."


def short_value(review: Review, name: str) -> str:
    """Return a value in the few characters of a list, or "" where it takes more."""
    entry, parsed = review.draft.entries[name], review.parsed
    if name in parsed.broken:
        return ""
    value = parsed.value(name)
    if name.startswith("pop3_") and not review.facts.derives_incoming:
        return "-"
    if name.startswith("pop3_") and name not in parsed.specified:
        return "derived" if name != "pop3_port" and name != "pop3_security" else value_words(value)
    if isinstance(value, SecretState):
        return _STATES.get(value, str(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return str(len(value)) if value else ""
    return format_value(value) if entry.declared.kind.value in _SHORT and value is not None else ""


def _default_value(default: object) -> Value | None:
    return default if isinstance(default, str | int | tuple) else None
