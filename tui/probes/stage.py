"""What a probe finds, stage by stage."""

from dataclasses import dataclass
from enum import StrEnum


class StageResult(StrEnum):
    """How a stage ended. A stage that was skipped is no success."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a diagnosis.

    Attributes:
        protocol: `smtp` or `pop3`.
        name: for SMTP resolve, connect, greeting, ehlo, tls, certificate, auth, login, sender,
            recipient or quit; for POP3 resolve, connect, greeting, tls, certificate,
            capabilities, login or quit. Where TLS comes first, tls and certificate stand before
            greeting.
        kind: what was found, in a stable word.
        message: what was found, safe to show, at most two sentences.
        hint: what to do now; "" where there is nothing to do.
    """

    protocol: str
    name: str
    result: StageResult
    kind: str
    message: str
    hint: str = ""
    milliseconds: int = 0

    @property
    def code(self) -> str:
        """The protocol, the stage, and what was found: stable and dotted, for programs."""
        return f"{self.protocol}.{self.name}.{self.kind}"


@dataclass(frozen=True, slots=True)
class ProtocolResult:
    """All that one protocol's probe found.

    Attributes:
        transcript: what was said, line by line and safe to show: `> ` was sent, `< ` was
            received, `= ` happened in between. No credential is in it, in any form.
        login_refused: the server looked at user and password, and refused them for good.
        addresses: what its name was resolved to.
    """

    stages: tuple[Stage, ...]
    transcript: tuple[str, ...]
    login_refused: bool
    addresses: tuple[str, ...] = ()
