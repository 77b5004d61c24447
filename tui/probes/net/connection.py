"""One connection to a server: bytes both ways, first unencrypted and then in TLS, within bounds.

TLS is an `ssl.SSLObject` between two buffers: nothing that came unencrypted can get into it unseen,
and nothing is read before it is needed.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import TypeVar

from tui.probes.stage import StageError
from tui.terminal.visible import visible
from tui.tls import CaFileError, client_context

CHUNK = 4096
LIMIT = 2**20
"""The most that is read from one connection, in bytes on the wire."""
_BEGINNING_LENGTH = 64
# Parts of OpenSSL's reasons, then what the server does, and what to do about it; the first counts.
_REASONS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (
        ("unsupported protocol", "protocol version", "wrong ssl version", "version too low"),
        "old-version",
        "speaks only versions of TLS that are older than 1.2, or none that is known here",
        "Have TLS 1.2 or 1.3 turned on there.",
    ),
    (
        ("wrong version number", "record layer failure", "packet length", "http request"),
        "no-tls",
        "answers what is no TLS",
        "See host, port and security; something between may break TLS.",
    ),
    (
        ("key too small", "md too weak", "dh key"),
        "weak",
        "uses keys or signatures that are too weak for this machine",
        "Have its certificate or its parameters renewed.",
    ),
    (
        ("no shared cipher", "handshake failure", "no suitable", "insufficient security"),
        "no-common-cipher",
        "has no cipher in common with this machine",
        "Have the ciphers of TLS 1.2 or 1.3 turned on there.",
    ),
    (
        ("unrecognized name",),
        "unknown-name",
        "does not know the name it is asked for",
        "See that the server's name is the one it serves.",
    ),
    (
        ("certificate",),
        "client-certificate",
        "wants a certificate from whoever connects",
        "Use a port that lets users log in with a password.",
    ),
    (
        ("",),
        "handshake",
        "could not agree on TLS",
        "See that it speaks TLS 1.2 or newer, and that nothing between breaks it.",
    ),
)

T = TypeVar("T")


class TransportError(Exception):
    """A connection can no longer be used: sending and receiving raise this.

    Attributes:
        why: the reason in the words of the system or of OpenSSL, which repeat nothing that was
            sent; "" if there is none.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class DeadlineExceeded(TransportError):
    """The deadline has passed."""


class ConnectionClosed(TransportError):
    """The server, or something in between, closed the connection."""


class TooMuchData(TransportError):
    """More came than is read from one connection."""


class TlsError(TransportError):
    """The TLS handshake failed, or TLS was broken off."""


class CertificateError(TransportError):
    """The server's certificate was rejected.

    Attributes:
        verify_code: OpenSSL's X509_V_ERR_*, as in X509_STORE_CTX_get_error(3).
    """

    def __init__(self, why: str, verify_code: int) -> None:
        super().__init__(why)
        self.verify_code = verify_code


