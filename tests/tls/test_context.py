"""What TLS trusts here, and the chain of a rejected certificate."""

import ssl
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from tests.probes.net.factories import HOST, intermediate, issue, root, server_context
from tui.tls.context import CaFileError, RejectedChain, client_context, rejected_chain


def test_a_file_of_authorities_is_trusted_beside_the_systems(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    before = client_context(None).cert_store_stats()["x509"]
    context = client_context(file)
    assert context.cert_store_stats()["x509"] == before + 1
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.check_hostname


@pytest.mark.parametrize(
    ("name", "reason"),
    [("missing.pem", "No such file or directory"), ("empty.pem", ""), ("a\0b", "")],
)
def test_a_file_that_cannot_be_loaded_says_why(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    with pytest.raises(CaFileError) as raised:
        client_context(tmp_path / name)
    assert raised.value.reason == reason


def agree(*sides: ssl.SSLObject) -> None:
    """Do the handshake between two sides, as far as it goes."""
    for side in sides * 4:
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_rejected_chain_holds_what_was_sent_and_what_was_built(version: ssl.TLSVersion) -> None:
    leaf = issue("leaf", intermediate(), names=("other.example",))
    client, server = client_context(None), server_context((leaf, intermediate()))
    client.maximum_version = version
    client.load_verify_locations(cadata=root().der)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    mine = client.wrap_bio(back, there, server_hostname=HOST)
    other = server.wrap_bio(there, back, server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError) as raised:
        agree(mine, other)
    chain = rejected_chain(raised.value)
    assert chain.built == (leaf.der, intermediate().der, root().der)
    assert chain.sent == (leaf.der, intermediate().der)
    assert root().der in chain.trusted


def test_the_chain_of_another_session_is_unknown() -> None:
    assert rejected_chain(ssl.SSLCertVerificationError(1, "x")) == RejectedChain()
