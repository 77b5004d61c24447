"""A client's own certificate and key, for servers that require one (mutual TLS)."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from tui.credentials.secret import Secret

_ENCRYPTED = (b"-----BEGIN ENCRYPTED PRIVATE KEY-----", b"Proc-Type: 4,ENCRYPTED")
_KEY_LIMIT = 2**20
"""The most of a file that is looked at, in bytes."""


class ClientCertificateError(Exception):
    """A certificate or key that cannot be used.

    Attributes:
        file: the one at fault.
        reason: why, as the end of a sentence that begins with the file.
        is_passphrase: whether the passphrase is missing or wrong.
    """

    def __init__(self, file: Path, reason: str, *, is_passphrase: bool = False) -> None:
        super().__init__(reason)
        self.file = file
        self.reason = reason
        self.is_passphrase = is_passphrase


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """Where a client's certificate and key are, as PEM.

    Attributes:
        certificate: with the intermediate certificates that the server may need.
        key: None if it is in the file of the certificate.
    """

    certificate: Path
    key: Path | None = None

    @property
    def key_file(self) -> Path:
        """The file that holds the key."""
        return self.key or self.certificate

    @property
    def needs_passphrase(self) -> bool:
        """Whether the key is encrypted; a file that cannot be read is not."""
        try:
            with self.key_file.open("rb") as file:
                data = file.read(_KEY_LIMIT)
        except OSError:
            return False
        return any(mark in data for mark in _ENCRYPTED)

    def load(self, context: ssl.SSLContext, passphrase: Secret | None) -> None:
        """Have a context show the certificate to servers that ask for one.

        Raises:
            ClientCertificateError: it cannot be used.
        """
        for file in (self.certificate, self.key_file):
            try:
                file.open("rb").close()
            except OSError as error:
                raise ClientCertificateError(file, (error.strerror or "can't be read")) from None
        if failed := self._load(context, passphrase):
            raise failed

    def _load(
        self, context: ssl.SSLContext, passphrase: Secret | None
    ) -> ClientCertificateError | None:
        # A function of its own: a traceback of the error above must not hold the passphrase.
        try:
            # Without a password OpenSSL would ask for one on the terminal.
            context.load_cert_chain(
                self.certificate, self.key, lambda: passphrase.reveal() if passphrase else ""
            )
        except ssl.SSLError as error:
            if "MISMATCH" in (error.reason or ""):
                return ClientCertificateError(self.key_file, "isn't the certificate's key")
            if _count(self.certificate, b"-----BEGIN CERTIFICATE-----") == 0:
                return ClientCertificateError(self.certificate, "holds no certificate in PEM")
            if self.needs_passphrase:
                return ClientCertificateError(
                    self.key_file, "can't be opened with that passphrase", is_passphrase=True
                )
            return ClientCertificateError(self.key_file, "holds no private key in PEM")
        except (OSError, ValueError):
            return ClientCertificateError(self.key_file, "can't be used", is_passphrase=True)
        return None


def _count(file: Path, mark: bytes) -> int:
    with file.open("rb") as opened:
        return opened.read(_KEY_LIMIT).count(mark)
