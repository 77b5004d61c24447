"""The probe against real Exim: the stage that fails, and Exim's own words."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from smtplib import SMTP

import pytest

from tests.servers.exim import EximServer
from tests.servers.mail_servers import DEADLINE
from tui.credentials.secret import Secret
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import ProtocolResult, StageResult
from tui.settings.values import Security

NONE, STARTTLS, SSL_TLS = Security.NONE, Security.STARTTLS, Security.SSL_TLS
HELPDESK, ELSEWHERE = "helpdesk@example.test", "someone@elsewhere.test"
FLAWED = (StageResult.FAILED, StageResult.WARNED)
WRONG = "wrong-1a2b3c"


@dataclass(frozen=True, kw_only=True)
class Case:
    """How the server is used, and what is found.

    Attributes:
        login: the password is the right one; None for no login at all.
        stage: the stage that did not pass.
        words: a part of its message, as Exim says it.
        results: what that stage may end in.
    """

    stage: str
    words: str
    listener: str = "submission"
    security: Security = STARTTLS
    login: bool | None = True
    sender: str = HELPDESK
    recipient: str = HELPDESK
    results: tuple[StageResult, ...] = (StageResult.FAILED,)


REFUSALS = {
    "wrong password": Case(login=False, stage="login", words="535 Incorrect authentication data"),
    "wrong password, TLS first": Case(
        listener="implicit",
        security=SSL_TLS,
        login=False,
        stage="login",
        words="535 Incorrect authentication data",
    ),
    "relay denied": Case(
        login=None, recipient=ELSEWHERE, stage="recipient", words="550 relay not permitted"
    ),
    "unknown recipient": Case(
        recipient="nobody@example.test", stage="recipient", words="550 Unrouteable address"
    ),
    "sender refused": Case(
        sender="banned@example.test", stage="sender", words="550 Administrative prohibition"
    ),
    "greylisted": Case(
        recipient="greylisted@example.test",
        stage="recipient",
        words="451 greylisted; try again later",
        results=FLAWED,
    ),
    "in trouble": Case(
        recipient="troubled@example.test",
        stage="recipient",
        words="451 Temporary local problem - please try later",
        results=FLAWED,
    ),
    "message too large": Case(
        listener="small", stage="sender", words="552 Message size exceeds maximum permitted"
    ),
    "TLS required for a sender": Case(
        listener="strict",
        security=NONE,
        login=None,
        stage="sender",
        words="550 5.7.0 Must issue a STARTTLS command first",
    ),
}


def probe_exim(exim: EximServer, case: Case) -> ProtocolResult:
    """Probe the server, and check that it saw no more logins than it may."""
    spec = ServerSpec(
        server=exim.host,
        port=exim.ports[case.listener],
        security=case.security,
        user=HELPDESK,
        password=Secret(exim.password if case.login else WRONG),
        authenticate=case.login is not None,
        sender=case.sender,
    )
    before = exim.rejected_logins()
    outcome = asyncio.run(
        probe_smtp(spec, ProbeOptions(ca_file=exim.ca_file, recipient=case.recipient))
    )
    assert exim.rejected_logins() - before == (case.login is False)
    assert outcome.login_refused == (case.login is False)
    return outcome


HEALTHY = Case(stage="", words="")


@pytest.mark.parametrize(
    "case",
    [HEALTHY, replace(HEALTHY, listener="implicit", security=SSL_TLS)],
    ids=["STARTTLS", "TLS first"],
)
@pytest.mark.parametrize("recipient", [HELPDESK, ELSEWHERE])
def test_a_healthy_submission_passes_every_stage(
    exim: EximServer, case: Case, recipient: str
) -> None:
    outcome = probe_exim(exim, replace(case, recipient=recipient))
    assert {stage.name: stage.result for stage in outcome.stages} == {
        stage.name: StageResult.PASSED for stage in outcome.stages
    }
    assert len(outcome.stages) == 11


@pytest.mark.parametrize("case", REFUSALS.values(), ids=REFUSALS)
def test_the_stage_that_fails_quotes_exim(exim: EximServer, case: Case) -> None:
    outcome = probe_exim(exim, case)
    flaws = [stage for stage in outcome.stages if stage.result in case.results]
    assert [stage.name for stage in flaws] == [case.stage]
    assert case.words in flaws[0].message
    assert flaws[0].hint


def test_a_login_without_tls_is_not_offered_and_not_tried(exim: EximServer) -> None:
    outcome = probe_exim(exim, replace(HEALTHY, security=NONE))
    failed = [stage for stage in outcome.stages if stage.result is StageResult.FAILED]
    assert [stage.code for stage in failed] == ["smtp.auth.only-after-tls"]
    assert "STARTTLS" in failed[0].message
    assert not any("AUTH" in line for line in outcome.transcript)


NAMED = """
import os, socket, sys
socket.sethostname(sys.argv[1])
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


@pytest.mark.parametrize("own_name", ["web_1.app.internal", "app(1).corp.test"])
def test_whatever_this_machine_is_called_exim_takes_the_name(
    exim: EximServer, own_name: str, tmp_path: Path
) -> None:
    with SMTP(exim.host, exim.ports["submission"]) as client:
        assert client.ehlo("web_1.app.internal") == (
            501,
            b"Syntactically invalid EHLO argument(s)",
        )
    settings = {
        "server": exim.host,
        "port": str(exim.ports["submission"]),
        "security": "starttls",
        "user": HELPDESK,
        "authenticate": "true",
    }
    arguments = ["--ca-file", str(exim.ca_file)]
    arguments += [f"--set={name}={value}" for name, value in settings.items()]
    named = ["unshare", "--uts", sys.executable, "-c", NAMED, own_name]
    done = subprocess.run(
        [*named, "-m", "tui", "probe", "--smtp-only", "--json", "--secrets-stdin", *arguments],
        input=f"password={exim.password}\n",
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        cwd=Path(__file__).parents[2],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
    )
    stages = {each["stage"]: each["verdict"] for each in json.loads(done.stdout)["smtp"]["stages"]}
    assert stages["ehlo"] == stages["login"] == "passed"
