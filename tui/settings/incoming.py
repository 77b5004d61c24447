"""The incoming (POP) settings that follow from the outgoing ones.

Source: the article. The outgoing server "is also used as the incoming mail server if one
is not specified", "the string before the @ … is used as the incoming POP account name",
the outgoing password "is used as the incoming (POP) mail server password". The port is
the platform's own default.
"""

from dataclasses import dataclass
from typing import Any

from tui.settings.catalog import catalog
from tui.settings.draft import Parsed
from tui.settings.parse.email_address import local_part
from tui.settings.values import SecretState, Value


@dataclass(frozen=True, slots=True)
class DerivedValue:
    """One incoming setting, always with where it came from.

    Attributes:
        value: the value or, of the password, its state; None where there is none yet.
        origin: where it comes from, in words.
        follows: the property it follows; the override's own name where that is specified,
            and "" for a default.
    """

    value: Value | None
    origin: str
    follows: str


@dataclass(frozen=True, slots=True)
class IncomingSettings:
    """How the instance reads mail."""

    server: DerivedValue
    user: DerivedValue
    password: DerivedValue
    port: DerivedValue
    security: DerivedValue


def derive_incoming(parsed: Parsed) -> IncomingSettings:
    """The incoming settings in effect."""
    return IncomingSettings(
        server=_override(parsed, "pop3_server") or _server(parsed),
        user=_override(parsed, "pop3_user") or _user(parsed),
        password=_override(parsed, "pop3_password") or _password(parsed),
        port=_override(parsed, "pop3_port") or _default(parsed, "pop3_port"),
        security=_override(parsed, "pop3_security") or _default(parsed, "pop3_security"),
    )


def _short(name: str) -> str:
    return catalog()[name].declared.short


def _waits(name: str) -> DerivedValue:
    return DerivedValue(None, f"waits for {_short(name)}", name)


def _override(parsed: Parsed, name: str) -> DerivedValue | None:
    if name in parsed.broken:
        return _waits(name)
    if name not in parsed.specified:
        return None
    value = parsed.value(name)
    if value is SecretState.UNKNOWN:
        return DerivedValue(value, "its own or the outgoing one, never told", name)
    return DerivedValue(value, "set here", name)


def _default(parsed: Parsed, name: str) -> DerivedValue:
    return DerivedValue(parsed.value(name), "default", "")


def _server(parsed: Parsed) -> DerivedValue:
    if "server" in parsed.broken:
        return _waits("server")
    origin = f"from {_short('server')}"
    if not parsed.settings.server:
        return DerivedValue(None, f"{origin}, which is blank", "server")
    return DerivedValue(parsed.settings.server, origin, "server")


def _user(parsed: Parsed) -> DerivedValue:
    if "user" in parsed.broken:
        return _waits("user")
    user, origin = parsed.settings.user, f"from {_short('user')}"
    if not user:
        return DerivedValue(None, f"{origin}, which is blank", "user")
    if "@" not in user:
        return DerivedValue(None, f"{origin}, which has no @", "user")
    return DerivedValue(local_part(user), f"{origin}, before the @", "user")


def _password(parsed: Parsed) -> DerivedValue:
    if "password" in parsed.broken:
        return _waits("password")
    return DerivedValue(parsed.settings.password, f"from {_short('password')}", "password")


@dataclass(frozen=True, slots=True)
class RedirectedSecret:
    """A stored secret that a change would send to another host."""

    secret: str
    host: str
    cause: str


def compare_secret_hosts(
    before: Parsed, after: Parsed, *, derives: bool = True
) -> tuple[RedirectedSecret, ...]:
    """The stored secrets that would go to a host they were not meant for.

    A secret that is typed anew goes where it is meant to; one that is not stored goes
    nowhere by itself.

    Args:
        before: as it was loaded.
        after: with the draft in it.
        derives: the incoming settings follow from the outgoing ones at all.
    """
    now = derive_incoming(after)
    found: list[RedirectedSecret] = []
    server = after.settings.server
    if _stored(after.settings.password) and _moved(_server(before), server):
        found.append(RedirectedSecret("password", server, "server"))
    if not derives:
        return tuple(found)
    covered = (now.server.follows, now.password.follows) == ("server", "password")
    host: Any = now.server.value
    if _stored(now.password.value) and _moved(derive_incoming(before).server, host) and not covered:
        found.append(RedirectedSecret(now.password.follows, host, now.server.follows))
    return tuple(found)


def _stored(state: object) -> bool:
    return state in (SecretState.KEPT, SecretState.UNKNOWN)


def _moved(before: DerivedValue, after: str | None) -> bool:
    return bool(after) and str(before.value).casefold() != str(after).casefold()
