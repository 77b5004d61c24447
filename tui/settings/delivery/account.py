"""Email accounts of an instance.

One SMTP account is active at a time, and all mail is sent through it (c_EmailAccounts). A
ServiceNow-configured account is never modified, only activated and deactivated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tui.settings.snapshot import Stamp


class AccountChoice(StrEnum):
    """The email account whose settings are worked on."""

    IN_FORCE = "in force"
    """The one that sends now."""
    OWN = "own"
    """The user's own SMTP account, which is to send instead."""
    PROVIDERS = "provider's"
    """The ServiceNow-configured account, which is to send again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An email account, without its secrets.

    Attributes:
        name: its name on the instance.
        type: `smtp`, `pop3`, `imap`, or whatever type the instance stores.
        label: the displayed type, where that can be read.
        managed: whether ServiceNow configured it.
        server: the host that it connects to.
        stamp: its version when it was read.
    """

    name: str
    type: str = "smtp"
    label: str = ""
    active: bool = False
    managed: bool = False
    server: str = ""
    port: str = ""
    user: str = ""
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
