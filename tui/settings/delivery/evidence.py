"""What was seen of the mail that an instance sent, and of the job that sends it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

_FORMAT = "%Y-%m-%d %H:%M:%S"

OVERDUE = timedelta(minutes=10)
"""How late the sender job may be: its next action is a few minutes away (r_MailDiagnostics)."""

FAR_OFF = timedelta(hours=1)
"""A next action so far ahead is not that of a job that runs every minute (KB0523599)."""


class DeliveryState(StrEnum):
    """Whether mail goes out, as far as that was seen."""

    DELIVERING = "delivering"
    """Mail was sent through this sender since its last change."""
    UNPROVEN = "unproven"
    """None was sent, and none failed, since then."""
    FAILING = "failing"
    """Mail failed since then."""
    STOPPED = "stopped"
    """Something keeps all mail from going out, or from going to the people it is meant for."""
    UNDETERMINED = "undetermined"
    """What decides it is hidden from this user."""


@dataclass(frozen=True, slots=True)
class FailedMail:
    """An email that could not be sent.

    Attributes:
        when: when that was recorded, in UTC as the instance writes it.
        reply: the mail server's words, or "" if the instance recorded none.
    """

    when: str
    reply: str = ""


@dataclass(frozen=True, slots=True)
class SmtpSenderJob:
    """The platform's SMTP Sender job (`sys_trigger`).

    Attributes:
        state: the label of its state: Ready, Running, Queued or Error.
        next_action: when it runs next, in UTC as the instance writes it, or "".
    """

    state: str
    next_action: str = ""

    def find_problem(self, now: datetime) -> str:
        """Return why it sends nothing, in a few words, or ""."""
        if self.state.casefold() in ("error", "queued"):
            return f"in the state {self.state}"
        due = parse_time(self.next_action)
        if due and now - due > OVERDUE:
            return f"overdue since {self.next_action} UTC"
        if due and due - now > FAR_OFF:
            return f"not due before {self.next_action} UTC"
        return ""


@dataclass(frozen=True, slots=True)
class DeliveryEvidence:
    """What was seen of outgoing mail.

    A time of an email is its last update, which for a sent one is the sending: nothing else on
    the record tells it.

    Attributes:
        sent: when the newest email was sent, "" if none was seen; None if that can't be read.
        failures: the newest failed emails, the newest first; None if they can't be read.
        more_failures: whether there are more than these.
        waiting: when the oldest email was created that waits and is no older than the newest that
            was sent, or hardly; "" if none was seen.
        jobs: the SMTP Sender jobs; None if they can't be read.
        read_at: when all of this was read.
    """

    sent: str | None = None
    failures: tuple[FailedMail, ...] | None = None
    more_failures: bool = False
    waiting: str = ""
    jobs: tuple[SmtpSenderJob, ...] | None = None
    read_at: datetime | None = None

    def failures_since(self, when: str) -> tuple[FailedMail, ...]:
        """Return the failures at a time or after it, the newest first."""
        return tuple(each for each in self.failures or () if each.when >= when)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether mail goes out, and what shows it.

    Attributes:
        reason: a stable word, for programs.
        message: what was seen, in sentences.
        next: what to do; "" if there is nothing to do.
    """

    state: DeliveryState
    reason: str
    message: str
    next: str = ""


def parse_time(text: str) -> datetime | None:
    """Return a time as an instance writes it, in UTC; None if it isn't one."""
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def format_time(when: datetime) -> str:
    """Return a time as an instance writes it."""
    return when.astimezone(UTC).strftime(_FORMAT)
