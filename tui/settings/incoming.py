"""The incoming (POP) settings that are derived from the outgoing ones.

Source: KB0521756. The outgoing server "is also used as the incoming mail server if one is
not specified", "the string before the @ … is used as the incoming POP account name", the
outgoing password "is used as the incoming (POP) mail server password". The port is the
platform's default.
"""

from dataclasses import dataclass

from tui.settings.catalog import catalog
from tui.settings.draft import ParsedDraft
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """An incoming setting with its origin.

    Attributes:
        value: the value, or a password's state; None if there is none yet.
        origin: where it comes from, in words.
        follows: the property that it follows: its own if that is specified, "" for a default.
    """

    value: Value | None
    origin: str
    follows: str


@dataclass(frozen=True, slots=True)
class IncomingSettings:
    """The settings with which the instance reads mail."""

    server: DerivedValue
    user: DerivedValue
    password: DerivedValue
    port: DerivedValue
    security: DerivedValue


def derive_incoming(parsed: ParsedDraft) -> IncomingSettings:
    """Return the incoming settings in effect."""
    return IncomingSettings(
        server=_derive(parsed, "pop3_server", "server"),
        user=_derive(parsed, "pop3_user", "user"),
        password=_derive(parsed, "pop3_password", "password"),
        port=_derive(parsed, "pop3_port"),
        security=_derive(parsed, "pop3_security"),
    )


def _derive(parsed: ParsedDraft, name: str, source: str = "") -> DerivedValue:
    """Return the value of a property that follows its source, or its default without one."""
    follows = name if name in parsed.specified else source
    label = catalog()[follows or name].declared.short
    if follows in parsed.broken:
        return DerivedValue(None, f"waits for {label}", follows)
    value = parsed.value(follows or name)
    if follows == name:
        never_told = value is SecretState.UNKNOWN
        words = "its own or the outgoing one, never told" if never_told else "set here"
        return DerivedValue(value, words, name)
    if not source:
        return DerivedValue(value, "default", "")
    if not value:
        return DerivedValue(None, f"from {label}, which is blank", source)
    if source != "user":
        return DerivedValue(value, f"from {label}", source)
    if "@" not in value:
        return DerivedValue(None, f"from {label}, which has no @", source)
    words = f"from {label}, before the @{' (not From)' if parsed.own_from else ''}"
    return DerivedValue(value.rpartition("@")[0], words, source)
