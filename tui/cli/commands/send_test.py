"""glidemail send-test: send one test message through an instance, and follow it."""

import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

from tui.cli import as_json
from tui.cli.arguments import Arguments, parse_seconds
from tui.cli.open_profile import open_profile, sign_in_from_stdin
from tui.cli.output import StoppedError, problem_json, say, write_json
from tui.cli.prompts import ask_to_send
from tui.cli.run import run_steps
from tui.errors import Problem, UsageError
from tui.presentation.target_text import banner_line
from tui.presentation.test_message_text import (
    NOT_FOLLOWED_HINT,
    ON_ITS_WAY,
    compose_message,
    consent_words,
    delay_words,
    is_known_to_wait,
    outcome_lines,
    plan_words,
    record_address,
    report,
)
from tui.settings.catalog import Settings
from tui.settings.delivery.test_message import MessageOutcome, OutgoingMessage, QueuedMessage
from tui.settings.parse.address import find_address_problem
from tui.targets.target import MailDelayed
from tui.terminal.layout import wrap
from tui.workspace.instance_mail import follow_test, make_token, queue_test
from tui.workspace.session import Session


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Send a test message; exit with 0 only if the sender's mail server accepted it."""
    _check_address(arguments.address)
    seconds = parse_seconds(arguments.wait, "--wait") if arguments.wait else None
    session = open_profile(arguments, settings, sign_in_from_stdin(arguments)).session
    instance = session.profile.instance
    if instance is None:
        raise UsageError(
            "usage.file", "A local file sends no mail.", "Name the profile of an instance with -p."
        )
    message = compose_message(session, arguments.address, make_token(), datetime.now(UTC))
    if not arguments.json:
        say(banner_line(session), "")
        for words in plan_words(session, message.address):
            say(*wrap(words, "   ", "   "))
    if reasons := tuple(consent_words(session, message.address)):
        _ask(reasons, arguments)
    queued = _queue(session, message, arguments)
    outcome = _follow(session, queued, queued.patience if seconds is None else seconds)
    if arguments.json:
        write_json({**as_json.header(session), "test": _outcome_json(outcome, instance.url)})
    else:
        say("", *outcome_lines(outcome, instance.url))
    return int(not outcome.is_shown)


def _check_address(address: str) -> None:
    if problem := find_address_problem(address) or ("" if address.isprintable() else "It isn't."):
        raise UsageError(
            "usage.address",
            "ADDRESS must be one full email address. Nothing was sent.",
            problem if "," not in address else "Pass one address; run it once for each.",
        )


def _ask(reasons: tuple[str, ...], arguments: Arguments) -> None:
    """Ask whether to send all the same; raise `Refusal` if the answer isn't yes."""
    if not arguments.yes:
        is_terminal = sys.stdin.isatty() and not arguments.json
        ask_to_send(reasons, interactive=is_terminal)


def _queue(session: Session, message: OutgoingMessage, arguments: Arguments) -> QueuedMessage:
    """Queue the message; ask first if it would wait, and that wasn't known before."""
    # A yes to production isn't a yes to waiting.
    may_wait = arguments.yes or is_known_to_wait(session)
    try:
        return _run(queue_test(session, message, may_wait=may_wait), session)
    except MailDelayed as delayed:
        _ask((delay_words(delayed.delay),), arguments)
    return _run(queue_test(session, message, may_wait=True), session)


def _run(steps: Coroutine[Any, Any, QueuedMessage], session: Session) -> QueuedMessage:
    return run_steps(steps, session.profile, writes=True)


def _follow(session: Session, queued: QueuedMessage, seconds: float) -> MessageOutcome:
    try:
        return run_steps(follow_test(session, queued, seconds), session.profile)
    except StoppedError as stopped:
        hint = NOT_FOLLOWED_HINT.format(name=session.profile.name)
        raise StoppedError(stopped.number, Problem("stopped", ON_ITS_WAY, hint)) from None


def _outcome_json(outcome: MessageOutcome, url: str) -> dict[str, Any]:
    queued, found, told = outcome.queued, outcome.explanation, report(outcome)
    sender = queued.before.sender
    redirected = outcome.redirected_to
    return {
        "address": queued.message.address,
        "token": queued.message.token,
        "id": queued.sys_id,
        "state": str(outcome.state),
        "type": outcome.type or None,
        "accepted": outcome.is_shown,
        "when": outcome.when or None,
        "sender": as_json.account(sender) if sender else None,
        "sender_unchanged": outcome.is_sender_known,
        "test_address": None if redirected is None else list(redirected),
        "error": outcome.error or None,
        "cause": str(found.cause) if found else None,
        "message": told.message,
        "next": told.next,
        "log": None
        if outcome.log is None
        else [{"level": each.level, "message": each.message} for each in outcome.log],
        "trouble": problem_json(outcome.trouble) if outcome.trouble else None,
        "page": record_address(outcome, url),
    }
