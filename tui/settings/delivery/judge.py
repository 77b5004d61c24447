"""Whether mail goes out, judged by what was seen: never by a write that succeeded."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from tui.replies.cause import Cause
from tui.replies.explain import ReplyExplanation, explain_text
from tui.settings.delivery.account import NO_HINTS, Account, ChoiceHints, is_ours
from tui.settings.delivery.evidence import (
    OVERDUE,
    DeliveryEvidence,
    DeliveryState,
    FailedMail,
    Judgement,
    parse_time,
)
from tui.settings.delivery.interrupted_switch import InterruptedSwitch
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.terminal.visible import visible

_NO_CONNECTION = "cannot connect to smtp server"
"""The platform's own words for mail that it never got to a server (KB0856521)."""

MOST_OF_A_REPLY = 300
"""In characters."""

TURN_ON = "Turn it on when the emails in the queue may go out."
RESTART_JOB = "Open the job on the instance and set it back to Ready (KB0523599)."

_OF_THE_MESSAGE = frozenset({Cause.TOO_BIG, Cause.VIRUS, Cause.SPAM, Cause.CONTENT})
OF_ONE_MESSAGE = _OF_THE_MESSAGE | {
    *(Cause.RECIPIENT_UNKNOWN, Cause.RECIPIENT_MOVED, Cause.MAILBOX_FULL),
    *(Cause.MAILBOX_DISABLED, Cause.DOMAIN_UNKNOWN),
}
"""Causes that lie with one message or its recipient: others may go out."""


def judge(
    status: DeliveryStatus, accounts: Iterable[Account], hints: ChoiceHints = NO_HINTS
) -> Judgement:
    """Return whether mail goes out, with the strongest reason first.

    Args:
        accounts: those that are visible.
        hints: how to activate one.
    """
    now = status.evidence.read_at or datetime.now(UTC)
    accounts = tuple(accounts)
    found = _find_obstacle(status, accounts, now, hints) or _judge_evidence(status, now, hints)
    redirects = found.state in (DeliveryState.DELIVERING, DeliveryState.UNPROVEN)
    if redirects and status.recipients:
        # The mail of the test address still shows what the server says to it.
        addresses = ", ".join(status.recipients)
        is_shown = found.state is DeliveryState.DELIVERING
        return Judgement(
            DeliveryState.STOPPED,
            "test-address" if is_shown else "test-address-unproven",
            f"All email goes to the test address {addresses}, and to no one else. {found.message}",
            found.next,
        )
    if status.recipients is None and found.state is DeliveryState.DELIVERING:
        return Judgement(
            DeliveryState.UNDETERMINED,
            "test-address-hidden",
            f"This user can't see whether all email goes to a test address. {found.message}",
            "Sign in as a user who can read system properties.",
        )
    return found


def _find_obstacle(
    status: DeliveryStatus, accounts: tuple[Account, ...], now: datetime, hints: ChoiceHints
) -> Judgement | None:
    if status.model is Model.UNDETERMINED:
        return Judgement(DeliveryState.UNDETERMINED, "sender", status.why)
    if status.sending is False:
        return Judgement(
            DeliveryState.STOPPED,
            "sending-off",
            "Email sending is off. No mail goes out.",
            TURN_ON,
        )
    if status.model is Model.NO_ACTIVE_ACCOUNT and not status.lacks_accounts:
        return _no_active_account(accounts, hints, status.interrupted)
    if status.sending is None:
        return Judgement(
            DeliveryState.UNDETERMINED,
            "sending-hidden",
            "This user can't see whether email sending is on.",
            "Sign in as a user who can read system properties.",
        )
    problems = [job.find_problem(now) for job in status.evidence.jobs or ()]
    if problem := next(filter(None, problems), ""):
        return Judgement(
            DeliveryState.STOPPED,
            "job",
            f"The SMTP Sender job is {problem}. It sends no mail.",
            RESTART_JOB,
        )
    return None


def _no_active_account(
    accounts: tuple[Account, ...], hints: ChoiceHints, interrupted: InterruptedSwitch | None
) -> Judgement:
    inactive = [each for each in accounts if each.type == "smtp" and not each.active]
    said, ways = "No SMTP account is active.", " ".join(_ways_to_activate(inactive, hints))
    if interrupted:
        said, ways = f"{said} {interrupted.words}", interrupted.ways(hints)
    elif inactive:
        names = _list_names(each.name for each in inactive)
        verb = "is" if len(inactive) == 1 else "are"
        said = f"No SMTP account is active; {names} {verb} inactive."
    doubt = "Whether the instance then sends with the properties of KB0521756 is not confirmed."
    return Judgement(
        DeliveryState.STOPPED,
        "no-active-account",
        f"{said} No mail goes out. {doubt}",
        ways,
    )


