"""A profile with what was read from its target: the command line and the screen work on it."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.settings.catalog import Settings, catalog
from tui.settings.delivery.account import (
    NO_HINTS,
    AccountChoice,
    AnyChoice,
    ChoiceHints,
)
from tui.settings.delivery.account_choice import find_choice_obstacle
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft
from tui.settings.findings import Finding, Severity
from tui.settings.preconditions import Attestation
from tui.settings.review import Review, review
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState
from tui.storage.profile import Keep, Profile, pin_instance_name
from tui.storage.records import load_attestations
from tui.targets.local_file import LocalFile
from tui.targets.target import Reading, Target, UnreadTarget
from tui.workspace.sign_in import forget_refused, record_sign_in

if TYPE_CHECKING:
    from tui.targets.instance.api.session import ApiSession
    from tui.targets.instance.instance_target import InstanceTarget
    from tui.targets.instance.read.report import InstanceReport

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """A profile with what was read from its target.

    Attributes:
        reading: what the target gave; a kept secret that cannot be found counts as not kept.
        attestations: what was attested for this profile; a local file needs none.
    """

    profile: Profile
    target: Target
    reading: Reading
    attestations: tuple[Attestation, ...]
    settings: type[Settings] = Settings

    @property
    def snapshot(self) -> Snapshot:
        """The settings there."""
        return self.reading.snapshot

    @property
    def facts(self) -> TargetFacts:
        """What the rules must know about the target."""
        return self.reading.facts

    @property
    def draft(self) -> Draft:
        """A draft without an edit."""
        return Draft(self.snapshot, settings=self.settings)

    @property
    def is_read(self) -> bool:
        """Whether the target was read; an instance is connected to first."""
        return not isinstance(self.target, UnreadTarget)

    def with_profile(self, profile: Profile) -> "Session":
        """Return the session of a changed profile, as it was read.

        Only the environment may differ, and whether passwords are kept.
        """
        facts = replace(self.facts, environment=profile.environment)
        target = self.target
        if isinstance(target, LocalFile):
            keeps = profile.keep is Keep.KEYRING
            target = replace(target, environment=profile.environment, keeps=keeps)
        elif not isinstance(target, UnreadTarget):
            # Imported late: a local file needs no network.
            from tui.targets.instance.instance_target import InstanceTarget

            assert isinstance(target, InstanceTarget)  # noqa: S101
            target = replace(target, environment=profile.environment)
        reading = replace(self.reading, facts=facts)
        return replace(self, profile=profile, target=target, reading=reading)

    def review(self, draft: Draft) -> Review:
        """Return all that there is to say of a draft."""
        word = self.target.where if self.profile.instance else ""
        return review(draft, self.facts, self.profile.name, self.attestations, word)


def ignore_progress(words: str) -> None:
    """Show no progress."""


def unread_session(profile: Profile, settings: type[Settings] = Settings) -> Session:
    """Return an instance's session before anybody has connected: nothing in it can be changed.

    Raises:
        ValueError: it is a file's.
    """
    if profile.instance is None:
        raise ValueError("a file is read at once")
    locked = dict.fromkeys(catalog(settings), f"{profile.instance.host} hasn't been read yet.")
    facts = TargetFacts(model=Model.UNDETERMINED, environment=profile.environment)
    reading = Reading(Snapshot(locked=locked), facts)
    words = load_attestations(profile.name)
    return Session(profile, UnreadTarget(profile.instance.host), reading, words, settings)


def target_name(profile: Profile) -> str:
    """Return where a profile's settings are saved: a path, or a host."""
    return profile.instance.host if profile.instance else LocalFile(profile.file).where


