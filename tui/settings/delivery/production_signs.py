"""What makes an email account look like production's, as after a clone; it is a guess."""

import re

from tui.settings.catalog import Settings
from tui.settings.delivery.account import Account
from tui.settings.delivery.status import Model
from tui.settings.target_facts import TargetFacts

_PRODUCTION = re.compile(r"(?<!non)(?<!non[-_. ])(?<!pre)(?<!pre[-_. ])prod(?:uction|(?!u))")
_TEST = re.compile(r"(?<![a-z])(?:test|dev|qa|uat|stag|sandbox|demo|train|(?:non|pre)[-_. ]?prod)")


def find_production_word(account: Account) -> str:
    """Return where an account has "prod" in its texts, in words, or ""."""
    for label, text in _texts(account).items():
        if _PRODUCTION.search(text.casefold()):
            return f'"prod" is in its {label}'
    return ""


def _texts(account: Account) -> dict[str, str]:
    return {"name": account.name, "server": account.server, "user name": account.user}


def find_production_sign(account: Account, settings: Settings, facts: TargetFacts) -> str:
    """Return what makes an account that reads mail look like production's, in words, or ""."""
    if found := find_production_word(account):
        return found
    if account.managed or any(_TEST.search(text.casefold()) for text in _texts(account).values()):
        return ""
    domain = (account.user.rpartition("@")[2] if "@" in account.user else account.server).casefold()
    sender_domain = _find_sender_domain(settings, facts)
    if sender_domain and f".{domain}".endswith(f".{sender_domain}"):
        return f"its mailbox is at {sender_domain}, the domain that this instance sends from"
    return ""


def _find_sender_domain(settings: Settings, facts: TargetFacts) -> str:
    """Return the domain that mail comes from, or "" for ServiceNow's or one that isn't known."""
    if facts.managed or facts.model in (Model.OTHER_SENDER, Model.UNDETERMINED):
        return ""
    address = facts.sent_from or settings.user
    return address.rpartition("@")[2].casefold() if "@" in address else ""
