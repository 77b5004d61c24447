"""One connection to a server: bytes both ways, first in clear and then in TLS, within bounds.

TLS is an `ssl.SSLObject` between two buffers: nothing that came in clear can get into it unseen,
and nothing is read before it is needed.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

CHUNK = 4096
LIMIT = 2**20
"""The most that is read from one connection, in bytes on the wire."""
_BEGINNING_LENGTH = 64

T = TypeVar("T")


class TransportError(Exception):
    """A connection can no longer be used.

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
        tls: the TLS session; None in clear.
        trusted: the connection is in TLS, and the certificate was verified for the server's name.
    """

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket = connected
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.until = until
        self.received = 0
        self.beginning = b""
        self.tls: ssl.SSLObject | None = None
        self.trusted = False

    @property
    def own_address(self) -> str:
        """The address of this end."""
        with suppress(OSError):
            return str(self._socket.getsockname()[0])
        return "127.0.0.1"

    async def receive(self) -> bytes:
        """Return what comes next, at least one byte.

        Raises:
            TransportError: nothing more can come.
        """
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

        Raises:
            TransportError: it could not be sent.
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
        """Do the TLS handshake, and return the session.

        Args:
            name: the server's name, for which its certificate must be valid.

        Raises:
            CertificateError: the certificate was rejected. Nothing was sent in TLS.
            TransportError: the handshake failed otherwise.
        """
        tls = context.wrap_bio(self._in, self._out, server_hostname=name)
        await self._run_tls(lambda tls: tls.do_handshake(), tls)
        self.tls = tls
        self.trusted = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
        return tls

    def close(self) -> None:
        """Close the connection at once."""
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
            if data := await self._read_socket():
                self._in.write(data)
            else:
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