def _ways_to_activate(inactive: list[Account], hints: ChoiceHints) -> Iterator[str]:
    managed = [each.name for each in inactive if each.managed]
    left = [each.name for each in inactive if not each.managed and is_ours(each.name)]
    other = [each for each in inactive if not each.managed and not is_ours(each.name)]
    by_hand = [each.name for each in other if not each.uses_oauth]
    by_oauth = [each.name for each in other if each.uses_oauth]
    if managed:
        yield f"{hints.activate_providers} activates {managed[0]}."
    if left:
        yield f"{hints.activate_own} activates {left[-1]}."
    elif not other:
        yield f"{hints.activate_own} creates your own SMTP account."
    if by_hand:
        yield f"{hints.activate_named} activates {_list_names(by_hand, 'or')}."
    if by_oauth:
        names, verb = _list_names(by_oauth), "signs" if len(by_oauth) == 1 else "sign"
        yield f"{names} {verb} in by OAuth and can only be activated on the instance."


def _judge_evidence(status: DeliveryStatus, now: datetime, hints: ChoiceHints) -> Judgement:
    evidence = status.evidence
    if evidence.sent is None or evidence.failures is None:
        return Judgement(
            DeliveryState.UNDETERMINED,
            "emails-hidden",
            "Can't read sent and failed emails: they are hidden from this user, or the instance "
            "didn't answer.",
            "Sign in as a user who can read emails (sys_email), such as an admin.",
        )
    since, changed = _find_start(status)
    # Of one second it isn't known what came first: the mail may have gone before the change.
    sent = evidence.sent if since and evidence.sent > since else ""
    failures = evidence.failures_since(since)
    # An email that was sent since a failure shows that the sender works again.
    after = evidence.failures_since(max(sent, since))
    if grave := [each for each in after if not (sent and is_of_one_message(each, status))]:
        return _failing(grave, status, since and f" since {changed} was changed")
    if not sent:
        return _unproven(since, changed, hints)
    if waiting := _find_stuck(evidence, now):
        return Judgement(
            DeliveryState.UNPROVEN,
            "queue-stuck",
            f"The newest email was sent at {sent} UTC. Another has been waiting since {waiting} "
            "UTC.",
            "Check the SMTP Sender job and the email log on the instance.",
        )
    failed = f" Since the last change {_count(failures, evidence)} failed." if failures else ""
    return Judgement(
        DeliveryState.DELIVERING,
        "sent",
        f"The newest email was accepted by the mail server at {sent} UTC.{failed}",
    )


def _find_start(status: DeliveryStatus) -> tuple[str, str]:
    """Return since when email shows what becomes of the next one, and what was changed then."""
    changed = status.changed.when if status.changed else ""
    # The mail server may take email to people, and reject the test address.
    if status.recipients and status.recipients_changed > changed:
        return status.recipients_changed, "the test address"
    return changed, "the sender"


def _failing(failures: list[FailedMail], status: DeliveryStatus, since: str) -> Judgement:
    newest, found = failures[0], explain_failure(failures[0], status)
    subject = _count(failures, status.evidence)
    if newest.reply:
        words = f"The newest ({newest.when} UTC): “{visible(newest.reply, MOST_OF_A_REPLY)}”."
    else:
        words = f"The newest at {newest.when} UTC; the instance recorded no reply."
    return Judgement(
        DeliveryState.FAILING,
        found.cause.value,
        f"{subject} failed{since}, and none has been sent after that. {words} "
        f"{found.meaning.statement}",
        found.meaning.next,
    )


def _unproven(since: str, changed: str, hints: ChoiceHints) -> Judgement:
    seen = f" since {changed}'s last change ({since} UTC)" if since else ""
    return Judgement(
        DeliveryState.UNPROVEN,
        "nothing-sent",
        f"No email was sent or failed{seen}: it isn't known yet whether mail goes out.",
        f"{hints.send_test} shows it.",
    )


def _find_stuck(evidence: DeliveryEvidence, now: datetime) -> str:
    """Return since when an email waits that should have gone out, if none went out since."""
    times = parse_time(evidence.waiting), parse_time(evidence.sent or "")
    is_stuck = all(each is not None and now - each > OVERDUE for each in times)
    return evidence.waiting if is_stuck else ""


def explain_failure(failed: FailedMail, status: DeliveryStatus) -> ReplyExplanation:
    """Return the cause of a failure, by the codes of the server that sends."""
    server = status.sender.server if status.sender else ""
    return explain_text(failed.reply, server=server)


def is_of_one_message(failed: FailedMail, status: DeliveryStatus) -> bool:
    """Return whether the cause lies with one message or its recipient: others may go out."""
    # All email has the same recipients while a test address is in force.
    causes = _OF_THE_MESSAGE if status.recipients else OF_ONE_MESSAGE
    is_sent = _NO_CONNECTION not in failed.reply.casefold()
    return is_sent and explain_failure(failed, status).cause in causes


def _count(failures: Iterable[FailedMail], evidence: DeliveryEvidence) -> str:
    count = len(tuple(failures))
    least = "At least " if evidence.more_failures else ""
    return f"{least}{count} email{'' if count == 1 else 's'}"


def _list_names(names: Iterable[str], conjunction: str = "and") -> str:
    *most, last = names
    return f"{', '.join(most)} {conjunction} {last}" if most else last
