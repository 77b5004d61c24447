"""The sandbox as tests use it: with planned faults, and in the hands of somebody else."""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from starlette.types import ASGIApp

from tests.sandbox.clock import ManualClock
from tests.sandbox.fault_injection import FaultInjector, FaultPlan, RecordedRequest
from tui.sandbox.browser_grants import BrowserGrants
from tui.sandbox.loopback_servers import AcceptedMessage
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_server import SandboxServer
from tui.sandbox.sandbox_state import Switches
from tui.sandbox.seed import seed_jobs
from tui.sandbox.sessions import UserSession
from tui.sandbox.tables import utc_now

T = TypeVar("T")
SavedRows: TypeAlias = Mapping[str, dict[str, dict[str, str]]]


class Sandbox(SandboxServer):
    """A sandbox whose requests, faults and rows are in the hands of a test.

    Attributes:
        faults: What is planned to go wrong.
        recorded: Every request as it arrived.
        ahead: How far its clock is set ahead.
    """

    def __init__(
        self,
        model: str = "accounts",
        *,
        port: int = 0,
        switches: Switches | None = None,
        platform: PlatformSwitches | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.ahead = timedelta()
        super().__init__(
            model,
            port=port,
            switches=switches,
            platform=platform,
            clock=lambda: clock() + self.ahead,
            middleware=self._inject_faults,
        )
        self._manual_clock = clock if isinstance(clock, ManualClock) else None
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
    def provider_mailbox(self) -> list[AcceptedMessage]:
        """What the ServiceNow-configured account sent."""
        return self._sender_job.provider_mailbox

    @property
    def sessions(self) -> list[UserSession]:
        """The sessions that requests opened, the oldest first."""
        return self._gateway.sessions.opened

    @property
    def now(self) -> datetime:
        """The time on the sandbox's clock."""
        return self._state.tables.clock()

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

    def change_silently(self, table: str, name: str, **fields: str) -> None:
        """Change a row by its name, and no stamp: what it holds is wrong from now on."""
        with self._state.lock:
            for row in self._state.tables._rows[table].values():
                if row["name"] == name:
                    row |= fields

    def replace_platform(self, platform: PlatformSwitches) -> None:
        """Make it another kind of instance from now on, with the sender job in its condition."""
        with self._state.lock:
            self._state.platform = platform
            for row in self._state.tables.find("sys_trigger"):
                self._state.tables.delete("sys_trigger", row["sys_id"])
            seed_jobs(self._state)

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
        return self.run(self._sender_job.run())

    def run_due_job(self) -> int:
        """Run the sender job once if its trigger says so; return the messages it handled.

        Raises:
            RuntimeError: The sandbox is not running.
        """
        return self.run(self._sender_job.run_if_due())

    def play(self, minutes: int) -> list[AcceptedMessage]:
        """Let minutes pass at once and return the mail that arrived in them, whoever sent it.

        The sender job runs when its trigger says so. Switch off `sender_seconds`.

        Raises:
            RuntimeError: The sandbox is not running, or its clock is not a manual one.
        """
        if self._manual_clock is None:
            raise RuntimeError("only a manual clock can be moved")
        mailboxes = (self.delivered, self.provider_mailbox)
        before = [len(mailbox) for mailbox in mailboxes]
        for _ in range(minutes):
            self._manual_clock.advance(minutes=1)
            self.run_due_job()
        counted = zip(mailboxes, before, strict=True)
        return [message for mailbox, count in counted for message in mailbox[count:]]

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread of the servers, and return its result.

        Two threads that talk to each other mostly wait for each other.

        Raises:
            RuntimeError: The sandbox is not running.
        """
        if self._thread.loop is None:
            coroutine.close()
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(coroutine, self._thread.loop).result()
