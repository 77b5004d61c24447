"""The probe against real servers, and beside it what swaks finds there."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from tests.servers.mail_servers import MailServers
from tests.servers.swaks import FINE, LOGIN, RECIPIENTS, SENDER, TLS, swaks
from tui.credentials.secret import Secret
from tui.probes.diagnosis import probe
from tui.probes.pop3.pop3_probe import probe_pop3
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.settings.draft import Draft, parse
from tui.settings.snapshot import Snapshot
from tui.settings.values import Security

NONE, STARTTLS, SSL_TLS = Security.NONE, Security.STARTTLS, Security.SSL_TLS
HELPDESK, NOBODY = "helpdesk@example.test", "nobody@example.test"
ELSEWHERE = "someone@elsewhere.test"
WRONG = "wrong-1a2b3c"


@dataclass(frozen=True, kw_only=True)
class Case:
    """How a server is used, by the probe and by swaks, and what both find.

    Attributes:
        login: the password is the right one; None for no login at all.
        flaw: the code of the stage that failed, or that was not done though it was wanted; "" if
            all went well.
        code: the exit code of swaks.
        attempts: how often the server saw a login.
        swaks: what else swaks is told, where it would do otherwise by itself.
    """

    listener: str
    security: Security
    login: bool | None = True
    flaw: str = ""
    attempts: int = 1
    code: int = FINE
    sender: str = HELPDESK
    recipient: str = HELPDESK
    cleartext: bool = False
    trusting: bool = True
    swaks: tuple[str, ...] = ()


SMTP = {
    "STARTTLS": Case(listener="submission", security=STARTTLS),
    "TLS first": Case(listener="implicit", security=SSL_TLS),
    "STARTTLS where it is not required": Case(
        listener="plain", security=STARTTLS, swaks=("--tls",)
    ),
    "in clear, allowed": Case(listener="plain", security=NONE, cleartext=True),
    "wrong password": Case(
        listener="submission",
        security=STARTTLS,
        login=False,
        flaw="smtp.login.password",
        code=LOGIN,
    ),
    "wrong password, TLS first": Case(
        listener="implicit", security=SSL_TLS, login=False, flaw="smtp.login.password", code=LOGIN
    ),
    "for elsewhere": Case(listener="submission", security=STARTTLS, recipient=ELSEWHERE),
    "for nobody": Case(
        listener="submission",
        security=STARTTLS,
        recipient=NOBODY,
        flaw="smtp.recipient.recipient-unknown",
        code=RECIPIENTS,
    ),
    "without login": Case(listener="plain", security=NONE, login=None, attempts=0),
    "relay denied": Case(
        listener="plain",
        security=NONE,
        login=None,
        recipient=ELSEWHERE,
        flaw="smtp.recipient.relay-denied",
        attempts=0,
        code=RECIPIENTS,
    ),
    "login required": Case(
        listener="submission",
        security=STARTTLS,
        login=None,
        flaw="smtp.recipient.client-blocked",
        attempts=0,
        code=RECIPIENTS,
    ),
    "STARTTLS required": Case(
        listener="submission",
        security=NONE,
        flaw="smtp.auth.only-after-tls",
        attempts=0,
        code=LOGIN,
        swaks=("--no-tls",),
    ),
    "STARTTLS required, without login": Case(
        listener="submission",
        security=NONE,
        login=None,
        flaw="smtp.sender.tls-required",
        attempts=0,
        code=SENDER,
        swaks=("--no-tls",),
    ),
    "unknown authority": Case(
        listener="submission",
        security=STARTTLS,
        trusting=False,
        flaw="smtp.certificate.unknown-issuer",
        attempts=0,
        code=TLS,
    ),
    "unknown authority, TLS first": Case(
        listener="implicit",
        security=SSL_TLS,
        trusting=False,
        flaw="smtp.certificate.unknown-issuer",
        attempts=0,
        code=TLS,
    ),
    "port that starts unencrypted": Case(
        listener="plain",
        security=SSL_TLS,
        flaw="smtp.tls.plain-port",
        attempts=0,
        code=TLS,
        swaks=("--tls-on-connect",),
    ),
}


def probe_server(
    servers: MailServers, case: Case, host: str = "", user: str = HELPDESK
) -> ProtocolResult:
    """Probe a server, and check that it saw no more logins than it may."""
    spec = ServerSpec(
        server=host or servers.host,
        port=servers.ports[case.listener],
        security=case.security,
        user=user,
        password=Secret(servers.password if case.login else WRONG),
        authenticate=case.login is not None,
        sender=case.sender,
    )
    options = ProbeOptions(
        cleartext=case.cleartext,
        recipient=case.recipient,
        ca_file=servers.ca_file if case.trusting else None,
    )
    run = probe_pop3 if case.listener.startswith("pop3") else probe_smtp
    before = servers.logins()
    outcome = asyncio.run(run(spec, options))
    assert servers.logins() - before == case.attempts
    assert outcome.login_refused == (case.login is False)
    return outcome


def find_flaw(outcome: ProtocolResult) -> Stage | None:
    """The stage that failed; where none did, one that was wanted and not done."""
    failed = [stage for stage in outcome.stages if stage.result is StageResult.FAILED]
    skipped = [stage for stage in outcome.stages if stage.result is StageResult.SKIPPED]
    left = [stage for stage in skipped if not stage.code.endswith(".not-wanted")]
    return next(iter(failed + left), None)


@pytest.mark.parametrize("case", SMTP.values(), ids=SMTP)
def test_probe_and_swaks_agree(servers: MailServers, case: Case) -> None:
    before = len(servers.mail(HELPDESK))
    found = find_flaw(probe_server(servers, case))
    password = {True: servers.password, False: WRONG, None: ""}[case.login]
    heard = swaks(
        servers,
        case.listener,
        *("--from", case.sender, "--to", case.recipient, "--quit-after", "RCPT", *case.swaks),
        password=password,
        trusting=case.trusting,
    )
    assert (found.code if found else "", heard.code) == (case.flaw, case.code)
    assert len(servers.mail(HELPDESK)) == before
    assert "queued as" not in heard.transcript


def test_sender_that_is_not_ones_own_is_told(servers: MailServers) -> None:
    case = replace(SMTP["STARTTLS"], sender="other@example.test")
    found = find_flaw(probe_server(servers, case))
    assert found is not None
    assert found.result is StageResult.FAILED
    assert "not owned by user" in found.message


def test_login_in_clear_is_not_tried_unless_it_is_allowed(servers: MailServers) -> None:
    case = replace(SMTP["in clear, allowed"], cleartext=False, attempts=0)
    found = find_flaw(probe_server(servers, case))
    assert found is not None
    assert found.code == "smtp.login.in-clear"


POP3 = {
    "STLS": Case(listener="pop3", security=STARTTLS),
    "TLS first": Case(listener="pop3s", security=SSL_TLS),
    "wrong password": Case(
        listener="pop3", security=STARTTLS, login=False, flaw="pop3.login.password"
    ),
    "wrong password, TLS first": Case(
        listener="pop3s", security=SSL_TLS, login=False, flaw="pop3.login.password"
    ),
    "in clear": Case(
        listener="pop3", security=NONE, flaw="pop3.capabilities.only-after-tls", attempts=0
    ),
    "in clear, allowed here and not there": Case(
        listener="pop3",
        security=NONE,
        cleartext=True,
        flaw="pop3.capabilities.only-after-tls",
        attempts=0,
    ),
    "unknown authority": Case(
        listener="pop3",
        security=STARTTLS,
        trusting=False,
        flaw="pop3.certificate.unknown-issuer",
        attempts=0,
    ),
}


@pytest.mark.parametrize("user", [HELPDESK, "helpdesk"])
@pytest.mark.parametrize("case", POP3.values(), ids=POP3)
def test_mailbox(servers: MailServers, case: Case, user: str) -> None:
    found = find_flaw(probe_server(servers, case, servers.far_host, user))
    assert (found.code if found else "") == case.flaw


@pytest.mark.parametrize("cleartext", [True, False])
def test_mailbox_in_clear_where_the_server_takes_it(servers: MailServers, cleartext: bool) -> None:
    case = Case(listener="pop3", security=NONE, cleartext=cleartext, attempts=1 if cleartext else 0)
    found = find_flaw(probe_server(servers, case, servers.host))
    assert (found.code if found else "") == ("" if cleartext else "pop3.login.in-clear")


@pytest.mark.parametrize(("right", "attempts"), [(True, 2), (False, 1)])
def test_draft_logs_in_once_by_each_protocol_and_never_again_once_refused(
    servers: MailServers, right: bool, attempts: int
) -> None:
    texts = {
        "server": servers.host,
        "port": str(servers.ports["submission"]),
        "security": "starttls",
        "user": HELPDESK,
        "authenticate": "true",
        "pop3_server": servers.far_host,
        "pop3_port": str(servers.ports["pop3"]),
        "pop3_security": "starttls",
    }
    secrets = {"password": Secret(servers.password if right else WRONG)}
    draft = Draft(Snapshot({}), texts)
    options = ProbeOptions(ca_file=servers.ca_file, recipient=HELPDESK)
    before = servers.logins()
    found = asyncio.run(probe(parse(draft), secrets, options, lambda part, stage: None))
    assert servers.logins() - before == attempts
    assert found.passed is right
    last = {stage.name: stage for stage in found.pop3}["login"]
    assert last.code == ("pop3.login.accepted" if right else "pop3.login.just-refused")
    for word in (servers.password, WRONG):
        assert word not in repr(found)
