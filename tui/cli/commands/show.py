"""glidemail show"""

from dataclasses import replace

from tui.cli import as_json as answers
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import PreparedDraft, draft_from_arguments
from tui.cli.output import answer, say, write
from tui.errors import Usage
from tui.presentation import review_text as words
from tui.presentation.delivery_text import verdict_lines
from tui.settings.catalog import Settings
from tui.settings.draft import Snapshot
from tui.settings.values import SecretState, Value
from tui.storage.settings_file import export_text, json_text


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Shows the settings, where each comes from, and what follows."""
    if arguments.toml and arguments.json:
        raise Usage("usage", "--toml and --json ask for two forms.", "Leave one of them out.")
    if arguments.schema:
        from tui.storage.schema import json_schema

        write(json_text(json_schema(settings)))
        return 0
    made = draft_from_arguments(arguments, settings)
    if arguments.toml:
        write(_export(made), end="")
        return 0
    review, verdict = made.session.review(made.draft), made.session.reading.status
    if arguments.json:
        answer(
            {
                **answers.head(made.session),
                **({"verdict": answers.verdict(verdict)} if verdict else {}),
                "properties": answers.properties(review, made.sources),
                "derived": answers.derived(review),
                "findings": [answers.finding(each) for each in review.findings],
            }
        )
        return 0
    say(words.banner(made.session), "")
    if verdict:
        say(*verdict_lines(verdict), "")
    say(*words.properties(review, made.sources), "", *words.incoming(review))
    if worth_saying := [each for each in review.findings if each.severity.mark != "-"]:
        say("", "Findings", *words.findings(review, worth_saying))
    return 0


def _export(made: PreparedDraft) -> str:
    """What is specified, broken values left out: they would not be read back."""
    parsed, draft = made.session.review(made.draft).parsed, made.draft
    there = {*draft.base.values, *made.sources}
    # Whether a secret is set an instance never tells.
    names = [n for n in draft.entries if draft.after(n) is not SecretState.UNKNOWN]
    values = {n: _exported(made, n) for n in names if n in there and n not in parsed.broken}
    profile = made.session.profile
    return export_text(
        replace(Snapshot(), values=values),
        f"profile {profile.name}, {made.session.target.where}",
        profile.environment,
    )


def _exported(made: PreparedDraft, name: str) -> Value:
    """A value as a document holds it, which is as a save would leave it."""
    value = made.draft.after(name)
    if isinstance(value, SecretState):
        return SecretState.NOT_KEPT if value is not SecretState.CLEARED else ""
    return value
