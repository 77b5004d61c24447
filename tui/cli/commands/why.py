"""glidemail why: why mail does or does not go out, as the instance's own records show it."""

from typing import Any

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.open_profile import open_profile, sign_in_from_stdin
from tui.cli.output import say, write_json
from tui.cli.run import run_in_loop, show_progress
from tui.errors import UsageError
from tui.presentation.delivery_stage import DeliveryStage
from tui.presentation.delivery_stages import DeliveryDiagnosis, diagnose_delivery
from tui.presentation.target_text import banner_line, signed_in_words
from tui.presentation.why_text import advice, page_address, why_lines
from tui.probes.stage import SenderFinding
from tui.settings.catalog import Settings
from tui.workspace.sender_domain import look_up_sender


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Say why mail does or does not go out; exit with 0 only if it was seen to go out."""
    session = open_profile(arguments, settings, sign_in_from_stdin(arguments)).session
    status, instance = session.reading.status, session.profile.instance
    if status is None or instance is None:
        raise UsageError(
            "usage.file", "A local file sends no mail.", "Name the profile of an instance with -p."
        )
    sender_domain: tuple[SenderFinding, ...] = ()
    if not arguments.no_dns:
        show_progress("Looking up SPF and DMARC in this machine's DNS.")
        sender_domain = run_in_loop(look_up_sender(session), session.profile)
    found = diagnose_delivery(
        status,
        is_production=session.facts.is_production,
        signed_in=signed_in_words(session),
        sender_domain=sender_domain,
    )
    if arguments.json:
        write_json({**as_json.header(session), **_diagnosis_json(found, instance.url)})
    else:
        say(banner_line(session), "", *why_lines(found, instance.url))
    return int(not found.is_shown)


def _diagnosis_json(found: DeliveryDiagnosis, url: str) -> dict[str, Any]:
    judged = found.status.judgement
    return {
        "delivery": as_json.judgement(judged) if judged else None,
        "stages": [_stage_json(each, url) for each in found.stages],
        "next": found.next,
        "unread": list(found.status.unread),
        "shown": found.is_shown,
    }


def _stage_json(each: DeliveryStage, url: str) -> dict[str, Any]:
    return {
        "stage": each.name,
        "verdict": str(each.result),
        "message": each.message,
        "details": list(each.details),
        "next": advice(each),
        "page": page_address(each, url) if each.page else None,
    }
