"""The bounds of a connection, and how strictly its certificate is verified."""

import asyncio
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from tests.probes.factories import SSL_TLS, Case, run_probe
from tests.probes.mail_server import serve
from tui.probes.net.connection import (
    CHUNK,
    LIMIT,
    Connection,
    ConnectionClosed,
    TooMuchData,
    Verification,
    make_context,
)


def test_no_more_is_read_than_the_bound() -> None:
    async def run() -> int:
        mine, other = socket.socketpair()
        mine.setblocking(False)
        other.setblocking(False)
        loop = asyncio.get_running_loop()
        sending = asyncio.create_task(loop.sock_sendall(other, bytes(2 * LIMIT)))
        opened = Connection(mine, loop.time() + 20)
        with suppress(TooMuchData):
            while len(await opened.receive()) <= CHUNK:
                pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        opened.close()
        other.close()
        return opened.received

    assert LIMIT < asyncio.run(run()) <= LIMIT + CHUNK


def test_tls_that_never_has_enough_ends_with_the_connection() -> None:
    class Hungry:
        """A session that wants more whatever comes, and even after the end."""

        def do_handshake(self) -> None:
            raise ssl.SSLWantReadError

    class Context:
        def wrap_bio(self, *_: object, **__: object) -> Hungry:
            return Hungry()

    async def run() -> None:
        mine, other = socket.socketpair()
        mine.setblocking(False)
        other.sendall(b"some bytes")
        other.close()
        opened = Connection(mine, asyncio.get_running_loop().time() + 20)
        try:
            for _ in range(2):
                with pytest.raises(ConnectionClosed):
                    await opened.start_tls(cast(ssl.SSLContext, Context()), "mail.example")
        finally:
            opened.close()

    asyncio.run(run())


def test_how_strictly_is_checked() -> None:
    strict, usual, none = (make_context(checking, None) for checking in Verification)
    assert strict.verify_flags & ssl.VERIFY_X509_STRICT
    assert not usual.verify_flags & ssl.VERIFY_X509_STRICT
    assert strict.check_hostname
    assert usual.check_hostname
    assert strict.verify_mode == usual.verify_mode == ssl.CERT_REQUIRED
    assert none.verify_mode == ssl.CERT_NONE
    assert min(each.minimum_version for each in (strict, usual, none)) == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_that_cannot_be_used(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "authorities.pem"
    if content:
        path.write_text(content)
    case = Case(security=SSL_TLS, options={"ca_file": path})
    with serve(case.script) as traffic:
        outcome = asyncio.run(run_probe(case, traffic.port, []))
    found = next(each for each in outcome.stages if each.name == "tls")
    assert found.code == "smtp.tls.ca-file"
    assert str(path) in found.message
    assert traffic.clear == b""
