"""The certificate of the sandbox."""

import socket
import ssl

import pytest

from tests.sandbox.sandbox import Sandbox


def test_nobody_elses_authority_trusts_it(sandbox: Sandbox) -> None:
    port = int(sandbox.running.url.rsplit(":", 1)[1])
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")
