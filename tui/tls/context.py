"""What a TLS client here trusts, and the chain of certificates that it rejected."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CaFileError(Exception):
    """A file of certificate authorities that cannot be loaded.

    Attributes:
        reason: the system's words, or "" if the file can be read and holds no certificates.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RejectedChain:
    """The certificates of a rejected handshake, as DER; () for what cannot be known.

    Attributes:
        built: the chain that OpenSSL checked: the server's own certificate first, then each
            one's issuer as far as it was found, also from those that are trusted here.
        sent: what the server sent, its own first.
        trusted: the authorities that are trusted here, as far as OpenSSL loaded them.
    """

    built: tuple[bytes, ...] = ()
    sent: tuple[bytes, ...] = ()
    trusted: tuple[bytes, ...] = ()


class _Session(ssl.SSLObject):
    """A TLS session that adds the chain to the error that rejects a certificate."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            error.chain = RejectedChain(  # type: ignore[attr-defined]
                self._chain("get_verified_chain"),
                self._chain("get_unverified_chain"),
                tuple(self.context.get_ca_certs(binary_form=True)),
            )
            raise

    def _chain(self, name: str) -> tuple[bytes, ...]:
        # Python 3.13 made public what the inner object has had since 3.10.
        inner: Any = getattr(self, "_sslobj", None)
        get_chain = getattr(inner, name, None)
        found = get_chain() if get_chain else None
        return tuple(ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in found or ())


def rejected_chain(error: ssl.SSLCertVerificationError) -> RejectedChain:
    """Return the chain that was rejected, if the session was one of `client_context`."""
    chain: RejectedChain = getattr(error, "chain", RejectedChain())
    return chain


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer that trusts the system's authorities and a file's.

    An intermediate authority can be trusted as a root can, as is the default from Python 3.13 on.

    Raises:
        CaFileError: the file cannot be loaded.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.sslobject_class = _Session
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
