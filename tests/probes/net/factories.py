"""Certificates of every kind, good and bad, for a server on loopback."""

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

HOST = "127.0.0.1"
_NOW = datetime.now(UTC)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class IssuedCertificate:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

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
    path_length: int | None = None,
    key_ids: bool = True,
    links_issuer: bool = False,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
    extra: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    without: tuple[type[x509.ExtensionType], ...] = (),
) -> IssuedCertificate:
    """Return a certificate by an authority, or self-signed.

    Args:
        begins, ends: from now.
        key_ids: as RFC 5280 demands and strict checking wants.
        extra: extensions, critical or not, in place of the usual ones of their kind.
        without: the kinds of extensions to leave out.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    signer = issuer.key if issuer else key
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=authority, path_length=path_length), True)
    ]
    if authority:
        extensions.append((key_usage("key_cert_sign", "crl_sign", "digital_signature"), True))
    elif names:
        extensions.append((x509.SubjectAlternativeName(_alternatives(names)), False))
    if key_ids:
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
        extensions += [(own, False), (by, False)]
    if links_issuer:
        place = x509.UniformResourceIdentifier("http://authority.example/issuer.der")
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        extensions.append((x509.AuthorityInformationAccess([access]), False))
    replaced = (*without, *(type(each) for each, _ in extra))
    built = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(issuer.certificate.subject if issuer else _name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW + begins)
        .not_valid_after(_NOW + ends)
    )
    for extension, critical in extensions:
        if not isinstance(extension, replaced):
            built = built.add_extension(extension, critical)
    for extension, critical in extra:
        built = built.add_extension(extension, critical)
    return IssuedCertificate(built.sign(signer, SHA256()), key)


def damage_signature(of: IssuedCertificate) -> IssuedCertificate:
    """Return the certificate with another signature of the same form."""
    signature = of.certificate.signature
    other = signature[:-1] + bytes((signature[-1] ^ 1,))
    return replace(of, certificate=x509.load_der_x509_certificate(of.der[: -len(other)] + other))


def sign_with_sha1(of: IssuedCertificate, issuer: IssuedCertificate) -> IssuedCertificate:
    """Return the certificate, signed by the issuer's RSA key with SHA-1.

    The library no longer does so itself. The identifiers of both algorithms are of one length.
    """
    key = issuer.key
    assert isinstance(key, rsa.RSAPrivateKey)
    sha256, sha1 = (bytes.fromhex(f"2a864886f70d0101{end}") for end in ("0b", "05"))
    changed = x509.load_der_x509_certificate(of.der.replace(sha256, sha1))
    signature = key.sign(changed.tbs_certificate_bytes, PKCS1v15(), SHA1())  # noqa: S303
    der = changed.public_bytes(Encoding.DER)[: -len(signature)] + signature
    return replace(of, certificate=x509.load_der_x509_certificate(der))


def key_usage(*uses: str) -> x509.KeyUsage:
    """Return a key usage with these uses alone."""
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment"),
        *("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    return x509.KeyUsage(**{each: each in uses for each in every})


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
def trusted_file(*authorities: IssuedCertificate) -> Path:
    """Return a file of authorities; without any, the tests' root is in it."""
    trusted = authorities or (root(),)
    path = Path(_temporary_folder().name) / f"{trusted[0].certificate.serial_number}.ca.pem"
    path.write_bytes(b"".join(each.pem for each in trusted))
    return path


def server_context(kind: str | tuple[IssuedCertificate, ...]) -> ssl.SSLContext:
    """Return the TLS context of a server that sends a chain, its own certificate first."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("DEFAULT@SECLEVEL=0")  # it would not send a weak certificate
    made.load_cert_chain(chain_file(make_chain(kind) if isinstance(kind, str) else kind))
    return made


@cache
def chain_file(chain: tuple[IssuedCertificate, ...]) -> Path:
    """Return a file with the key of a server and the chain that it sends."""
    path = Path(_temporary_folder().name) / f"{chain[0].certificate.serial_number}.pem"
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(key + b"".join(each.pem for each in chain))
    return path
