"""The email accounts of an instance in words, and what can be done with one."""

from collections.abc import Iterator

from tui.presentation.target_text import account_state
from tui.settings.delivery.account import Account, NamedAccount
from tui.settings.delivery.account_choice import find_choice_obstacle
from tui.settings.delivery.account_switch import AccountSwitch, find_switch_obstacle
from tui.settings.target_facts import TargetFacts

ACCOUNTS_TITLE = "Email accounts"
ACCOUNTS_ROW = "Email accounts: activate or deactivate one"


def account_label(account: Account) -> str:
    """Return the type and the state of an account, and where it connects to."""
    kind = account.label or account.type or "type unknown"
    user = f"as {account.user}" if account.user else ""
    where = " ".join(filter(None, (account.server, user)))
    return ", ".join(filter(None, (kind, account_state(account), where)))


def find_account_action(
    account: Account, facts: TargetFacts
) -> tuple[NamedAccount | AccountSwitch | None, str]:
    """Return what can be done with an account, or None and why nothing can."""
    obstacle = find_switch_obstacle(account.name, facts.accounts)
    if not obstacle:
        return AccountSwitch(account.name, not account.active), ""
    if account.type == "smtp":
        obstacle = find_choice_obstacle(NamedAccount(account.name), facts)
    return (None, obstacle) if obstacle else (NamedAccount(account.name), "")


def account_words(account: Account, facts: TargetFacts) -> Iterator[str]:
    """Yield what an account is, and what can be done with it here, a paragraph each."""
    yield f"{account_label(account)}."
    if account.managed:
        yield "ServiceNow configured it. glidemail only ever changes whether it is active."
    if account.uses_oauth:
        yield "It signs in by OAuth. Whether its token is valid can't be seen here."
    yield ""
    action, obstacle = find_account_action(account, facts)
    match action:
        case AccountSwitch(active=True):
            yield "It can be activated. The instance then reads and deletes its mail."
        case AccountSwitch():
            yield "It can be deactivated. The instance then no longer reads its mailbox."
        case NamedAccount() if facts.sender:
            yield f"It can replace {facts.sender}, which is kept, inactive."
        case NamedAccount():
            yield "It can be activated. The instance then sends through it."
        case None:
            yield f"It can't be changed here. {obstacle[0].upper()}{obstacle[1:]}."
    if action:
        yield "You see what changes before anything is written."


def action_words(action: NamedAccount | AccountSwitch) -> str:
    """Return the words of the button that leads to it."""
    if isinstance(action, NamedAccount):
        return "Send through it"
    return "Activate" if action.active else "Deactivate"
