"""A stand-in ServiceNow instance and mail server, for tests and for trying things out.

It follows what is documented of the platform, and where documents are silent or disagree a
switch chooses. It listens on loopback only and connects to nothing but its own mail server.
"""

import asyncio
import contextlib
import secrets
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tui.sandbox.access import User, make_users
from tui.sandbox.authenticator import Authenticator, OAuthClient
from tui.sandbox.faults import Faults, Recorded
from tui.sandbox.gateway import Gateway
from tui.sandbox.https_server import HttpsServer, LoopThread
from tui.sandbox.listening import LOOPBACK, open_listener, stop_accepting
from tui.sandbox.loopback import get_authority
from tui.sandbox.rest_api import make_rest_api
from tui.sandbox.sandbox_state import SandboxState, SmtpEndpoint
from tui.sandbox.seed import MODELS
from tui.sandbox.sender_job import SenderJob
from tui.sandbox.smtp_server import PORTS, AcceptedMessage, SmtpServer
from tui.sandbox.switches import Switches
from tui.sandbox.tables import Tables, utc_now


@dataclass(frozen=True, slots=True)
class ConnectionDetails:
    """Where it runs and how to sign in.

    Attributes:
        url: of the instance.
        ca_file: the certificate of the authority to trust; removed when it stops.
        users: who can sign in.
        api_key: of the user admin.
        oauth: the client whose tokens are the user admin's.
        mail: its mail server.
    """

    url: str
    ca_file: Path
    users: tuple[User, ...]
    api_key: str
    oauth: OAuthClient
    mail: SmtpEndpoint

    def user(self, name: str) -> User:
        """The user of that name."""
        return next(user for user in self.users if user.name == name)

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON can hold it."""
        return {
            "url": self.url,
            "ca_file": str(self.ca_file),
            "users": [asdict(user) for user in self.users],
            "api_key": self.api_key,
            "oauth": asdict(self.oauth),
            "mail": {**asdict(self.mail), "ports": dict(self.mail.ports)},
        }


class Sandbox:
    """A stand-in; it can be started once.

    Attributes:
        switches: what is switched on.
        faults: what is planned to go wrong.
        recorded: every request as it arrived.
        refused_sign_ins: how often whom: a user, a client id, "api key" or "token".
        delivered: what its mail server accepted.
        running: where it runs, once it is started.
    """

    running: ConnectionDetails

    def __init__(
        self,
        model: str = "accounts",
        *,
        port: int = 0,
        switches: Switches | None = None,
        own_url_host: str = LOOPBACK,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Prepares a stand-in; nothing listens yet.

        Args:
            model: accounts (a provider's account sends) or properties (no account is active).
            port: of the instance; 0 takes one that is free.
            switches: what is switched on from the start.
            own_url_host: 127.0.0.1 or localhost, as its address names it.
            clock: what stamps and the ages of queued messages are taken from.

        Raises:
            KeyError: there is no such model.
        """
        self._model = MODELS[model]
        self._port = port
        self._host = own_url_host
        self.switches = switches or Switches()
        self.faults = Faults()
        self.recorded: list[Recorded] = []
        self.refused_sign_ins: Counter[str] = Counter()
        self.delivered: list[AcceptedMessage] = []
        self._tables = Tables(clock)
        self._background = LoopThread()
        self._cleanup = contextlib.ExitStack()

    def start(self) -> ConnectionDetails:
        """Serves; returns once requests are answered.

        Raises:
            OSError: the port is taken.
        """
        with contextlib.ExitStack() as sockets:
            web = sockets.enter_context(open_listener(self._port))
            smtp = {name: sockets.enter_context(open_listener(0)) for name in PORTS}
            ports = {name: one.getsockname()[1] for name, one in smtp.items()}
            mail = SmtpEndpoint(LOOPBACK, ports, "it@corp.example", secrets.token_urlsafe(15))
            self._assemble(mail, web.getsockname()[1])
            self._background.start(lambda: self._begin(web, smtp), self._end)
            sockets.pop_all()  # they are the servers' now
        return self.running

    def stop(self) -> None:
        """Ends it at once, with whatever is under way."""
        self._background.stop()
        self._cleanup.close()

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def flushes(self) -> int:
        """How many writes flushed caches."""
        return self._state.flushes

    def rows(self, table: str) -> list[dict[str, str]]:
        """Copies of all rows, with their secrets in clear."""
        with self._state.lock:
            return self._tables.rows(table)

    def change(self, table: str, sys_id: str, by: str = "someone.else", **fields: str) -> None:
        """An edit by somebody else: no rule is asked, and the stamps move."""
        with self._state.lock:
            self._tables.update(table, sys_id, by, fields, force=True)

    def insert(self, table: str, by: str = "someone.else", **fields: str) -> str:
        """A row by somebody else, no rule asked; returns its sys_id."""
        with self._state.lock:
            return self._tables.insert(table, by, fields)

    def unlock(self, user: str) -> None:
        """Lets a user in again whom wrong passwords locked."""
        with self._state.lock:
            self._sign_in.unlock(user)

    def deliver(self) -> int:
        """Runs the sender job once, now; returns the number of messages it handled."""
        return self._background.run(self._sender.run())

    def _assemble(self, mail: SmtpEndpoint, port: int) -> None:
        users = make_users()
        self._state = SandboxState(self._tables, self.switches, mail)
        self._sign_in = Authenticator(
            self._state, {user.name: user for user in users}, self.refused_sign_ins
        )
        self._sender = SenderJob(self._state)
        self._mail_server = SmtpServer(mail, self.switches, self.delivered)
        inner = make_rest_api(self._state, self._sign_in)
        self._http = HttpsServer(
            Gateway(self._state, self._sign_in, inner, self.faults, self.recorded)
        )
        directory = Path(tempfile.mkdtemp(prefix="glidemail-sandbox-"))
        self._cleanup.callback(shutil.rmtree, directory)
        ca_file = directory / "ca.pem"
        get_authority().cert_pem.write_to_path(str(ca_file))
        self._model(self._state, users)
        self.running = ConnectionDetails(
            f"https://{self._host}:{port}",
            ca_file,
            users,
            self._sign_in.api_key,
            self._sign_in.oauth,
            mail,
        )

    async def _begin(self, web: socket.socket, smtp: dict[str, socket.socket]) -> None:
        self._listening = (web, *smtp.values())
        await self._mail_server.start(smtp)
        await self._http.start(web)
        self._job = asyncio.create_task(self._sender.run_by_itself())

    async def _end(self) -> None:
        self._job.cancel()
        await stop_accepting(self._listening)
        self._mail_server.stop()
        await self._http.stop()
