"""A stand-in starts with what its model says, and leaves nothing behind."""

import contextlib
import json
import socket
import ssl
import time

import pytest

from tests.sandbox.asking import PROPERTIES, account, names, prop, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import duplicate_property, graph_sender, oauth_account
from tui.sandbox.switches import Switches

LEGACY = (
    "glide.email.server",
    "glide.email.user",
    "glide.email.username",
    "glide.email.user_password",
    "glide.smtp.auth",
    "glide.smtp.port",
    "glide.pop3.server",
    "glide.pop3.user",
    "glide.pop3.password",
)


def senders(sandbox: Sandbox) -> list[str]:
    return [
        row["name"]
        for row in sandbox.rows("sys_email_account")
        if row["active"] == "true" and row["type"] in ("smtp", "graph_out")
    ]


def test_one_model_has_a_providers_account(sandbox: Sandbox) -> None:
    assert senders(sandbox) == ["ServiceNow SMTP"]
    managed = account(sandbox, "ServiceNow SMTP")
    assert managed["servicenow_configured"] == "true"
    assert managed["server"].endswith(".service-now.com")
    assert account(sandbox, "ServiceNow POP3")["type"] == "pop3"
    assert prop(sandbox, "glide.email.smtp.active")["value"] == "true"
    assert prop(sandbox, "glide.email.server")["value"] == "mail.old.example"


def test_one_model_has_properties_alone(legacy: Sandbox) -> None:
    assert legacy.rows("sys_email_account") == []
    assert prop(legacy, "glide.email.smtp.active")["value"] == "false"
    mail = legacy.running.mail
    assert prop(legacy, "glide.email.server")["value"] == mail.host
    assert prop(legacy, "glide.smtp.port")["value"] == str(mail.ports["plain"])
    assert prop(legacy, "glide.email.user_password")["value"] == mail.password


@pytest.mark.parametrize("model", ["accounts", "properties"])
def test_both_models_have_what_a_client_looks_for(model: str) -> None:
    with Sandbox(model, switches=Switches(sender_seconds=0)) as sandbox:
        there = {row["name"] for row in sandbox.rows("sys_properties")}
        assert there >= {*LEGACY, "instance_name", "glide.buildtag", "glide.war"}
        assert "glide.email.smtp.claim.lookback.hrs" not in there
        assert prop(sandbox, "glide.email.test.user")["value"]
        kinds = [row["type"] for row in sandbox.rows("sys_email")]
        assert {kind: kinds.count(kind) for kind in kinds} == {
            "send-ready": 4,
            "send-retry-backoff": 1,
            "sent": 2,
            "send-failed": 1,
        }
        triggers = {row["name"]: row["state"] for row in sandbox.rows("sys_trigger")}
        assert triggers == {"SMTP Sender": "0", "POP Reader": "0"}


def test_other_situations_can_be_made(sandbox: Sandbox) -> None:
    graph_sender(sandbox)
    assert senders(sandbox) == ["Graph sender"]
    oauth_account(sandbox)
    assert senders(sandbox) == ["OAuth SMTP"]
    duplicate_property(sandbox, "instance_name", value="second")
    values = [
        row["value"] for row in sandbox.rows("sys_properties") if row["name"] == "instance_name"
    ]
    assert values == ["sandbox", "second"]


def test_where_it_runs_can_be_told_as_json(sandbox: Sandbox) -> None:
    told = json.loads(json.dumps(sandbox.running.as_json()))
    assert told["url"] == sandbox.running.url
    assert told["ca_file"] == str(sandbox.running.ca_file)
    assert told["users"][0] == {
        "name": "admin",
        "password": sandbox.running.user("admin").password,
        "roles": ["admin"],
    }
    assert told["api_key"] == sandbox.running.api_key
    assert set(told["oauth"]) == {"client_id", "client_secret"}
    assert set(told["mail"]) == {"host", "ports", "user", "password"}
    assert set(told["mail"]["ports"]) == {"plain", "starttls", "ssl_tls"}


def test_its_file_goes_and_its_ports_close_when_it_stops() -> None:
    sandbox = Sandbox()
    running = sandbox.start()
    assert "BEGIN CERTIFICATE" in running.ca_file.read_text()
    ports = [int(running.url.rsplit(":", 1)[1]), *running.mail.ports.values()]
    kept: list[socket.socket] = []
    with contextlib.ExitStack() as open_ones:
        for port in ports:
            socket.create_connection(("127.0.0.1", port)).close()
            kept.append(open_ones.enter_context(socket.create_connection(("127.0.0.1", port), 2)))
        start = time.monotonic()
        sandbox.stop()
        sandbox.stop()
        assert time.monotonic() - start < 0.9
        for one in kept:
            with contextlib.suppress(ConnectionResetError):
                while one.recv(1000):
                    pass
    assert not running.ca_file.parent.exists()
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_it_can_be_at_a_port_and_under_a_name_that_were_asked_for() -> None:
    with Sandbox() as first:
        taken = int(first.running.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=taken).start()
    with Sandbox(port=taken, own_url_host="localhost") as second:
        assert second.running.url == f"https://localhost:{taken}"
        with signed_in(second) as client:
            assert "instance_name" in names(client.get(PROPERTIES))


def test_nobody_elses_authority_trusts_it(sandbox: Sandbox) -> None:
    port = int(sandbox.running.url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


def test_a_model_that_is_none_is_not_taken() -> None:
    with pytest.raises(KeyError, match="model"):
        Sandbox("model")


def test_nothing_is_delivered_by_what_does_not_run() -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.stop()
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.deliver()
