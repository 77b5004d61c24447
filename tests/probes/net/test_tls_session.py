"""How strictly certificates are verified, and which authorities are trusted."""

import asyncio
import ssl
from pathlib import Path

import pytest

from tests.probes.factories import SSL_TLS, Case, run_probe
from tests.probes.mail_server import serve
from tui.probes.net import tls_session as tls
from tui.probes.net.tls_session import Verification


def test_how_strictly_is_checked() -> None:
    strict, usual, none = (tls.make_context(checking, None) for checking in Verification)
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
