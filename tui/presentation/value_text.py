"""Single values in words: settings, secrets' states, paths and counts."""

import os

from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.values import SecretState, Value


def value_words(value: Value | None) -> str:
    """Return a value for a person, `-` where nothing is set."""
    if value is None or value in ("", ()) or value is SecretState.UNSET:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return mask_password(format_value(value))


def state_words(value: Value) -> str:
    """Return a value, or a secret's state, for use in a sentence."""
    if isinstance(value, SecretState):
        return str(value)
    return value_words(value)


def value_or_blank(value: Value) -> str:
    """Return a value for a sentence in which a dash would say nothing."""
    words = state_words(value)
    return "blank" if words == "-" else words


def short_path(path: str) -> str:
    """Return a path with `~` for the home directory."""
    home = os.path.expanduser("~/")
    return f"~/{path.removeprefix(home)}" if home != "/" and path.startswith(home) else path


def count_words(count: int, noun: str) -> str:
    """Return a number of things: `1 change`, `2 changes`, `no changes`."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"
