"""The delivery of an instance: its email accounts, its queue, and what sends.

One SMTP account is active at a time, and all mail is sent through it (c_EmailAccounts). A
ServiceNow-configured account is never modified, only activated and deactivated.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from tui.settings.delivery.evidence import DeliveryEvidence, Judgement
from tui.settings.delivery.oauth import OAuthSignIn
from tui.settings.snapshot import Stamp

if TYPE_CHECKING:
    from tui.settings.delivery.interrupted_switch import InterruptedSwitch


class AccountChoice(StrEnum):
    """The email account whose settings are worked on."""

    IN_FORCE = "in force"
    """The one that sends now."""
    OWN = "own"
    """The user's own SMTP account, which is to send instead."""
    PROVIDERS = "provider's"
    """The ServiceNow-configured account, which is to send again."""


_NAMED = "named: "


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """The choice of an SMTP account by its name: it is to send instead."""

    name: str

    def __str__(self) -> str:
        return f"{_NAMED}{self.name}"


AnyChoice: TypeAlias = AccountChoice | NamedAccount
"""Any choice of the account whose settings are worked on."""


def parse_choice(text: str) -> AnyChoice:
    """Return the choice that a text stands for, as `str` writes it.

    Raises:
        ValueError: it is none.
    """
    if text.startswith(_NAMED):
        return NamedAccount(text.removeprefix(_NAMED))
    return AccountChoice(text)


@dataclass(frozen=True, slots=True)
class ChoiceHints:
    """How a person chooses another account, in the words of the screen and the command line.

    Attributes:
        own: how to choose your own SMTP account, to stand in parentheses.
        activate_own: what activates or creates your own SMTP account, to begin a sentence.
        activate_providers: what activates ServiceNow's account, to begin a sentence.
        activate_named: what activates an SMTP account by its name, to begin a sentence.
        deactivate: what deactivates a POP3 or IMAP account, or "".
        send_test: a test message, and how to send one, to begin a sentence.
    """

    own: str = ""
    activate_own: str = "Choosing your own SMTP account"
    activate_providers: str = "Choosing ServiceNow's account"
    activate_named: str = "Choosing it by name"
    deactivate: str = ""
    send_test: str = "A test message"


NO_HINTS = ChoiceHints()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An email account, without its secrets.

    Attributes:
        type: `smtp`, `pop3`, `imap`, or whatever type the instance stores.
        label: the displayed type, if that can be read.
        managed: whether ServiceNow configured it.
        uses_oauth: whether it signs in by OAuth.
        sys_id: of its record, or "".
        stamp: its version when it was read.
    """

    name: str
    type: str = "smtp"
    label: str = ""
    active: bool = False
    managed: bool = False
    uses_oauth: bool = False
    server: str = ""
    port: str = ""
    user: str = ""
    sys_id: str = ""
    stamp: Stamp | None = None

    @property
    def reads_mail(self) -> bool:
        """Whether it reads mail, and deletes what it has read."""
        return self.type in ("pop3", "imap") or "receive" in self.label.casefold()


def reads_mailbox(accounts: Iterable[Account], address: str) -> bool:
    """Return whether an active account reads the mailbox of an address.

    Its user is that address, or the part before the @.
    """
    address = address.casefold()
    users = {each.user.casefold() for each in accounts if each.active and each.reads_mail}
    return not users.isdisjoint({address, address.partition("@")[0]} - {""})


def describe_mailbox(account: Account) -> str:
    """Return the mailbox that an account reads, in words."""
    user = f"the mailbox {account.user}" if account.user else "a mailbox"
    return f"{user} on {account.server}" if account.server else user


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
        recipients: the test recipients; None where they were not returned.
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
    interrupted: "InterruptedSwitch | None" = None
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
