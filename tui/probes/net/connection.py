"""One connection: bytes both ways, in clear and then in TLS, until a deadline and within a bound.

TLS is an `ssl.SSLObject` between two buffers, so that nothing which came in clear can get into it
unseen, and nothing is read before it is asked for.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

CHUNK = 4096
LIMIT = 2**20
"""The most that is read of one connection, in bytes as they come over the wire."""
_BEGUN = 64

T = TypeVar("T")


class TransportError(Exception):
    """A line can no longer be used.

    Attributes:
        why: in the system's or OpenSSL's words; "" where there are none. They hold nothing of
            what was sent.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


class DeadlineExceeded(TransportError):
    """The deadline has passed."""


class ConnectionClosed(TransportError):
    """The other side, or something between, has closed it."""


class TooMuchData(TransportError):
    """More came than is read of one connection."""


class TlsError(TransportError):
    """TLS was not agreed on, or given up."""


class CertificateError(TransportError):
    """The certificate was not accepted.

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
        received: how many bytes came over the wire.
        begun: the first of them.
        tls: what is agreed on, once it is; None in clear.
        trusted: TLS is agreed on, and the certificate was accepted for the server's name.
    """

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket = connected
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.until = until
        self.received = 0
        self.begun = b""
        self.tls: ssl.SSLObject | None = None
        self.trusted = False

    @property
    def own_address(self) -> str:
        """The address of this end."""
        with suppress(OSError):
            return str(self._socket.getsockname()[0])
        return "127.0.0.1"

    async def receive(self) -> bytes:
        """What comes next, at least one byte.

        Raises:
            LineError: nothing more can come.
        """
        if self.tls:
            # Nothing is what a close_notify reads as.
            data = await self._agreed(lambda tls: tls.read(CHUNK), self.tls)
        else:
            data = await self._arrived()
        if not data:
            raise ConnectionClosed
        return data

    async def send(self, data: memoryview) -> None:
        """Sends all of it.

        Args:
            data: a view, which writes itself out without its bytes wherever locals are shown.

        Raises:
            LineError: it could not be sent.
        """
        if self.tls is None:
            await self._sent(data)
            return
        failed = ""
        try:
            self.tls.write(data)
        except ssl.SSLError as error:  # with what was to be sent in its frames: not raised from
            failed = _words(error)
        if failed:
            raise TlsError(failed)
        await self._flush()

    async def secure(self, context: ssl.SSLContext, name: str) -> ssl.SSLObject:
        """Agrees on TLS.

        Args:
            name: the server's, which its certificate has to be for.

        Raises:
            Untrusted: the certificate was not accepted. Nothing was sent in TLS.
            LineError: it was not agreed on.
        """
        tls = context.wrap_bio(self._in, self._out, server_hostname=name)
        await self._agreed(lambda tls: tls.do_handshake(), tls)
        self.tls = tls
        self.trusted = context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
        return tls

    def close(self) -> None:
        """Closes it at once."""
        self._socket.close()

    async def _agreed(self, step: Callable[[ssl.SSLObject], T], tls: ssl.SSLObject) -> T:
        """One step of TLS, with all that has to go over the wire for it."""
        while True:
            why: TransportError | None = None
            try:
                done = step(tls)
            except ssl.SSLWantReadError:
                pass
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                why = ConnectionClosed()
            except ssl.SSLCertVerificationError as error:
                why = CertificateError(error.verify_message, error.verify_code)
            except ssl.SSLError as error:
                why = TlsError(_words(error))
            else:
                await self._flush()
                return done
            if why:
                with suppress(TransportError):
                    await self._flush()  # the other side learns why
                raise why
            await self._flush()
            if data := await self._arrived():
                self._in.write(data)
            else:
                self._in.write_eof()

    async def _flush(self) -> None:
        if data := self._out.read():
            await self._sent(memoryview(data))

    async def _sent(self, data: memoryview) -> None:
        loop = asyncio.get_running_loop()
        await self._in_time(loop.sock_sendall(self._socket, data))

    async def _arrived(self) -> bytes:
        loop = asyncio.get_running_loop()
        data = await self._in_time(loop.sock_recv(self._socket, CHUNK))
        self.received += len(data)
        self.begun += data[: _BEGUN - len(self.begun)]
        if self.received > LIMIT:
            raise TooMuchData
        return data

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout_at(self.until) as within:
                return await work
        except OSError as error:
            why = DeadlineExceeded() if within.expired() else ConnectionClosed(error.strerror or "")
        raise why


def _words(error: ssl.SSLError) -> str:
    return (error.reason or "no reason given").replace("_", " ").lower()
