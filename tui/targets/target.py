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
class Written:
    """What a save did.

    Attributes:
        where: where it was written, in words.
        previous: where the version before lies, or "".
        verified: of an instance, each property with what shows that it was written.
    """

    where: str
    previous: str = ""
    verified: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a target gave.

    Attributes:
        snapshot: the settings there.
        place: what rules must know about it.
        verdict: what sends there now; None for a local file.
    """

    snapshot: Snapshot
    place: TargetFacts
    verdict: DeliveryStatus | None = None


@dataclass(frozen=True, slots=True)
class NotRead:
    """An instance that nobody has connected to yet.

    Attributes:
        where: its host.
    """

    where: str

    def stamp(self) -> object:
        """Always the same."""
        return None

    async def read(self) -> Reading:
        """Nothing can be read.

        Raises:
            Refusal: always.
        """
        raise Refusal("target.not-read", f"{self.where} was not read yet.", "Connect first.")

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> Written:
        """Nothing can be written.

        Raises:
            Refusal: always.
        """
        raise Refusal("target.not-read", f"{self.where} was not read yet.", "Connect first.")


class Target(Protocol):
    """A local file or an instance."""

    @property
    def where(self) -> str:
        """Where it saves: a path, or a host."""
        ...

    def stamp(self) -> object:
        """Something cheap that is another one once somebody has written there."""
        ...

    async def read(self) -> Reading:
        """The settings as they are there now.

        Raises:
            Problem: they cannot be read.
        """
        ...

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> Written:
        """Carries a plan out.

        Raises:
            Refusal: a value that it touches has moved since the plan was made.
            Problem: it failed; the words say what was and was not written.
        """
        ...
