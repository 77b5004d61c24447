"""The servers start, stop at once, and show a certificate that only their clients trust."""

import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from tests.sandbox.factories import (
    PROPERTIES,
    WRONG_LOGIN,
    get_outcome,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import (
    PORT_NAMES,
    enable_sending,
    own_account,
    queue_one_message,
)
from tui.sandbox.loopback_servers import LoopThread


def test_what_ends_runs_when_the_thread_is_stopped() -> None:
    ended = threading.Event()

    @asynccontextmanager
    async def serve() -> AsyncIterator[None]:
        yield
        ended.set()

    thread = LoopThread()
    thread.start(serve())
    assert thread.loop
    assert not ended.is_set()
    thread.stop()
    assert ended.is_set()
    assert thread.loop is None


def test_a_thread_that_did_not_start_can_be_stopped() -> None:
    LoopThread().stop()


def test_what_keeps_a_thread_from_starting_is_raised() -> None:
    @asynccontextmanager
    async def fail() -> AsyncIterator[None]:
        raise OSError("no socket")
        yield

    thread = LoopThread()
    with pytest.raises(OSError, match="no socket"):
        thread.start(fail())
    thread.stop()


def test_nobody_elses_authority_trusts_it(sandbox: Sandbox) -> None:
    port = int(sandbox.running.url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


@pytest.mark.parametrize("mode", [{"never_answers": True}, {"slow_seconds": 600}])
def test_it_stops_at_once_whatever_hangs(mode: dict[str, object]) -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.switches.change(mode)
    failed: list[Exception] = []

    def ask() -> None:
        try:
            with sign_in(sandbox) as patient:
                patient.timeout = httpx2.Timeout(30)
                patient.get(PROPERTIES)
        except httpx2.TransportError as error:
            failed.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not sandbox.recorded:
        asking.join(0.01)
    start = time.monotonic()
    sandbox.stop()
    asking.join()
    assert time.monotonic() - start < 20  # the request would wait for half a minute
    assert len(failed) == 1


@pytest.mark.parametrize("label", PORT_NAMES)
def test_a_wrong_password_ends_in_the_servers_words(sandbox: Sandbox, label: str) -> None:
    sandbox.change("sys_email_account", own_account(sandbox, label), password="wrong")
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox)
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id) == ("send-failed", "error", WRONG_LOGIN)
    assert sandbox.delivered == []


@pytest.mark.parametrize(
    ("label", "port"),
    [
        ("None", "starttls"),
        ("None", "ssl_tls"),
        ("STARTTLS", "plain"),
        ("SSL/TLS", "plain"),
        ("SSL/TLS", "starttls"),
    ],
)
def test_security_has_to_fit_the_port(sandbox: Sandbox, label: str, port: str) -> None:
    sys_id = own_account(sandbox, label)
    port = str(sandbox.running.mail.ports[port])
    sandbox.change("sys_email_account", sys_id, port=port)
    enable_sending(sandbox)
    message = queue_one_message(sandbox)
    sandbox.deliver()
    assert get_outcome(sandbox, message)[0] == "send-failed"
    assert get_outcome(sandbox, message)[2]


@pytest.mark.parametrize("stored", ["NULL", ""])
@pytest.mark.parametrize("open_relay", [False, True])
def test_without_authentication_only_an_open_relay_takes_it(
    sandbox: Sandbox, stored: str, open_relay: bool
) -> None:
    sandbox.switches.open_relay = open_relay
    sandbox.change("sys_email_account", own_account(sandbox), authentication=stored)
    enable_sending(sandbox)
    message = queue_one_message(sandbox)
    sandbox.deliver()
    if open_relay:
        assert get_outcome(sandbox, message)[0] == "sent"
        assert [one.user for one in sandbox.delivered] == [""]
    else:
        error = "530 5.7.0 Authentication required"
        assert get_outcome(sandbox, message) == ("send-failed", "error", error)


def test_a_refused_recipient_is_told_in_the_servers_words(sandbox: Sandbox) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox, "gone@refused.example")
    sandbox.deliver()
    error = "550 5.1.1 gone@refused.example is not welcome here"
    assert get_outcome(sandbox, sys_id) == ("send-failed", "error", error)


def test_one_that_is_refused_does_not_keep_it_from_the_others(sandbox: Sandbox) -> None:
    own_account(sandbox)
    enable_sending(sandbox)
    sys_id = queue_one_message(sandbox, "gone@refused.example,a@corp.example")
    sandbox.deliver()
    assert get_outcome(sandbox, sys_id)[0] == "sent"
    assert [one.rcpt_tos for one in sandbox.delivered] == [("a@corp.example",)]


def test_a_port_for_starttls_takes_nothing_in_clear(sandbox: Sandbox) -> None:
    sandbox.switches.open_relay = True
    sys_id = own_account(sandbox, "None")
    port = str(sandbox.running.mail.ports["starttls"])
    sandbox.change("sys_email_account", sys_id, port=port, authentication="NULL")
    enable_sending(sandbox)
    message = queue_one_message(sandbox)
    sandbox.deliver()
    assert get_outcome(sandbox, message)[0] == "send-failed"
    assert "STARTTLS" in get_outcome(sandbox, message)[2]
