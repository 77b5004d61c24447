"""A mail server on loopback with one port for each kind of connection security."""

import asyncio
import logging
import secrets
import socket
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tui.sandbox.loopback import make_server_context
from tui.sandbox.sandbox_state import SmtpEndpoint
from tui.sandbox.switches import Switches

SECURITIES = ("plain", "starttls", "ssl_tls")
REJECTED_DOMAIN = "@refused.example"
"""Ends the recipients that are rejected for good."""
GREYLISTED_DOMAIN = "@later.example"
"""Ends the recipients that are rejected for now."""

# aiosmtpd warns of a deprecation of its own at every login.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """A message that the mail server accepted.

    Attributes:
        mail_from: Sender of the envelope.
        rcpt_tos: Recipients of the envelope.
        user: User who signed in, or "".
        tls: Whether the connection was encrypted.
        content: The message itself.
    """

    mail_from: str
    rcpt_tos: tuple[str, ...]
    user: str
    tls: bool
    content: str


class SmtpServer:
    """Serves SMTP on sockets that listen already.

    Attributes:
        mail: Where it listens and who may sign in.
        delivered: The messages it accepted.
    """

    def __init__(self, mail: SmtpEndpoint, switches: Switches) -> None:
        self.mail = mail
        self.delivered: list[AcceptedMessage] = []
        self._switches = switches
        self._servers: list[asyncio.Server] = []
        # Weak, as a session that has ended needs no abort.
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    async def start(self, sockets: Mapping[str, socket.socket]) -> None:
        """Serve on a socket for each kind of security."""
        loop = asyncio.get_running_loop()
        context = make_server_context()
        for security in SECURITIES:
            is_upgraded = security == "starttls"

            def make_session(is_upgraded: bool = is_upgraded) -> SMTP:
                session = SMTP(
                    self,
                    hostname="localhost",
                    loop=loop,
                    enable_SMTPUTF8=True,
                    authenticator=self._authenticate,
                    # handle_MAIL decides whether a login is needed at all.
                    auth_require_tls=is_upgraded,
                    tls_context=context if is_upgraded else None,
                    require_starttls=is_upgraded,
                )
                self._sessions.add(session)
                return session

            self._servers.append(
                await loop.create_server(
                    make_session,
                    sock=sockets[security],
                    ssl=context if security == "ssl_tls" else None,
                )
            )

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
        """Accept a sender."""
        if not session.authenticated and not self._switches.open_relay:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or reject a recipient."""
        if address.endswith(REJECTED_DOMAIN):
            return f"550 5.1.1 {address} is not welcome here"
        if address.endswith(GREYLISTED_DOMAIN):
            return f"451 4.7.1 {address} is greylisted, come back later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Accept a message."""
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
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        is_user = secrets.compare_digest(data.login, self.mail.user.encode())
        is_right = secrets.compare_digest(data.password, self.mail.password.encode())
        if is_user and is_right:
            return AuthResult(success=True, auth_data=self.mail.user)
        return AuthResult(success=False, handled=False)
