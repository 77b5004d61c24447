"""glidemail show: the settings, and what sends."""

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import PreparedDraft, draft_from_arguments
from tui.cli.output import say, write, write_json
from tui.errors import UsageError
from tui.presentation.review_text import (
    alert_lines,
    finding_lines,
    incoming_lines,
    property_lines,
)
from tui.presentation.target_text import banner_line, delivery_lines
from tui.settings.catalog import Settings
from tui.settings.delivery.delivery_findings import DELIVERY
from tui.settings.delivery.expected_sender import name_account, name_sender
from tui.settings.findings import Finding
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value
from tui.storage.settings_file import export_text, json_schema, json_text


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Show the settings, where each comes from, and what is derived from them."""
    if arguments.toml and arguments.json:
        raise UsageError(
            "usage", "--toml and --json can't be used together.", "Leave one of them out."
        )
    if arguments.schema:
        write(json_text(json_schema(settings)))
        return 0
    made = draft_from_arguments(arguments, settings)
    if arguments.toml:
        write(_export_text(made), end="")
        return 0
    review, status = made.session.review(made.draft), made.session.reading.status
    if arguments.json:
        write_json(
            {
                **as_json.header(made.session),
                **({"verdict": as_json.delivery_status(status)} if status else {}),
                "properties": as_json.properties(review, made.sources),
                "derived": as_json.derived(review),
                "findings": [as_json.finding(each) for each in review.findings],
            }
        )
        return 0
    say(banner_line(made.session), "", *alert_lines(review))
    if status:
        say(*delivery_lines(status), "")
    say(*property_lines(review, made.sources), "", *incoming_lines(review))
    said = review.alerts
    if worth_saying := [f for f in review.findings if _is_worth_saying(f) and f not in said]:
        say("", "Findings", *finding_lines(review, worth_saying))
    return 0


def _is_worth_saying(finding: Finding) -> bool:
    """Return whether a finding is more than a note, and not said above already."""
    return finding.severity.mark != "-" and finding.property != DELIVERY


def _export_text(made: PreparedDraft) -> str:
    """Return what is specified as TOML, as a save would leave it."""
    draft, profile = made.draft, made.session.profile
    specified = {*draft.base.values, *made.sources}
    # Broken values could not be read back.
    specified -= set(made.session.review(draft).parsed.broken)
    values: dict[str, Value] = {}
    for name in draft.entries:
        value = draft.value(name)
        # An instance never tells whether a secret is set.
        if name not in specified or value is SecretState.UNKNOWN:
            continue
        if isinstance(value, SecretState):
            value = "" if value is SecretState.CLEARED else SecretState.NOT_KEPT
        values[name] = value
    return export_text(
        Snapshot(values),
        f"profile {profile.name}, {made.session.target.where}",
        made.session.facts.counted_environment,
        _sender_after(made),
    )


def _sender_after(made: PreparedDraft) -> str:
    """Return what a document says of what sends once the draft is saved."""
    facts, activation = made.session.facts, made.session.review(made.draft).plan.activation
    if not activation:
        return name_sender(facts)
    return name_account(activation.account, managed=facts.awaits_servicenows)
