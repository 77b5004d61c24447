"""Read the emails that an instance could not send, and set them to send-ready again.

`email_admin` resends failed mail (granular-admin-roles-notifications). Which columns a resend
sets is not documented: `type` and `state` are set as those of an email that waits have them, and
the error string is left as it is.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tui.errors import Problem, Refusal
from tui.settings.delivery.evidence import format_time
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    FailedMessage,
    MessageRelease,
    ReleaseOutcome,
    ReleaseResult,
)
from tui.targets.instance.api.client import PAGE, Client, Record
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.read.current_sender import stamp_from
from tui.targets.instance.read.inventory import STAMP
from tui.targets.instance.read.mail_evidence import read_emails
from tui.targets.instance.write.record_writer import EMAILS, OutcomeUnknown, RecordWriter
from tui.terminal.visible import visible

FAILED = "send-failed"
RELEASED = {"type": "send-ready", "state": "ready"}
"""The columns that a release sets. That these are all that it takes is unconfirmed."""
_ADDRESSES = ("recipients", "copied", "blind_copied")
_FIELDS = (*STAMP, "sys_created_on", "subject", *_ADDRESSES)
_OF_ONE_RECORD = ("instance.forbidden", "instance.not-found")
"""Codes of problems with one record; any other concerns the whole instance."""
_SUBJECT = 40


async def read_failed_mail(client: Client, days: int) -> FailedMailReading | None:
    """Return the emails that failed in the last days; None if they can't be read.

    That there are none proves nothing: they may all be hidden.
    """
    now = datetime.now(UTC)
    since = format_time(now - timedelta(days=days))
    page = await read_emails(client, FAILED, since, PAGE, _FIELDS)
    if page is None:
        return None
    messages = sorted(map(_message, page.records), key=lambda each: each.when, reverse=True)
    has_more = len(messages) >= PAGE or (page.total or 0) > len(messages)
    return FailedMailReading(tuple(messages), days, now, has_more)


def _message(record: Record) -> FailedMessage:
    columns = [record[name] for name in _ADDRESSES if name in record]
    found = re.split("[,;]", ",".join(columns))
    return FailedMessage(
        record.get("sys_updated_on", ""),
        record.get("error_string", "").strip(),
        sys_id=record.get("sys_id", ""),
        stamp=stamp_from(record),
        created=record.get("sys_created_on", ""),
        subject=record.get("subject", ""),
        addresses=frozenset(each.strip().casefold() for each in found if each.strip())
        if columns
        else None,
    )


async def release_messages(
    records: RecordWriter, messages: Sequence[FailedMessage]
) -> ReleaseResult:
    """Release emails one after the other; stop where it concerns the whole instance.

    What was done is returned even if a stop is requested.
    """
    outcomes: list[MessageRelease] = []
    stopped: Problem | None = None
    for each in messages:
        if stopped:
            outcomes.append(MessageRelease(each, ReleaseOutcome.NOT_TRIED))
            continue
        outcome, problem = await _release(records, each)
        outcomes.append(outcome)
        if problem is None:
            continue
        # Whoever may not write the first one may most likely write none of them.
        is_first = not any(done.outcome is ReleaseOutcome.RELEASED for done in outcomes)
        if problem.code not in _OF_ONE_RECORD or is_first:
            stopped = problem
    return ReleaseResult(tuple(outcomes), stopped)


async def _release(
    records: RecordWriter, message: FailedMessage
) -> tuple[MessageRelease, Problem | None]:
    """Compare an email, write it once and read it back.

    Returns:
        What became of it, and what went wrong.
    """
    record = _record_from(message)
    sent_at_all = False
    try:
        await records.check(EMAILS, record)
        sent_at_all = True
        lost = await records.send(EMAILS, record, RELEASED)
        return await _look(records, message, record, lost)
    except Refusal as refused:
        return MessageRelease(message, ReleaseOutcome.SKIPPED, refused.message), None
    except OutcomeUnknown as problem:
        return MessageRelease(message, ReleaseOutcome.UNKNOWN, problem.message), problem
    except Problem as problem:
        outcome = ReleaseOutcome.FAILED if sent_at_all else ReleaseOutcome.NOT_TRIED
        return MessageRelease(message, outcome, problem.message), problem
    except asyncio.CancelledError:
        outcome = ReleaseOutcome.UNKNOWN if sent_at_all else ReleaseOutcome.NOT_TRIED
        stopped = Problem("stopped", "Stopped before it finished.", "List the failed mail again.")
        return MessageRelease(message, outcome, stopped.message), stopped


async def _look(
    records: RecordWriter, message: FailedMessage, record: Record, lost: InstanceProblem | None
) -> tuple[MessageRelease, InstanceProblem | None]:
    """Return what a look at an email shows that was written just now.

    The SMTP Sender job may have taken it already.
    """

    def differs(now: Record) -> str:
        untouched = now.get("type") == FAILED and stamp_from(now) == message.stamp
        return "it is still send-failed" if untouched else ""

    now, mismatch = await records.look(EMAILS, record, differs, lost)
    kind = now.get("type", "") if now else ""
    if now is None:
        words = "It is no longer returned: removed or hidden."
        return MessageRelease(message, ReleaseOutcome.UNKNOWN, words), lost
    if mismatch and lost:
        is_late = lost.code == "instance.timeout"
        outcome = ReleaseOutcome.UNKNOWN if is_late else ReleaseOutcome.FAILED
        words = f"{lost.message} Reading it back shows that it hadn't been written."
        return MessageRelease(message, outcome, words, kind), lost
    if mismatch:
        words = f"The instance said it saved the email, but reading it back shows: {mismatch}."
        return MessageRelease(message, ReleaseOutcome.FAILED, words, kind), None
    if kind == FAILED:
        words = "It was set to send-ready, but failed again."
        return MessageRelease(message, ReleaseOutcome.FAILED, words, kind), None
    return MessageRelease(message, ReleaseOutcome.RELEASED, "", kind), None


def _record_from(message: FailedMessage) -> Record:
    """Return an email's record as it was read, with a name to speak of it."""
    subject = visible(message.subject, _SUBJECT)
    return {
        "sys_id": message.sys_id,
        "sys_mod_count": message.stamp.count,
        "sys_updated_on": message.stamp.when,
        "sys_updated_by": message.stamp.by,
        "type": FAILED,
        "name": f"“{subject}”" if subject else "The email without a subject",
    }
