"""Mail of the instance that is worked on: a test message through it, and what happens to its mail.

Both are thin: the loops, with their clock, are in `targets/instance/mail/`.
"""

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from tui.errors import Problem
from tui.settings.delivery.mail_effect import change_time, find_delay
from tui.settings.delivery.mail_since import MailSince
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.delivery.test_message import (
    MessageOutcome,
    OutgoingMessage,
    QueuedMessage,
)
from tui.settings.plan import Plan
from tui.workspace.session import Session
from tui.workspace.sign_in import REFUSED, forget_refused, record_sign_in

if TYPE_CHECKING:
    from tui.targets.instance.instance_target import InstanceTarget

T = TypeVar("T")


def make_token() -> str:
    """Return a random token by which a test message is recognized."""
    return secrets.token_hex(4)


async def queue_test(
    session: Session,
    message: OutgoingMessage,
    *,
    may_wait: bool = False,
    tell: Callable[[str], None] | None = None,
) -> QueuedMessage:
    """Queue a test message on the session's instance, as `InstanceTarget.queue_test`.

    Args:
        tell: shows what is under way, in place of the session's own.

    Raises:
        MailDelayed: it would wait, and `may_wait` says that it is not to.
        Problem: it was not queued, or that is unknown.
    """
    target = _instance_of(session, tell)
    return await _forget_if_refused(session, target.queue_test(message, may_wait=may_wait))


async def follow_test(
    session: Session,
    queued: QueuedMessage,
    seconds: float,
    tell: Callable[[str], None] | None = None,
) -> MessageOutcome:
    """Follow a test message for some seconds; what goes wrong is part of the outcome."""
    target = _instance_of(session, tell)
    found = await target.follow_test(queued, seconds)
    if found.trouble and found.trouble.code in REFUSED:
        record_sign_in(session.profile, found.trouble)
        await forget_refused(session.profile, found.trouble, target.secret)
    return found


async def watch_mail(
    session: Session,
    status: DeliveryStatus,
    since: str,
    seconds: float,
    tell: Callable[[str], None] | None = None,
) -> MailSince:
    """Return what happens to mail after a change, as `InstanceTarget.watch_mail`.

    Raises:
        Problem: it can't be seen.
    """
    target = _instance_of(session, tell)
    return await _forget_if_refused(session, target.watch_mail(status, since, seconds))


async def watch_after(session: Session, plan: Plan, seconds: float) -> MailSince:
    """Return what happens to mail after a plan was carried out, for some seconds at most.

    Where it is known that no mail goes out, it isn't waited for.

    Raises:
        Problem: it can't be seen.
    """
    reading = await _forget_if_refused(session, session.target.read())
    status = reading.status
    assert status  # noqa: S101
    if find_delay(status):
        return MailSince(status)
    since = change_time(plan, reading.snapshot, status)
    if not since:
        raise Problem(
            "mail.no-time",
            "This user can't see when the change took effect, so mail before and after it can't "
            "be told apart.",
            "Sign in as a user who can read the records that were written.",
        )
    return await watch_mail(session, status, since, seconds)


def _instance_of(session: Session, tell: Callable[[str], None] | None = None) -> "InstanceTarget":
    # Imported late: a local file needs no network.
    from tui.targets.instance.instance_target import InstanceTarget

    if not isinstance(session.target, InstanceTarget):
        raise ValueError("only an instance that was read sends mail")
    return replace(session.target, tell=tell) if tell else session.target


async def _forget_if_refused(session: Session, steps: Coroutine[Any, Any, T]) -> T:
    """Return what the steps return; a sign-in that is refused leaves the keyring."""
    try:
        return await steps
    except Problem as problem:
        if problem.code not in REFUSED:
            raise
        record_sign_in(session.profile, problem)
        refused = await forget_refused(session.profile, problem, _instance_of(session).secret)
        raise refused from None
