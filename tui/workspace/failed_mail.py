"""The emails that an instance could not send: read, and released on a person's word."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.errors import Problem, Refusal, UsageError
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    ReleaseOutcome,
    ReleasePlan,
    ReleaseResult,
    release_confirmations,
)
from tui.settings.plan import Confirmation
from tui.workspace.exit_report import MailReleased
from tui.workspace.session import Session, forget_if_refused
from tui.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tui.targets.instance.instance_target import InstanceTarget


async def read_failed_mail(
    workspace: Workspace, days: int, tell: Callable[[str], None] | None = None
) -> FailedMailReading | None:
    """Return the failed emails of the last days; None if this user may not see them.

    Args:
        tell: shows what is under way, in place of what the target uses.

    Raises:
        UsageError: it is a file's profile.
        Problem: the instance cannot be read.
    """
    session = workspace.session
    target = _instance_target(session, tell)
    try:
        found = await forget_if_refused(session.profile, target, target.read_failed_mail(days))
    except Problem as problem:
        workspace.sign_ins.forget_rejected(session.profile, problem)
        raise
    status = session.reading.status
    may_see = status is not None and status.evidence.failures is not None
    return found if found is not None and (found.messages or may_see) else None


def list_confirmations(session: Session, plan: ReleasePlan) -> tuple[Confirmation, ...]:
    """Return what must be typed before emails are released."""
    return tuple(release_confirmations(plan, session.facts, session.target.where))


async def release_failed_mail(
    workspace: Workspace,
    plan: ReleasePlan,
    confirmed: Collection[str],
    tell: Callable[[str], None] | None = None,
) -> ReleaseResult:
    """Release the emails of a plan, and note in the report what came of it.

    Args:
        confirmed: the words that were typed.
        tell: as for `read_failed_mail`.

    Raises:
        Refusal: a confirmation is missing, or what decides over the emails has changed.
        Problem: nothing was written.
    """
    session = workspace.session
    missing = [each for each in list_confirmations(session, plan) if each.word not in confirmed]
    if missing:
        reasons = " ".join(each.reason for each in missing)
        raise Refusal(
            "confirmation.missing", f"{reasons} Nothing was written.", "Type what is asked for."
        )
    target = _instance_target(session, tell)
    report, where = workspace.report, session.target.where
    was_written = report.written.get(where, False)
    report.mark_written()  # until it is known that nothing was
    try:
        result = await forget_if_refused(session.profile, target, target.release_failed_mail(plan))
    except Problem as problem:
        report.written[where] = was_written
        workspace.sign_ins.forget_rejected(session.profile, problem)
        raise
    if result.stopped:
        workspace.sign_ins.forget_rejected(session.profile, result.stopped)
    released = result.count(ReleaseOutcome.RELEASED)
    report.written[where] = was_written or bool(released or result.count(ReleaseOutcome.UNKNOWN))
    report.add(MailReleased(where, released, len(result.outcomes)))
    return result


def _instance_target(session: Session, tell: Callable[[str], None] | None) -> "InstanceTarget":
    # Imported late: a local file needs no network.
    from tui.targets.instance.instance_target import InstanceTarget

    if session.profile.instance is None:
        raise UsageError(
            "usage.file",
            "A local file has no failed mail.",
            "Name the profile of an instance with -p.",
        )
    if not isinstance(session.target, InstanceTarget):
        raise Refusal(
            "target.not-read", f"{session.target.where} hasn't been read yet.", "F5 connects."
        )
    return replace(session.target, tell=tell) if tell else session.target
