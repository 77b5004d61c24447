"""The incoming (POP) settings that are derived from the outgoing ones.

Source: KB0521756. The outgoing server "is also used as the incoming mail server if one is
not specified", "the string before the @ … is used as the incoming POP account name", the
outgoing password "is used as the incoming (POP) mail server password". The port is the
platform's default.
"""

from dataclasses import dataclass
from typing import Any

from tui.settings.catalog import catalog
from tui.settings.draft import Parsed
from tui.settings.parse.value import local_part
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """An incoming setting with its origin.

    Attributes:
        value: the value, or a password's state; None where there is none yet.
        origin: where it comes from, in words.
        follows: the property that it follows: the override itself where that is specified, ""
            for a default.
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


def derive_incoming(parsed: Parsed) -> IncomingSettings:
    """Return the incoming settings in effect."""
    return IncomingSettings(
        server=_get_override(parsed, "pop3_server") or _derive_server(parsed),
        user=_get_override(parsed, "pop3_user") or _derive_user(parsed),
        password=_get_override(parsed, "pop3_password") or _derive_password(parsed),
        port=_get_override(parsed, "pop3_port") or _get_default(parsed, "pop3_port"),
        security=_get_override(parsed, "pop3_security") or _get_default(parsed, "pop3_security"),
    )


def _label(name: str) -> str:
    return catalog()[name].declared.short


def _pending(name: str) -> DerivedValue:
    return DerivedValue(None, f"waits for {_label(name)}", name)


def _get_override(parsed: Parsed, name: str) -> DerivedValue | None:
    if name in parsed.broken:
        return _pending(name)
    if name not in parsed.specified:
        return None
    value = parsed.value(name)
    if value is SecretState.UNKNOWN:
        return DerivedValue(value, "its own or the outgoing one, never told", name)
    return DerivedValue(value, "set here", name)


def _get_default(parsed: Parsed, name: str) -> DerivedValue:
    return DerivedValue(parsed.value(name), "default", "")


def _derive_server(parsed: Parsed) -> DerivedValue:
    if "server" in parsed.broken:
        return _pending("server")
    origin = f"from {_label('server')}"
    if not parsed.settings.server:
        return DerivedValue(None, f"{origin}, which is blank", "server")
    return DerivedValue(parsed.settings.server, origin, "server")


def _derive_user(parsed: Parsed) -> DerivedValue:
    if "user" in parsed.broken:
        return _pending("user")
    user, origin = parsed.settings.user, f"from {_label('user')}"
    if not user:
        return DerivedValue(None, f"{origin}, which is blank", "user")
    if "@" not in user:
        return DerivedValue(None, f"{origin}, which has no @", "user")
    return DerivedValue(local_part(user), f"{origin}, before the @", "user")


def _derive_password(parsed: Parsed) -> DerivedValue:
    if "password" in parsed.broken:
        return _pending("password")
    return DerivedValue(parsed.settings.password, f"from {_label('password')}", "password")


@dataclass(frozen=True, slots=True)
class RedirectedSecret:
    """A stored secret that the change of a property, its cause, would send to another host."""

    secret: str
    host: str
    cause: str


def compare_secret_hosts(
    before: Parsed, after: Parsed, *, derives_incoming: bool = True
) -> tuple[RedirectedSecret, ...]:
    """Return the stored secrets that would go to a host they were not meant for.

    A newly typed secret is meant for the new host, and one that isn't stored goes nowhere.

    Args:
        before: as it was loaded.
        after: with the draft's changes.
        derives_incoming: whether the incoming settings follow from the outgoing ones.
    """
    incoming = derive_incoming(after)
    found: list[RedirectedSecret] = []
    server = after.settings.server
    if _is_stored(after.settings.password) and _has_new_host(_derive_server(before), server):
        found.append(RedirectedSecret("password", server, "server"))
    if not derives_incoming:
        return tuple(found)
    covered = (incoming.server.follows, incoming.password.follows) == ("server", "password")
    host: Any = incoming.server.value
    moved = _has_new_host(derive_incoming(before).server, host)
    if _is_stored(incoming.password.value) and moved and not covered:
        found.append(RedirectedSecret(incoming.password.follows, host, incoming.server.follows))
    return tuple(found)


def _is_stored(state: object) -> bool:
    return state in (SecretState.KEPT, SecretState.UNKNOWN)


def _has_new_host(before: DerivedValue, after: str | None) -> bool:
    return bool(after) and str(before.value).casefold() != str(after).casefold()
