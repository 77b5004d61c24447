"""Why mail does or does not go out, stage by stage, as the instance's own records show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain

from tui.presentation.delivery_stage import DeliveryStage
from tui.presentation.oauth_text import profile_words, token_words
from tui.presentation.sender_domain_stages import PENDING, sender_domain_stages
from tui.presentation.target_text import (
    CHOICE_HINTS,
    MANAGED_WORDS,
    account_address,
    account_state,
    interruption_words,
    reader_words,
)
from tui.probes.stage import SenderFinding, StageResult
from tui.replies.cause import Cause
from tui.settings.delivery.evidence import (
    OVERDUE,
    DeliveryState,
    FailedMail,
    format_time,
    parse_time,
)
from tui.settings.delivery.judge import (
    MOST_OF_A_REPLY,
    OF_ONE_MESSAGE,
    RESTART_JOB,
    TURN_ON,
    explain_failure,
    is_of_one_message,
)
from tui.settings.delivery.status import DeliveryStatus, Model
from tui.terminal.visible import visible

HIDDEN = "Hidden from this user."
UNREADABLE = "Hidden from this user, or the instance didn't answer."
RELEASE_STEP = "failed-mail --release --cause {cause} (^P on the screen) sends them again."
_EMAILS = "sys_email_list.do?sysparm_query=type"


_P, _W = StageResult.PASSED, StageResult.WARNED
_F, _S = StageResult.FAILED, StageResult.SKIPPED


@dataclass(frozen=True, slots=True)
class DeliveryDiagnosis:
    """Everything that mail depends on, and what it comes to."""

    status: DeliveryStatus
    stages: tuple[DeliveryStage, ...]

    @property
    def state(self) -> DeliveryState:
        """Whether mail goes out."""
        found = self.status.judgement
        return found.state if found else DeliveryState.UNDETERMINED

    @property
    def is_shown(self) -> bool:
        """Whether it was seen that mail goes out, and no stage failed."""
        failed = any(each.result is StageResult.FAILED for each in self.stages)
        return self.state is DeliveryState.DELIVERING and not failed

    @property
    def next(self) -> str:
        """The one next step, "" if there is none."""
        steps = [self.status.judgement.next] if self.status.judgement else []
        steps += [each.next for each in self.stages if each.result is StageResult.FAILED]
        return next(filter(None, steps), "")


def diagnose_delivery(
    status: DeliveryStatus,
    *,
    is_production: bool,
    signed_in: str,
    sender_domain: Sequence[SenderFinding] | None = (),
) -> DeliveryDiagnosis:
    """Return why mail does or does not go out.

    Args:
        signed_in: where, and as whom.
        sender_domain: what DNS says of the sender; None while it is being looked up, empty if it
            is left out.
    """
    dns = (PENDING,) if sender_domain is None else sender_domain_stages(status, sender_domain)
    now = status.evidence.read_at or datetime.now(UTC)
    stages = (
        DeliveryStage("sign-in", _P, f"Signed in at {signed_in}."),
        _sending_stage(status),
        _sender_stage(status),
        _job_stage(status, now),
        _queue_stage(status, now),
        _test_address_stage(status, is_production),
        _sent_stage(status),
        _failures_stage(status, now),
        *dns,
        _receiving_stage(status),
        _readers_stage(status, is_production),
    )
    return DeliveryDiagnosis(status, stages)


def _sending_stage(status: DeliveryStatus) -> DeliveryStage:
    page = "sys_properties_list.do?sysparm_query=name=glide.email.smtp.active"
    result, words, step = {
        True: (_P, "Email sending is on.", ""),
        False: (_F, "Email sending is off.", TURN_ON),
        None: (_S, HIDDEN, "Sign in as a user who can read system properties."),
    }[status.sending]
    return DeliveryStage("sending", result, words, step, page)


def _sender_stage(status: DeliveryStatus) -> DeliveryStage:
    page, found = "sys_email_account_list.do", status.judgement
    noted = tuple(filter(None, (interruption_words(status),)))
    if status.model is Model.UNDETERMINED:
        result = _S if status.hides_readers else _F
        return DeliveryStage("sender", result, status.why, "", page, noted)
    if status.lacks_accounts:
        return DeliveryStage("sender", _P, status.why)
    if status.model is Model.NO_ACTIVE_ACCOUNT:
        if found is None or found.reason != "no-active-account":
            return DeliveryStage("sender", _F, status.why, "", page, noted)
        return DeliveryStage("sender", _F, "No SMTP account is active.", found.next, page, noted)
    noted = (*_describe_oauth(status), *noted)
    if (sender := status.sender) is None:
        return DeliveryStage("sender", _P, status.why, "", page, noted)
    address = account_address(sender)
    if sender.managed:
        words, noted = f"{sender.name} is active: {address}.", (MANAGED_WORDS, *noted)
    else:
        words = f"{sender.name} (your own SMTP account) is active: {address}."
    return DeliveryStage("sender", _P, words, "", page, noted)


def _describe_oauth(status: DeliveryStatus) -> tuple[str, ...]:
    if (found := status.oauth) is None:
        return ()
    now = status.evidence.read_at or datetime.now(UTC)
    return (f"OAuth profile: {profile_words(found)}", f"OAuth token: {token_words(found, now)}")


def _job_stage(status: DeliveryStatus, now: datetime) -> DeliveryStage:
    page, jobs = "sys_trigger_list.do?sysparm_query=name=SMTP Sender", status.evidence.jobs
    if jobs is None:
        return DeliveryStage(
            "sender job",
            _S,
            "Missing, hidden from this user, or the instance didn't answer.",
            "",
            page,
        )
    problem = next(filter(None, (each.find_problem(now) for each in jobs)), "")
    if problem:
        return DeliveryStage("sender job", _F, f"It is {problem}.", RESTART_JOB, page)
    states = (f"{each.state}, next action {each.next_action or 'unknown'} UTC" for each in jobs)
    return DeliveryStage("sender job", _P, f"{'; '.join(states)}.", "", page)


def _queue_stage(status: DeliveryStatus, now: datetime) -> DeliveryStage:
    queue = status.queue
    page = f"{_EMAILS}INsend-ready,send-retry-backoff,send-retry-delayed"
    if queue.waiting is None:
        return DeliveryStage("queue", _S, HIDDEN, "", page)
    if queue.waiting == 0:
        return DeliveryStage("queue", _P, "No email is in the queue.", "", page)
    among = "" if queue.is_counted else " (among the oldest)"
    details = tuple(
        f"{count} {kind}{among}, oldest since {oldest} UTC" for kind, count, oldest in queue.types
    )
    fresh = "an unknown number" if queue.fresh is None else str(queue.fresh)
    words = f"{queue.waiting} in the queue, {fresh} of them less than {queue.hours} hours old."
    waits = parse_time(queue.oldest_fresh)
    if waits and now - waits <= OVERDUE and queue.fresh == queue.waiting:
        return DeliveryStage("queue", _P, words, "", page, details)
    step = "Find out why they are waiting before you release them."
    if queue.fresh == 0:
        words = (
            f"{queue.waiting} in the queue, all more than {queue.hours} hours old: too old to be "
            "sent."
        )
        step = ""
    return DeliveryStage("queue", _W, words, step, page, details)


def _test_address_stage(status: DeliveryStatus, is_production: bool) -> DeliveryStage:
    page = "sys_properties_list.do?sysparm_query=name=glide.email.test.user"
    if status.recipients is None:
        words = "Not returned: missing, or hidden from this user. Email may reach real people."
        return DeliveryStage("test address", _S, words, "", page)
    addresses = ", ".join(status.recipients)
    words = (
        f"All email goes to {addresses}." if addresses else "Not set: email reaches its recipients."
    )
    if bool(addresses) is not is_production:
        return DeliveryStage("test address", _P, words, "", page)
    if is_production:
        step = "Clear it when email may reach its recipients."
        return DeliveryStage("test address", _F, words, step, page)
    step = "Set one: this isn't production."
    return DeliveryStage("test address", _W, words, step, page)


def _sent_stage(status: DeliveryStatus) -> DeliveryStage:
    sent, page = status.evidence.sent, f"{_EMAILS}=sent^ORDERBYDESCsys_updated_on"
    if sent is None:
        return DeliveryStage("newest sent", _S, UNREADABLE, "", page)
    since = status.changed.when if status.changed else ""
    step = f"{CHOICE_HINTS.send_test} shows it."
    if not sent:
        words = "No email was sent in the last day or since the sender's last change."
        return DeliveryStage("newest sent", _W, words, step, page)
    if sent <= since:
        words = f"{sent} UTC, not after the sender's last change ({since} UTC)."
        return DeliveryStage("newest sent", _W, words, step, page)
    words = f"{sent} UTC, after the sender's last change."
    return DeliveryStage("newest sent", _P, words, "", page)


def _failures_stage(status: DeliveryStatus, now: datetime) -> DeliveryStage:
    evidence, page = status.evidence, f"{_EMAILS}=send-failed^ORDERBYDESCsys_updated_on"
    if evidence.failures is None:
        return DeliveryStage("failures", _S, UNREADABLE, "", page)
    recent = evidence.failures_since(format_time(now - timedelta(days=1)))
    if not recent:
        return DeliveryStage("failures", _P, "No email failed in the last day.", "", page)
    groups: dict[Cause, list[FailedMail]] = {}
    for each in recent:
        groups.setdefault(explain_failure(each, status).cause, []).append(each)
    details = tuple(
        chain.from_iterable(_describe_cause(found, status) for found in groups.values())
    )
    step = explain_failure(recent[0], status).meaning.next
    if solved := _find_solved(groups, status):
        is_newest = solved == next(iter(groups))
        step = f"{RELEASE_STEP.format(cause=solved)} {'' if is_newest else step}".rstrip()
    judged = status.judgement
    fails = judged is not None and judged.state is DeliveryState.FAILING
    newest = evidence.sent or ""
    grave = (not is_of_one_message(f[0], status) and f[0].when >= newest for f in groups.values())
    least = "At least " if evidence.more_failures else ""
    words = f"{least}{len(recent)} email{'' if len(recent) == 1 else 's'} failed in the last day."
    result = _F if fails and any(grave) else _W
    return DeliveryStage("failures", result, words, step, page, details)


def _find_solved(groups: Mapping[Cause, Sequence[FailedMail]], status: DeliveryStatus) -> str:
    """Return a cause that waiting solves, or that mail which was sent since shows solved, or ""."""
    sent = status.evidence.sent or ""
    for cause, found in groups.items():
        is_past = cause not in OF_ONE_MESSAGE and sent > found[0].when
        if is_past or explain_failure(found[0], status).meaning.helps_to_wait:
            return cause
    return ""


def _describe_cause(found: list[FailedMail], status: DeliveryStatus) -> Iterator[str]:
    explained, newest = explain_failure(found[0], status), found[0]
    yield f"{len(found)} × {explained.cause}: {explained.meaning.statement}"
    reply = visible(newest.reply, MOST_OF_A_REPLY) or "no reply was recorded"
    yield f"   newest {newest.when} UTC: {reply}"


def _receiving_stage(status: DeliveryStatus) -> DeliveryStage:
    page = "sys_properties_list.do?sysparm_query=name=glide.email.read.active"
    sent_from = status.sent_from
    replies = f"Mail comes from {sent_from}." if sent_from else "From isn't known."
    if status.receiving is None:
        return DeliveryStage("receiving", _S, HIDDEN, "", page, (replies,))
    if not status.receiving:
        step = "Turn it on if this instance needs the replies."
        words = f"Off: no replies are read. {replies}"
        return DeliveryStage("receiving", _W, words, step, page)
    if status.replies_are_read is False and sent_from:
        words = f"On, but no active account reads replies to {sent_from}."
        step = "If you expect replies, activate an account that reads that mailbox."
        return DeliveryStage("receiving", _W, words, step, page)
    words = f"On. {replies} It isn't known whether replies are read."
    if status.replies_are_read:
        words = f"On. Replies to {sent_from} are read."
    return DeliveryStage("receiving", _P, words, "", page)


def _readers_stage(status: DeliveryStatus, is_production: bool) -> DeliveryStage:
    page = "sys_email_account_list.do?sysparm_query=typeINpop3,imap"
    details = tuple(
        f"{each.name} ({account_state(each)}): {reader_words(each)}." for each in status.readers
    )
    if not details:
        words = HIDDEN if status.hides_readers else "There is no POP3 or IMAP account."
        result = _S if status.hides_readers else _P
        return DeliveryStage("readers", result, words, "", page)
    words, *rest = details
    if rest:
        words = f"{len(details)} POP3/IMAP accounts."
    details = details if rest else ()
    own = [each.name for each in status.readers if each.active and not each.managed]
    if own and not is_production and status.receiving is not False:
        step = (
            f"If {own[0]} came with a clone, deactivate it: it deletes the mail it reads. Use "
            f"{CHOICE_HINTS.deactivate}."
        )
        return DeliveryStage("readers", _W, words, step, page, details)
    return DeliveryStage("readers", _P, words, "", page, details)
