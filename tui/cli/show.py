"""glidemail show"""

from dataclasses import replace

from tui.cli import answers
from tui.cli.arguments import Arguments
from tui.cli.drafting import Drafted, drafted
from tui.cli.output import answer, say
from tui.documents.settings import export_text, json_text
from tui.settings.catalog import Settings
from tui.settings.draft import Snapshot
from tui.words import review as words


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Shows the settings, where each comes from, and what follows."""
    if arguments.schema:
        from tui.documents.schema import schema

        print(json_text(schema(settings)))
        return 0
    made = drafted(arguments, settings)
    if arguments.toml:
        print(_export(made), end="")
        return 0
    review, where = made.session.review(made.draft), made.session.target.where
    if arguments.json:
        answer(
            {
                **answers.head(review, where),
                "properties": answers.properties(review, made.sources),
                "derived": answers.derived(review),
                "findings": [answers.finding(each) for each in review.findings],
            }
        )
        return 0
    say(words.banner(review, where), "")
    say(*words.properties(review, made.sources), "", *words.incoming(review))
    if worth_saying := [each for each in review.findings if each.severity.mark != "-"]:
        say("", "Findings", *words.findings(review, worth_saying))
    return 0


def _export(made: Drafted) -> str:
    """What is specified, broken values left out: they would not be read back."""
    parsed = made.session.review(made.draft).parsed
    names = [
        name for name in made.draft.entries if name in {*made.draft.base.values, *made.sources}
    ]
    values = {name: made.draft.after(name) for name in names if name not in parsed.broken}
    profile = made.session.profile
    return export_text(
        replace(Snapshot(), values=values),
        f"profile {profile.name}, {made.session.target.where}",
        profile.environment,
    )
