"""A test message: what was sent through an instance, and what became of it.

Accepted is not delivered: a mail server that accepts a message may still drop or bounce it. Bounces
are not looked for. email-bounce.md has the instance keep a list of addresses that bounced, but no
source names its table, or how a bounce names the message it is about.
"""

from dataclasses import dataclass
from enum import StrEnum

from tui.errors import Problem
from tui.replies.explain import ReplyExplanation
from tui.settings.delivery.evidence import FailedMail, Judgement
from tui.settings.delivery.judge import explain_failure, is_of_one_message
from tui.settings.delivery.mail_effect import find_delay
from tui.settings.delivery.status import DeliveryStatus

PATIENCE, DELAYED = 120, 10
"""Seconds that a message is followed unless told otherwise, and where it is known to wait."""


class MessageState(StrEnum):
    """What became of a message, as far as its record shows it."""

    ACCEPTED = "accepted"
    """The mail server accepted it."""
    FAILED = "failed"
    IGNORED = "ignored"
    """The instance decided not to send it."""
    WAITING = "waiting"
    """It is in the queue."""
    UNKNOWN = "unknown"
    """Its record can't be read."""


FINAL_STATES = frozenset({MessageState.ACCEPTED, MessageState.FAILED, MessageState.IGNORED})
_STATES = {
    "sent": MessageState.ACCEPTED,
    "send-failed": MessageState.FAILED,
    "send-ignored": MessageState.IGNORED,
}


def state_from(type: str) -> MessageState:
    """Return what the type of a record of `sys_email` says; any other type is not final."""
    return _STATES.get(type, MessageState.WAITING)


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A test message to send.

    Attributes:
        address: the one that it is for.
        token: random and in the subject, so that the message is recognized.
    """

    address: str
    token: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """A test message that an instance has taken into its queue.

    Attributes:
        sys_id: of its record.
        before: the delivery as it was read just before.
    """

    message: OutgoingMessage
    sys_id: str
    before: DeliveryStatus

    @property
    def patience(self) -> int:
        """Seconds to follow it, unless told otherwise."""
        return DELAYED if find_delay(self.before) else PATIENCE


@dataclass(frozen=True, slots=True)
class MessageLogEntry:
    """An entry of `syslog_email` about one message."""

    level: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOutcome:
    """What became of a test message by the time that it was no longer followed.

    Attributes:
        type: of its record, as the instance stores it; "" if that was never read.
        when: when its record was last updated, in UTC as the instance writes it, or "".
        error: the mail server's words, or "".
        log: its entries in `syslog_email`; None if they can't be read.
        after: the delivery as it was read afterwards; None if that failed.
        seconds: how long it was followed.
        trouble: why it was not followed to its end, or what came after could not be read.
    """

    queued: QueuedMessage
    state: MessageState
    type: str = ""
    when: str = ""
    error: str = ""
    log: tuple[MessageLogEntry, ...] | None = None
    after: DeliveryStatus | None = None
    seconds: float = 0.0
    trouble: Problem | None = None

    @property
    def is_sender_known(self) -> bool:
        """Whether the account that sends was the same, unchanged, before and after."""
        return self.after is not None and self.after.sender == self.queued.before.sender

    @property
    def is_shown(self) -> bool:
        """Whether it shows that the mail server of the account that sends accepts mail."""
        return self.state is MessageState.ACCEPTED and self.is_sender_known

    @property
    def redirected_to(self) -> tuple[str, ...] | None:
        """The test address it went to instead, () for none.

        None if that is hidden, or was changed while the message was under way.
        """
        before = self.queued.before.recipients
        return before if self.after is not None and self.after.recipients == before else None

    @property
    def explanation(self) -> ReplyExplanation | None:
        """The cause of a failure."""
        if self.state is not MessageState.FAILED:
            return None
        return explain_failure(self._failure, self.after or self.queued.before)

    @property
    def is_about_recipient(self) -> bool:
        """Whether it failed because of itself or its recipient: other mail may go out."""
        is_failed = self.state is MessageState.FAILED
        return is_failed and is_of_one_message(self._failure, self.after or self.queued.before)

    @property
    def _failure(self) -> FailedMail:
        return FailedMail(self.when, self.error)

    @property
    def delay(self) -> Judgement | None:
        """Why it waits, if the delivery shows that."""
        is_waiting = self.state is MessageState.WAITING
        return find_delay(self.after) if is_waiting and self.after else None
