"""What TLS trusts here, and the cause of a rejected certificate."""

import ssl
from pathlib import Path

import pytest
import trustme

from tui.tls import CaFileError, CertificateFault, certificate_fault, client_context


@pytest.mark.parametrize(
    ("verify_code", "fault"),
    [
        (9, CertificateFault.NOT_YET_VALID),
        (10, CertificateFault.EXPIRED),
        (18, CertificateFault.SELF_SIGNED),
        (19, CertificateFault.UNKNOWN_ROOT),
        (20, CertificateFault.UNKNOWN_ISSUER),
        (21, CertificateFault.INCOMPLETE_CHAIN),
        (62, CertificateFault.OTHER_NAME),
        (64, CertificateFault.OTHER_ADDRESS),
        (0, CertificateFault.INVALID),
        (23, CertificateFault.INVALID),
    ],
)
def test_a_verify_code_names_its_cause(verify_code: int, fault: CertificateFault) -> None:
    assert certificate_fault(verify_code) is fault


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
