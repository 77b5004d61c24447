"""Probes of the stand-in mail server, and what they find."""

import asyncio
import base64
from dataclasses import dataclass, field
from typing import Any

from tests.probes.mail_server import HOST, PASSWORD, USER, Script, Traffic, serve
from tests.probes.net.factories import trusted_file
from tui.credentials.secret import Secret
from tui.probes.pop3.pop3_probe import probe_pop3
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.settings.values import Security

NONE, STARTTLS, SSL_TLS = Security.NONE, Security.STARTTLS, Security.SSL_TLS


@dataclass(frozen=True, kw_only=True)
class Case:
    """A server, and how it is probed.

    Attributes:
        spec, options: what is not as usual.
    """

    script: Script = field(default_factory=Script)
    security: Security = STARTTLS
    spec: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def arguments(self, port: int) -> tuple[ServerSpec, ProbeOptions]:
        """Return the arguments of the probe."""
        spec: dict[str, Any] = {
            "server": HOST,
            "port": port,
            "security": self.security,
            "user": USER,
            "password": Secret(PASSWORD),
            "authenticate": True,
        }
        options: dict[str, Any] = {"ca_file": trusted_file(), "deadline": 20.0}
        return ServerSpec(**(spec | self.spec)), ProbeOptions(**(options | self.options))


@dataclass(frozen=True)
class CaseResult:
    """What a probe found, and what the server saw.

    Attributes:
        reported: the stages, as they were reported.
    """

    outcome: ProtocolResult
    reported: tuple[Stage, ...]
    traffic: Traffic

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
        """Everything that a person could get to see."""
        return "\n".join((repr(self.outcome), repr(self.reported), *self.outcome.transcript))


async def run_probe(case: Case, port: int, reported: list[Stage]) -> ProtocolResult:
    """Probe the server of a case, and collect the stages that are reported."""
    spec, options = case.arguments(port)
    if case.script.protocol == "smtp":
        return await probe_smtp(spec, options, reported.append)
    return await probe_pop3(spec, options, reported.append)


def diagnose(case: Case) -> CaseResult:
    """Start the server of a case, and probe it."""
    reported: list[Stage] = []
    with serve(case.script) as traffic:
        outcome = asyncio.run(run_probe(case, traffic.port, reported))
        if traffic.connections:
            traffic.gone.wait(5)
    return CaseResult(outcome, tuple(reported), traffic)


def credential_forms(password: str = PASSWORD, user: str = USER) -> tuple[str, ...]:
    """Return every form in which the credentials could be found somewhere."""
    raw = (password.encode(), f"\0{user}\0{password}".encode())
    encoded = [base64.b64encode(each).decode() for each in raw]
    hexed = [each.hex() for each in raw]
    return (password, password.casefold(), repr(password)[1:-1], *encoded, *hexed, "Canary-77")


def check_fault(case: Case, code: str, result: StageResult, before_login: tuple[str, ...]) -> None:
    """Check that a case's fault is found, with that code, and that the probe tried one login.

    Args:
        code: without the protocol, as `login.password`.
        before_login: how the codes of the stage login end that come before a login.
    """
    found = diagnose(case)
    flaw = found.first_flaw
    assert flaw is not None
    assert (flaw.code, flaw.result) == (f"{case.script.protocol}.{code}", result), found.text
    assert flaw.hint
    if code.startswith("login.") and not code.endswith(before_login):
        assert found.traffic.logins == 1
    check_invariants(case, found)


def check_invariants(case: Case, found: CaseResult) -> None:
    """Check what holds for every probe: one report a stage, at most one login, nothing in clear."""
    stages = found.outcome.stages
    assert found.reported == stages
    assert len({stage.name for stage in stages}) == len(stages)
    assert len(stages) == (11 if case.script.protocol == "smtp" else 8)
    assert all(stage.code.split(".")[:2] == [case.script.protocol, stage.name] for stage in stages)
    assert all(stage.message.isprintable() and stage.hint.isprintable() for stage in stages)
    assert all(
        line.isprintable() and line[:2] in ("> ", "< ", "= ") for line in found.outcome.transcript
    )
    assert found.traffic.logins <= 1
    assert found.traffic.early == b""
    assert not any(form in found.text for form in credential_forms())
    if not case.options.get("cleartext"):
        clear = bytes(found.traffic.clear)
        assert not any(verb in clear for verb in (b"AUTH ", b"PASS ", b"USER "))
        assert not any(form.encode() in clear for form in credential_forms())
    assert b"DATA" not in found.traffic.clear + found.traffic.secure
