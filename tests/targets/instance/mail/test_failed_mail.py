"""A release that is stopped: what was done is still told."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.sandbox.fault_injection import Fault, RecordedRequest
from tests.sandbox.situations import fail_message, no_mail
from tests.targets.instance.write.factories import Desk, Wish, open_desk
from tui.settings.delivery.failed_mail import (
    ReleaseOutcome,
    ReleasePlan,
    ReleaseResult,
    group_failures,
    plan_release,
)
from tui.targets.instance.instance_target import InstanceTarget


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Three emails have failed, the oldest first."""
    with open_desk("accounts") as desk:
        no_mail(desk.sandbox)
        for hours, subject in enumerate("CBA", 1):
            fail_message(desk.sandbox, subject, hours=hours)
        yield desk


async def make_plan(target: InstanceTarget) -> ReleasePlan:
    status = (await target.read()).status
    found = await target.read_failed_mail(1)
    assert status
    assert found
    groups = group_failures(found.messages, status)
    return plan_release(groups, (), status, datetime.now(UTC))


def nth_write(number: int) -> Fault:
    """Return a fault that never answers one of the writes."""
    writes: list[RecordedRequest] = []

    def when(request: RecordedRequest) -> bool:
        writes.extend([request] if request.method == "PATCH" else [])
        return request.method == "PATCH" and len(writes) == number

    return Fault("never_after", when)


def release_and_stop(desk: Desk, number: int) -> ReleaseResult:
    """Cancel a release while a write is under way."""

    async def run() -> ReleaseResult:
        target = desk.target(Wish())
        plan = await make_plan(target)
        desk.sandbox.faults.add(nth_write(number))
        work = asyncio.ensure_future(target.release_failed_mail(plan))
        while desk.sandbox.faults.left:
            await asyncio.sleep(0.01)
        work.cancel()
        return await work

    return asyncio.run(run())


def test_a_stop_reports_what_was_released_what_is_unknown_and_what_was_not_tried(
    desk: Desk,
) -> None:
    result = release_and_stop(desk, 2)
    assert [(each.message.subject, each.outcome) for each in result.outcomes] == [
        ("A", ReleaseOutcome.RELEASED),
        ("B", ReleaseOutcome.UNKNOWN),
        ("C", ReleaseOutcome.NOT_TRIED),
    ]
    assert result.stopped
    assert result.stopped.code == "stopped"
    types = {row["subject"]: row["type"] for row in desk.sandbox.rows("sys_email")}
    assert types == {"A": "send-ready", "B": "send-ready", "C": "send-failed"}
