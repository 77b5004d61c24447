"""Probing the servers of a draft, with what is at hand here, and remembering what that shows."""

import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.probes.diagnosis import ServerDiagnosis, incoming_spec, outgoing_spec, probe
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import SenderFinding, Stage, StageResult
from tui.settings.draft import Draft, parse
from tui.settings.preconditions import Attestation, Condition
from tui.settings.values import SecretState
from tui.storage.profile import Keep
from tui.storage.records import add_attestations, remember_login
from tui.terminal.visible import visible
from tui.workspace.session import Session

_DNS_SECONDS = 10.0
_ACCOUNTS_READ = (
    "POP3 was not tested: email accounts of their own read mail on this instance, and their "
    "passwords are not told."
)
_JUDGED = (
    *("wrong", "refused", "locked", "app-password", "browser", "basic-off", "basic-off-maybe"),
)
"""How a login ends that the server has looked at, and refused for good."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        probed: by connecting.
        sender: by asking DNS about the sender's domain.
    """

    probed: ServerDiagnosis
    sender: tuple[SenderFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Login:
    """A login that a probe tries."""

    server: str
    user: str
    password: Secret

    def is_like(self, other: "Login") -> bool:
        """Whether both try one account, which a mail server calls a and a@b.example alike."""
        mine, theirs = (each.user.partition("@")[0].casefold() for each in (self, other))
        at_one = self.server.casefold() == other.server.casefold()
        return at_one and mine == theirs and self.password.reveal() == other.password.reveal()


def vantage() -> str:
    """Where a probe is made from."""
    return f"from {visible(socket.gethostname(), 80)}"


def options_of(
    *, login: bool, cleartext: bool, recipient: str, ca_file: Path | None, deadline: float
) -> ProbeOptions:
    """How far a probe may go.

    Raises:
        Problem: the certificates cannot be used.
    """
    from tui.storage.instance import check_ca_file

    return ProbeOptions(
        login=login,
        cleartext=cleartext,
        recipient=recipient,
        ca_file=check_ca_file(ca_file) if ca_file else None,
        deadline=deadline,
    )


def at_hand(session: Session, draft: Draft) -> dict[str, Secret]:
    """The secrets of a draft that are known here: typed, or kept in a keyring."""
    known = dict(draft.secrets)
    if session.profile.instance or session.profile.keep is not Keep.KEYRING:
        return known
    for name, entry in draft.entries.items():
        if entry.is_secret and name not in known and draft.value(name) is SecretState.KEPT:
            with suppress(Problem):  # then it is none at hand, and the probe says so
                if secret := Keyring().get(session.profile.name, name):
                    known[name] = secret
    return known


def logins(draft: Draft, secrets: Mapping[str, Secret]) -> dict[str, Login]:
    """The logins that a probe of a draft would try, by `smtp` and `pop3`."""
    parsed = parse(draft)
    wanted = {"smtp": outgoing_spec(parsed, secrets), "pop3": incoming_spec(parsed, secrets)}
    return {
        part: Login(each.server, each.user, each.password)
        for part, each in wanted.items()
        if isinstance(each, ServerSpec) and each.authenticate and each.password is not None
    }


def is_refusal(stage: Stage) -> bool:
    """Whether a server has looked at user and password, and refused them for good."""
    judged = stage.name == "login" and stage.result is StageResult.FAILED
    return judged and stage.kind in _JUDGED


def was_accepted(stage: Stage) -> bool:
    """Whether it is a login that was accepted; one that is warned of was, too."""
    return stage.name == "login" and stage.result in (StageResult.PASSED, StageResult.WARNED)


def remember(profile: str, login: Login | None, stage: Stage) -> None:
    """Remembers a login that a stage shows to be refused, or forgets one that was accepted."""
    refused = is_refusal(stage)
    if login and (refused or was_accepted(stage)):
        with suppress(Problem):  # it is asked about less then, and the server says it again
            remember_login(profile, login.server, login.user, refused=refused)


async def probed(
    session: Session,
    draft: Draft,
    options: ProbeOptions,
    tell: Callable[[str, Stage], None],
    *,
    smtp: bool = True,
    pop3: bool = True,
    secrets: Mapping[str, Secret] | None = None,
) -> Diagnosis:
    """Probes the servers of a draft, as it stands and whatever is saved.

    Args:
        session: whose keyring may hold secrets.
        draft: what is tested.
        options: how far it may go.
        tell: is told of each stage as it ends.
        smtp: whether that part is wanted.
        pop3: whether that part is wanted.
        secrets: those at hand, where they were looked up already.
    """
    parsed = parse(draft)
    known = at_hand(session, draft) if secrets is None else secrets
    derives = session.place.derives_incoming
    found = await probe(parsed, known, options, tell, smtp=smtp, pop3=pop3 and derives)
    if pop3 and not derives:
        smtp_alone = [each for each in found.not_tested if not each.startswith("POP3")]
        found = replace(found, not_tested=(*smtp_alone, _ACCOUNTS_READ))
    settings = parsed.settings
    if not found.smtp or "@" not in settings.user:
        return Diagnosis(found)
    from tui.probes.sender.sender_checks import check_sender_domain

    sender = await check_sender_domain(
        user=settings.user,
        sender=session.place.sent_from or settings.user,
        relay=settings.server,
        addresses=found.addresses,
        deadline=min(options.deadline, _DNS_SECONDS),
    )
    # The first is about the login, and there is none where the settings want none.
    return Diagnosis(found, sender if settings.authenticate else sender[1:])


def evidence(session: Session, draft: Draft, stages: Iterable[Stage]) -> None:
    """Remembers that a login was accepted: the password is known. Of reachability it shows nothing.

    The instance has a path of its own to the server.

    Args:
        stages: those of the outgoing server that have ended.
    """
    if not any(was_accepted(each) for each in stages):
        return
    settings = parse(draft).settings
    words = Attestation(
        Condition.PASSWORD_KNOWN,
        settings.server,
        settings.user,
        f"a probe {vantage()}",
        datetime.now().astimezone(),
    )
    with suppress(Problem):  # it is asked for then
        add_attestations(session.profile.name, [words])
