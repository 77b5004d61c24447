"""The servers of the tests behave as their docstrings say."""

import poplib
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.mail_servers import NAME, MailServers, wait_for
from tests.servers.swaks import FINE, LOGIN, RECIPIENTS, SENDER, TLS, UNREACHABLE, swaks

SMTP = ("plain", "submission", "implicit")
ELSEWHERE = "someone@elsewhere.test"
MAIL = "Subject: {}\r\n\r\nHello.\r\n"


@pytest.fixture
def context(servers: MailServers) -> ssl.SSLContext:
    """What trusts the servers."""
    return ssl.create_default_context(cafile=servers.ca_file)


@contextmanager
def open_smtp(
    servers: MailServers, listener: str, context: ssl.SSLContext
) -> Iterator[smtplib.SMTP]:
    """Open an SMTP session, in TLS if it is required."""
    port = servers.ports[listener]
    client = (
        smtplib.SMTP_SSL(servers.host, port, context=context)
        if listener == "implicit"
        else smtplib.SMTP(servers.host, port)
    )
    with client:
        if listener == "submission":
            client.starttls(context=context)
        yield client


@contextmanager
def open_pop3(servers: MailServers, host: str) -> Iterator[poplib.POP3]:
    """Open a POP3 session without TLS."""
    client = poplib.POP3(host, servers.ports["pop3"])
    try:
        yield client
    finally:
        client.close()


@pytest.mark.parametrize("listener", SMTP)
def test_mail_that_is_sent_arrives(
    servers: MailServers, context: ssl.SSLContext, listener: str
) -> None:
    before = len(servers.mail(servers.user))
    with open_smtp(servers, listener, context) as client:
        client.login(servers.user, servers.password)
        assert not client.sendmail(servers.user, servers.user, MAIL.format(listener))
    arrived = servers.mail(servers.user, before + 1)
    assert len(arrived) == before + 1
    assert any(f"Subject: {listener}" in message for message in arrived)


@pytest.mark.parametrize("listener", SMTP)
def test_wrong_password_is_refused(
    servers: MailServers, context: ssl.SSLContext, listener: str
) -> None:
    with (
        open_smtp(servers, listener, context) as client,
        pytest.raises(smtplib.SMTPAuthenticationError) as refused,
    ):
        client.login(servers.user, "wrong")
    assert refused.value.smtp_code == 535


def test_plain_listener_takes_mail_for_its_own_users_only(
    servers: MailServers, context: ssl.SSLContext
) -> None:
    with open_smtp(servers, "plain", context) as client:
        client.ehlo()
        assert client.has_extn("STARTTLS")
        assert client.has_extn("AUTH")
        assert client.mail(servers.user)[0] == 250
        assert client.rcpt(servers.user)[0] == 250
        assert client.rcpt(ELSEWHERE) == (554, f"5.7.1 <{ELSEWHERE}>: Relay access denied".encode())
        assert client.rcpt("nobody@example.test")[0] == 550


def test_who_is_logged_in_may_send_elsewhere(servers: MailServers, context: ssl.SSLContext) -> None:
    with open_smtp(servers, "submission", context) as client:
        client.login(servers.user, servers.password)
        client.mail(servers.user)
        assert client.rcpt(ELSEWHERE)[0] == 250
        assert client.rcpt("nobody@example.test")[0] == 550


def test_submission_requires_starttls(servers: MailServers) -> None:
    with smtplib.SMTP(servers.host, servers.ports["submission"]) as client:
        client.ehlo()
        assert not client.has_extn("AUTH")
        assert client.mail(servers.user)[0] == 530


@pytest.mark.parametrize("listener", ["submission", "implicit"])
def test_login_is_required_and_a_sender_of_ones_own(
    servers: MailServers, context: ssl.SSLContext, listener: str
) -> None:
    with open_smtp(servers, listener, context) as client:
        client.mail(servers.user)
        assert client.rcpt(servers.user)[0] == 554
    with open_smtp(servers, listener, context) as client:
        client.login(servers.user, servers.password)
        client.mail("other@example.test")
        assert client.rcpt(servers.user)[0] == 553


