"""What has changed since a plan was made."""

import pytest

from tui.settings.delivery.status import Queue
from tui.settings.plan import Change
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.staleness import (
    MovedRecord,
    describe_stale,
    grown_queue,
    moved_records,
    sets_secret,
)
from tui.settings.values import SecretState, Value

ONE, TWO = Stamp("1", "2026-01-01", "admin"), Stamp("2", "2026-01-02", "root")


def test_a_record_with_another_version_moved() -> None:
    planned = {"same": ONE, "other": ONE, "gone": ONE, "one of two": ONE}
    now = {"same": [ONE], "other": [TWO], "one of two": [TWO, ONE], "new": [TWO]}
    names = ("same", "other", "gone", "one of two", "new")
    assert list(moved_records(planned, now, names)) == [
        MovedRecord("other", TWO),
        MovedRecord("gone", None),
    ]
    assert list(moved_records(planned, now, ("same",))) == []


def test_a_secret_among_the_changes_is_noticed() -> None:
    port = Change("port", 25, 587)
    secret = Change("password", SecretState.UNKNOWN, SecretState.NEW)
    assert not sets_secret((port,))
    assert sets_secret((port, secret))


@pytest.mark.parametrize(
    ("was_empty", "now", "has_grown"),
    [
        (True, Queue(2, "2026-01-01", 1), True),
        (True, Queue(), True),
        (True, Queue(2, "2026-01-01", 0), False),
        (True, None, False),
        (False, Queue(2, "2026-01-01", 1), False),
    ],
)
def test_a_queue_grew_if_nothing_waited_and_something_may_now(
    was_empty: bool, now: Queue | None, has_grown: bool
) -> None:
    assert grown_queue(was_empty, now) == (now if has_grown else None)


@pytest.mark.parametrize(
    ("before", "after", "now"),
    [
        ("a.example", "b.example", "a.example"),
        ("a.example", "b.example", "b.example"),
        (SecretState.KEPT, SecretState.NEW, SecretState.NOT_KEPT),
        (SecretState.NOT_KEPT, SecretState.CLEARED, ""),
        ("", SecretState.NOT_KEPT, SecretState.NOT_KEPT),
        (False, True, False),
    ],
)
def test_a_change_goes_on_from_what_it_starts_from_or_leads_to(
    before: Value, after: Value, now: Value
) -> None:
    assert describe_stale([Change("server", before, after)], Snapshot({"server": now})) == ""


def test_a_change_that_starts_from_something_else_is_stale() -> None:
    changes = [
        Change("server", "a.example", "b.example"),
        Change("password", SecretState.NOT_KEPT, SecretState.NEW),
        Change("port", 25, 587),
    ]
    assert describe_stale(changes, Snapshot({"port": 25})) == (
        "server was a.example and is blank; password was not kept and is blank"
    )
