"""One connection to a server: bytes both ways, first unencrypted and then in TLS, within bounds.

TLS is an `ssl.SSLObject` between two buffers: nothing that came unencrypted can get into it unseen,
and nothing is read before it is needed.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import TypeVar

from tui.probes.net.handshake import HandshakeRecord, explain_reason
from tui.probes.stage import StageError
from tui.terminal.visible import visible
from tui.tls.context import CaFileError, RejectedChain, client_context, rejected_chain

CHUNK = 4096
LIMIT = 2**20
"""The most that is read from one connection, in bytes on the wire."""
_BEGINNING_LENGTH = 64
_UNNAMED = re.compile(r"^\[[^]]*\] | \(_ssl\.c:\d+\)$")
"""What Python puts around the words of OpenSSL."""

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
        chain: the certificates that were rejected.
    """

    def __init__(self, why: str, verify_code: int, chain: RejectedChain) -> None:
        super().__init__(why)
        self.verify_code = verify_code
        self.chain = chain


class Connection:
    """An open connection.

    Attributes:
        until: the deadline, in the event loop's time.
        received: the number of bytes that came over the wire.
        beginning: the first of them.
        tls: the TLS session; None if unencrypted.
        handshake: what the server said in the last TLS handshake.
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
        self.handshake = HandshakeRecord()
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
            why = openssl_reason(error)
        if why:
            raise TlsError(why)
        await self._flush()

    async def start_tls(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Do the TLS handshake with the server of a name, and return the session.

        Args:
            context: of this connection alone.

        Raises:
            CertificateError: the certificate was rejected. Nothing was sent in TLS.
        """
        self.handshake = HandshakeRecord()
        self.handshake.watch(context)
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
                error = CertificateError(
                    rejected.verify_message, rejected.verify_code, rejected_chain(rejected)
                )
            except ssl.SSLError as broken:
                error = TlsError(openssl_reason(broken))
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


def openssl_reason(error: ssl.SSLError) -> str:
    """Return OpenSSL's reason in lower case; Python does not know all of them by name."""
    named = (error.reason or "").replace("_", " ")
    text = str(error.args[1]) if len(error.args) > 1 else ""
    return (named or _UNNAMED.sub("", text) or "no reason given").lower()


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
            f"{visible(str(ca_file), 120)} can't be used as the file of authorities: "
            f"{error.reason or 'contains no certificates'}.",
            "Use a file of certificates in PEM form that you can read.",
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


def explain_handshake_error(
    error: TransportError, place: str, seconds: float, record: HandshakeRecord
) -> StageError:
    """Explain why a handshake failed."""
    match error:
        case DeadlineExceeded():
            return StageError(
                "timeout",
                f"{place} didn't finish the TLS handshake in {seconds:.3g} seconds.",
                "Check that the port speaks TLS, and any firewall between here and the server.",
            )
        case TooMuchData():
            return StageError(
                "too-much",
                f"{place} sent too much data during the TLS handshake.",
                "Check host and port.",
            )
        case TlsError():
            return explain_reason(place, error.why, record)
    why = f" ({visible(error.why, 80)})" if error.why else ""
    hint = (
        "Its log may say why: its certificate may be missing, or something in between may cut "
        "the connection."
    )
    if record.certificate_requested:
        hint = f"It asked for a client certificate before and may require one. {hint}"
    return StageError("cut", f"{place} closed the connection during the TLS handshake{why}.", hint)
