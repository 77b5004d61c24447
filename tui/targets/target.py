"""Where settings are read from and saved to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tui.credentials.secret import Secret
from tui.settings.draft import Snapshot
from tui.settings.place import Place
from tui.settings.plan import Plan


@dataclass(frozen=True, slots=True)
class Written:
    """What a save did.

    Attributes:
        where: where it was written, in words.
        previous: where the version before lies, or "".
    """

    where: str
    previous: str = ""


class Target(Protocol):
    """A local file or an instance."""

    @property
    def where(self) -> str:
        """Where it saves: a path, or a host."""
        ...

    @property
    def place(self) -> Place:
        """What rules must know about it."""
        ...

    def stamp(self) -> object:
        """Something cheap that is another one once somebody has written there."""
        ...

    async def read(self) -> Snapshot:
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
