"""The preconditions of KB0521756 for changing these settings, and its warning."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.settings.delivery.activation import OUTGOING, plan_activation
from tui.settings.target_facts import Context

# KB0521756: "It is highly recommended that you avoid modifying these settings. These
# settings should only be modified if you want to use your own SMTP server, …"
WARNING = (
    "Avoid modifying provisioned settings. Change them only if you use your own mail server, "
    "know its password, have checked that the instance can reach it, and its administrators "
    "expect mail from the instance."
)

_TOUCHING = OUTGOING | {
    *("pop3_server", "pop3_port", "pop3_security", "pop3_user", "pop3_password")
}


class Condition(StrEnum):
    """A condition of KB0521756; the value is its name in files and arguments."""

    OWN_SERVER = "own-server"
    PASSWORD_KNOWN = "password-known"  # noqa: S105
    REACHABLE = "reachable"
    EXPECTED = "expected"
    SENDING_CHECKED = "sending-checked"

    @property
    def statement(self) -> str:
        """The sentence that a person attests."""
        return _STATEMENTS[self]


_STATEMENTS = {
    Condition.OWN_SERVER: "The mail server is our own, not the provisioned one.",
    Condition.PASSWORD_KNOWN: "Its password is known.",
    Condition.REACHABLE: "The instance can reach it over TCP/IP.",
    Condition.EXPECTED: "Its administrators expect mail from the instance.",
    Condition.SENDING_CHECKED: "Enable email sending (SMTP) has been checked on the instance.",
}


class PreconditionState(StrEnum):
    """The state of a condition; a reminder is on a local file, where nobody gives a word for it."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    OPEN = "open"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A person's word for a condition, for one server, port and user.

    Attributes:
        who: the account of the operating system.
        when: with its offset from UTC.
        port: 0 in a record without one, which holds for no port.
    """

    condition: Condition
    server: str
    user: str
    who: str
    when: datetime
    port: int = 0

    @property
    def subject(self) -> tuple[str, int, str]:
        """What it is about: server, port and user, in small letters."""
        return self.server.casefold(), self.port, self.user.casefold()


@dataclass(frozen=True, slots=True)
class Precondition:
    """A condition with its state and the evidence for it."""

    condition: Condition
    state: PreconditionState
    evidence: str = ""


def check_preconditions(
    context: Context, attestations: Iterable[Attestation]
) -> tuple[Precondition, ...]:
    """Return the conditions that a change requires; none if it doesn't touch a connection.

    Without a server there is no connection, but a typed secret is meant for one. A local file
    changes no instance, so they are reminders there.
    """
    activates_own = context.facts.awaits_own and plan_activation(context)
    if context.changed.isdisjoint(_TOUCHING) and not activates_own:
        return ()
    if not context.after.settings.server and not context.typed:
        return ()
    if context.facts.is_file:
        return tuple(Precondition(each, PreconditionState.REMINDER) for each in Condition)
    settings = context.after.settings
    subject = (settings.server.casefold(), settings.port, settings.user.casefold())
    states = dict.fromkeys(Condition, (PreconditionState.OPEN, ""))
    states |= {
        each.condition: (PreconditionState.ATTESTED, f"{each.who}, {each.when:%Y-%m-%d %H:%M}")
        for each in attestations
        if each.subject == subject
    }
    states |= {name: (PreconditionState.VERIFIED, words) for name, words in _verify(context)}
    return tuple(Precondition(each, *states[each]) for each in _asked(context))


def _asked(context: Context) -> Collection[Condition]:
    """Return the conditions that a change asks for.

    A new From alone makes a live account be replaced, with its password typed again. The server,
    its port and the user stay what they are, so only the password can be wrong.
    """
    is_live = not context.facts.awaits_own
    if is_live and "from" in context.changed and context.changed & _TOUCHING == {"password"}:
        return (Condition.PASSWORD_KNOWN,)
    return tuple(Condition)


def _verify(context: Context) -> Iterator[tuple[Condition, str]]:
    settings = context.after.settings
    # Authentication that was not returned may be on. A typed password isn't a known one: only a
    # login or a sent email shows that.
    authenticate_was_read = "authenticate" in context.after.specified
    if authenticate_was_read and not (settings.authenticate or settings.password.is_set):
        yield Condition.PASSWORD_KNOWN, "none is used"
    if context.before.settings.sending_enabled:
        yield Condition.SENDING_CHECKED, "it is on"
