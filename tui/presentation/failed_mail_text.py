"""Failed emails in words: by cause, what a release does, and what came of it."""

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tui.presentation.delivery_text import judgement_lines
from tui.presentation.target_text import path_words
from tui.presentation.value_text import count_words
from tui.settings.delivery.failed_mail import (
    MOST_RELEASED,
    FailedMailReading,
    FailedMessage,
    FailureGroup,
    ReleaseOutcome,
    ReleasePlan,
    ReleaseResult,
    is_young,
)
from tui.settings.delivery.judge import MOST_OF_A_REPLY
from tui.settings.delivery.status import DeliveryStatus
from tui.terminal.layout import cut, wrap
from tui.terminal.visible import visible

FAILED_MAIL_TITLE = "Failed mail"
HIDDEN_WORDS = (
    "Can't read failed emails: they are hidden from this user, or the instance didn't answer."
)
HIDDEN_NEXT = "Sign in as a user who can read emails (sys_email), such as an admin."
UNCONFIRMED = (
    "Not confirmed: whether earlier attempts count for a released email, and whether a resend "
    "sets more than type and state."
)
_MOST_REASONS = 8
_INDENT = "   "


def reading_words(found: FailedMailReading) -> str:
    """Return how many emails failed, in a sentence."""
    since = "the last day" if found.days == 1 else f"the last {found.days} days"
    count = len(found.messages)
    if not count:
        return f"No email failed in {since}."
    return (
        f"{'At least ' if found.has_more else ''}{count_words(count, 'email')} failed in {since}."
    )


def old_words(found: FailedMailReading, status: DeliveryStatus) -> str:
    """Return how many of the emails are too old to be sent again, in a sentence, or ""."""
    old = sum(not is_young(each, status, found.read_at) for each in found.messages)
    return _old_words(old, status) if old else ""


def _old_words(count: int, status: DeliveryStatus) -> str:
    verb = "is" if count == 1 else "are"
    return (
        f"{count} {verb} more than {status.queue.hours} hours old: the platform never sends those."
    )


def screenful() -> int:
    """Return how many lines the terminal shows above its prompt."""
    return max(shutil.get_terminal_size((80, 24)).lines - 1, 10)


def failed_mail_lines(
    found: FailedMailReading,
    groups: Sequence[FailureGroup],
    status: DeliveryStatus,
    most: int | None = None,
) -> Iterator[str]:
    """Return the failed emails by cause.

    Args:
        most: the most lines; None for all of them.
    """
    head = [reading_words(found), *filter(None, (old_words(found, status),))]
    blocks = [list(group_lines(each)) for each in groups]
    counts = [len(each.messages) for each in groups]
    rooms = counts if most is None else _share_lines(blocks, counts, most - len(head))
    yield from head
    for group, block, room in zip(groups, blocks, rooms, strict=False):
        yield from ("", *block)
        yield from message_lines(group.messages, room)
    if left := counts[len(rooms) :]:
        causes = count_words(len(left), "more cause")
        yield from ("", f"And {causes} of {count_words(sum(left), 'email')}: --all shows them.")


