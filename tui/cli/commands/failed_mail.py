"""glidemail failed-mail: the emails that could not be sent, and their release."""

import sys
from typing import Any

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.open_profile import open_profile, sign_in_from_stdin
from tui.cli.output import OutputError, flush, problem_json, say, write_json
from tui.cli.prompts import ask_confirmations
from tui.cli.run import run_steps
from tui.errors import Problem, Refusal, UsageError
from tui.presentation.failed_mail_text import (
    HIDDEN_NEXT,
    HIDDEN_WORDS,
    failed_mail_lines,
    nothing_words,
    reading_words,
    release_lines,
    release_title,
    result_lines,
    result_words,
    screenful,
)
from tui.presentation.target_text import banner_line
from tui.replies.cause import Cause
from tui.settings.catalog import Settings
from tui.settings.delivery.failed_mail import (
    FailedMailReading,
    FailureGroup,
    ReleaseOutcome,
    ReleasePlan,
    ReleaseResult,
    group_failures,
    is_young,
    plan_release,
)
from tui.settings.delivery.status import DeliveryStatus
from tui.terminal.layout import wrap
from tui.terminal.visible import visible
from tui.workspace.failed_mail import list_confirmations, read_failed_mail, release_failed_mail
from tui.workspace.workspace import Workspace

_DAYS = range(1, 31)
_SHOWN = 4096


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """List failed mail by cause, or set it to send-ready again."""
    causes = _parse_options(arguments)
    workspace = open_profile(arguments, settings, sign_in_from_stdin(arguments))
    found = run_steps(read_failed_mail(workspace, arguments.days), workspace.profile)
    status = workspace.session.reading.status
    assert status  # noqa: S101
    if found is None:
        raise Problem("failed-mail.hidden", HIDDEN_WORDS, HIDDEN_NEXT)
    groups = group_failures(found.messages, status)
    if arguments.release:
        plan = plan_release(groups, causes, status, found.read_at)
        return _release(arguments, workspace, plan)
    chosen = tuple(each for each in groups if not causes or each.cause in causes)
    if arguments.json:
        write_json({**as_json.header(workspace.session), **_reading_json(found, chosen, status)})
        return 0
    lines = [banner_line(workspace.session), ""]
    end = ["", *wrap(_next_words(workspace), "    ", " -> ")] if chosen else []
    most = None if arguments.all else screenful() - len(lines) - len(end)
    say(*lines, *failed_mail_lines(found, chosen, status, most), *end)
    return 0


def _parse_options(arguments: Arguments) -> tuple[Cause, ...]:
    """Return the causes that were named.

    Raises:
        UsageError: an option has a value that it can't have, or says nothing here.
    """
    if arguments.days not in _DAYS:
        raise UsageError(
            "usage.days", "--days takes a number from 1 to 30.", "Leave it out for the last day."
        )
    if arguments.confirm and not arguments.release:
        raise UsageError(
            "usage.confirm",
            "--confirm only works with --release.",
            "Pass --release, or leave it out.",
        )
    try:
        return tuple(Cause(each) for each in arguments.cause)
    except ValueError:
        raise UsageError(
            "usage.cause",
            "--cause names something that isn't a cause.",
            f"They are: {', '.join(sorted(Cause))}.",
        ) from None


def _next_words(workspace: Workspace) -> str:
    name = workspace.profile.name
    return f"Send them again: glidemail -p {name} failed-mail --release --cause CAUSE"


def _release(arguments: Arguments, workspace: Workspace, plan: ReleasePlan) -> int:
    session = workspace.session
    interactive = sys.stdin.isatty() and not arguments.json
    if not plan:
        if arguments.json:
            write_json({**as_json.header(session), "release": _plan_json(plan), "result": None})
        else:
            say(banner_line(session), "", *wrap(nothing_words(plan), "", ""))
        return int(bool(plan.too_old))
    if not arguments.json:
        say(banner_line(session), "", release_title(plan), *release_lines(plan))
    confirmations, confirmed = list_confirmations(session, plan), list(arguments.confirm)
    if interactive:
        confirmed += ask_confirmations(confirmations, confirmed)
    if any(each.word not in confirmed for each in confirmations):
        words = " ".join(f"--confirm {each.word}" for each in confirmations)
        reasons = " ".join(each.reason for each in confirmations)
        raise Refusal(
            "confirmation.missing", f"{reasons} Nothing was written.", f"Confirm it with {words}"
        )
    steps = release_failed_mail(workspace, plan, confirmed)
    result = run_steps(steps, workspace.profile, writes=True)
    try:
        if arguments.json:
            body = {"release": _plan_json(plan), "result": _result_json(result)}
            write_json({**as_json.header(session), **body})
        else:
            say("", *result_lines(result))
            say(f"Next: glidemail -p {session.profile.name} why")
        flush()
    except OutputError as failed:
        raise OutputError(failed.error, f"{result_words(result)} ") from None
    return int(not result.is_complete)


def _reading_json(
    found: FailedMailReading, groups: tuple[FailureGroup, ...], status: DeliveryStatus
) -> dict[str, Any]:
    return {
        "days": found.days,
        "count": len(found.messages),
        "complete": not found.has_more,
        "summary": reading_words(found),
        "look_back_hours": status.queue.hours,
        "groups": [_group_json(each, found, status) for each in groups],
    }


def _group_json(
    group: FailureGroup, found: FailedMailReading, status: DeliveryStatus
) -> dict[str, Any]:
    return {
        "cause": str(group.cause),
        "count": len(group.messages),
        "newest": group.messages[0].when,
        "reply": visible(group.messages[0].reply, _SHOWN) or None,
        "statement": group.meaning.statement,
        "next": group.meaning.next,
        "messages": [
            {
                "id": visible(each.sys_id),
                "failed": each.when,
                "created": visible(each.created),
                "subject": visible(each.subject, _SHOWN),
                "recipients": None if each.addresses is None else len(each.addresses),
                "young_enough": is_young(each, status, found.read_at),
            }
            for each in group.messages
        ],
    }


def _plan_json(plan: ReleasePlan) -> dict[str, Any]:
    status = plan.status
    return {
        "count": len(plan.messages),
        "causes": {str(cause): count for cause, count in plan.causes},
        "too_old": plan.too_old,
        "left": plan.left,
        "recipients": None if plan.hides_addresses else len(plan.addresses),
        "test_recipients": None if status.recipients is None else list(status.recipients),
        "sending_enabled": status.sending,
        "sender": as_json.account(status.sender) if status.sender else None,
        "delivery": as_json.judgement(status.judgement) if status.judgement else None,
        "likely_to_fail_again": plan.is_failing,
    }


def _result_json(result: ReleaseResult) -> dict[str, Any]:
    counts = {each.name.lower(): result.count(each) for each in ReleaseOutcome}
    messages = [
        {
            "id": visible(each.message.sys_id),
            "outcome": str(each.outcome),
            "type": visible(each.type) or None,
            "why": visible(each.words, _SHOWN) or None,
        }
        for each in result.outcomes
    ]
    stopped = problem_json(result.stopped) if result.stopped else None
    return {**counts, "stopped": stopped, "messages": messages}
