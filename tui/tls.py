"""TLS as every client here uses it: what it trusts, and the cause of a rejected certificate."""

import ssl
from enum import StrEnum
from pathlib import Path


class CaFileError(Exception):
    """A file of certificate authorities that cannot be loaded.

    Attributes:
        reason: the system's words, or "" if the file can be read and holds no certificates.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CertificateFault(StrEnum):
    """Why a certificate is rejected."""

    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ROOT = "unknown-root"
    """The chain ends in an authority that is not trusted here."""
    UNKNOWN_ISSUER = "unknown-issuer"
    """It was issued by an authority that is not trusted here."""
    INCOMPLETE_CHAIN = "incomplete-chain"
    """The certificates between it and its authority are missing."""
    OTHER_NAME = "other-name"
    OTHER_ADDRESS = "other-address"
    INVALID = "invalid"
    """Anything else."""


# X509_V_ERR_*, as in X509_STORE_CTX_get_error(3).
_FAULTS = {
    9: CertificateFault.NOT_YET_VALID,
    10: CertificateFault.EXPIRED,
    18: CertificateFault.SELF_SIGNED,
    19: CertificateFault.UNKNOWN_ROOT,
    20: CertificateFault.UNKNOWN_ISSUER,
    21: CertificateFault.INCOMPLETE_CHAIN,
    62: CertificateFault.OTHER_NAME,
    64: CertificateFault.OTHER_ADDRESS,
}


def certificate_fault(verify_code: int) -> CertificateFault:
    """Return the cause that OpenSSL's verify code stands for."""
    return _FAULTS.get(verify_code, CertificateFault.INVALID)


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer that trusts the system's authorities and a file's.

    Raises:
        CaFileError: the file cannot be loaded.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        load_ca_file(context, ca_file)
    return context


def load_ca_file(context: ssl.SSLContext, file: Path) -> None:
    """Have a context trust the certificates of a file in PEM.

    Raises:
        CaFileError: the file cannot be loaded.
    """
    try:
        context.load_verify_locations(file)
    except (ssl.SSLError, ValueError):
        raise CaFileError("") from None
    except OSError as error:
        raise CaFileError(error.strerror or "") from None
