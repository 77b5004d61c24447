"""One diagnosis of a server that misbehaves, and what can be said of it afterwards."""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any

from tests.probes import authorities
from tests.probes.faults import HOST, PASSWORD, USER, Script, Seen, serving
from tui.credentials.secret import Secret
from tui.probes.pop3.pop3_probe import probe_pop3
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.settings.values import Security

NONE, STARTTLS, SSL_TLS = Security.NONE, Security.STARTTLS, Security.SSL_TLS


@dataclass(frozen=True, kw_only=True)
class Case:
    """A server, and how it is to be used.

    Attributes:
        wanted, options: what is not as usual.
    """

    script: Script = field(default_factory=Script)
    security: Security = STARTTLS
    wanted: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def asked(self, port: int) -> tuple[ServerSpec, ProbeOptions]:
        """What is asked for."""
        wanted: dict[str, Any] = {
            "server": HOST,
            "port": port,
            "security": self.security,
            "user": USER,
            "password": Secret(PASSWORD),
            "authenticate": True,
        }
        options: dict[str, Any] = {"ca_file": authorities.trusted(), "deadline": 20.0}
        return ServerSpec(**(wanted | self.wanted)), ProbeOptions(**(options | self.options))


@dataclass(frozen=True)
class Found:
    """What came of it."""

    outcome: ProtocolResult
    told: tuple[Stage, ...]
    seen: Seen

    def __getitem__(self, name: str) -> Stage:
        return next(stage for stage in self.outcome.stages if stage.name == name)

    @property
    def first_flaw(self) -> Stage | None:
        """The first stage that failed, else the first with a warning."""
        for result in (StageResult.FAILED, StageResult.WARNED):
            for stage in self.outcome.stages:
                if stage.result is result:
                    return stage
        return None

    @property
    def text(self) -> str:
        """All that a person could get to see."""
        return "\n".join((repr(self.outcome), repr(self.told), *self.outcome.transcript))


async def diagnosed(case: Case, port: int, told: list[Stage]) -> ProtocolResult:
    """The diagnosis alone."""
    wanted, options = case.asked(port)
    if case.script.protocol == "smtp":
        return await probe_smtp(wanted, options, told.append)
    return await probe_pop3(wanted, options, told.append)


def diagnose(case: Case) -> Found:
    """Starts the server, and diagnoses it."""
    told: list[Stage] = []
    with serving(case.script) as seen:
        outcome = asyncio.run(diagnosed(case, seen.port, told))
        if seen.connections:
            seen.gone.wait(5)
    return Found(outcome, tuple(told), seen)


def forms(password: str = PASSWORD, user: str = USER) -> tuple[str, ...]:
    """Every form in which the credentials could be found somewhere."""
    raw = (password.encode(), f"\0{user}\0{password}".encode())
    encoded = [base64.b64encode(each).decode() for each in raw]
    hexed = [each.hex() for each in raw]
    return (password, password.casefold(), repr(password)[1:-1], *encoded, *hexed, "Canary-77")