def _share_lines(
    blocks: Sequence[Sequence[str]], counts: Sequence[int], lines: int
) -> Sequence[int]:
    """Return how many emails of each group to show, for as many groups as fit into the lines."""
    # A blank line before each, and one below it that at least says how many emails there are.
    sizes, shown = [len(each) + 2 for each in blocks], len(blocks)
    while shown > 1 and sum(sizes[:shown]) > lines:
        if shown == len(blocks):
            lines -= 2  # for the words that say what is left out
        shown -= 1
    left = lines - sum(sizes[:shown])
    rooms = [0] * shown
    # The smallest first: what it doesn't need is left for the others.
    for number, place in enumerate(sorted(range(shown), key=lambda each: counts[each])):
        share = 1 + max(left // (shown - number), 0)
        rooms[place] = counts[place] if counts[place] <= share else share - 1
        left -= min(counts[place], share) - 1
    return rooms


def group_title(group: FailureGroup) -> str:
    """Return a cause, how many emails failed for it, and since when."""
    newest = "at" if len(group.messages) == 1 else "the newest at"
    count = count_words(len(group.messages), "email")
    return f"{group.cause}: {count}, {newest} {group.messages[0].when} UTC"


def group_lines(group: FailureGroup, room: int = 0) -> Iterator[str]:
    """Return a cause, the mail server's words and the next step."""
    yield group_title(group)
    yield from wrap(group.meaning.statement, _INDENT, _INDENT, room)
    yield from wrap(reply_words(group), _INDENT, _INDENT, room)
    yield from wrap(group.meaning.next, f"{_INDENT}   ", f"{_INDENT}-> ", room)


def group_words(group: FailureGroup) -> tuple[str, str]:
    """Return a cause with its meaning, and the newest email with the mail server's words."""
    meaning = f"{len(group.messages)} × {group.cause}: {group.meaning.statement}"
    return meaning, f"{group.messages[0].when} UTC {reply_words(group)}"


def group_page(group: FailureGroup, room: int) -> Iterator[str]:
    """Return everything about a group but its title."""
    _, *lines = group_lines(group, room)
    yield from (*lines, "")
    yield from message_lines(group.messages, room=room)


def reply_words(group: FailureGroup) -> str:
    """Return the mail server's words for the newest email of a group."""
    reply = visible(group.messages[0].reply, MOST_OF_A_REPLY)
    return f"“{reply}”" if reply else "The instance recorded no reply."


def message_lines(
    messages: Sequence[FailedMessage], most: int | None = None, room: int = 0
) -> Iterator[str]:
    """Return emails, a line each: when, for how many, and the subject."""
    size = room or min(shutil.get_terminal_size((80, 24)).columns, 100)
    shown = messages[:most]
    for each in shown:
        subject = visible(each.subject) or "(no subject)"
        yield cut(f"{_INDENT}{each.when}  {recipients_words(each):<14}  {subject}", size)
    if left := len(messages) - len(shown):
        words = f"and {left} more" if shown else count_words(left, "email")
        yield f"{_INDENT}{words}: --all shows them"


def recipients_words(message: FailedMessage) -> str:
    """Return for how many addresses an email is."""
    if message.addresses is None:
        return "hidden"
    return count_words(len(message.addresses), "recipient")


def release_title(plan: ReleasePlan) -> str:
    """Return the question."""
    return f"Send {count_words(len(plan.messages), 'failed email')} again?"


def nothing_words(plan: ReleasePlan) -> str:
    """Return why nothing can be released."""
    if not plan.too_old:
        return "There is no failed email to release."
    hours = plan.status.queue.hours
    return (
        f"{count_words(plan.too_old, 'failed email')}, all more than {hours} hours old: the "
        "platform never sends those. Nothing was written."
    )


def release_lines(plan: ReleasePlan, room: int = 0) -> Iterator[str]:
    """Return what a release does, before anyone types that it may."""
    for cause, count in plan.causes:
        yield f"{_INDENT}{count} × {cause}"
    for mark, words in _release_facts(plan):
        yield from wrap(words, "   ", f" {mark} ", room)
    yield ""
    yield from wrap(path_words(plan.status), "", "", room)
    if plan.status.judgement:
        yield from judgement_lines(plan.status.judgement, room)


def _release_facts(plan: ReleasePlan) -> Iterator[tuple[str, str]]:
    status = plan.status
    yield "!", "Sent email can't be recalled."
    if plan.too_old:
        yield " ", f"{_old_words(plan.too_old, status)} Skipped."
    if plan.left:
        yield (
            " ",
            f"At most {MOST_RELEASED} are released at a time: {plan.left} are left for later.",
        )
    yield _whom(plan)
    if status.sending is False:
        yield "!", "Email sending is off: released emails wait in the queue until it is on."
    if status.sending is None:
        yield "!", "This user can't see whether email sending is on."
    if plan.is_failing:
        yield (
            "!",
            (
                "The current sender fails with the same cause, so released emails will most likely "
                "fail again."
            ),
        )
    if plan.lasting:
        words = f"{' and '.join(plan.lasting)}: the cause is the message or its recipient."
        yield "!", f"{words} The emails aren't changed, so they may fail again."
    yield "-", UNCONFIRMED


def _whom(plan: ReleasePlan) -> tuple[str, str]:
    test, is_one = plan.status.recipients, len(plan.messages) == 1
    if test:
        whose = "It goes" if is_one else "All of them go"
        return " ", f"{whose} to the test address {', '.join(test)}, and to no one else."
    words = "This user can't see who the recipients are."
    if plan.addresses or not plan.hides_addresses:
        least = "at least " if plan.hides_addresses else ""
        count = count_words(len(plan.addresses), "recipient")
        words = f"{'It goes' if is_one else 'They go'} to {least}{count}."
    if test is None:
        words = f"{words} This user can't see whether a test address gets them instead."
    return "!", words


def result_words(result: ReleaseResult) -> str:
    """Return how many were released, in a sentence or two."""
    released = result.count(ReleaseOutcome.RELEASED)
    if result.is_complete:
        words = f"Released {count_words(released, 'email')}: set to send-ready, and read back."
    else:
        words = f"Released {released} of {count_words(len(result.outcomes), 'email')}."
    kinds = Counter(each.type for each in result.outcomes if each.outcome == "released")
    if sent := kinds["sent"]:
        words = f"{words} {sent} of them {'has' if sent == 1 else 'have'} already been sent."
    return words


def result_lines(result: ReleaseResult, room: int = 0) -> Iterator[str]:
    """Return what became of the emails; those that were not released with the reason."""
    yield from wrap(result_words(result), "", "", room)
    others: Iterable[ReleaseOutcome] = (
        each for each in ReleaseOutcome if each is not ReleaseOutcome.RELEASED
    )
    for outcome in others:
        if count := result.count(outcome):
            yield f" ! {count} {outcome}"
            yield from _reason_lines(result, outcome, room)
    if result.stopped:
        words = f"Stopped there. {result.stopped.hint}"
        yield from wrap(words, "       ", "   ->  ", room)


def _reason_lines(result: ReleaseResult, outcome: ReleaseOutcome, room: int) -> Iterator[str]:
    found = Counter(e.words for e in result.outcomes if e.outcome is outcome and e.words)
    for words, count in found.most_common(_MOST_REASONS):
        times = f"{count} × " if count > 1 else ""
        yield from wrap(f"{times}{words}", "     ", "   ", room)
    if len(found) > _MOST_REASONS:
        yield f"   and {len(found) - _MOST_REASONS} more reasons"
