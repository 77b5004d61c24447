"""POP3 and IMAP accounts that are activated and deactivated.

Only `active` of such an account is ever written, so a ServiceNow-configured one and one that signs
in by OAuth can be switched too (c_EmailAccounts: they cannot be modified, only deactivated).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.settings.delivery.account import Account

_TYPES = ("pop3", "imap")


@dataclass(frozen=True, slots=True)
class AccountSwitch:
    """A POP3 or IMAP account that is activated or deactivated."""

    name: str
    active: bool

    @property
    def label(self) -> str:
        """What stands for it among the names of properties, none of which has a parenthesis."""
        return f"{self.name} ({'active' if self.active else 'inactive'})"


def plan_switches(
    wished: Mapping[str, bool], accounts: Iterable[Account]
) -> tuple[AccountSwitch, ...]:
    """Return the switches that a save needs, in the order of writing: deactivations first.

    Args:
        wished: by name, whether an account is to be active.
    """
    accounts = tuple(accounts)
    found = [
        AccountSwitch(each.name, wished[each.name])
        for each in accounts
        if each.name in wished and each.active is not wished[each.name]
        if not find_switch_obstacle(each.name, accounts)
    ]
    return tuple(sorted(found, key=lambda each: each.active))


def is_switchable(account: Account) -> bool:
    """Return whether an account can be activated and deactivated by itself."""
    return account.type in _TYPES


def find_switch_obstacle(name: str, accounts: Iterable[Account]) -> str:
    """Return why the account of a name cannot be switched, without a full stop, or "" if it can."""
    accounts = tuple(accounts)
    named = [each for each in accounts if each.name == name]
    if not named:
        return f'no account called "{name}" was returned ({_list_switchable(accounts)})'
    if len(named) > 1:
        return f"several accounts are called {name}: rename all but one on the instance"
    if is_switchable(named[0]):
        return ""
    if named[0].type == "smtp":
        return f"{name} is an SMTP account: only one of those is active at a time"
    kind = named[0].label or named[0].type
    return f"{name} is of type {kind}: change it on the instance itself"


def _list_switchable(accounts: Iterable[Account]) -> str:
    names = [each.name for each in accounts if is_switchable(each)]
    if not names:
        return "no POP3 or IMAP account was returned"
    return f"POP3 and IMAP accounts: {', '.join(names)}"
