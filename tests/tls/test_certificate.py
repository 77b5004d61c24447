"""What is read out of certificates that anybody may have made."""

import re
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import cryptography_vectors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.probes.net.factories import intermediate, make_chain
from tui.tls.certificate import parse_certificate
from tui.tls.context import RejectedChain
from tui.tls.rejection import Advice, describe_flaw, explain_rejection

ADVICE = Advice("trust it", "Be careful.", "Use its name.")
SOME_CODES = (7, 10, 20, 34, 62)
CODES = (*SOME_CODES, 2, 9, 18, 19, 25, 26, 47, 64, 66, 67, 68, 79, 80, 82, 85, 86, 89, 92, 999)
UNREADABLE = {
    *("badasn1time.pem", "cryptography-scts-tbs-precert.der", "dsa_null_alg_params.pem"),
    *("ecdsa_null_alg.pem", "invalid_utf8_common_name.pem", "invalid_version.pem"),
    "name_attribute_unsupported_tag.pem",
}
_PEM = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


@cache
def read_vectors() -> dict[str, bytes]:
    """Return the certificates that the library is tested with, odd ones among them, as DER."""
    folder = Path(cryptography_vectors.__file__).parent / "x509"
    found = {}
    for path in (*folder.glob("*.*"), *folder.glob("custom/*.*")):
        if path.name.startswith("crl_"):
            continue
        data = path.read_bytes()
        if path.suffix == ".der":
            found[path.name] = data
        elif pem := _PEM.search(data.decode("latin-1")):
            found[path.name] = ssl.PEM_cert_to_DER_cert(pem[0])
    return found


def check_is_explained(*chain: bytes, codes: Iterable[int] = SOME_CODES) -> None:
    """Check that causes are explained for a chain, in text that is safe to show."""
    for code in codes:
        rejected = RejectedChain(chain, chain, chain)
        found = explain_rejection(code, "words\x1b", rejected, "mail.example", ADVICE)
        said = f"{found.what} {found.hint} {describe_flaw(code, rejected)}"
        assert found.hint
        assert said.isprintable()
        assert "(words^[)" in found.what
        assert len(found.what) < 1000


def test_what_is_read() -> None:
    found = parse_certificate(make_chain("other-name")[0].der)
    assert found is not None
    assert (found.subject, found.issuer) == ("other", "the tests' root")
    assert found.names == ("other.example", "*.more.example")
    assert found.not_before < datetime.now(UTC) < found.not_after
    assert not found.self_issued
    assert not found.links_issuer


def test_texts_are_made_visible() -> None:
    found = parse_certificate(make_chain("hostile-name")[0].der)
    assert found is not None
    assert found.subject == "x^[[31m\\u{202e}y"
    assert found.names == ("a^[]0;z.example",)


def test_odd_certificates_are_read_or_not_and_explained() -> None:
    vectors = read_vectors()
    assert len(vectors) > 100
    for name, der in vectors.items():
        assert (parse_certificate(der) is None) is (name in UNREADABLE), name
        check_is_explained(der, intermediate().der)


@pytest.mark.grid
def test_every_cause_is_explained_of_odd_certificates() -> None:
    for der in read_vectors().values():
        check_is_explained(der, intermediate().der, codes=CODES)
        check_is_explained(intermediate().der, der, der, codes=CODES)


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("badasn1time.pem", 10, "has expired, or one above it in its chain"),
        ("v1_cert.pem", 10, "expired on "),
        ("san_idna_names.pem", 62, "is not for mail.example, but for "),
        ("san_ipaddr.pem", 62, "no DNS names, only the addresses 127.0.0.1, ff::"),
        ("san_empty_hostname.pem", 62, "is not for mail.example"),
        ("malformed-san.pem", 62, "mail.example: its names can't be read"),
        ("wildcard_san.pem", 62, "but for *.langui.sh"),
        ("unsupported_extension_critical.pem", 34, "it has a critical extension"),
        ("invalid_signature_cert.pem", 7, "isn't signed with the key of its issuer"),
        ("extended_key_usage.pem", 26, "isn't meant for servers"),
        ("ec_no_named_curve.pem", 94, "spells out its elliptic curve"),
        ("verisign_md2_root.pem", 18, "is self-signed"),
        ("wosign-bc-invalid.pem", 41, "an extension that is damaged"),
    ],
)
def test_an_odd_certificate_is_told_by_its_flaw(name: str, code: int, words: str) -> None:
    chain = (read_vectors()[name],)
    found = explain_rejection(code, "", RejectedChain(chain, chain), "mail.example", ADVICE)
    assert words in found.what


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_bytes_are_read_or_not_but_never_raise(data: st.DataObject) -> None:
    der = bytearray(make_chain("no-intermediate")[0].der)
    for _ in range(data.draw(st.integers(0, 4))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(der[: data.draw(st.integers(0, len(der)))])
    found = parse_certificate(cut)
    assert found is None or found.subject.isprintable()
    check_is_explained(bytes(der), intermediate().der)
