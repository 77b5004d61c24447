"""The incoming (POP) settings that are derived from the outgoing ones.

Source: KB0521756. The outgoing server "is also used as the incoming mail server if one is
not specified", "the string before the @ … is used as the incoming POP account name", the
outgoing password "is used as the incoming (POP) mail server password". The port is the
platform's default.
"""

from dataclasses import dataclass

from tui.settings.draft import ParsedDraft
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """An incoming setting with its origin.

    Attributes:
        value: the value, or a password's state; None if there is none yet.
        origin: where it comes from, in a few words.
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


_SOURCES = {"server": "outgoing server", "user": "user email", "password": "outgoing password"}
"""What the incoming settings follow, in words."""


def _derive(parsed: ParsedDraft, name: str, source: str = "") -> DerivedValue:
    """Return the value of a property that follows its source, or its default without one."""
    follows = name if name in parsed.specified else source
    if follows in parsed.broken:
        words = "not valid" if follows == name else f"no valid {_SOURCES[source]}"
        return DerivedValue(None, words, follows)
    value = parsed.value(follows or name)
    if follows == name:
        never_told = value is SecretState.UNKNOWN
        words = "its own or outgoing" if never_told else "set here"
        return DerivedValue(value, words, name)
    if not source:
        return DerivedValue(value, "default", "")
    if not value:
        return DerivedValue(None, f"no {_SOURCES[source]}", source)
    if source != "user":
        return DerivedValue(value, "same as outgoing", source)
    if "@" not in value:
        return DerivedValue(None, "user email has no @", source)
    return DerivedValue(value.rpartition("@")[0], "from user email", source)
