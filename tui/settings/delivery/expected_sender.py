"""What a document expects to send on an instance, compared with what sends there."""

from dataclasses import dataclass

from tui.settings.delivery.account import AccountChoice, AnyChoice, NamedAccount
from tui.settings.delivery.account_choice import find_choice_obstacle
from tui.settings.delivery.status import Model
from tui.settings.target_facts import TargetFacts

SERVICENOW = "servicenow"
"""What a document says for ServiceNow's account."""
PROPERTIES = "properties"
"""What it says for no account: the properties of KB0521756."""


@dataclass(frozen=True, slots=True)
class SenderComparison:
    """What it takes for the expected account to send.

    Attributes:
        choice: the account to choose, so that it is activated; in force if it sends already.
        obstacle: why it can't be chosen, without a full stop, or "".
    """

    choice: AnyChoice = AccountChoice.IN_FORCE
    obstacle: str = ""


def compare_sender(expected: str, facts: TargetFacts) -> SenderComparison:
    """Return what it takes for an expected sender to send.

    Args:
        expected: `servicenow`, `properties`, or the name of an account.
        facts: of what is in force.
    """
    if facts.model is Model.UNDETERMINED:
        return SenderComparison(obstacle="what sends there isn't known")
    if expected in (SERVICENOW, PROPERTIES):
        if name_sender(facts) == expected:
            return SenderComparison()
        if expected == PROPERTIES:
            sender = find_sender_name(facts) or "an account"
            why = (
                f"{sender} is active, and a document never deactivates an account unless it "
                "names another"
            )
            return SenderComparison(obstacle=why)
        choice: AnyChoice = AccountChoice.PROVIDERS
    elif find_sender_name(facts) == expected:
        return SenderComparison()
    else:
        choice = NamedAccount(expected)
    obstacle = find_choice_obstacle(choice, facts)
    return SenderComparison(obstacle=obstacle) if obstacle else SenderComparison(choice)


def describe_expected(expected: str) -> str:
    """Return an expected sender as a person says it."""
    words = {SERVICENOW: "ServiceNow's account", PROPERTIES: "the properties of KB0521756"}
    return words.get(expected, expected)


def name_sender(facts: TargetFacts) -> str:
    """Return what a document says for what sends, or "" if nothing stands for it."""
    if facts.model is Model.NO_ACTIVE_ACCOUNT:
        return PROPERTIES
    is_servicenows = facts.model is Model.ACCOUNT and facts.managed
    return name_account(find_sender_name(facts), managed=is_servicenows)


def name_account(name: str, *, managed: bool) -> str:
    """Return what a document says for an account, or "" if its name has another meaning there."""
    if managed:
        return SERVICENOW
    return "" if name in (SERVICENOW, PROPERTIES) else name


def find_sender_name(facts: TargetFacts) -> str:
    """Return the name of the account that sends, of any type, or "" if that isn't one account."""
    if facts.model is Model.ACCOUNT:
        return facts.sender
    if facts.model is not Model.OTHER_SENDER:
        return ""
    names = [each.name for each in facts.accounts if each.active and not each.reads_mail]
    return names[0] if len(names) == 1 else ""
