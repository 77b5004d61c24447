"""Servers on loopback: their sockets and certificate, the thread they run in, HTTPS and SMTP."""

import asyncio
import functools
import logging
import secrets
import socket
import ssl
import threading
import weakref
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, cast

import trustme
import uvicorn
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tui.sandbox.sandbox_state import API_LOGIN, LOOPBACK_NAMES, SmtpEndpoint, Switches

LOOPBACK = "127.0.0.1"
SECURITIES = ("plain", "starttls", "ssl_tls")
REJECTED_DOMAIN = "@refused.example"
"""Ends the recipients that are rejected for good."""
GREYLISTED_DOMAIN = "@later.example"
"""Ends the recipients that are rejected for now."""

# aiosmtpd warns of a deprecation of its own at every login.
logging.getLogger("mail.log").setLevel(logging.ERROR)


def open_listener(port: int) -> socket.socket:
    """Return a socket that listens on loopback.

    Args:
        port: 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    # asyncio turns off Nagle's delay only if the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


async def stop_accepting(listeners: Iterable[socket.socket]) -> None:
    """Accept no more connections; call this before the servers are closed."""
    for listener in listeners:
        asyncio.get_running_loop().remove_reader(listener)
    # A connection accepted just now needs a transport first, or asyncio never closes it.
    for _ in range(3):
        await asyncio.sleep(0)


@functools.cache
def get_authority() -> trustme.CA:
    """Return the authority that signs the certificate of this process."""
    return trustme.CA(organization_name="glidemail sandbox")


@functools.cache
def get_server_context() -> ssl.SSLContext:
    """Return the TLS context of the servers of this process."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    get_authority().issue_cert(*LOOPBACK_NAMES).configure_cert(context)
    return context


def make_client_context() -> ssl.SSLContext:
    """Return a TLS context that trusts such a server, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    get_authority().configure_trust(context)
    return context


class LoopThread:
    """A thread that runs an event loop until it is stopped.

    Attributes:
        loop: The event loop while it runs.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._ready: Future[None] = Future()
        self._stop_event = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self, servers: AbstractAsyncContextManager[None]) -> None:
        """Start the thread and return once the servers run; they end when it is stopped.

        Raises:
            Exception: Why the servers did not start.
        """
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(servers)), name="sandbox", daemon=True
        )
        self._thread.start()
        self._ready.result()

    def stop(self) -> None:
        """End the thread."""
        if self.loop and self._thread:
            self.loop.call_soon_threadsafe(self._stop_event.set)
            self._thread.join()
            self.loop = None

    async def _run(self, servers: AbstractAsyncContextManager[None]) -> None:
        try:
            async with servers:
                self.loop = asyncio.get_running_loop()
                self._ready.set_result(None)
                await self._stop_event.wait()
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)


class _HttpsConnection(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport into the scope, so that a middleware can cut the connection."""
        super().connection_made(transport)
        self.app_state = {"transport": transport}


class HttpsServer:
    """Serves an ASGI application over TLS with uvicorn's protocol."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http=_HttpsConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            # Keep the connection of a client that pauses between two requests.
            timeout_keep_alive=60,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Serve on a socket that listens already."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _HttpsConnection(self._config, self._state, {}),
            sock=listener,
            ssl=get_server_context(),
        )

    async def stop(self) -> None:
        """Accept no more connections and cut those that are open."""
        if self._server:
            self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        # Each request ends as if its client had disconnected.
        while self._state.tasks or self._state.connections:
            await asyncio.sleep(0)


def judge_recipient(address: str) -> str:
    """Return the reply to a recipient."""
    if address.endswith(REJECTED_DOMAIN):
        return f"550 5.1.1 {address} is not welcome here"
    if address.endswith(GREYLISTED_DOMAIN):
        return f"451 4.7.1 {address} is greylisted, come back later"
    return "250 2.1.5 OK"


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """A message that the mail server accepted.

    Attributes:
        user: User who signed in, or "".
        tls: Whether the connection was encrypted.
    """

    mail_from: str
    rcpt_tos: tuple[str, ...]
    user: str
    tls: bool
    content: str


class SmtpServer:
    """Serves SMTP on a port for each kind of connection security.

    Attributes:
        delivered: The messages it accepted.
    """

    def __init__(self, mail: SmtpEndpoint, switches: Switches) -> None:
        self.delivered: list[AcceptedMessage] = []
        self._mail = mail
        self._switches = switches
        self._servers: list[asyncio.Server] = []
        # Weak, as a session that has ended needs no abort.
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    async def start(self, listeners: Mapping[str, socket.socket]) -> None:
        """Serve on a socket for each kind of security; they listen already."""
        for security, listener in listeners.items():
            self._servers.append(
                await asyncio.get_running_loop().create_server(
                    functools.partial(self._make_session, security == "starttls"),
                    sock=listener,
                    ssl=get_server_context() if security == "ssl_tls" else None,
                )
            )

    def _make_session(self, is_upgraded: bool) -> SMTP:
        session = SMTP(
            self,
            hostname="localhost",
            loop=asyncio.get_running_loop(),
            enable_SMTPUTF8=True,
            authenticator=self._authenticate,
            # handle_MAIL decides whether a login is needed at all.
            auth_require_tls=is_upgraded,
            tls_context=get_server_context() if is_upgraded else None,
            require_starttls=is_upgraded,
        )
        self._sessions.add(session)
        return session

    def stop(self) -> None:
        """Accept no more connections and cut those that are open."""
        for server in self._servers:
            server.close()
        for session in tuple(self._sessions):
            if isinstance(session.transport, asyncio.Transport):
                session.transport.abort()

    async def handle_MAIL(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated and not self._switches.open_relay:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = judge_recipient(address)
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        transport = server.transport
        user = cast("str | None", session.auth_data)
        self.delivered.append(
            AcceptedMessage(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                user or "",
                transport is not None and transport.get_extra_info("ssl_object") is not None,
                (envelope.original_content or b"").decode(errors="replace"),
            )
        )
        return "250 2.0.0 OK"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        if isinstance(data, LoginPassword):
            is_user = data.login in (self._mail.user.encode(), API_LOGIN.encode())
            is_right = secrets.compare_digest(data.password, self._mail.password.encode())
            if is_user and is_right:
                return AuthResult(success=True, auth_data=data.login.decode())
        return AuthResult(success=False, handled=False)
