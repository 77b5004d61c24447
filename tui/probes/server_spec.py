"""What a probe is to test, and how far it may go."""

from dataclasses import dataclass
from pathlib import Path

from tui.credentials.secret import Secret
from tui.settings.values import Security
from tui.terminal.visible import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSpec:
    """One server, and how the settings want it used.

    Attributes:
        server: a host name or an address.
        password: None if it is not known here.
        authenticate: the settings want a login.
        sender: the address that mail comes from; "" takes the user, if that is an address.
    """

    server: str
    port: int
    security: Security
    user: str
    password: Secret | None
    authenticate: bool
    sender: str = ""

    @property
    def place(self) -> str:
        """The server and the port, for a message."""
        return f"{visible(self.server, 120)} port {self.port}"

    @property
    def is_tls_port(self) -> bool:
        """Whether the port is registered for TLS from the first byte (RFC 8314)."""
        return self.port in (465, 995)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """How far a probe may go.

    Attributes:
        login: try to log in, once for each protocol.
        cleartext: credentials may be sent unencrypted.
        recipient: an address to ask the server about; nothing is ever sent to it.
        ca_file: certificates, as PEM, that are trusted besides the system's.
        deadline: in seconds, for each protocol from its first step to its last.
    """

    login: bool = True
    cleartext: bool = False
    recipient: str = ""
    ca_file: Path | None = None
    deadline: float = 60.0

    @property
    def connect_timeout(self) -> float:
        """How many seconds one address is waited for: 20 of 60."""
        return self.deadline / 3

    @property
    def slow_after(self) -> float:
        """After how many seconds a reply counts as slow: 5 of 60."""
        return self.deadline / 12

    @property
    def tls_check(self) -> float:
        """How many seconds are left to see if a silent server expects TLS: 5 of 60."""
        return max(self.deadline / 12, min(1.0, self.deadline / 3))
