"""Certificates of every kind, good and bad, for a server on loopback."""

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

HOST = "127.0.0.1"
_NOW = datetime.now(UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def issue(
    subject: str,
    issuer: IssuedCertificate | None = None,
    *,
    names: tuple[str, ...] = (HOST,),
    begins: timedelta = -_DAY,
    ends: timedelta = 90 * _DAY,
    authority: bool = False,
    key_ids: bool = True,
    links_issuer: bool = False,
) -> IssuedCertificate:
    """Return a certificate by an authority, or self-signed.

    Args:
        begins, ends: from now.
        key_ids: as RFC 5280 demands and strict checking wants.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer else key
    built = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer.certificate.subject if issuer else _name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW + begins)
        .not_valid_after(_NOW + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if authority:
        built = built.add_extension(_signing_usage(), critical=True)
    elif names:
        built = built.add_extension(x509.SubjectAlternativeName(_alternatives(names)), False)
    if key_ids:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        built = built.add_extension(own, False).add_extension(by, False)
    if links_issuer:
        place = x509.UniformResourceIdentifier("http://authority.example/issuer.der")
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        built = built.add_extension(x509.AuthorityInformationAccess([access]), False)
    return IssuedCertificate(built.sign(signer, SHA256()), key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _alternatives(names: tuple[str, ...]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in names:
        try:
            found.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            found.append(x509.DNSName(name))
    return found


def _signing_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def root() -> IssuedCertificate:
    """Return the authority that the tests' probes trust."""
    return issue("the tests' root", authority=True)


@cache
def intermediate() -> IssuedCertificate:
    """Return an authority that the root signed."""
    return issue("the tests' intermediate", root(), authority=True)


@cache
def stranger() -> IssuedCertificate:
    """Return an authority that is not trusted."""
    return issue("a stranger", authority=True)


@cache
def make_chain(kind: str) -> tuple[IssuedCertificate, ...]:
    """Return the certificates that a server sends, its own first."""
    match kind:
        case "expired":
            return (issue("old", root(), begins=-20 * _DAY, ends=-10 * _DAY),)
        case "not-yet-valid":
            return (issue("young", root(), begins=10 * _DAY),)
        case "ends-soon":
            return (issue("ending", root(), ends=5 * _DAY),)
        case "self-signed":
            return (issue("itself"),)
        case "other-name":
            return (issue("other", root(), names=("other.example", "*.more.example")),)
        case "no-names":
            return (issue("nameless", root(), names=()),)
        case "hostile-name":
            return (issue("x\x1b[31m\u202ey", stranger(), names=("a\x1b]0;z.example",)),)
        case "stranger":
            return (issue("unknown", stranger()),)
        case "stranger-with-root":
            return issue("unknown", stranger()), stranger()
        case "no-intermediate":
            return (issue("alone", intermediate(), links_issuer=True),)
        case "whole-chain":
            return issue("complete", intermediate()), intermediate()
        case "strict-only":
            return (issue("lax", root(), key_ids=False),)
        case "expired-and-not-strict":
            old = issue("lax", root(), key_ids=False, begins=-20 * _DAY, ends=-10 * _DAY)
            return (old,)
    return (issue("good", root()),)


@cache
def _temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory()


@cache
def trusted_file() -> Path:
    """Return a file of authorities with the root in it."""
    path = Path(_temporary_folder().name) / "root.pem"
    path.write_bytes(root().pem)
    return path


def server_context(kind: str) -> ssl.SSLContext:
    """Return the TLS context of a server."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    path = Path(_temporary_folder().name) / f"{kind}.pem"
    if not path.exists():
        chain = make_chain(kind)
        key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(key + b"".join(each.pem for each in chain))
    made.load_cert_chain(path)
    return made
