"""Which email account sends after a save."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count

from tui.settings.delivery.account import OUR_PREFIX, Account, NamedAccount
from tui.settings.delivery.status import Model
from tui.settings.incoming import derive_incoming
from tui.settings.target_facts import Context
from tui.settings.values import SecretState, Value

OUTGOING = frozenset({"server", "port", "security", "user", "authenticate", "password"})
"""The properties that make the connection to the outgoing server."""

CONNECTS_WITH = OUTGOING | {"from"}
"""What a live account connects and sends with: it isn't edited in production."""

_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Activation:
    """One account starts to send and another stops.

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

    What an account that sends in production connects with isn't edited: another account is
    created beside it, so that nothing is sent with half of a change, and the old account is the
    way back. The same holds where a server and its password change together, as one would reach
    the other's host.
    """
    facts = context.facts
    if facts.model is not Model.ACCOUNT:
        return None
    activation = None
    if isinstance(facts.choice, NamedAccount):
        if (chosen := facts.chosen) and not chosen.active:
            activation = Activation(chosen.name, facts.sender, creates=False)
    elif facts.awaits_servicenows:
        managed = (each.name for each in facts.accounts if each.managed and each.type == "smtp")
        if not facts.managed and (name := next(managed, None)) is not None:
            activation = Activation(name, facts.sender, creates=False)
    elif facts.awaits_own and (rows := context.rows.get("server")):
        activation = Activation(rows[0].name, facts.sender, creates=False)
    elif (server := context.after.settings.server) and _needs_new_account(context):
        activation = Activation(name_new_account(server, facts.accounts), facts.sender)
    if activation:
        # Each name must be that of one account only.
        names = [each.name for each in facts.accounts]
        if max(map(names.count, (activation.account, activation.instead_of))) > 1:
            return None
    return activation


def _needs_new_account(context: Context) -> bool:
    """Return whether an account replaces the ServiceNow-configured one, or the user's own."""
    facts, touched = context.facts, context.changed & CONNECTS_WITH
    if facts.awaits_own:
        return bool(context.changed)
    if facts.managed:
        return False
    return bool(touched and facts.is_production) or {"server", "password"} <= touched


def name_new_account(server: str, accounts: Iterable[Account]) -> str:
    """Return the name of the account to create for a server.

    The name stays the same until that account sends, so that one which exists already is
    recognised. It is never the name of an account that is active, ServiceNow-configured, or
    not of type SMTP.
    """
    taken = {a.name.casefold() for a in accounts if a.active or a.managed or a.type != "smtp"}
    ends = chain([""], (f" {number}" for number in count(2)))
    names = (f"{OUR_PREFIX}{server}"[: _LENGTH - len(end)] + end for end in ends)
    return next(name for name in names if name.casefold() not in taken)


@dataclass(frozen=True, slots=True)
class RedirectedSecret:
    """A stored secret that the change of a property, its cause, would send to another host."""

    secret: str
    host: str
    cause: str


def find_redirected_secrets(context: Context) -> tuple[RedirectedSecret, ...]:
    """Return the stored secrets that a save would send to a host they were not meant for.

    A newly typed secret is meant for the new host, one that isn't stored goes nowhere, and
    none is copied into a new account.
    """
    activation = plan_activation(context)
    if (activation and activation.creates) or "server" in context.locked:
        return ()
    before, after = context.before, context.after
    found: list[RedirectedSecret] = []
    host = after.settings.server
    if _is_stored(after.settings.password) and _is_new_host(before.settings.server, host):
        found.append(RedirectedSecret("password", host, "server"))
    if context.facts.derives_incoming:
        old, new = derive_incoming(before).server, derive_incoming(after)
        covered = (new.server.follows, new.password.follows) == ("server", "password")
        moved = _is_new_host(old.value, new.server.value)
        if _is_stored(new.password.value) and moved and not covered:
            host, cause = str(new.server.value), new.server.follows
            found.append(RedirectedSecret(new.password.follows, host, cause))
    return tuple(found)


def _is_stored(state: Value | None) -> bool:
    return state in (SecretState.KEPT, SecretState.UNKNOWN)


def _is_new_host(before: Value | None, after: Value | None) -> bool:
    return bool(after) and str(before or "").casefold() != str(after).casefold()
