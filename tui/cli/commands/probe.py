"""glidemail probe: why a mail server does or does not work, seen from this machine."""

import sys
from collections.abc import Mapping
from typing import Any

from tui.cli import as_json as answers
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import answer, say
from tui.cli.prompts import typed_yes
from tui.cli.run import run_in_loop, tell
from tui.errors import Refusal, Usage
from tui.presentation import probe_report as words
from tui.presentation import review_text as review
from tui.probes.stage import Stage
from tui.settings.catalog import Settings
from tui.storage.records import load_refused_logins
from tui.terminal.visible import visible
from tui.workspace.diagnose import (
    Diagnosis,
    Login,
    at_hand,
    evidence,
    logins,
    options_of,
    probed,
    remember,
)
from tui.workspace.session import Session

_MOST_SECONDS = 600.0


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Probes the servers of a draft; exit 0 only where something was tested and nothing failed."""
    seconds = _seconds(arguments.deadline)
    made = draft_from_arguments(arguments, settings)
    session = made.session
    secrets = at_hand(session, made.draft)
    tried = logins(made.draft, secrets)
    options = options_of(
        login=not arguments.no_login and _may_log_in(arguments, session, tried),
        cleartext=arguments.allow_cleartext,
        recipient=arguments.recipient,
        ca_file=arguments.ca_file,
        deadline=seconds,
    )

    def progress(part: str, stage: Stage) -> None:
        tell(f"{part.upper()}: {stage.name} {stage.result}")
        remember(session.profile.name, tried.get(part), stage)

    found = run_in_loop(
        probed(
            session,
            made.draft,
            options,
            progress,
            smtp=not arguments.pop3_only,
            pop3=not arguments.smtp_only,
            secrets=secrets,
        ),
        session.profile,
    )
    evidence(session, made.draft, found.probed.smtp)
    if arguments.json:
        answer({**answers.head(session), **_answer(found)})
        return int(not found.probed.passed)
    say(review.banner(session), "")
    say(*words.lines(found))
    if arguments.transcript:
        say("", "What was said; no password is in it")
        say(*(f"  {visible(line)}" for line in found.probed.transcript))
    return int(not found.probed.passed)


def _may_log_in(arguments: Arguments, session: Session, tried: Mapping[str, Login]) -> bool:
    """Whether a login may be tried; one that was refused not long ago takes a typed yes.

    Raises:
        Refusal: nobody is there to type it.
    """
    if arguments.login_again or not tried:
        return True
    found = [
        refused
        for refused in load_refused_logins(session.profile.name)
        for login in tried.values()
        if refused.is_of(login.server, login.user)
    ]
    if not found:
        return True
    last = found[-1]
    said = (
        f"{visible(last.server)} refused the login of {visible(last.user)} on "
        f"{last.when:%Y-%m-%d at %H:%M}, and one more with the same password could lock it."
    )
    if arguments.json or not sys.stdin.isatty():
        raise Refusal(
            "login.refused-before",
            f"{said} Nothing was probed.",
            "Where the password is another one now, say --login-again; else --no-login.",
        )
    return typed_yes(said)


def _seconds(text: str) -> float:
    """The deadline of one protocol.

    Raises:
        Usage: it is no number of seconds that anybody waits for.
    """
    try:
        seconds = float(text or "60")
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= _MOST_SECONDS:
        raise Usage("usage", "--deadline takes 1 to 600 seconds.", "See: glidemail probe --help")
    return seconds


def _answer(found: Diagnosis) -> dict[str, Any]:
    probed = found.probed
    return {
        "vantage": probed.vantage,
        "smtp": {"stages": [_stage(each) for each in probed.smtp]},
        "pop3": {"stages": [_stage(each) for each in probed.pop3]},
        "sender": [
            {
                "verdict": str(each.result),
                "code": each.code,
                "message": each.message,
                "next": each.hint,
            }
            for each in found.sender
        ],
        "not_tested": list(probed.not_tested),
        "passed": probed.passed,
        "transcript": list(probed.transcript),
    }


def _stage(each: Stage) -> dict[str, Any]:
    return {
        "stage": each.name,
        "verdict": str(each.result),
        "code": each.code,
        "message": each.message,
        "next": words.todo(each),
        "milliseconds": each.milliseconds,
    }
