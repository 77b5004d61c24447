"""The article's conditions for touching these settings, and its warning."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.settings.delivery.activation import plan_activation
from tui.settings.target_facts import Context
from tui.settings.values import SecretState

# The article: "It is highly recommended that you avoid modifying these settings. These
# settings should only be modified if you want to use your own SMTP server, …"
WARNING = (
    "Avoid modifying provisioned settings. Change them only for a mail server of your own, "
    "with its password known, reachable from the instance, and expected by its administrators."
)

OUTGOING = frozenset({"server", "port", "security", "user", "authenticate", "password"})
"""What makes the connection to the outgoing server."""

_TOUCHING = OUTGOING | {
    *("pop3_server", "pop3_port", "pop3_security", "pop3_user", "pop3_password")
}


class Condition(StrEnum):
    """A condition of the article; the value is its name on the command line."""

    OWN_SERVER = "own-server"
    PASSWORD_KNOWN = "password-known"  # noqa: S105
    REACHABLE = "reachable"
    EXPECTED = "expected"
    SENDING_CHECKED = "sending-checked"

    @property
    def statement(self) -> str:
        """What a person attests, as a sentence."""
        return _STATEMENTS[self]


_STATEMENTS = {
    Condition.OWN_SERVER: "The mail server is our own, not the provisioned one.",
    Condition.PASSWORD_KNOWN: "Its password is known.",
    Condition.REACHABLE: "The instance can reach it over TCP/IP.",
    Condition.EXPECTED: "Its administrators expect mail from the instance.",
    Condition.SENDING_CHECKED: "Enable email sending (SMTP) has been checked on the instance.",
}


class PreconditionState(StrEnum):
    """How a condition stands."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Attestation:
    """Somebody's word for a condition, for one server and user.

    Attributes:
        who: the account of the operating system that attested it.
        when: with its offset from UTC.
    """

    condition: Condition
    server: str
    user: str
    who: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Precondition:
    """A condition, how it stands, and what shows it."""

    condition: Condition
    state: PreconditionState
    evidence: str = ""


def check_preconditions(
    context: Context, attestations: Iterable[Attestation]
) -> tuple[Precondition, ...]:
    """The conditions that this change asks for; none where it does not touch a connection.

    Without a server there is none to touch, but a typed secret is meant for one.
    """
    has_own_send = context.facts.awaits_own and plan_activation(context)
    if context.changed.isdisjoint(_TOUCHING) and not has_own_send:
        return ()
    if not context.after.settings.server and not context.typed:
        return ()
    server, user = context.after.settings.server, context.after.settings.user
    given = {
        each.condition: each
        for each in attestations
        if (each.server.casefold(), each.user.casefold()) == (server.casefold(), user.casefold())
    }
    return tuple(_states(context, given))


def _states(context: Context, given: dict[Condition, Attestation]) -> Iterator[Precondition]:
    verified = dict(_verified(context))
    for condition in Condition:
        if condition in verified:
            yield Precondition(condition, PreconditionState.VERIFIED, verified[condition])
        elif condition in given:
            word = given[condition]
            evidence = f"{word.who}, {word.when:%Y-%m-%d %H:%M}"
            yield Precondition(condition, PreconditionState.ATTESTED, evidence)
        else:
            yield Precondition(condition, PreconditionState.OPEN)


def _is_unused(context: Context) -> bool:
    """Whether no password is used, as far as that was read: what was not returned may be on."""
    was_read = context.facts.is_file or "authenticate" in context.after.specified
    return was_read and not context.after.settings.password.is_set


def _verified(context: Context) -> Iterator[tuple[Condition, str]]:
    settings = context.after.settings
    if settings.password is SecretState.NEW:
        yield Condition.PASSWORD_KNOWN, "typed now"
    elif settings.password is SecretState.KEPT:
        yield Condition.PASSWORD_KNOWN, "kept here"
    elif not settings.authenticate and _is_unused(context):
        yield Condition.PASSWORD_KNOWN, "none is used"
    if context.before.settings.sending_enabled and not context.facts.is_file:
        yield Condition.SENDING_CHECKED, "it is on"
