"""Behaviours of the stand-in that can be switched while it runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args, get_type_hints

AT_START = frozenset({"legacy_password_type", "secret_rows_private"})
"""Switches that are read once, when the stand-in starts."""


@dataclass(slots=True)
class Switches:
    """What is switched on; read on every request.

    Attributes:
        rate_limited: every answer is a 429 (inbound-REST-API-rate-limiting).
        hibernating: every answer is the page of a hibernating developer instance, with 200.
        slow_seconds: how long each answer is held back.
        flush_seconds: how long readers wait after a write that flushes caches (KB0540748).
        broken: every answer is a 500 with an HTML page.
        error_on_200: every answer is an error body, with 200.
        login_redirect: every answer is a redirect to the sign-in page.
        never_answers: requests are accepted and never answered.
        basic_restricted: basic sign-in is refused even with the right password, as it is on
            newly provisioned instances (basic-authentication).
        roles_readable: who signs in may read their own user, and what roles it has.
        accounts_hidden: no row of `sys_email_account` is visible to anybody.
        returns_no_rows: a query with an invalid part finds nothing, as with the property
            `glide.invalid_query.returns_no_rows`; otherwise such a part is ignored.
        unknown_fields_refused: a body with a field that is no column is refused.
        secrets_read: what reading a secret gives; never its text.
        long_secret: what becomes of a secret that is longer than its column.
        security_columns: which columns hold the security of an account's connection.
        second_active: what happens when a second SMTP account is activated.
        legacy_honoured: without an active account, the properties decide delivery.
        legacy_password_type: the type of the rows that hold a legacy password; read at start.
        secret_rows_private: whether those rows are private; read at start.
        token_seconds: how long an OAuth token is good for.
        sender_seconds: how often the sender job runs by itself; 0 is never.
        open_relay: the mail server takes mail without a sign-in.
    """

    rate_limited: bool = False
    hibernating: bool = False
    slow_seconds: float = 0.0
    flush_seconds: float = 0.0
    broken: bool = False
    error_on_200: bool = False
    login_redirect: bool = False
    never_answers: bool = False
    basic_restricted: bool = False
    roles_readable: bool = True
    accounts_hidden: bool = False
    returns_no_rows: bool = False
    unknown_fields_refused: bool = False
    secrets_read: Literal["blank", "ciphertext", "masked"] = "blank"
    long_secret: Literal["refuse", "truncate"] = "refuse"  # noqa: S105
    security_columns: Literal["connection_security", "enable"] = "connection_security"
    second_active: Literal["refuse", "deactivate_other"] = "refuse"
    legacy_honoured: bool = True
    legacy_password_type: Literal["password2", "password", "string"] = "password2"  # noqa: S105
    secret_rows_private: bool = True
    token_seconds: int = 1799
    sender_seconds: float = 1.0
    open_relay: bool = False

    def as_json(self) -> dict[str, Any]:
        """All of them, by name."""
        return asdict(self)

    def change(self, changes: Mapping[str, object]) -> None:
        """Changes all of those named, or none.

        Raises:
            ValueError: a name is unknown or read at start only, or a value has another type.
        """
        hints = get_type_hints(Switches)
        wanted = {name: _checked(name, value, hints.get(name)) for name, value in changes.items()}
        for name, value in wanted.items():
            setattr(self, name, value)


NAMES = tuple(item.name for item in fields(Switches))
"""The names of all switches."""


def _checked(name: str, value: object, hint: Any) -> object:
    if hint is None:
        raise ValueError(f"there is no switch {name}")
    if name in AT_START:
        raise ValueError(f"{name} is read at start only")
    if allowed := get_args(hint):
        if value not in allowed:
            raise ValueError(f"{name} is one of {', '.join(allowed)}")
        return value
    if hint is bool and isinstance(value, bool):
        return value
    # A bool is an int to Python, but no number of seconds.
    if hint is not bool and isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < 1e6:
            raise ValueError(f"{name} is out of range")
        return hint(value)
    raise ValueError(f"{name} is no {hint.__name__}")
