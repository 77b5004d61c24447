"""What all parts of the stand-in share."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tui.sandbox.switches import Switches
from tui.sandbox.table_schema import TABLES
from tui.sandbox.tables import Tables

HOSTS = ("127.0.0.1", "localhost")
"""Names of this machine that its certificates are for."""


@dataclass(frozen=True, slots=True)
class SmtpEndpoint:
    """The mail server of the stand-in.

    Attributes:
        host: where it listens.
        ports: one for each security: plain, starttls, ssl_tls.
        user: who may sign in.
        password: of that user.
    """

    host: str
    ports: Mapping[str, int]
    user: str
    password: str

    def is_at(self, host: str, port: str) -> bool:
        """Whether that is where it listens."""
        return host.lower() in HOSTS and port in map(str, self.ports.values())


@dataclass(slots=True)
class SandboxState:
    """The state of the stand-in; whoever touches it holds its lock.

    Attributes:
        tables: all rows.
        switches: what is switched on.
        mail: its mail server.
        flushes: writes so far that flushed caches.
        flushed_until: until when readers wait, on the clock that `time.monotonic` reads.
    """

    tables: Tables
    switches: Switches
    mail: SmtpEndpoint
    lock: threading.RLock = field(default_factory=threading.RLock)
    flushes: int = 0
    flushed_until: float = 0.0

    def hidden(self, table: str) -> frozenset[str]:
        """Columns that do not exist at present."""
        if table != "sys_email_account":
            return frozenset()
        if self.switches.security_columns == "enable":
            return frozenset({"connection_security"})
        return frozenset({"enable_tls", "enable_ssl"})

    def columns(self, table: str) -> Iterable[str]:
        """The columns that exist at present."""
        return (name for name in TABLES[table] if name not in self.hidden(table))

    def flush(self) -> None:
        """A property was written: caches are flushed, and readers wait for them."""
        self.flushes += 1
        self.flushed_until = time.monotonic() + self.switches.flush_seconds
