"""Email accounts of an instance: which one sends, and which one is to.

One SMTP account is active at a time, and all mail goes through it (c_EmailAccounts). One that
the provider configured is never modified, only deactivated and activated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tui.settings.snapshot import Stamp

_PREFIX = "glidemail "
_LENGTH = 40


class AccountChoice(StrEnum):
    """Which account settings are those of."""

    IN_FORCE = "in force"
    """The one that sends now."""
    OWN = "own"
    """One of our own that is to send in its place."""
    PROVIDERS = "provider's"
    """The provider's, which is to send again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as it may be shown.

    Attributes:
        name: as it stands on the instance.
        type: `smtp`, `pop3`, `imap`, or what else the instance stores for a type.
        label: what people see as its type, where that can be read.
        managed: the provider configured it.
        server: host and port are what it connects to.
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
    def reads(self) -> bool:
        """Whether it reads mail, and deletes what it has read."""
        return self.type in ("pop3", "imap") or "receive" in self.label.casefold()


@dataclass(frozen=True, slots=True)
class Activation:
    """One account begins to send and another one ends.

    Attributes:
        account: the name of the one that sends afterwards.
        instead_of: the one that sends now, or "" where none does.
        creates: it is made first, with every value, unless an earlier try has left it there;
            else it is there, and only what changes is written.
    """

    account: str
    instead_of: str = ""
    creates: bool = True


def name_new_account(server: str, accounts: Iterable[Account]) -> str:
    """The name of an account that is to be made for a server.

    It is the same one until it sends, so that one which is there already is recognised. It is
    never that of an account that sends, as that one stays as it is, to go back to, nor that of
    one that could not be made to.
    """
    taken = {a.name.casefold() for a in accounts if a.active or a.managed or a.type != "smtp"}
    number = 1
    while True:
        end = f" {number}" if number > 1 else ""
        name = f"{_PREFIX}{server}"[: _LENGTH - len(end)] + end
        if name.casefold() not in taken:
            return name
        number += 1


def reads_mailbox(accounts: Iterable[Account], address: str) -> bool:
    """Whether an active account reads the mailbox of an address.

    Its user is that address, or what stands before the @ in it.
    """
    address = address.casefold()
    users = {each.user.casefold() for each in accounts if each.active and each.reads}
    return not users.isdisjoint({address, address.partition("@")[0]} - {""})


def is_ours(name: str) -> bool:
    """Whether an account of that name was made by this program."""
    return name.startswith(_PREFIX)
