"""Every fault of a chain is told by its true cause, by a whole probe over TLS."""

import asyncio
import socket
from typing import Any

import pytest

from tests.probes.factories import SSL_TLS, Case, run_probe
from tests.probes.mail_server import HOST, Script, serve
from tests.probes.net.certificate_faults import FAULTS, Fault
from tests.probes.net.factories import trusted_file
from tui.probes.stage import Stage, StageResult
from tui.threads import Loop

WARNINGS = ("strict-only", "old-name")


class NamesOfLoopback(Loop):
    """A loop where every name is this machine's."""

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (HOST, port))]


def find_certificate_stage(fault: Fault) -> tuple[Stage, int]:
    """Probe a server with this fault; return the stage certificate, and the logins that came."""
    sent, trusted = fault.make()
    case = Case(
        script=Script(implicit=True, certificate=sent),
        security=SSL_TLS,
        spec={"server": fault.server},
        options={"ca_file": trusted_file(*trusted)},
    )
    with serve(case.script) as traffic, asyncio.Runner(loop_factory=NamesOfLoopback) as runner:
        outcome = runner.run(run_probe(case, traffic.port, []))
    return next(each for each in outcome.stages if each.name == "certificate"), traffic.logins


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_told_by_its_cause(fault: Fault) -> None:
    stage, logins = find_certificate_stage(fault)
    said = f"{stage.message} {stage.hint}"
    assert stage.code == f"smtp.certificate.{fault.code}", said
    assert all(each in said for each in fault.words), said
    assert not any(each in said for each in fault.not_words), said
    accepted = fault.code in ("accepted", *WARNINGS)
    assert (stage.result is StageResult.FAILED) is not accepted
    assert logins == accepted
    assert said.isprintable()
    if fault.code.endswith(("-intermediate", "-root")) and "within its own dates" in said:
        own = fault.make()[0][0].certificate
        for date in (own.not_valid_before_utc, own.not_valid_after_utc):
            assert f"{date:%Y-%m-%d}" not in said
    assert accepted is not ("No login was tried" in said)
