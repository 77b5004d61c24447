"""The delivery of an instance: its email accounts, its queue, and what sends.

One SMTP account is active at a time, and all mail is sent through it (c_EmailAccounts). A
ServiceNow-configured account is never modified, only activated and deactivated.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from tui.settings.delivery.account import Account, reads_mailbox
from tui.settings.delivery.evidence import DeliveryEvidence, Judgement
from tui.settings.delivery.interrupted_switch import InterruptedSwitch
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.snapshot import Stamp


class Model(StrEnum):
    """The model that decides delivery on an instance."""

    ACCOUNT = "email account"
    OTHER_SENDER = "another sender"
    NO_ACTIVE_ACCOUNT = "no active account"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Queue:
    """The emails in the queue of an instance.

    Attributes:
        waiting: how many; None if that can't be read, which counts as not empty.
        oldest: when the oldest was created, in UTC as the instance writes it, or "".
        fresh: how many are young enough to be sent; None as above.
        hours: the age up to which they are sent (`glide.email.smtp.claim.lookback.hrs`).
        oldest_fresh: when the oldest of the young ones was created, as above.
        types: of the oldest ones, how many there are of each type, and the oldest of them.
        is_counted: whether `types` counts all of them.
    """

    waiting: int | None = None
    oldest: str = ""
    fresh: int | None = None
    hours: int = 24
    oldest_fresh: str = ""
    types: tuple[tuple[str, int, str], ...] = ()
    is_counted: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether it is certain that no email can still go out."""
        return self.fresh == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """The delivery of an instance as it was read.

    Attributes:
        name: its `instance_name`.
        release: its `glide.buildtag`, or "".
        model: what decides delivery.
        why: the evidence for the model, in a sentence.
        sender: the account that sends, if one does.
        sending: whether sending is enabled; None if that was not returned.
        recipients: the test addresses; None if they were not returned.
        recipients_changed: when they were changed, in UTC as the instance writes it, or "".
        sent_from: the address that mail comes from, or "".
        receiving: whether receiving is enabled; None if that was not returned.
        readers: the visible accounts that read mail.
        hides_readers: whether there may be more of them.
        changed: the version of what decides delivery, and so who changed it last.
        left_over: the article's properties with a value that doesn't affect delivery; a clone
            can turn them into an account (clone-exclusions-preservers-cleanupscripts).
        unread: what could not be read, each in a few words.
        interrupted: a switch of accounts that may have stopped half-way.
        lacks_accounts: whether the release has no email accounts.
        oauth: how the account that sends signs in by OAuth, if it does.
        evidence: what was seen of outgoing mail.
        judgement: whether mail goes out.
    """

    name: str
    release: str
    model: Model
    why: str
    sender: Account | None
    sending: bool | None
    recipients: tuple[str, ...] | None
    recipients_changed: str = ""
    queue: Queue
    sent_from: str
    receiving: bool | None
    readers: tuple[Account, ...]
    hides_readers: bool = False
    changed: Stamp | None
    left_over: tuple[str, ...] = ()
    unread: tuple[str, ...]
    interrupted: InterruptedSwitch | None = None
    lacks_accounts: bool = False
    oauth: OAuthSignIn | None = None
    evidence: DeliveryEvidence = field(default_factory=DeliveryEvidence)
    judgement: Judgement | None = None

    @property
    def replies_are_read(self) -> bool | None:
        """Whether an active account reads the mailbox for replies; None if that isn't known.

        Without an account that sends, the article's properties may read it too.
        """
        if not self.sent_from:
            return None
        if reads_mailbox(self.readers, self.sent_from):
            return self.receiving
        unknown = self.hides_readers or self.model is Model.NO_ACTIVE_ACCOUNT
        return None if unknown else False
