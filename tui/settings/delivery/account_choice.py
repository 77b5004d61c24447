"""Whether another email account can be chosen to send, and why not."""

from tui.settings.delivery.account import Account, AccountChoice, AnyChoice
from tui.settings.delivery.status import Model
from tui.settings.target_facts import TargetFacts

_NO_PROVIDERS = "no ServiceNow-configured account was returned"


def find_choice_obstacle(choice: AnyChoice, facts: TargetFacts) -> str:
    """Return why a choice cannot be made, without a full stop, or "" if it can."""
    if choice is AccountChoice.IN_FORCE:
        return ""
    if facts.model in (Model.OTHER_SENDER, Model.UNDETERMINED):
        return "it isn't certain what sends there now, or it isn't an SMTP account"
    if choice is AccountChoice.OWN:
        if facts.sender and not facts.awaits_own:
            return f"{facts.sender}, your own SMTP account, is already active; change that one"
        return ""
    if choice is AccountChoice.PROVIDERS:
        if facts.managed:
            return f"{facts.sender}, the ServiceNow-configured account, is already active"
        managed = [each for each in facts.accounts if each.managed and each.type == "smtp"]
        return _find_twin(facts.sender, facts) if managed else _NO_PROVIDERS
    return _find_obstacle_of_named(choice.name, facts)


def _find_obstacle_of_named(name: str, facts: TargetFacts) -> str:
    named = [each for each in facts.accounts if each.name == name]
    if not named:
        return f'no account called "{name}" was returned ({_list_smtp(facts)})'
    twin = _find_twin(name, facts) or _find_twin(facts.sender, facts)
    return twin or _find_obstacle_of_account(named[0], facts)


def _find_twin(name: str, facts: TargetFacts) -> str:
    """Return that a name is that of several accounts, or "" if it isn't."""
    if [each.name for each in facts.accounts].count(name) < 2:
        return ""
    return f"several accounts are called {name}: rename all but one on the instance"


def _find_obstacle_of_account(account: Account, facts: TargetFacts) -> str:
    name = account.name
    if account.type != "smtp":
        return f"{name} is of type {account.label or account.type}, not SMTP ({_list_smtp(facts)})"
    if account.active:
        return f"{name} is already active ({_list_smtp(facts)})"
    if account.uses_oauth:
        return f"{name} signs in by OAuth: activate it on the instance itself"
    return ""


def _list_smtp(facts: TargetFacts) -> str:
    """Return the names of the accounts that can be chosen, in words."""
    names = [
        each.name
        for each in facts.accounts
        if each.type == "smtp" and not (each.active or each.uses_oauth)
    ]
    if not names:
        return "no inactive SMTP account was returned"
    return f"inactive SMTP accounts: {', '.join(names)}"
