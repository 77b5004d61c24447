"""Which email account sends after a save."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tui.settings.delivery.status import Account, AccountChoice, Model
from tui.settings.incoming import RedirectedSecret, compare_secret_hosts
from tui.settings.target_facts import Context, TargetFacts

_PREFIX = "glidemail "
_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Activation:
    """One account starts to send and another one stops.

    Attributes:
        account: the name of the account that sends afterwards.
        instead_of: the name of the account that sends now, or "" if none does.
        creates: whether the account is created first with every value, unless an earlier
            attempt left it there; otherwise only what changes is written.
    """

    account: str
    instead_of: str = ""
    creates: bool = True


def plan_activation(context: Context) -> Activation | None:
    """Return the activation that a save needs, or None if the same account goes on sending.

    An account that sends in production isn't edited: another one is created beside it, so that
    nothing is sent with half of a change, and the old account is the way back. The same holds
    where a server and its password change together, as one would reach the other's host.
    """
    facts = context.facts
    if facts.model is not Model.ACCOUNT:
        return None
    if facts.choice is AccountChoice.PROVIDERS:
        activation = next(_provider_activations(facts), None)
    elif facts.awaits_own and (rows := context.rows.get("server")):
        activation = Activation(rows[0].name, facts.sender, creates=False)
    else:
        activation = _plan_new_account(context)
    return activation if activation and _is_unambiguous(activation, facts) else None


def _provider_activations(facts: TargetFacts) -> Iterator[Activation]:
    for each in facts.accounts:
        if each.managed and each.type == "smtp" and not facts.managed:
            yield Activation(each.name, facts.sender, creates=False)


def _plan_new_account(context: Context) -> Activation | None:
    """Plan an account in place of the ServiceNow-configured one, or beside one's own."""
    facts, server = context.facts, context.after.settings.server
    touched = context.changed & {"server", "user", "password"}
    if facts.awaits_own:
        is_needed = bool(context.changed)
    elif facts.managed:
        is_needed = False
    else:
        is_needed = bool(touched and facts.is_production) or {"server", "password"} <= touched
    if not is_needed or not server:
        return None
    return Activation(name_new_account(server, facts.accounts), facts.sender)


def _is_unambiguous(activation: Activation, facts: TargetFacts) -> bool:
    """Return whether each name is that of one account only."""
    names = [each.name for each in facts.accounts]
    return names.count(activation.account) < 2 and names.count(activation.instead_of) < 2


def name_new_account(server: str, accounts: Iterable[Account]) -> str:
    """Return the name of the account to create for a server.

    The name stays the same until that account sends, so that one which exists already is
    recognised. It is never the name of an account that is active, ServiceNow-configured, or
    not of type SMTP.
    """
    taken = {a.name.casefold() for a in accounts if a.active or a.managed or a.type != "smtp"}
    number = 1
    while True:
        end = f" {number}" if number > 1 else ""
        name = f"{_PREFIX}{server}"[: _LENGTH - len(end)] + end
        if name.casefold() not in taken:
            return name
        number += 1


def is_ours(name: str) -> bool:
    """Return whether this program created the account of that name."""
    return name.startswith(_PREFIX)


def find_redirected_secrets(context: Context) -> tuple[RedirectedSecret, ...]:
    """Return the stored secrets that a save would send to another host.

    No secret is copied into a new account.
    """
    activation = plan_activation(context)
    if (activation and activation.creates) or "server" in context.locked:
        return ()
    derives = context.facts.derives_incoming
    return compare_secret_hosts(context.before, context.after, derives_incoming=derives)
