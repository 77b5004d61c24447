"""The sandbox as tests use it: with planned faults, and in the hands of somebody else."""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from starlette.types import ASGIApp

from tests.sandbox.fault_injection import FaultInjector, FaultPlan, RecordedRequest
from tui.sandbox.browser_grants import BrowserGrants
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.sandbox_server import SandboxServer
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.tables import utc_now

SavedRows: TypeAlias = Mapping[str, dict[str, dict[str, str]]]


class Sandbox(SandboxServer):
    """A sandbox whose requests, faults and rows are in the hands of a test.

    Attributes:
        faults: What is planned to go wrong.
        recorded: Every request as it arrived.
    """

    def __init__(
        self,
        model: str = "accounts",
        *,
        port: int = 0,
        switches: Switches | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(
            model,
            port=port,
            switches=switches,
            clock=clock,
            middleware=self._inject_faults,
        )
        self.faults = FaultPlan()
        self.recorded: list[RecordedRequest] = []

    def _inject_faults(self, app: ASGIApp) -> FaultInjector:
        return FaultInjector(app, self.faults, self.recorded, self._identify)

    def _identify(self, headers: Mapping[str, str]) -> str:
        with self._state.lock:
            user = self._authenticator.attempt(headers).user
        return user.name if user else ""

    @property
    def browser(self) -> BrowserGrants:
        """The codes and tokens of people who signed in with a browser."""
        return self._authenticator.browser

    @property
    def refused_sign_ins(self) -> Counter[str]:
        """How often whom: a user, a client id, "api key" or "token"."""
        return self._authenticator.refused

    @property
    def delivered(self) -> list[AcceptedMessage]:
        """What the mail server accepted."""
        return self._smtp_server.delivered

    @property
    def flushes(self) -> int:
        """The number of writes that flushed caches."""
        return self._state.flushes

    def rows(self, table: str) -> list[dict[str, str]]:
        """Return copies of all rows, with their secrets in plain text."""
        with self._state.lock:
            return self._state.tables.rows(table)

    def change(self, table: str, sys_id: str, by: str = "someone.else", **fields: str) -> None:
        """Change a row as somebody else: no rule is checked, and the stamps move."""
        with self._state.lock:
            self._state.tables.update(table, sys_id, by, fields, force=True)

    def insert(self, table: str, by: str = "someone.else", **fields: str) -> str:
        """Add a row as somebody else, without checks, and return its sys_id."""
        with self._state.lock:
            return self._state.tables.insert(table, by, fields)

    def delete(self, table: str, sys_id: str) -> None:
        """Delete a row as somebody else, without checks."""
        with self._state.lock:
            self._state.tables.delete(table, sys_id)

    def save_rows(self) -> SavedRows:
        """Return copies of the rows of all tables, by table and sys_id."""
        with self._state.lock:
            return copy.deepcopy(self._state.tables._rows)

    def restore_rows(self, saved: SavedRows) -> None:
        """Replace all rows with those that were saved."""
        with self._state.lock:
            self._state.tables._rows = copy.deepcopy(dict(saved))

    def unlock(self, user: str) -> None:
        """Let a user sign in again whom wrong passwords locked."""
        with self._state.lock:
            del self._authenticator._failures[user]

    def deliver(self) -> int:
        """Run the sender job once and return the number of messages it handled.

        Raises:
            RuntimeError: The sandbox is not running.
        """
        loop = self._thread.loop
        if loop is None:
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(self._sender_job.run(), loop).result()
