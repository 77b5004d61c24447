"""glidemail probe: test the mail servers of a draft from this machine."""

import sys
from collections.abc import Mapping
from typing import Any

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import note, say, write_json
from tui.cli.prompts import ask_login_again
from tui.cli.run import run_in_loop, show_progress
from tui.errors import Refusal, UsageError
from tui.presentation.probe_report import advice, report_lines, untested_reasons
from tui.presentation.target_text import banner_line
from tui.probes.stage import SenderFinding, Stage
from tui.settings.catalog import Settings
from tui.storage.records import load_refused_logins
from tui.terminal.visible import visible
from tui.workspace.diagnose import (
    Diagnosis,
    Login,
    describe_passwords,
    diagnose,
    find_logins,
    known_secrets,
    make_options,
    record_evidence,
    record_login,
)
from tui.workspace.session import Session


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Probe the servers of a draft; exit with 0 only if something was tested and nothing failed."""
    seconds = _parse_deadline(arguments.deadline)
    made = draft_from_arguments(arguments, settings)
    session = made.session
    secrets = known_secrets(session, made.draft)
    tried = find_logins(made.draft, secrets)
    options = make_options(
        login=not arguments.no_login and _may_log_in(arguments, session, tried),
        cleartext=arguments.allow_cleartext,
        recipient=arguments.recipient,
        ca_file=arguments.ca_file,
        deadline=seconds,
    )
    odd = describe_passwords(tried)
    if odd and options.login and not arguments.json:
        note(odd, "It is sent unchanged.")

    def progress(part: str, stage: Stage) -> None:
        show_progress(f"{part.upper()}: {stage.name} {stage.result}")
        record_login(session.profile.name, tried.get(part), stage)

    found = run_in_loop(
        diagnose(
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
    record_evidence(session, made.draft, found.servers.smtp)
    if arguments.json:
        write_json({**as_json.header(session), **_diagnosis_json(found)})
    else:
        say(banner_line(session), "", *report_lines(found))
        if arguments.transcript:
            say("", "Transcript (without passwords)")
            say(*(f"  {visible(line)}" for line in found.servers.transcript))
    return int(not found.servers.passed)


def _may_log_in(arguments: Arguments, session: Session, tried: Mapping[str, Login]) -> bool:
    """Return whether to try a login; one that was rejected recently takes a typed yes."""
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
        f"{visible(last.server)} rejected the login of {visible(last.user)} on "
        f"{last.when:%Y-%m-%d at %H:%M}, and another attempt with the same password could lock "
        "the account."
    )
    if arguments.json or not sys.stdin.isatty():
        raise Refusal(
            "login.refused-before",
            f"{said} Nothing was tested.",
            "If the password has changed, pass --login-again; otherwise pass --no-login.",
        )
    return ask_login_again(said)


def _parse_deadline(text: str) -> float:
    """Return the deadline of one protocol in seconds."""
    try:
        seconds = float(text or "60")
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 600:
        raise UsageError(
            "usage", "--deadline takes 1 to 600 seconds.", "See: glidemail probe --help"
        )
    return seconds


def _diagnosis_json(found: Diagnosis) -> dict[str, Any]:
    servers = found.servers
    return {
        "vantage": servers.vantage,
        "smtp": {"stages": [_stage_json(each) for each in servers.smtp]},
        "pop3": {"stages": [_stage_json(each) for each in servers.pop3]},
        "sender": [_result_json(each, each.hint) for each in found.sender],
        "not_tested": untested_reasons(found),
        "passed": servers.passed,
        "transcript": list(servers.transcript),
    }


def _stage_json(each: Stage) -> dict[str, Any]:
    result = _result_json(each, advice(each))
    return {"stage": each.name, **result, "milliseconds": each.milliseconds}


def _result_json(each: Stage | SenderFinding, hint: str) -> dict[str, Any]:
    return {"verdict": str(each.result), "code": each.code, "message": each.message, "next": hint}