class Connection:
    """An open connection.

    Attributes:
        until: the deadline, in the event loop's time.
        received: the number of bytes that came over the wire.
        beginning: the first of them.
        tls: the TLS session; None if unencrypted.
        trusted: the connection is in TLS, and the certificate was verified for the server's name.
    """

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket = connected
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.until = until
        self.received = 0
        self.beginning = b""
        self._ended = False
        self.tls: ssl.SSLObject | None = None
        self.trusted = False

    @property
    def own_address(self) -> str:
        with suppress(OSError):
            return str(self._socket.getsockname()[0])
        return "127.0.0.1"

    async def receive(self) -> bytes:
        """Return what comes next, at least one byte."""
        if self.tls:
            # A close_notify reads as no bytes.
            data = await self._run_tls(lambda tls: tls.read(CHUNK), self.tls)
        else:
            data = await self._read_socket()
        if not data:
            raise ConnectionClosed
        return data

    async def send(self, data: memoryview) -> None:
        """Send all of the data.

        Args:
            data: a view, as its representation in a traceback does not show the bytes.
        """
        if self.tls is None:
            await self._write_socket(data)
            return
        why = ""
        try:
            self.tls.write(data)
        except ssl.SSLError as error:  # its frames hold the data: it must not become the context
            why = _reason(error)
        if why:
            raise TlsError(why)
        await self._flush()

    async def start_tls(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Do the TLS handshake with the server of a name, and return the session.

        Raises:
            CertificateError: the certificate was rejected. Nothing was sent in TLS.
        """
        tls = context.wrap_bio(self._in, self._out, server_hostname=name)
        await self._run_tls(lambda tls: tls.do_handshake(), tls)
        self.tls = tls
        self.trusted = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
        return tls

    def close(self) -> None:
        self._socket.close()

    async def _run_tls(self, step: Callable[[ssl.SSLObject], T], tls: ssl.SSLObject) -> T:
        """Run one step of TLS, with all that has to go over the wire for it."""
        while True:
            error: TransportError | None = None
            try:
                result = step(tls)
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                error = ConnectionClosed()
            except ssl.SSLCertVerificationError as rejected:
                error = CertificateError(rejected.verify_message, rejected.verify_code)
            except ssl.SSLError as broken:
                error = TlsError(_reason(broken))
            else:
                await self._flush()
                return result
            if error:
                with suppress(TransportError):
                    await self._flush()  # the alert tells the server why
                raise error
            await self._flush()
            if self._ended:  # and more is wanted all the same
                raise ConnectionClosed
            if data := await self._read_socket():
                self._in.write(data)
            else:
                self._ended = True
                self._in.write_eof()

    async def _flush(self) -> None:
        if data := self._out.read():
            await self._write_socket(memoryview(data))

    async def _write_socket(self, data: memoryview) -> None:
        loop = asyncio.get_running_loop()
        await self._within_deadline(loop.sock_sendall(self._socket, data))

    async def _read_socket(self) -> bytes:
        loop = asyncio.get_running_loop()
        data = await self._within_deadline(loop.sock_recv(self._socket, CHUNK))
        self.received += len(data)
        self.beginning += data[: _BEGINNING_LENGTH - len(self.beginning)]
        if self.received > LIMIT:
            raise TooMuchData
        return data

    async def _within_deadline(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout_at(self.until) as timeout:
                return await work
        except OSError as error:
            expired = timeout.expired()
            failure = DeadlineExceeded() if expired else ConnectionClosed(error.strerror or "")
        raise failure


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "no reason given").replace("_", " ").lower()


class Verification(Enum):
    """How strictly a certificate is verified."""

    STRICT = auto()
    """As Python 3.13 and later do by default: RFC 5280 to the letter."""
    USUAL = auto()
    NONE = auto()
    """Not at all, to read the certificate only. Nothing of value is sent on such a connection."""


def make_context(verification: Verification, ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that trusts the system's authorities and those of one file."""
    try:
        context = client_context(ca_file)
    except CaFileError as error:
        raise StageError(
            "ca-file",
            f"{visible(str(ca_file), 120)} cannot be used as the file of authorities: "
            f"{error.reason or 'holds no certificates'}.",
            "Name a file of certificates in PEM that you can read.",
        ) from None
    if verification is Verification.STRICT:
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    elif verification is Verification.USUAL:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def describe_session(tls: ssl.SSLObject) -> str:
    """Return the version and the cipher, as in `TLS 1.3, TLS_AES_256_GCM_SHA384`."""
    version = (tls.version() or "TLS").replace("TLSv", "TLS ")
    cipher = tls.cipher()
    return f"{version}, {cipher[0]}" if cipher else version


def explain_handshake_error(error: TransportError, place: str, seconds: float) -> StageError:
    """Explain why a handshake failed."""
    match error:
        case DeadlineExceeded():
            return StageError(
                "timeout",
                f"{place} did not finish agreeing on TLS in {seconds:.3g} seconds.",
                "See that the port speaks TLS, and what stands between here and the server.",
            )
        case TooMuchData():
            return StageError("too-much", f"{place} sends too much while TLS is agreed on.")
        case TlsError():
            why = error.why.casefold()
            kind, what, hint = next(
                row for parts, *row in _REASONS if any(part in why for part in parts)
            )
            return StageError(kind, f"{place} {what} ({visible(error.why, 80)}).", hint)
        case ConnectionClosed():
            return StageError(
                "cut",
                f"{place} closed the connection while TLS was agreed on.",
                "See its log; its certificate or key may be missing, or something between cuts.",
            )
    return StageError("handshake", f"{place}: TLS was not agreed on ({visible(error.why, 80)}).")
