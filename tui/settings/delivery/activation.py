"""Which account of an instance a save has send."""

from collections.abc import Iterator

from tui.settings.delivery.account import AccountChoice, Activation, name_new_account
from tui.settings.incoming import RedirectedSecret, compare_secret_hosts
from tui.settings.target_facts import Context, Model, TargetFacts


def plan_activation(context: Context) -> Activation | None:
    """Which account a save has send, where that is another one than now.

    An account that sends in production is not edited: another one is made beside it, so that
    nothing is sent half changed, and the old one is the way back. The same where a server and
    its password change together, as one would reach the other's host in between.
    """
    facts = context.facts
    if facts.model is not Model.ACCOUNT:
        return None
    if facts.choice is AccountChoice.PROVIDERS:
        found = next(_providers(facts), None)
    elif facts.awaits_own and (rows := context.rows.get("server")):
        found = Activation(rows[0].name, facts.sender, creates=False)
    else:
        found = _made(context)
    return found if found and _is_plain(found, facts) else None


def _providers(facts: TargetFacts) -> Iterator[Activation]:
    """The provider's account, which is there already."""
    for each in facts.accounts:
        if each.managed and each.type == "smtp" and not facts.managed:
            yield Activation(each.name, facts.sender, creates=False)


def _made(context: Context) -> Activation | None:
    """An account that is made: in the provider's place, or beside one of our own."""
    facts, server = context.facts, context.after.settings.server
    touched = context.changed & {"server", "user", "password"}
    if facts.awaits_own:
        wanted = bool(context.changed)
    elif facts.managed:
        wanted = False
    else:
        wanted = bool(touched and facts.is_production) or {"server", "password"} <= touched
    if not wanted or not server:
        return None
    return Activation(name_new_account(server, facts.accounts), facts.sender)


def _is_plain(activation: Activation, facts: TargetFacts) -> bool:
    """Whether each name means one account only."""
    names = [each.name for each in facts.accounts]
    return names.count(activation.account) < 2 and names.count(activation.instead_of) < 2


def find_redirected_secrets(context: Context) -> tuple[RedirectedSecret, ...]:
    """The stored secrets that a save would send to another host.

    Into an account that is made anew none is copied.
    """
    activation = plan_activation(context)
    if (activation and activation.creates) or "server" in context.locked:
        return ()
    return compare_secret_hosts(context.before, context.after, derives=context.facts.derives)
