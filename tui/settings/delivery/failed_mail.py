"""Emails that failed: by cause, and which of them can be set to send-ready again.

The SMTP Sender job then sends them like any other, up to the look-back after their creation
(`glide.email.smtp.claim.lookback.hrs`, r_AdditionalProperties). How the platform counts the
attempts of an email that is released is unconfirmed.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tui.errors import Problem
from tui.replies.cause import Cause, Meaning
from tui.settings.delivery.evidence import DeliveryState, FailedMail, format_time
from tui.settings.delivery.judge import OF_ONE_MESSAGE, explain_failure
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.plan import Confirmation, confirm_production
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import TargetFacts

MOST_RELEASED = 100
"""The most emails that are released in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedMessage(FailedMail):
    """An email that could not be sent, with its record.

    Attributes:
        stamp: the version of its record.
        created: when it was created, in UTC as the instance writes it: its age counts from then.
        addresses: whom it is for; None if that was not returned.
    """

    sys_id: str
    stamp: Stamp
    created: str
    subject: str
    addresses: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class FailedMailReading:
    """The failed emails of the last days, as they were read.

    Attributes:
        messages: the newest first.
        has_more: whether there may be more than these.
    """

    messages: tuple[FailedMessage, ...]
    days: int
    read_at: datetime
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """The emails that failed for one cause, the newest first; its meaning is the newest's."""

    cause: Cause
    meaning: Meaning
    messages: tuple[FailedMessage, ...]


def group_failures(
    messages: Iterable[FailedMessage], status: DeliveryStatus
) -> tuple[FailureGroup, ...]:
    """Return emails by cause, that of the newest first."""
    groups: dict[Cause, list[FailedMessage]] = {}
    for each in messages:
        groups.setdefault(explain_failure(each, status).cause, []).append(each)
    return tuple(
        FailureGroup(cause, explain_failure(found[0], status).meaning, tuple(found))
        for cause, found in groups.items()
    )


def is_young(message: FailedMessage, status: DeliveryStatus, now: datetime) -> bool:
    """Return whether an email is young enough to be sent."""
    return message.created >= format_time(now - timedelta(hours=status.queue.hours))


@dataclass(frozen=True, slots=True)
class ReleasePlan:
    """The failed emails that are to be sent again.

    Attributes:
        messages: the oldest first.
        causes: how many of them failed for each cause.
        too_old: how many are left out, as they are older than the look-back.
        left: how many are left for the next time.
        status: the delivery that a person is shown.
    """

    messages: tuple[FailedMessage, ...]
    causes: tuple[tuple[Cause, int], ...]
    too_old: int
    left: int
    status: DeliveryStatus

    def __bool__(self) -> bool:
        return bool(self.messages)

    @property
    def addresses(self) -> frozenset[str]:
        """Whom they are for, as far as that was returned."""
        return frozenset().union(*(each.addresses or () for each in self.messages))

    @property
    def hides_addresses(self) -> bool:
        """Whether it is unknown of some whom they are for."""
        return any(each.addresses is None for each in self.messages)

    @property
    def is_failing(self) -> bool:
        """Whether what sends now fails with a cause of theirs."""
        judged = self.status.judgement
        causes = {cause.value for cause, _ in self.causes}
        return bool(judged and judged.state is DeliveryState.FAILING and judged.reason in causes)

    @property
    def lasting(self) -> tuple[Cause, ...]:
        """The causes that lie with the message or its recipient, and stay if nothing else does."""
        return tuple(cause for cause, _ in self.causes if cause in OF_ONE_MESSAGE)


def plan_release(
    groups: Iterable[FailureGroup],
    causes: Collection[Cause],
    status: DeliveryStatus,
    now: datetime,
) -> ReleasePlan:
    """Return which emails to release, the oldest of them if there are too many.

    Args:
        causes: of those to release; none means all.
    """
    by_cause = {
        message: group.cause
        for group in groups
        if not causes or group.cause in causes
        for message in group.messages
    }
    young = [each for each in by_cause if is_young(each, status, now)]
    chosen = sorted(young, key=lambda each: each.created)[:MOST_RELEASED]
    counts = Counter(by_cause[each] for each in chosen)
    return ReleasePlan(
        tuple(chosen),
        tuple(counts.most_common()),
        len(by_cause) - len(young),
        len(young) - len(chosen),
        status,
    )


def release_confirmations(
    plan: ReleasePlan, facts: TargetFacts, host: str
) -> Iterator[Confirmation]:
    """Yield what must be typed first: how many they are, and in production the host."""
    count = len(plan.messages)
    what = "1 email is" if count == 1 else f"{count} emails are"
    reason = f"{what} set to send-ready again. Sent email can't be recalled."
    yield Confirmation("confirm.count", reason, str(count))
    yield from confirm_production(facts, host)


def describe_other_delivery(plan: ReleasePlan, now: DeliveryStatus) -> str:
    """Return what decides over the emails and has changed since they were shown, or ""."""
    was = plan.status
    found = {
        "whether email sending is on": was.sending != now.sending,
        "the test address": was.recipients != now.recipients,
        "the sender": (was.model, was.sender) != (now.model, now.sender),
    }
    return ", ".join(words for words, has_changed in found.items() if has_changed)


class ReleaseOutcome(StrEnum):
    """What became of an email that was to be released."""

    RELEASED = "released"
    SKIPPED = "skipped"
    """It had changed since it was shown."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class MessageRelease:
    """What became of one email.

    Attributes:
        words: what was seen, in a sentence; not yet safe to show.
        type: of the email now, if it was seen.
    """

    message: FailedMessage
    outcome: ReleaseOutcome
    words: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseResult:
    """What became of all of them.

    Attributes:
        stopped: why the rest was not tried, if that is so.
    """

    outcomes: tuple[MessageRelease, ...]
    stopped: Problem | None = None

    def count(self, outcome: ReleaseOutcome) -> int:
        """Return how many ended so."""
        return sum(each.outcome is outcome for each in self.outcomes)

    @property
    def is_complete(self) -> bool:
        """Whether every email was released."""
        return self.count(ReleaseOutcome.RELEASED) == len(self.outcomes)
