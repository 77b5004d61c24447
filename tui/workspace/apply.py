"""Carrying a plan out, once every reason against it is settled."""

import contextlib
import os
import pwd
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tui.credentials.keyring import Keyring
from tui.errors import Problem, Refusal, Unfinished
from tui.settings.plan import Change
from tui.settings.preconditions import Attestation, Condition
from tui.settings.review import Review
from tui.settings.values import SecretState
from tui.storage.profile import Keep
from tui.storage.records import add_attestations
from tui.targets.target import Written
from tui.terminal.visible import visible
from tui.workspace.kept_sign_in import REFUSED, forgotten
from tui.workspace.session import Session


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What was done.

    Attributes:
        written: what the target did.
        kept: each secret of the plan, with where it is kept now, or "" where it is not.
    """

    written: Written
    kept: Mapping[str, str]


def who() -> str:
    """The account that gives its word, visible."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container, mostly
        name = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER")
    return visible(f"{name} (sudo by {caller})" if caller else name)


def attested(review: Review, conditions: Iterable[Condition], who: str) -> list[Attestation]:
    """A person's word for conditions, for the draft's server and user, given now."""
    settings = review.parsed.settings
    now = datetime.now().astimezone()
    return [Attestation(each, settings.server, settings.user, who, now) for each in conditions]


def refuse_errors(review: Review, *, told: bool = False) -> None:
    """Refuses a draft with errors in it.

    Args:
        review: of the draft.
        told: the errors were shown already, and are only counted.

    Raises:
        Problem: an error stands in what it changes, or in what depends on it.
    """
    if review.blocking:
        listed = "; ".join(f"{each.property}: {each.message}" for each in review.blocking)
        count = len(review.blocking)
        counted = "There is 1 error" if count == 1 else f"There are {count} errors"
        raise Problem(
            "plan.errors",
            f"{counted} in what would be saved{'.' if told else f': {listed}'}",
            "Mend that; nothing was written.",
        )


def refuse_unsettled(review: Review, confirmed: Collection[str], *, told: bool = False) -> None:
    """Refuses a plan with an open precondition or a missing confirmation.

    Args:
        review: of the plan.
        confirmed: the words that were typed.
        told: the reasons for typing them were shown already.

    Raises:
        Refusal: with everything that is still to be settled.
    """
    if review.open_preconditions:
        listed = ", ".join(each.condition for each in review.open_preconditions)
        raise Refusal(
            "preconditions.open",
            f"Nobody has verified or attested: {listed}. Nothing was written.",
            "Attest what is true with --attest NAME, once for each, or --attest all.",
        )
    missing = [each for each in review.plan.confirmations if each.word not in confirmed]
    if missing:
        listed = "It is not confirmed." if told else " ".join(each.reason for each in missing)
        words = " ".join(f"--confirm {each.word}" for each in missing)
        raise Refusal(
            "confirmation.missing", f"{listed} Nothing was written.", f"Confirm it with {words}"
        )


async def apply(
    session: Session,
    review: Review,
    confirmed: Collection[str] = (),
    attestations: Collection[Attestation] = (),
) -> ApplyResult:
    """Carries the plan of a review out.

    Args:
        session: where.
        review: what; made with the attestations in it.
        confirmed: the words that were typed.
        attestations: those that are new, and to be remembered.

    Raises:
        Refusal: something about it is not settled, or a value it touches has moved.
        Problem: it failed; the words say what was and was not written.
    """
    refuse_errors(review)
    refuse_unsettled(review, confirmed)
    secrets = [each for each in review.plan.changes if isinstance(each.after, SecretState)]
    if session.profile.instance:
        secrets = []  # the instance keeps them, and nothing here does
    store = Keyring() if session.profile.keep is Keep.KEYRING and secrets else None
    if store:
        with _adding("Nothing was written."):
            store.has(session.profile.name, secrets[0].property)
    if attestations:
        with _adding("The settings were not saved either."):
            add_attestations(session.profile.name, attestations)
    written = await _written(session, review)
    kept = {each.property: _keep(store, session, each, review, written) for each in secrets}
    return ApplyResult(written, kept)


async def _written(session: Session, review: Review) -> Written:
    """Writes; a sign-in that is not taken any more is kept no longer."""
    try:
        return await session.target.write(review.plan, review.draft.secrets)
    except Problem as problem:
        if not session.profile.instance:
            raise
        # Imported late: a local file needs no network.
        from tui.targets.instance.instance_target import InstanceTarget

        # By its code: what was half done comes as another type.
        if problem.code in REFUSED and isinstance(session.target, InstanceTarget):
            raise await forgotten(session.profile, problem, session.target.secret) from None
        raise


@contextlib.contextmanager
def _adding(words: str) -> Iterator[None]:
    """Adds to what goes wrong what that means for the settings."""
    try:
        yield
    except Problem as problem:
        raise problem.with_message(f"{problem.message} {words}") from None


def _keep(
    store: Keyring | None, session: Session, change: Change, review: Review, written: Written
) -> str:
    """Keeps or forgets one secret; gives where it is kept now, or ""."""
    if store is None:
        return ""
    profile = session.profile.name
    try:
        if change.after is SecretState.NEW:
            return store.keep(profile, change.property, review.draft.secrets[change.property])
        store.forget(profile, change.property)
    except Problem as problem:
        raise Unfinished(
            problem.code,
            f"The settings were saved to {written.where}, but {change.property} could not be "
            f"kept: {problem.message}",
            problem.hint,
        ) from None
    return ""