async def open_session(
    profile: Profile,
    settings: type[Settings] = Settings,
    sign_in: Secret | None = None,
    choice: AnyChoice = AccountChoice.IN_FORCE,
    tell: Callable[[str], None] = ignore_progress,
    hints: ChoiceHints = NO_HINTS,
    api_session: "ApiSession | None" = None,
) -> Session:
    """Read what a profile points to.

    Args:
        profile: where.
        settings: the declaration of the properties.
        sign_in: the secret for an instance.
        choice: the email account of the instance whose settings are edited.
        tell: shows what is under way to a person who waits for an instance.
        hints: how a person chooses another account.
        api_session: of the same secret in this run, to go on with.

    Raises:
        ValueError: there is no secret for an instance.
        Problem: it cannot be read.
    """
    if profile.instance:
        if sign_in is None:
            raise ValueError("an instance needs a sign-in")
        # Imported late: a local file needs no network.
        from tui.targets.instance.instance_target import InstanceTarget

        instance = InstanceTarget(
            profile.instance,
            sign_in,
            profile.environment,
            choice,
            settings,
            tell,
            hints=hints,
            session=api_session,
        )
        return await _open_instance(profile, instance, settings)
    target = LocalFile(profile.file, profile.environment, profile.keep is Keep.KEYRING, settings)
    reading = await target.read()
    snapshot = _find_kept_secrets(reading.snapshot, profile, settings)
    return Session(profile, target, replace(reading, snapshot=snapshot), (), settings)


async def _open_instance(
    profile: Profile, target: "InstanceTarget", settings: type[Settings]
) -> Session:
    reading = await forget_if_refused(profile, target, target.read())
    refuse_choice(reading.facts)
    if reading.status and reading.status.name and not target.instance.name:
        profile = pin_instance_name(profile, reading.status.name)
        target = replace(target, instance=profile.instance or target.instance)
    return Session(profile, target, reading, load_attestations(profile.name), settings)


async def forget_if_refused(
    profile: Profile, target: "InstanceTarget", steps: Coroutine[Any, Any, T]
) -> T:
    """Return what the steps return, and remember whether the instance accepted the secret.

    One that is refused on the way leaves the keyring.
    """
    from tui.targets.instance.api.response_errors import SignInRefused

    try:
        result = await steps
    except SignInRefused as refused:
        record_sign_in(profile, refused)
        raise await forget_refused(profile, refused, target.secret) from None
    record_sign_in(profile)
    return result


def _find_kept_secrets(snapshot: Snapshot, profile: Profile, settings: type[Settings]) -> Snapshot:
    values, findings, store = dict(snapshot.values), list(snapshot.findings), Keyring()
    for name, entry in catalog(settings).items():
        if not entry.is_secret or values.get(name) != SecretState.KEPT:
            continue
        values[name] = SecretState.NOT_KEPT
        if profile.keep is not Keep.KEYRING:
            continue
        try:
            if store.has(profile.name, name):
                values[name] = SecretState.KEPT
        except Problem as problem:
            words = f"{problem.message} {problem.hint}"
            findings.append(Finding(name, Severity.WARNING, problem.code, words))
    return replace(snapshot, values=values, findings=tuple(findings))


async def read_instance_report(
    profile: Profile,
    settings: type[Settings],
    sign_in: Secret,
    tell: Callable[[str], None] = ignore_progress,
    *,
    addresses: bool = False,
    api_session: "ApiSession | None" = None,
) -> "InstanceReport":
    """Return what holds on a profile's instance, for a person to read; nothing is written.

    Raises:
        ValueError: it is a file's profile.
        Problem: it cannot be read.
    """
    from tui.targets.instance.instance_target import InstanceTarget

    if profile.instance is None:
        raise ValueError("a file needs no report")
    target = InstanceTarget(
        profile.instance,
        sign_in,
        profile.environment,
        settings=settings,
        tell=tell,
        session=api_session,
    )
    return await forget_if_refused(profile, target, target.report(addresses=addresses))


def refuse_choice(facts: TargetFacts) -> None:
    """Refuse a choice of another account if it cannot be made.

    Raises:
        Refusal: with the reason.
    """
    if facts.model is Model.OTHER_SENDER and facts.choice is not AccountChoice.IN_FORCE:
        raise _graph_refusal(facts)
    if why := find_choice_obstacle(facts.choice, facts):
        raise Refusal(
            "account.choice",
            f"No other account can be chosen: {why}. Nothing was written.",
            "Work on the active account, or choose another one.",
        )


def _graph_refusal(facts: TargetFacts) -> Refusal:
    """Return the refusal to have another account send while one sends other than by SMTP."""
    senders = [each for each in facts.accounts if each.active and not each.reads_mail]
    names = " and ".join(each.name for each in senders)
    return Refusal(
        "account.choice",
        f"{names} is active, which isn't an SMTP account. It isn't confirmed whether an SMTP "
        "account can be active next to it. Nothing was written.",
        f"Deactivate {names} on the instance first. Until another account is active, no mail "
        "goes out.",
    )
