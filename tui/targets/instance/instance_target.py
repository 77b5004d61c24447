"""An instance as a target: read, and written to as a plan says."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.catalog import Settings
from tui.settings.delivery.account import AccountChoice
from tui.settings.plan import Plan
from tui.settings.values import Environment
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client
from tui.targets.instance.read.assemble import reading_of
from tui.targets.instance.read.inventory import NAME, Inventory, read_inventory
from tui.targets.instance.read.report import Report, report_of, roles_of
from tui.targets.instance.write.plan_writer import (
    PlanWriter,
    nothing_written,
    refuse_missing,
    refuse_queue,
    refuse_stale,
)
from tui.targets.instance.write.record_writer import RecordWriter, RetryPolicy
from tui.targets.instance.write.switchover import undisturbed
from tui.targets.target import Reading, Written


def _nobody(words: str) -> None:
    """Nobody waits to be told."""


@contextmanager
def _nothing_written() -> Iterator[None]:
    """Adds to what goes wrong before anything is written that nothing was."""
    try:
        yield
    except asyncio.CancelledError:
        stopped = Problem("stopped", "Stopped before it was done.", "Read it again.")
        raise nothing_written(stopped) from None
    except Problem as problem:
        raise nothing_written(problem) from None


@dataclass(frozen=True, slots=True)
class InstanceTarget:
    """A ServiceNow instance.

    Attributes:
        address: where it is, how to sign in, and its pinned name.
        secret: what proves who signs in.
        environment: what the profile says of it.
        which: the account that the settings are to be those of.
        settings: the declaration of the properties.
        tell: what is under way, for a person who waits.
        deadline: of one request, in seconds.
        patience: how long a look after a write is tried again.
    """

    address: Instance
    secret: Secret
    environment: Environment | None
    which: AccountChoice = AccountChoice.IN_FORCE
    settings: type[Settings] = Settings
    tell: Callable[[str], None] = _nobody
    deadline: float = 30.0
    patience: RetryPolicy = field(default_factory=RetryPolicy)

    @property
    def where(self) -> str:
        """The host, with its port where one is given."""
        return self.address.host

    def stamp(self) -> object:
        """Always the same: an instance is asked when somebody wants it."""
        return None

    async def read(self) -> Reading:
        """The settings there, and what sends.

        Raises:
            Refusal: it is another instance than the profile's.
            InstanceProblem: it cannot be read.
        """
        async with self._client() as client:
            return self._reading(await self._world(client))

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> Written:
        """Carries a plan out; what it starts from is read anew first.

        Raises:
            Refusal: a row that it touches has moved, or mail waits that did not.
            Unfinished: part of it was written; the words say which.
            Problem: nothing was written.
        """
        with _nothing_written():
            refuse_missing(plan, secrets)
        client = await self._client().__aenter__()
        try:
            with _nothing_written():
                world = await self._world(client)
                now = self._reading(world)
                refuse_stale(plan, world, now)
                refuse_queue(plan, now.place)
            rows = RecordWriter(client, self.patience, self.tell)
            writing = PlanWriter(rows, world, now.place, plan, secrets, self.settings)
            await writing.run()
        finally:
            # What was done is told even to whoever wants it to stop just now.
            await undisturbed(client.__aexit__())
        return Written(self.where, verified=writing.verified)

    async def report(self, *, addresses: bool) -> Report:
        """What holds there, for a person; nothing is written.

        Args:
            addresses: whether host names and mail addresses stand in it.

        Raises:
            Problem: as `read`.
        """
        async with self._client() as client:
            world = await self._world(client)
            user = self.address.user if self.address.sign_in is SignInMethod.BASIC else ""
            roles = await roles_of(client, user)
        verdict = self._reading(world).verdict
        assert verdict  # noqa: S101
        return report_of(world, verdict, roles, addresses=addresses)

    def _client(self) -> Client:
        address = self.address
        identity = Identity(str(address.sign_in), address.user, self.secret)
        return Client(address.url, identity, ca_file=address.ca_file, deadline=self.deadline)

    async def _world(self, client: Client) -> Inventory:
        self.tell(f"Signing in at {self.where}.")
        await client.sign_in()
        world = await read_inventory(client, self.tell, self.settings)
        name, pinned = world.value(NAME), self.address.name
        if pinned and name != pinned:
            raise Refusal(
                "instance.other",
                f"{self.where} calls itself {name or '(its name was not returned)'}; when it was "
                f"first reached, it was {pinned}.",
                "Find out whether it was renamed or is another one. If it is the right one, remove "
                "instance_name from the profile's file.",
            )
        if not name:
            unread = (*world.unread, f"{NAME}: it cannot be compared with the profile")
            return replace(world, unread=unread)
        return world

    def _reading(self, world: Inventory) -> Reading:
        return reading_of(
            world,
            self.environment,
            which=self.which,
            on_loopback=self.address.is_loopback,
            settings=self.settings,
        )