def test_certificate_is_for_the_hosts_and_the_name(
    servers: MailServers, context: ssl.SSLContext
) -> None:
    for host, name, port in (
        (servers.host, servers.host, "implicit"),
        (servers.host, NAME, "implicit"),
        (servers.far_host, servers.far_host, "pop3s"),
    ):
        with (
            socket.create_connection((host, servers.ports[port])) as plain,
            context.wrap_socket(plain, server_hostname=name) as secure,
        ):
            assert secure.getpeercert()
    with (
        socket.create_connection((servers.host, servers.ports["implicit"])) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname=NAME)


def test_mailbox_is_read_over_tls(servers: MailServers, context: ssl.SSLContext) -> None:
    port = servers.ports["pop3s"]
    secure = poplib.POP3_SSL(servers.far_host, port, context=context)
    secure.user(servers.user)
    assert secure.pass_(servers.password).startswith(b"+OK")
    secure.quit()
    with open_pop3(servers, servers.far_host) as client:
        client.stls(context)
        client.user(servers.user.partition("@")[0])
        assert client.pass_(servers.password).startswith(b"+OK")


def test_password_in_clear_is_refused_from_afar_only(servers: MailServers) -> None:
    with open_pop3(servers, servers.far_host) as client:
        assert "USER" not in client.capa()
        with pytest.raises(poplib.error_proto, match="Plaintext authentication disallowed"):
            client.user(servers.user)
    with open_pop3(servers, servers.host) as client:
        client.user(servers.user)
        assert client.pass_(servers.password).startswith(b"+OK")


def test_attempts_to_log_in_are_counted_at_once(
    servers: MailServers, context: ssl.SSLContext
) -> None:
    before = servers.logins()
    assert servers.logins() == before
    with open_smtp(servers, "submission", context) as client:
        client.login(servers.user, servers.password)
        assert servers.logins() == before + 1
    with open_smtp(servers, "implicit", context) as client:
        with suppress(smtplib.SMTPAuthenticationError):
            client.login(servers.user, "wrong")  # by every way that the server knows
        assert servers.logins() == before + 3
    with open_pop3(servers, servers.far_host) as client:
        with suppress(poplib.error_proto):
            client.user(servers.user)
        assert servers.logins() == before + 3
        client.stls(context)
        client.user(servers.user)
        with pytest.raises(poplib.error_proto, match="Authentication failed"):
            client.pass_("wrong")
        assert servers.logins() == before + 4


def test_swaks_finds_the_same(servers: MailServers) -> None:
    to = ("--quit-after", "RCPT")
    away = (*to, "--to", ELSEWHERE)
    wrong, right = "wrong", servers.password
    assert swaks(servers, "plain", *to).code == FINE
    assert swaks(servers, "plain", *away).replies[-2:] == ["554", "221"]
    assert swaks(servers, "submission", *away).code == RECIPIENTS
    assert swaks(servers, "submission", *away, password=right).code == FINE
    assert swaks(servers, "implicit", *to, password=wrong).code == LOGIN
    assert swaks(servers, "implicit", *to, password=right, trusting=False).code == TLS
    assert swaks(servers, "implicit", password=right).code == FINE
    assert swaks(servers, "plain", "--from", "no address", *to).code == SENDER
    assert swaks(servers, "plain", "--port", "1").code == UNREACHABLE


def test_password_is_in_no_transcript_of_swaks(servers: MailServers) -> None:
    heard = swaks(servers, "submission", "--quit-after", "AUTH", password=servers.password)
    assert heard.code == FINE
    assert servers.password not in heard.transcript


_STARTED = """
import signal
from tests.servers.mail_servers import mail_servers

with mail_servers() as servers:
    print(servers.root, flush=True)
    signal.pause()
"""


def test_nothing_is_left_where_the_tests_are_killed(servers: MailServers) -> None:
    command = [sys.executable, "-c", _STARTED]
    top = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=top) as tests:
        assert tests.stdout is not None
        root = Path(tests.stdout.readline().rstrip())
        masters = [root / "queue/pid/master.pid", root / "dovecot/run/master.pid"]
        started = [int(file.read_text()) for file in masters]
        tests.send_signal(signal.SIGKILL)
    wait_for(lambda: not root.exists())
    for process in started:
        with suppress(FileNotFoundError):  # a zombie is none of ours any more
            assert Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    assert servers.root.exists()
