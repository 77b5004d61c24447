"""Read what an instance recorded of the mail it sent, and of the job that sends it.

Each part that can't be read fails alone, and counts as unknown.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tui.settings.delivery.evidence import DeliveryEvidence, FailedMail, SmtpSenderJob, format_time
from tui.targets.instance.api.client import Client, Page, Record
from tui.targets.instance.api.response_errors import InstanceProblem

_JOB = "SMTP Sender"
HIDDEN_MAIL = "sent and failed mail (hidden from this user, or no answer)"
_MOST_FAILURES = 100
_DAY = timedelta(days=1)
_FAILS_ALONE = frozenset(
    {
        *("instance.forbidden", "instance.not-found", "instance.no-table"),
        *("instance.server-error", "instance.timeout", "instance.too-large"),
    }
)
"""Codes of problems with one table; any other concerns the whole instance."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_STATES = {"0": "Ready", "1": "Running", "2": "Queued", "-1": "Error"}
"""Labels of a job's state if `sys_choice` has none: their stored values are not confirmed."""


async def read_evidence(client: Client, since: str, unread: list[str]) -> DeliveryEvidence:
    """Return what was seen of outgoing mail, of the last day and since a time.

    Args:
        since: in UTC as the instance writes it; "" means the last day.
        unread: takes what can't be read, in a few words.
    """
    now = datetime.now(UTC)
    start = min(filter(None, (since, format_time(now - _DAY))))
    sent = await read_emails(client, "sent", start, 1)
    failed = await read_emails(client, "send-failed", start, _MOST_FAILURES)
    if sent is None or failed is None:
        unread.append(HIDDEN_MAIL)
    failures = None
    if failed is not None:
        failures = tuple(
            FailedMail(each.get("sys_updated_on", ""), each.get("error_string", "").strip())
            for each in failed.records
        )
    return DeliveryEvidence(
        sent=None if sent is None else _newest(sent),
        failures=failures,
        more_failures=bool(failed and len(failed.records) >= _MOST_FAILURES),
        jobs=await _read_jobs(client, unread),
        read_at=now,
    )


def _newest(page: Page) -> str:
    return max((each.get("sys_updated_on", "") for each in page.records), default="")


async def read_emails(
    client: Client, kind: str, since: str, limit: int, more_fields: Sequence[str] = ()
) -> Page | None:
    """Return emails of a type, the newest first; None if they can't be read.

    That none is returned proves nothing: they may all be hidden.
    """
    query = f"type={kind}^sys_updated_on>={since}^ORDERBYDESCsys_updated_on"
    fields = ("type", "sys_updated_on", "error_string", *more_fields)
    page = await _read_optional(client, "sys_email", query, fields, limit)
    if page is None or (page.total and not page.records):
        return None
    # A query that an instance does not understand is ignored, and everything comes back.
    answered = all(_is_answer(each, kind, since) for each in page.records)
    return page if answered else None


def _is_answer(record: Record, kind: str, since: str) -> bool:
    when = record.get("sys_updated_on", "")
    return record.get("type") == kind and bool(_TIME.fullmatch(when)) and when >= since


async def _read_jobs(client: Client, unread: list[str]) -> tuple[SmtpSenderJob, ...] | None:
    fields = ("name", "state", "next_action")
    page = await _read_optional(client, "sys_trigger", f"name={_JOB}^ORDERBYname", fields, 10)
    found = [each for each in page.records if each.get("name") == _JOB] if page else []
    if not found:
        unread.append(f"the {_JOB} job (missing, hidden from this user, or no answer)")
        return None
    labels = await _read_state_labels(client)
    return tuple(
        SmtpSenderJob(
            labels.get(each.get("state", ""), each.get("state", "")), each.get("next_action", "")
        )
        for each in found
    )


async def _read_state_labels(client: Client) -> dict[str, str]:
    asked = {"name": "sys_trigger", "element": "state", "language": "en"}
    query = "^".join(f"{column}={value}" for column, value in asked.items())
    page = await _read_optional(client, "sys_choice", query, (*asked, "value", "label"), 100)
    records = [each for each in page.records if asked.items() <= each.items()] if page else []
    return _STATES | {each.get("value", ""): each.get("label", "") for each in records}


async def _read_optional(
    client: Client, table: str, query: str, fields: Sequence[str], limit: int
) -> Page | None:
    try:
        return await client.list_records(table, query, fields, limit=limit)
    except InstanceProblem as problem:
        if problem.code not in _FAILS_ALONE:
            raise
        return None
