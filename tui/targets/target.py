"""Where settings are read from and saved to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.settings.delivery.evidence import Judgement
from tui.settings.delivery.status import DeliveryStatus, Queue
from tui.settings.plan import Plan
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What a save did.

    Attributes:
        previous: the path of the previous version, or "".
        verified: for an instance, each property, and the label of each account that was switched,
            with what shows that it was written.
    """

    where: str
    previous: str = ""
    verified: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a target.

    Attributes:
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

    def file_version(self) -> object:
        """Return something cheap that changes when the target is written to."""
        ...

    async def read(self) -> Reading:
        """Read the settings as they are now."""
        ...

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        """Carry out a plan.

        Raises:
            Refusal: a value that the plan touches has changed since it was made.
            Problem: it failed; the message says what was written and what was not.
        """
        ...


class QueueGrown(Refusal):
    """More emails would go out than a person was shown.

    Attributes:
        queue: the emails in the queue now.
    """

    def __init__(self, code: str, message: str, hint: str, *, queue: Queue | None = None) -> None:
        super().__init__(code, message, hint)
        self.queue = queue or Queue()


class MailDelayed(Refusal):
    """A test message would wait in the queue, and go out at some later time.

    Attributes:
        delay: why.
    """

    def __init__(self, delay: Judgement) -> None:
        words = (
            f"{delay.message} A test message would wait in the queue and go out later. Nothing "
            "was sent."
        )
        super().__init__("test.delayed", words, delay.next)
        self.delay = delay


def stale_refusal(message: str) -> Refusal:
    """Return the refusal to write over what has changed since it was read."""
    return Refusal("target.stale", message, "Review it again and repeat the change.")


@dataclass(frozen=True, slots=True)
class UnreadTarget:
    """An instance that has not been connected to yet: it refuses to be read and written."""

    where: str
    """Its host."""

    def file_version(self) -> object:
        return None

    async def read(self) -> Reading:
        raise self._refusal()

    async def write(self, plan: Plan, secrets: Mapping[str, Secret]) -> SaveResult:
        raise self._refusal()

    def _refusal(self) -> Refusal:
        return Refusal("target.not-read", f"{self.where} hasn't been read yet.", "Connect first.")
