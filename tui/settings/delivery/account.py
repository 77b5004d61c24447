"""The email accounts of an instance, and the choice of one of them.

One SMTP account is active at a time, and all mail is sent through it (c_EmailAccounts). A
ServiceNow-configured account is never modified, only activated and deactivated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from tui.settings.snapshot import Stamp

OUR_PREFIX = "glidemail "
"""Begins the name of every account that this program creates."""


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


def choice_of(account: "Account") -> AnyChoice:
    """Return the choice that an SMTP account is activated with."""
    return AccountChoice.PROVIDERS if account.managed else NamedAccount(account.name)


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


def is_ours(name: str) -> bool:
    """Return whether this program created the account of that name."""
    return name.startswith(OUR_PREFIX)
