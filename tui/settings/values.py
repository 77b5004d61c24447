"""The types a property's value can have."""

from enum import StrEnum
from typing import TypeAlias


class Security(StrEnum):
    """How a connection is protected.

    The article does not name it; the platform's own migration of properties to an
    email account does: `TLS` becomes STARTTLS, `SSL` becomes TLS from the first byte.
    """

    NONE = "none"
    STARTTLS = "starttls"
    SSL_TLS = "ssl_tls"


class SecretState(StrEnum):
    """All that settings, plans and files know of a secret."""

    UNSET = "unset"
    KEPT = "kept"
    """Somewhere on this machine."""
    NOT_KEPT = "not kept"
    """Known to be set; asked for when needed."""
    UNKNOWN = "unknown"
    """An instance never tells."""
    NEW = "new"
    """Typed, not saved yet."""
    CLEARED = "cleared"

    @property
    def is_set(self) -> bool:
        """Whether there is a secret, as far as can be known."""
        return self in (SecretState.KEPT, SecretState.NOT_KEPT, SecretState.NEW)


Value: TypeAlias = str | int | bool | tuple[str, ...]
"""A native value. `""` is a value that is specified and blank, whatever its property."""


class Environment(StrEnum):
    """What stands behind a profile. Whoever does not know treats it as production."""

    PRODUCTION = "production"
    NON_PRODUCTION = "non-production"
