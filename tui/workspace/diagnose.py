"""What a draft's servers answer, with the secrets known here, and what that shows for later."""

import socket
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tui.credentials.keyring import Keyring
from tui.credentials.oddities import describe_oddities
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.probes.diagnosis import ServerDiagnosis, incoming_spec, outgoing_spec, probe
from tui.probes.mail.refusals import may_lock
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.stage import SenderFinding, Stage, StageResult
from tui.settings.catalog import Settings
from tui.settings.draft import Draft, parse
from tui.settings.preconditions import Attestation, Condition
from tui.settings.values import SecretState
from tui.storage.profile import Keep
from tui.storage.records import add_attestations, remember_login
from tui.terminal.visible import visible
from tui.workspace.session import Session

_DNS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        servers: by connecting to them.
        sender: by asking DNS about the sender's domain.
        is_read_by_accounts: POP3 was not tested, as email accounts of their own read mail on the
            instance, and no instance tells their passwords.
    """

    servers: ServerDiagnosis
    sender: tuple[SenderFinding, ...] = ()
    is_read_by_accounts: bool = False


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
    """Return where a probe runs, as `from mail-admin-1`."""
    return f"from {visible(socket.gethostname(), 80)}"


def make_options(
    *, login: bool, cleartext: bool, recipient: str, ca_file: Path | None, deadline: float
) -> ProbeOptions:
    """Return how far a probe may go.

    Raises:
        Problem: the certificates cannot be used.
    """
    from tui.storage.instance import check_ca_file

    checked = check_ca_file(ca_file) if ca_file else None
    return ProbeOptions(
        login=login, cleartext=cleartext, recipient=recipient, ca_file=checked, deadline=deadline
    )


def known_secrets(session: Session, draft: Draft) -> dict[str, Secret]:
    """Return the secrets of a draft that are known here: typed, or kept in a keyring."""
    known = dict(draft.secrets)
    if session.profile.instance or session.profile.keep is not Keep.KEYRING:
        return known
    for name, entry in draft.entries.items():
        if entry.is_secret and name not in known and draft.value(name) is SecretState.KEPT:
            with suppress(Problem):  # then it is not known, and the probe says so
                if secret := Keyring().get(session.profile.name, name):
                    known[name] = secret
    return known


def find_logins(draft: Draft, secrets: Mapping[str, Secret]) -> dict[str, Login]:
    """Return the logins that a probe of a draft would try, by `smtp` and `pop3`."""
    parsed = parse(draft)
    specs = {"smtp": outgoing_spec(parsed, secrets), "pop3": incoming_spec(parsed, secrets)}
    return {
        part: Login(each.server, each.user, each.password)
        for part, each in specs.items()
        if isinstance(each, ServerSpec) and each.authenticate and each.password is not None
    }


def describe_passwords(logins: Mapping[str, Login]) -> str:
    """Return what is odd about the passwords of logins, a sentence each, or ""."""
    words = (describe_oddities(each.password.reveal()) for each in logins.values())
    return " ".join(dict.fromkeys(filter(None, words)))


def is_rejected_login(stage: Stage) -> bool:
    """Return whether a server has looked at user and password, and rejected them for good."""
    has_failed = stage.name == "login" and stage.result is StageResult.FAILED
    return has_failed and may_lock(stage.kind)


def is_accepted_login(stage: Stage) -> bool:
    """Return whether a login was accepted, with a warning or without."""
    return stage.name == "login" and stage.result in (StageResult.PASSED, StageResult.WARNED)


def record_login(profile: str, login: Login | None, stage: Stage) -> None:
    """Remember a login that a stage shows to be rejected, or forget one that was accepted."""
    is_rejected = is_rejected_login(stage)
    if login and (is_rejected or is_accepted_login(stage)):
        with suppress(Problem):  # it is asked about less then, and the server says it again
            remember_login(profile, login.server, login.user, refused=is_rejected)


async def diagnose(
    session: Session,
    draft: Draft,
    options: ProbeOptions,
    report: Callable[[str, Stage], None],
    *,
    smtp: bool = True,
    pop3: bool = True,
    secrets: Mapping[str, Secret] | None = None,
) -> Diagnosis:
    """Probe the servers of the draft, not those that are saved.

    Args:
        session: whose keyring may hold secrets.
        draft: what is tested.
        options: how far the probe may go.
        report: is called with `smtp` or `pop3` and each stage as it ends.
        smtp: test the outgoing server.
        pop3: test the incoming server.
        secrets: those known here, where they were looked up already.
    """
    parsed = parse(draft)
    known = known_secrets(session, draft) if secrets is None else secrets
    derives = session.facts.derives_incoming
    found = await probe(parsed, known, options, report, smtp=smtp, pop3=pop3 and derives)
    sender: tuple[SenderFinding, ...] = ()
    sent_from = parsed.sender_address
    if found.smtp and "@" in sent_from:
        sender = await _check_sender(
            parsed.settings,
            sent_from,
            found.addresses,
            options,
            by_servicenow=session.facts.settings_are_servicenows,
        )
    return Diagnosis(found, sender, is_read_by_accounts=pop3 and not derives)


async def _check_sender(
    settings: Settings,
    sent_from: str,
    addresses: Sequence[str],
    options: ProbeOptions,
    *,
    by_servicenow: bool | None,
) -> tuple[SenderFinding, ...]:
    """Return the findings about the sender; a fault in them leaves those of the servers."""
    try:
        from tui.probes.sender.sender_checks import check_sender_domain

        found = await check_sender_domain(
            user=settings.user,
            sender=sent_from,
            relay=settings.server,
            addresses=addresses,
            deadline=min(options.deadline, _DNS_SECONDS),
            by_servicenow=by_servicenow,
        )
    except Exception as error:
        return (SenderFinding.from_fault("domain", "The sender", error),)
    if settings.authenticate:
        return found
    # Settings without a login have no user that could disagree with the sender.
    return tuple(each for each in found if not each.is_about_settings)


def record_evidence(session: Session, draft: Draft, stages: Iterable[Stage]) -> None:
    """Attest that the password is known, if the outgoing server accepted the login.

    That shows nothing of reachability: the instance has a path of its own to the server. For a
    local file nothing is attested.

    Args:
        session: whose profile it is for.
        draft: what was tested.
        stages: those of the outgoing server that have ended.
    """
    if session.facts.is_file or not any(is_accepted_login(each) for each in stages):
        return
    settings = parse(draft).settings
    attestation = Attestation(
        Condition.PASSWORD_KNOWN,
        settings.server,
        settings.user,
        f"a probe {vantage()}",
        datetime.now().astimezone(),
        settings.port,
    )
    with suppress(Problem):  # it is typed then
        add_attestations(session.profile.name, [attestation])
