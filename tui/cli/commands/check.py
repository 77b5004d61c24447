"""glidemail check"""

from tui.cli import as_json as answers
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import answer, say
from tui.presentation import review_text as words
from tui.settings.catalog import Settings
from tui.settings.findings import Severity


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Says what the rules find."""
    made = draft_from_arguments(arguments, settings)
    review = made.session.review(made.draft)
    if arguments.json:
        answer(
            {
                **answers.head(made.session),
                "findings": [answers.finding(each) for each in review.findings],
            }
        )
    else:
        say(words.banner(made.session), "", *words.findings(review))
        counts = {
            severity: sum(each.severity is severity for each in review.findings)
            for severity in Severity
        }
        say("", ", ".join(_counted(count, str(each)) for each, count in counts.items()) + ".")
    return int(any(each.severity is Severity.ERROR for each in review.findings))


def _counted(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"
