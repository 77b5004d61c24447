"""What the sandbox's mail server accepts and rejects."""

import pytest

from tests.sandbox.factories import WRONG_LOGIN, get_outcome
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import (
    PORT_NAMES,
    enable_sending,
    own_account,
    queue_one_message,
)


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
