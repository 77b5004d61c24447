"""A stand-in ServiceNow instance and mail server, for tests and for trying things out.

It follows the platform's documents; where they are silent or disagree, a switch chooses. It
listens on loopback only and connects to nothing but its own mail server.
"""

import asyncio
import contextlib
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tui.sandbox.authenticator import Authenticator, OAuthClient, User, make_users
from tui.sandbox.gateway import Gateway
from tui.sandbox.http_messages import Middleware
from tui.sandbox.loopback_servers import (
    LOOPBACK,
    SECURITIES,
    HttpsServer,
    LoopThread,
    SmtpServer,
    get_authority,
    open_listener,
    stop_accepting,
)
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.rest_api import make_rest_api
from tui.sandbox.sandbox_state import SandboxState, SmtpEndpoint, Switches
from tui.sandbox.seed import MODELS
from tui.sandbox.sender_job import SenderJob
from tui.sandbox.tables import Tables, utc_now


@dataclass(frozen=True, slots=True)
class ConnectionDetails:
    """Where a sandbox runs and how to sign in.

    Attributes:
        url: Address of the instance.
        ca_file: Certificate of the authority to trust; deleted when the sandbox stops.
        api_key: API key of the user admin.
        oauth: OAuth client whose tokens are the user admin's.
    """

    url: str
    ca_file: Path
    users: tuple[User, ...]
    api_key: str
    oauth: OAuthClient
    mail: SmtpEndpoint

    def user(self, name: str) -> User:
        """Return the user of that name."""
        return next(user for user in self.users if user.name == name)

    def as_json(self) -> dict[str, Any]:
        """Return all of it in JSON's types."""
        return {
            "url": self.url,
            "ca_file": str(self.ca_file),
            "users": [asdict(user) for user in self.users],
            "api_key": self.api_key,
            "oauth": asdict(self.oauth),
            "mail": {**asdict(self.mail), "ports": dict(self.mail.ports)},
        }


class SandboxServer:
    """An instance and a mail server that can be started once.

    Attributes:
        switches: What is switched on.
        running: Where it runs, once it is started.
    """

    running: ConnectionDetails

    def __init__(
        self,
        model: str = "accounts",
        *,
        port: int = 0,
        switches: Switches | None = None,
        platform: PlatformSwitches | None = None,
        clock: Callable[[], datetime] = utc_now,
        middleware: Middleware | None = None,
    ) -> None:
        """Prepare a sandbox; nothing listens yet.

        Args:
            model: accounts (ServiceNow's account sends), clone (production's accounts are active)
                or properties (no account is active).
            port: Port of the instance; 0 takes a free one.
            switches: What is switched on from the start.
            platform: What kind of instance it is.
            clock: Source of stamps and of the ages of queued messages.
            middleware: Wraps the application that is served.

        Raises:
            KeyError: There is no such model.
        """
        self._seed = MODELS[model]
        self._port = port
        self.switches = switches or Switches()
        self._platform = platform or PlatformSwitches()
        self._clock = clock
        self._middleware = middleware
        self._thread = LoopThread()
        self._cleanup = contextlib.ExitStack()

    def start(self) -> ConnectionDetails:
        """Start the servers and return once requests get responses.

        Raises:
            OSError: The port is taken.
        """
        with contextlib.ExitStack() as sockets:
            web = sockets.enter_context(open_listener(self._port))
            smtp = {name: sockets.enter_context(open_listener(0)) for name in SECURITIES}
            ports = {name: listener.getsockname()[1] for name, listener in smtp.items()}
            mail = SmtpEndpoint(LOOPBACK, ports, "it@corp.example", secrets.token_urlsafe(15))
            self._assemble(mail, web.getsockname()[1])
            self._thread.start(self._run_servers(web, smtp))
            sockets.pop_all()  # they belong to the servers now
        return self.running

    def stop(self) -> None:
        """Stop at once, whatever is under way."""
        self._thread.stop()
        self._cleanup.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _assemble(self, mail: SmtpEndpoint, port: int) -> None:
        users = make_users()
        self._state = SandboxState(Tables(self._clock), self.switches, mail, self._platform)
        self._authenticator = Authenticator(self._state, {user.name: user for user in users})
        self._sender_job = SenderJob(self._state)
        self._smtp_server = SmtpServer(mail, self.switches)
        api = make_rest_api(self._state, self._authenticator)
        self._gateway = Gateway(self._state, self._authenticator, api)
        app = self._middleware(self._gateway) if self._middleware else self._gateway
        self._https_server = HttpsServer(app)
        self._seed(self._state, users)
        directory = tempfile.TemporaryDirectory(prefix="glidemail-sandbox-")
        ca_file = Path(self._cleanup.enter_context(directory), "ca.pem")
        get_authority().cert_pem.write_to_path(str(ca_file))
        self.running = ConnectionDetails(
            f"https://{LOOPBACK}:{port}",
            ca_file,
            users,
            self._authenticator.api_key,
            self._authenticator.oauth,
            mail,
        )

    @contextlib.asynccontextmanager
    async def _run_servers(
        self, web: socket.socket, smtp: Mapping[str, socket.socket]
    ) -> AsyncIterator[None]:
        await self._smtp_server.start(smtp)
        await self._https_server.start(web)
        sender_task = asyncio.create_task(self._sender_job.run_periodically())
        yield
        sender_task.cancel()
        await stop_accepting((web, *smtp.values()))
        self._smtp_server.stop()
        await self._https_server.stop()
