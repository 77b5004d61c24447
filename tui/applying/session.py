"""A profile, opened: what the command line and the screen both work on."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tui.credentials.store import Keyring
from tui.documents.attestations import load_attestations
from tui.documents.profiles import Keep, Profile
from tui.errors import Problem
from tui.settings.catalog import Settings, catalog
from tui.settings.draft import Draft, Snapshot
from tui.settings.findings import Finding, Severity
from tui.settings.preconditions import Attestation
from tui.settings.review import Review, review
from tui.settings.values import SecretState
from tui.targets.local_file import LocalFile
from tui.targets.target import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Session:
    """A profile with what was read from its target.

    Attributes:
        snapshot: the settings there; a kept secret that cannot be found counts as not kept.
        attestations: what was attested for this profile.
    """

    profile: Profile
    target: Target
    snapshot: Snapshot
    attestations: tuple[Attestation, ...]
    settings: type[Settings] = Settings

    @property
    def draft(self) -> Draft:
        """A draft with no edit in it."""
        return Draft(self.snapshot, settings=self.settings)

    def review(self, draft: Draft) -> Review:
        """Looks at a draft from every side."""
        return review(draft, self.target.place, self.profile.name, self.attestations)


def finish(steps: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine that never waits, as a local file's do, without an event loop."""
    try:
        steps.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("it waits: it needs an event loop")


async def open_session(profile: Profile, settings: type[Settings] = Settings) -> Session:
    """Reads what a profile points to.

    Raises:
        Problem: it cannot be read.
    """
    target = LocalFile(profile.file, profile.environment, profile.keep is Keep.KEYRING, settings)
    snapshot = await target.read()
    return Session(
        profile,
        target,
        _with_secrets(snapshot, profile, settings),
        load_attestations(profile.name),
        settings,
    )


def _with_secrets(snapshot: Snapshot, profile: Profile, settings: type[Settings]) -> Snapshot:
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
            words = f"{problem.message} {problem.next}"
            findings.append(Finding(name, Severity.WARNING, problem.code, words))
    return replace(snapshot, values=values, findings=tuple(findings))
