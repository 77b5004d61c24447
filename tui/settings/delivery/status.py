"""What sends on an instance now, and what else there is to know before touching it."""

from dataclasses import dataclass

from tui.settings.delivery.account import Account, reads_mailbox
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Model, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryStatus:
    """An instance as it was read.

    Attributes:
        name: its `instance_name`.
        release: its `glide.buildtag`, or "".
        model: what decides delivery.
        why: what shows that, in a sentence.
        sender: the account that sends, if one does.
        sending: whether sending is on; None where that was not returned.
        recipients: the test recipients; None where they were not returned.
        queue: the mail that waits.
        sent_from: the address that mail comes from, or "".
        receiving: whether receiving is on; None where that was not returned.
        readers: the accounts that read mail, as far as they are visible.
        hides_readers: there may be more of them.
        changed: the version of what decides delivery, and so who changed it last.
        left_over: the article's properties that hold a value which does not affect delivery; a
            clone can make an account of them (clone-exclusions-preservers-cleanupscripts).
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
        """Whether an active account reads the mailbox that replies go to; None: not known.

        Without an account that sends, the article's properties may read it as well.
        """
        if not self.sent_from:
            return None
        if reads_mailbox(self.readers, self.sent_from):
            return self.receiving
        unknown = self.hides_readers or self.model is Model.NO_ACTIVE_ACCOUNT
        return None if unknown else False
