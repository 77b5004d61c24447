"""Which messages were tried without success, and when each is tried again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.sandbox.tables import Row, Tables, parse_time

BACK_OFF_MINUTES = (1, 5, 10, 20, 40, 60, 120, 120)
"""Minutes before each new attempt; the last one repeats (troubleshooting-notification-emails)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The newest attempt to send a message.

    Attributes:
        number: Counted from 1.
        version: `sys_mod_count` of the message after it; a later change cancels the wait.
        next_time: When the message is tried again.
        error: Why it wasn't sent.
    """

    number: int
    version: str
    next_time: datetime
    error: str


@dataclass(slots=True)
class Retries:
    """The attempts of a sender job, by message; the time is that of the tables."""

    tables: Tables
    _attempts: dict[str, Attempt] = field(default_factory=dict)

    def record(self, row: Row, error: str) -> None:
        """Record that a message, as it is stored after the attempt, was not sent."""
        last = self._attempts.get(row["sys_id"])
        number = last.number + 1 if last else 1
        minutes = BACK_OFF_MINUTES[min(number, len(BACK_OFF_MINUTES)) - 1]
        next_time = self.tables.clock() + timedelta(minutes=minutes)
        self._attempts[row["sys_id"]] = Attempt(number, row["sys_mod_count"], next_time, error)

    def find(self, row: Row) -> Attempt | None:
        """Return the newest attempt for a message that nobody has changed since."""
        attempt = self._attempts.get(row["sys_id"])
        return attempt if attempt and attempt.version == row["sys_mod_count"] else None

    def is_due(self, row: Row) -> bool:
        """Return whether a waiting message is to be tried."""
        if attempt := self.find(row):
            return attempt.next_time <= self.tables.clock()
        if row["type"] == "send-ready":
            return True
        # Nobody knows how often it was tried: the first delay counts from its last change.
        first = timedelta(minutes=BACK_OFF_MINUTES[0])
        return parse_time(row["sys_updated_on"]) + first <= self.tables.clock()
