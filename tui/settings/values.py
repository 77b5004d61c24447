"""The types of property values."""

from enum import StrEnum
from typing import TypeAlias


class Security(StrEnum):
    """The protection of a connection.

    KB0521756 doesn't name it. The platform's migration of properties to an email account
    does: `TLS` becomes STARTTLS, `SSL` becomes TLS from the first byte.
    """

    NONE = "none"
    STARTTLS = "starttls"
    SSL_TLS = "ssl_tls"

    @property
    def label(self) -> str:
        """Its label on the platform; files and the command line have the value."""
        return {
            Security.NONE: "None",
            Security.STARTTLS: "STARTTLS",
            Security.SSL_TLS: "SSL/TLS",
        }[self]

    @property
    def phrase(self) -> str:
        """It after a port: "587 with STARTTLS"."""
        return {
            Security.NONE: "without encryption",
            Security.STARTTLS: "with STARTTLS",
            Security.SSL_TLS: "with SSL/TLS",
        }[self]

    def after_port(self, port: int) -> str:
        """Return a port with it: "port 587 and STARTTLS"."""
        with_it = self.phrase if self is Security.NONE else f"and {self.label}"
        return f"port {port} {with_it}"

    def is_weaker_than(self, other: "Security") -> bool:
        """Return whether it protects less than another."""
        order = list(Security)
        return order.index(self) < order.index(other)


class SecretState(StrEnum):
    """All that settings, plans and files hold of a secret."""

    UNSET = "unset"
    KEPT = "kept"
    """Stored on this machine."""
    NOT_KEPT = "not kept"
    """Known to be set, but not stored; typed when needed."""
    UNKNOWN = "unknown"
    """Set or not: an instance never returns it."""
    NEW = "new"
    """Typed and not saved yet."""
    CLEARED = "cleared"

    @property
    def is_set(self) -> bool:
        """Whether a secret is known to be set."""
        return self in (SecretState.KEPT, SecretState.NOT_KEPT, SecretState.NEW)


Value: TypeAlias = str | int | bool | tuple[str, ...]
"""A native value; for every property `""` means specified and blank."""


class Environment(StrEnum):
    """The environment of a profile; unknown counts as production."""

    PRODUCTION = "production"
    NON_PRODUCTION = "non-production"
