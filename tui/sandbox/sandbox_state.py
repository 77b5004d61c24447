"""The state that all parts of the sandbox share."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tui.sandbox.switches import Switches
from tui.sandbox.table_schema import TABLES
from tui.sandbox.tables import Tables

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
"""Names of this machine that the sandbox's certificate is for."""


@dataclass(frozen=True, slots=True)
class SmtpEndpoint:
    """Where the sandbox's mail server listens, and its one user.

    Attributes:
        host: Address it listens on.
        ports: A port for each security: plain, starttls, ssl_tls.
        user: User who may sign in.
        password: Password of that user.
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
        lock: Guards all of this.
        flushes: Number of writes that flushed caches.
        flushed_until: When readers stop waiting for the caches, on the monotonic clock.
    """

    tables: Tables
    switches: Switches
    mail: SmtpEndpoint
    lock: threading.RLock = field(default_factory=threading.RLock)
    flushes: int = 0
    flushed_until: float = 0.0

    def hidden_columns(self, table: str) -> frozenset[str]:
        """Return the columns that are switched off."""
        if table != "sys_email_account":
            return frozenset()
        if self.switches.security_columns == "enable":
            return frozenset({"connection_security"})
        return frozenset({"enable_tls", "enable_ssl"})

    def columns(self, table: str) -> Iterable[str]:
        """Return the names of the columns that are not switched off."""
        hidden = self.hidden_columns(table)
        return (name for name in TABLES[table] if name not in hidden)

    def flush_caches(self) -> None:
        """Make readers wait, as after a write to a property."""
        self.flushes += 1
        self.flushed_until = time.monotonic() + self.switches.flush_seconds
