"""glidemail show"""

from dataclasses import replace

from tui.cli import answers
from tui.cli.arguments import Arguments
from tui.cli.drafting import Drafted, drafted
from tui.cli.output import answer, say, write
from tui.documents.settings import export_text, json_text
from tui.errors import Usage
from tui.settings.catalog import Settings
from tui.settings.draft import Snapshot
from tui.settings.values import SecretState, Value
from tui.words import review as words


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Shows the settings, where each comes from, and what follows."""
    if arguments.toml and arguments.json:
        raise Usage("usage", "--toml and --json ask for two forms.", "Leave one of them out.")
    if arguments.schema:
        from tui.documents.schema import schema

        write(json_text(schema(settings)))
        return 0
    made = drafted(arguments, settings)
    if arguments.toml:
        write(_export(made), end="")
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
    values = {name: _exported(made, name) for name in names if name not in parsed.broken}
    profile = made.session.profile
    return export_text(
        replace(Snapshot(), values=values),
        f"profile {profile.name}, {made.session.target.where}",
        profile.environment,
    )


def _exported(made: Drafted, name: str) -> Value:
    """A value as a document holds it, which is as a save would leave it."""
    value = made.draft.after(name)
    if isinstance(value, SecretState):
        return SecretState.NOT_KEPT if value is not SecretState.CLEARED else ""
    return value
