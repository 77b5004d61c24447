"""Where settings are read from and saved to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.plan import Plan
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What a save did.

    Attributes:
        where: where it was written, in words.
        previous: the path of the previous version, or "".
        verified: for an instance, each property with what shows that it was written.
    """

    where: str
    previous: str = ""
    verified: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a target.

    Attributes:
        snapshot: the settings.
        facts: what the rules must know about the target.
        status: what sends there now; None for a local file.
    """

    snapshot: Snapshot
    facts: TargetFacts
    status: DeliveryStatus | None = None


class Target(Protocol):
    """A local file or an instance."""

    @property
    def where(self) -> str:
        """Where it saves: a path, or a host."""
        ...

    def stamp(self) -> object:
        """Return something cheap that changes when the target is written to."""
        ...

    async def read(self) -> Reading:
        """Read the settings as they are now.

        Raises:
            Problem: they cannot be read.
        """
        ...

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Carry out a plan.

        Raises:
            Refusal: a value that the plan touches has changed since it was made.
            Problem: it failed; the message says what was written and what was not.
        """
        ...


@dataclass(frozen=True, slots=True)
class UnreadTarget:
    """An instance that has not been connected to yet.

    Attributes:
        where: its host.
    """

    where: str

    def stamp(self) -> object:
        """Return the same value always."""
        return None

    async def read(self) -> Reading:
        """Refuse: nothing can be read yet."""
        raise self._refusal()

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Refuse: nothing can be written yet."""
        raise self._refusal()

    def _refusal(self) -> Refusal:
        return Refusal("target.not-read", f"{self.where} was not read yet.", "Connect first.")
