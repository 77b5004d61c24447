"""Carrying a plan out, once every reason against it is settled."""

import contextlib
import os
import pwd
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tui.credentials.keyring import Keyring
from tui.errors import Outage, Problem, Refusal, Unfinished
from tui.settings.plan import Change, Confirmation
from tui.settings.preconditions import Attestation, Condition, Precondition
from tui.settings.review import Review
from tui.settings.values import SecretState
from tui.storage.profile import Keep
from tui.storage.records import add_attestations
from tui.targets.target import SaveResult
from tui.terminal.visible import visible
from tui.workspace.session import Session
from tui.workspace.sign_in import REFUSED, forget_refused


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """What was done.

    Attributes:
        written: what the target did.
        kept: each secret of the plan, with where it is kept now, or "" if it is not.
    """

    written: SaveResult
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What a person still has to do before a plan is carried out.

    Attributes:
        preconditions: those neither verified nor attested.
        confirmations: those whose word was not typed.
    """

    preconditions: tuple[Precondition, ...]
    confirmations: tuple[Confirmation, ...]

    def __bool__(self) -> bool:
        """Return whether there is anything."""
        return bool(self.preconditions or self.confirmations)

    @property
    def code(self) -> str:
        """The code of the refusal of what comes first."""
        return "preconditions.open" if self.preconditions else "confirmation.missing"

    @property
    def message(self) -> str:
        """What comes first, in a sentence."""
        if self.preconditions:
            listed = ", ".join(each.condition for each in self.preconditions)
            return f"Not verified or attested: {listed}."
        return " ".join(each.reason for each in self.confirmations)


def current_user() -> str:
    """Return the name of the account that gives its word, safe to show."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container, mostly
        name = f"uid {os.getuid()}"
    caller = os.environ.get("SUDO_USER")
    return visible(f"{name} (sudo by {caller})" if caller else name)


def attest(review: Review, conditions: Iterable[Condition], who: str) -> list[Attestation]:
    """Return a person's word for conditions, for the draft's server, port and user, given now."""
    settings = review.parsed.settings
    now, port = datetime.now().astimezone(), settings.port
    return [
        Attestation(each, settings.server, settings.user, who, now, port) for each in conditions
    ]


def find_unsettled(review: Review, confirmed: Collection[str]) -> Unsettled:
    """Return what keeps a plan from being applied.

    Args:
        review: of the plan.
        confirmed: the words that were typed.
    """
    missing = (each for each in review.plan.confirmations if each.word not in confirmed)
    return Unsettled(tuple(review.open_preconditions), tuple(missing))


def refuse_errors(review: Review, *, shown: bool = False) -> None:
    """Refuse a draft with errors in it.

    Args:
        review: of the draft.
        shown: the errors were shown already, and are only counted.

    Raises:
        Problem: what it changes, or what depends on it, has an error.
    """
    if review.blocking:
        listed = "; ".join(f"{each.property}: {each.message}" for each in review.blocking)
        count = len(review.blocking)
        counted = "There is 1 error" if count == 1 else f"There are {count} errors"
        raise Problem(
            "plan.errors",
            f"{counted} in what would be saved{'.' if shown else f': {listed}'}",
            "Correct them first. Nothing was written.",
        )


async def apply(
    session: Session,
    review: Review,
    confirmed: Collection[str] = (),
    attestations: Collection[Attestation] = (),
) -> ApplyResult:
    """Carry the plan of a review out.

    Args:
        session: where.
        review: what; made with the attestations in it.
        confirmed: the words that were typed.
        attestations: those that are new, and to be remembered.

    Raises:
        Refusal: something about it is not settled, or a value it touches has moved.
        Problem: there are errors in it, or it failed; the words say what was and was not written.
    """
    refuse_errors(review)
    if left := find_unsettled(review, confirmed):
        raise Refusal(left.code, f"{left.message} Nothing was written.", "Fix that first.")
    secrets = [each for each in review.plan.changes if isinstance(each.after, SecretState)]
    if session.profile.instance:
        secrets = []  # the instance keeps them, and nothing here does
    keyring = Keyring() if session.profile.keep is Keep.KEYRING and secrets else None
    if keyring:
        with _add_to_problem("Nothing was written."):
            keyring.has(session.profile.name, secrets[0].property)
    if attestations:
        with _add_to_problem("The settings were not saved either."):
            add_attestations(session.profile.name, attestations)
    written = await _write(session, review)
    kept = {each.property: _keep(keyring, session, each, review, written) for each in secrets}
    return ApplyResult(written, kept)


async def _write(session: Session, review: Review) -> SaveResult:
    """Write; a sign-in that is refused on the way is removed from the keyring."""
    try:
        return await session.target.write(review.plan, review.draft.secrets)
    except Problem as problem:
        if not session.profile.instance:
            raise
        if isinstance(problem, Outage):
            raise _add_way_out(problem, session, review) from None
        # Imported late: a local file needs no network.
        from tui.targets.instance.instance_target import InstanceTarget

        # By its code: what was half done comes as another type.
        if problem.code in REFUSED and isinstance(session.target, InstanceTarget):
            raise await forget_refused(session.profile, problem, session.target.secret) from None
        raise


def _add_way_out(problem: Outage, session: Session, review: Review) -> Outage:
    """Add to an outage the command that activates an account."""
    facts, name, activation = review.facts, session.profile.name, review.plan.activation
    back, chosen = "--own-server", facts.chosen
    before = activation.instead_of if activation else ""
    if facts.managed or facts.awaits_servicenows:
        back = "--provider-server"
    elif before or chosen:
        account = before or (chosen.name if chosen else "")
        back = f"--account {shlex.quote(visible(account))}"
    elif review.parsed.settings.authenticate:
        back += " --password-stdin"
    look = ""
    if not problem.is_known:
        look = f"Check with: glidemail -p {name} show. If no account is active, run: "
    command = f"{look or 'Run: '}glidemail -p {name} apply {back}"
    return Outage(
        problem.code, problem.message, f"{command}. {problem.hint}", is_known=problem.is_known
    )


@contextlib.contextmanager
def _add_to_problem(words: str) -> Iterator[None]:
    """Add to a problem what it means for the settings."""
    try:
        yield
    except Problem as problem:
        raise problem.with_message(f"{problem.message} {words}") from None


def _keep(
    keyring: Keyring | None, session: Session, change: Change, review: Review, written: SaveResult
) -> str:
    """Keep or remove one secret; return where it is kept now, or ""."""
    if keyring is None:
        return ""
    profile = session.profile.name
    try:
        if change.after is SecretState.NEW:
            return keyring.keep(profile, change.property, review.draft.secrets[change.property])
        keyring.forget(profile, change.property)
    except Problem as problem:
        raise Unfinished(
            problem.code,
            f"The settings were saved to {written.where}, but {change.property} couldn't be "
            f"kept: {problem.message}",
            problem.hint,
        ) from None
    return ""
