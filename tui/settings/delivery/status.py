"""What sends on an instance, and what to know before changing it."""

from dataclasses import dataclass

from tui.settings.delivery.account import Account, reads_mailbox
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Model, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """The delivery of an instance as it was read.

    Attributes:
        name: its `instance_name`.
        release: its `glide.buildtag`, or "".
        model: what decides delivery.
        why: the evidence for the model, in a sentence.
        sender: the account that sends, if one does.
        sending: whether sending is enabled; None where that was not returned.
        recipients: the test recipients; None where they were not returned.
        queue: the emails in the queue.
        sent_from: the address that mail comes from, or "".
        receiving: whether receiving is enabled; None where that was not returned.
        readers: the visible accounts that read mail.
        hides_readers: whether there may be more of them.
        changed: the version of what decides delivery, and so who changed it last.
        left_over: the article's properties with a value that doesn't affect delivery; a clone
            can turn them into an account (clone-exclusions-preservers-cleanupscripts).
        unread: what could not be read, each in a few words.
    """

    name: str
    release: str
    model: Model
    why: str
    sender: Account | None
    sending: bool | None
    recipients: tuple[str, ...] | None
    queue: Queue
    sent_from: str
    receiving: bool | None
    readers: tuple[Account, ...]
    hides_readers: bool = False
    changed: Stamp | None
    left_over: tuple[str, ...] = ()
    unread: tuple[str, ...]

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
