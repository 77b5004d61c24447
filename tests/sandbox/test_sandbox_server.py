"""A sandbox starts where it is told to and leaves nothing behind."""

import contextlib
import json
import socket
import time

import pytest

from tests.sandbox.factories import PROPERTIES, read_names, sign_in
from tests.sandbox.sandbox import Sandbox


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
        assert time.monotonic() - start < 10  # it waits for none of the open connections
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
    with Sandbox(port=taken) as second:
        assert second.running.url == f"https://127.0.0.1:{taken}"
        with sign_in(second) as client:
            client.base_url = f"https://localhost:{taken}"
            assert "instance_name" in read_names(client.get(PROPERTIES))


def test_a_model_that_is_none_is_not_taken() -> None:
    with pytest.raises(KeyError, match="model"):
        Sandbox("model")
