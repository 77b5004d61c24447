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

PORTS = ("plain", "starttls", "ssl_tls")
REJECTED_DOMAIN = "@refused.example"
"""Recipients whom it refuses for good."""
GREYLISTED_DOMAIN = "@later.example"
"""Recipients whom it refuses for now."""

# aiosmtpd warns of a deprecation of its own at every sign-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class AcceptedMessage:
    """A message that was accepted.

    Attributes:
        mail_from: the sender of the envelope.
        rcpt_tos: its recipients.
        user: who signed in, or "".
        tls: whether the connection was encrypted.
        content: the message itself.
    """

    mail_from: str
    rcpt_tos: tuple[str, ...]
    user: str
    tls: bool
    content: str


class SmtpServer:
    """Serves SMTP on sockets that listen already.

    Attributes:
        mail: where it is and who may sign in.
        delivered: what it accepted.
    """

    def __init__(
        self, mail: SmtpEndpoint, switches: Switches, delivered: list[AcceptedMessage]
    ) -> None:
        self.mail = mail
        self.delivered = delivered
        self._switches = switches
        self._servers: list[asyncio.Server] = []
        # Not held on to: a session that ended is none to be cut.
        self._sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    async def start(self, sockets: Mapping[str, socket.socket]) -> None:
        """Serves on a socket for each kind of security."""
        loop = asyncio.get_running_loop()
        context = make_server_context()
        for security in PORTS:
            is_upgraded = security == "starttls"

            def session(is_upgraded: bool = is_upgraded) -> SMTP:
                made = SMTP(
                    self,
                    hostname="localhost",
                    loop=loop,
                    enable_SMTPUTF8=True,
                    authenticator=self._authenticate,
                    # Whether AUTH is wanted at all is asked in handle_MAIL.
                    auth_require_tls=is_upgraded,
                    tls_context=context if is_upgraded else None,
                    require_starttls=is_upgraded,
                )
                self._sessions.add(made)
                return made

            self._servers.append(
                await loop.create_server(
                    session,
                    sock=sockets[security],
                    ssl=context if security == "ssl_tls" else None,
                )
            )

    def stop(self) -> None:
        """Takes no more connections and cuts those there are."""
        for server in self._servers:
            server.close()
        for session in tuple(self._sessions):
            if isinstance(session.transport, asyncio.Transport):
                session.transport.abort()

    async def handle_MAIL(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes a sender."""
        if not session.authenticated and not self._switches.open_relay:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes or refuses a recipient."""
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
        """Keeps a message."""
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
