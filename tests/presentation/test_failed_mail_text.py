"""Failed mail in words: how much fits a screen, and what came of a release."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tests.settings.factories import STAMP, make_status
from tui.errors import Problem
from tui.presentation.failed_mail_text import failed_mail_lines, release_lines, result_lines
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    FailedMessage,
    MessageRelease,
    ReleaseOutcome,
    ReleaseResult,
    group_failures,
    plan_release,
)
from tui.terminal.layout import width

NOW = datetime(2026, 3, 4, 12, 0, 0, tzinfo=UTC)
WHEN = "2026-03-04 11:00:00"
REPLIES = (
    *("535 5.7.8 Error: authentication failed", "550 5.1.1 <a@x.example>: User unknown"),
    *("452 4.2.2 Mailbox full", "421 4.7.0 Too many messages", "550 5.7.1 Relaying denied"),
)
STATUS = make_status()


def failed(count: int, reply: str) -> list[FailedMessage]:
    """Return emails that failed for one cause."""
    return [
        FailedMessage(
            WHEN,
            reply,
            sys_id=f"{reply} {number}",
            stamp=STAMP,
            created=WHEN,
            subject=f"Report {number} {'of a long day ' * 9}",
            addresses=frozenset({"a@x.example"}),
        )
        for number in range(count)
    ]


def shown(counts: Sequence[int], most: int | None) -> list[str]:
    """Return the list of emails, as many for each cause."""
    pairs = zip(counts, REPLIES, strict=False)
    messages = tuple(each for count, reply in pairs for each in failed(count, reply))
    found = FailedMailReading(messages, 1, NOW)
    return list(failed_mail_lines(found, group_failures(messages, STATUS), STATUS, most))


@pytest.mark.parametrize("counts", [(1,), (40,), (3, 40), (40, 1, 2), (7, 7, 7, 7, 7)])
def test_a_list_fits_the_lines_there_are_and_says_what_it_leaves_out(
    counts: tuple[int, ...],
) -> None:
    for most in range(11, 50, 2):
        lines = shown(counts, most)
        assert len(lines) <= most
        assert max(map(width, lines)) <= 80
        causes = sum(line.startswith("   -> ") for line in lines)
        emails = sum(line.strip().startswith(WHEN) for line in lines)
        left = f"And {len(counts) - causes} more cause" in "\n".join(lines)
        assert left is (causes < len(counts))
        assert ("--all shows" in "\n".join(lines)) is (emails < sum(counts))
    assert (causes, emails) == (len(counts), sum(counts)) or len(lines) > most - len(counts)


def test_all_of_it_is_listed_on_request() -> None:
    lines = shown((40, 40), None)
    assert sum(line.strip().startswith(WHEN) for line in lines) == 80
    assert not [line for line in lines if "--all" in line]


def test_what_goes_to_people_is_marked_and_a_test_address_is_named() -> None:
    groups = group_failures(failed(2, REPLIES[0]), STATUS)
    words = " ".join(" ".join(release_lines(plan_release(groups, (), STATUS, NOW))).split())
    assert "! They go to 1 recipient." in words
    assert "Own SMTP is active. It sends through mail.corp.example:587." in words


def test_a_result_counts_each_outcome_and_groups_its_reasons() -> None:
    messages = failed(14, REPLIES[0])
    outcomes = [MessageRelease(messages[0], ReleaseOutcome.RELEASED, type="sent")]
    outcomes += [
        MessageRelease(each, ReleaseOutcome.SKIPPED, "It was changed.") for each in messages[1:3]
    ]
    outcomes += [
        MessageRelease(each, ReleaseOutcome.FAILED, f"Reason {number}.")
        for number, each in enumerate(messages[3:])
    ]
    stopped = Problem("instance.unavailable", "It is down.", "Try again later.")
    lines = list(result_lines(ReleaseResult(tuple(outcomes), stopped)))
    assert lines == [
        "Released 1 of 14 emails. 1 of them has already been sent.",
        " ! 2 skipped",
        "   2 × It was changed.",
        " ! 11 failed",
        *(f"   Reason {number}." for number in range(8)),
        "   and 3 more reasons",
        "   ->  Stopped there. Try again later.",
    ]
