"""The state that all parts of the sandbox share, and the switches of its behaviour."""

import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args, get_type_hints

from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.tables import (
    EXTRA_ACCOUNT_COLUMNS,
    OAUTH_ACCOUNT_COLUMNS,
    OAUTH_TABLES,
    TABLES,
    Row,
    Tables,
)

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
"""Names of this machine that the sandbox's certificate is for."""

AT_START = frozenset({"legacy_password_type", "secret_rows_private"})
"""Switches that are read only when the sandbox starts."""


@dataclass(slots=True)
class Switches:
    """What is switched on; read on every request.

    Attributes:
        rate_limited: Every response is a 429 (inbound-REST-API-rate-limiting).
        hibernating: Every response is the page of a hibernating developer instance, with 200.
        slow_seconds: Seconds that each response is delayed.
        flush_seconds: Seconds that readers wait after a write that flushes caches (KB0540748).
        broken: Every response is a 500 with an HTML page.
        error_on_200: Every response is an error body, with 200.
        login_redirect: Every response is a redirect to the login page.
        never_answers: Requests are accepted and get no response.
        basic_restricted: Basic authentication is rejected even with the right password, as on
            newly provisioned instances (basic-authentication).
        roles_readable: Users may read their own record and roles.
        accounts_hidden: No user sees a record of `sys_email_account`.
        returns_no_rows: A query with an invalid part finds nothing, as with the property
            `glide.invalid_query.returns_no_rows`; otherwise such a part is ignored.
        unknown_fields_refused: A body with an unknown field is rejected.
        secrets_read: What reading a secret returns; never its text.
        long_secret: What happens to a secret that is longer than its column.
        security_columns: The columns that hold an account's connection security. With both,
            as after an upgrade, the old ones count if `connection_security` is blank; that is
            unconfirmed.
        second_active: What happens when a second SMTP account is activated.
        legacy_honoured: Without an active account, the properties decide delivery.
        legacy_password_type: Type of the properties that hold a password; read at start.
        secret_rows_private: Whether those properties are private; read at start.
        token_seconds: Seconds that an OAuth token is valid.
        sender_seconds: Seconds between runs of the sender job; 0 never runs it.
        open_relay: The mail server accepts mail without a login.
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
    security_columns: Literal["connection_security", "enable", "both"] = "connection_security"
    second_active: Literal["refuse", "deactivate_other"] = "refuse"
    legacy_honoured: bool = True
    legacy_password_type: Literal["password2", "password", "string"] = "password2"  # noqa: S105
    secret_rows_private: bool = True
    token_seconds: int = 1799
    sender_seconds: float = 1.0
    open_relay: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return all switches by name."""
        return asdict(self)

    def change(self, changes: Mapping[str, object]) -> None:
        """Change all of the named switches, or none.

        Raises:
            ValueError: A switch is unknown or read at start only, or a value isn't allowed.
        """
        hints = get_type_hints(Switches)
        values = {name: _validate(name, value, hints.get(name)) for name, value in changes.items()}
        for name, value in values.items():
            setattr(self, name, value)


def _validate(name: str, value: object, hint: Any) -> object:
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
    # A bool is an int in Python, but not a number of seconds.
    if hint is not bool and isinstance(value, int | float) and not isinstance(value, bool):
        if not 0 <= value < 1e6:
            raise ValueError(f"{name} is out of range")
        return hint(value)
    raise ValueError(f"{name} is no {hint.__name__}")


API_LOGIN = "apikey"
"""What the mail server takes for its user too, with the same password, as some relays do."""


@dataclass(frozen=True, slots=True)
class SmtpEndpoint:
    """Where the sandbox's mail server listens, and its one user.

    Attributes:
        ports: A port for each security: plain, starttls, ssl_tls.
    """

    host: str
    ports: Mapping[str, int]
    user: str
    password: str

    def is_at(self, host: str, port: str) -> bool:
        """Return whether the mail server listens there."""
        return host.lower() in LOOPBACK_NAMES and port in map(str, self.ports.values())


@dataclass(slots=True)
class SandboxState:
    """Rows and switches of the sandbox; hold the lock to read or change them.

    Attributes:
        tables: All rows.
        switches: What is switched on.
        mail: The sandbox's mail server.
        platform: What kind of instance it is.
        lock: Guards all of this.
        flushes: Number of writes that flushed caches.
        flushed_until: When readers stop waiting for the caches, on the monotonic clock.
    """

    tables: Tables
    switches: Switches
    mail: SmtpEndpoint
    platform: PlatformSwitches = field(default_factory=PlatformSwitches)
    lock: threading.RLock = field(default_factory=threading.RLock)
    flushes: int = 0
    flushed_until: float = 0.0

    def hidden_columns(self, table: str) -> frozenset[str]:
        """Return the columns that are switched off."""
        if table != "sys_email_account":
            return frozenset()
        absent = {
            "connection_security": frozenset({"enable_tls", "enable_ssl"}),
            "enable": frozenset({"connection_security"}),
            "both": frozenset[str](),
        }[self.switches.security_columns]
        if not self.platform.oauth_tables:
            absent |= OAUTH_ACCOUNT_COLUMNS
        return absent if self.platform.more_account_columns else absent | EXTRA_ACCOUNT_COLUMNS

    def has_table(self, table: str) -> bool:
        """Return whether there is such a table, and it is switched on."""
        return table in TABLES and (self.platform.oauth_tables or table not in OAUTH_TABLES)

    def is_switched_off(self, table: str, row: Row) -> bool:
        """Return whether a row describes a column that is switched off."""
        if table == "sys_dictionary":
            return row["element"] in self.hidden_columns(row["name"])
        return False

    def flush_caches(self) -> None:
        """Make readers wait, as after a write to a property."""
        self.flushes += 1
        self.flushed_until = time.monotonic() + self.switches.flush_seconds
