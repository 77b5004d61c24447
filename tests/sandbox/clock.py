"""A clock that moves only when a test moves it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.sandbox.tables import utc_now


@dataclass(slots=True)
class ManualClock:
    """A clock that starts at the present time, in whole seconds as columns hold it.

    Attributes:
        now: What it shows.
    """

    now: datetime = field(default_factory=lambda: utc_now().replace(microsecond=0))

    def __call__(self) -> datetime:
        """Return the time that it shows."""
        return self.now

    def advance(self, **by: float) -> None:
        """Move it forward; the arguments are those of a timedelta."""
        self.now += timedelta(**by)
