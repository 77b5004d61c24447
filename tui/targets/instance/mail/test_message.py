"""A test message through an instance: queued once by the Email API, then followed.

Sources: email-api (a missing record is a 403 there), message-logs-individual-emails. That page
names no column of `syslog_email`: that `email` refers to the message is unconfirmed, so entries
that do not name it are left out.
"""

import asyncio
from collections.abc import Mapping

from tui.errors import Problem
from tui.settings.delivery.status import DeliveryStatus
from tui.settings.delivery.test_message import (
    FINAL_STATES,
    MessageLogEntry,
    MessageOutcome,
    MessageState,
    OutgoingMessage,
    QueuedMessage,
    state_from,
)
from tui.targets.instance.api.client import Client, Record
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused
from tui.targets.instance.mail.look import Pace, look_until
from tui.targets.instance.read.inventory import Tell

_MOST_ENTRIES = 20


async def queue_message(
    client: Client, message: OutgoingMessage, before: DeliveryStatus, pace: Pace, tell: Tell
) -> QueuedMessage:
    """Queue a test message, once.

    If the response is lost, the record is looked for by its token; the message is never sent again.

    Args:
        client: that is signed in.
        before: the delivery as it is now.

    Raises:
        InstanceProblem: it was not queued.
        Problem: it is unknown whether it was.
    """
    content = {"to": [message.address], "subject": message.subject, "text": message.text}
    tell(f"Sending test message {message.token}.")
    try:
        sys_id = await client.create_email(content)
    except asyncio.CancelledError:
        raise _unknown("Stopped before the instance answered.", message) from None
    except InstanceProblem as problem:
        if not problem.uncertain:
            raise _not_queued(problem) from None
        lost = problem
    else:
        return QueuedMessage(message, sys_id, before)
    tell(f"No answer. Looking for test message {message.token}.")
    if found := await _find_by_token(client, message, pace):
        return QueuedMessage(message, found, before)
    raise _unknown(lost.message, message)


async def _find_by_token(client: Client, message: OutgoingMessage, pace: Pace) -> str:
    """Return the sys_id of a message whose queueing was not confirmed, or ""."""

    async def look() -> str | None:
        query = f"subjectLIKE{message.token}^ORDERBYDESCsys_created_on"
        page = await client.list_records("sys_email", query, ("sys_id", "subject"), limit=5)
        found = (r for r in page.records if r.get("subject") == message.subject)
        return next((r["sys_id"] for r in found if r.get("sys_id")), None)

    try:
        found, _ = await look_until(look, pace.late, pace.message, pace)
    except (SignInRefused, asyncio.CancelledError):
        return ""
    return found or ""


def _not_queued(problem: InstanceProblem) -> InstanceProblem:
    """Return why a message was not queued, with what the Email API needs."""
    words, hint = f"{problem.message} Nothing was sent.", problem.hint
    if problem.code == "instance.forbidden":
        hint = (
            "The Email API needs the role email_api_send. Have an administrator grant it to this "
            "user, or sign in as a user who has it."
        )
    if problem.code == "instance.no-table":
        words = words.replace("has no such table", "doesn't know it")
    if isinstance(problem, SignInRefused):
        return SignInRefused(problem.code, words, hint)
    return InstanceProblem(problem.code, words, hint, retry_after=problem.retry_after)


def _unknown(why: str, message: OutgoingMessage) -> Problem:
    return Problem(
        "test.unknown",
        f"{why} It isn't known whether the test message was queued.",
        f"Look for {message.token} in the subjects of the instance's emails (sys_email) before "
        "you send another.",
    )


async def follow_message(
    client: Client, queued: QueuedMessage, seconds: float, pace: Pace, tell: Tell
) -> MessageOutcome:
    """Follow a message until it is sent, failed or ignored, or the time is up.

    Args:
        client: it signs in first if it has not.
        seconds: in all.

    Raises:
        SignInRefused: the instance no longer accepts the sign-in.
    """
    newest: dict[str, Record] = {}
    started = pace.now()

    async def look() -> Record | None:
        if not client.is_signed_in:
            await client.sign_in()
        newest["record"] = record = await client.read_email(queued.sys_id)
        if state_from(record["type"]) in FINAL_STATES:
            return record
        waited = round(pace.now() - started)
        tell(f"It is in the queue ({record['type']}): {waited} of {seconds:g} s.")
        return None

    found, trouble = await look_until(look, seconds, pace.message, pace)
    record = found or newest.get("record")
    when, log = "", None
    if trouble is None:
        when = await _read_time(client, queued.sys_id)
        log = await _read_log(client, queued.sys_id)
    # What was seen last may be out of date once the instance stops answering.
    is_seen = record is not None and trouble is None
    return MessageOutcome(
        queued=queued,
        state=state_from(record["type"]) if record and is_seen else MessageState.UNKNOWN,
        type=record["type"] if record else "",
        when=when,
        error=_error_text(record),
        log=log,
        seconds=seconds,
        trouble=trouble,
    )


def _error_text(record: Mapping[str, str] | None) -> str:
    return record.get("error", "").strip() if record else ""


async def _read_time(client: Client, sys_id: str) -> str:
    """Return when a message's record was last updated; "" if this user can't see it."""
    records = await _read_optional(client, "sys_email", f"sys_id={sys_id}", "sys_updated_on")
    found = (each["sys_updated_on"] for each in records if each.get("sys_id") == sys_id)
    return next(found, "")


async def _read_log(client: Client, sys_id: str) -> tuple[MessageLogEntry, ...] | None:
    """Return a message's log entries, the oldest first; None if none is returned."""
    query = f"email={sys_id}^ORDERBYsys_created_on"
    records = await _read_optional(client, "syslog_email", query, "email", "level", "message")
    entries = tuple(
        MessageLogEntry(each.get("level", ""), each.get("message", ""))
        for each in records
        if each.get("email") == sys_id
    )
    return entries or None


async def _read_optional(
    client: Client, table: str, query: str, *fields: str
) -> tuple[Record, ...]:
    try:
        page = await client.list_records(table, query, ("sys_id", *fields), limit=_MOST_ENTRIES)
    except InstanceProblem:
        return ()
    return page.records
