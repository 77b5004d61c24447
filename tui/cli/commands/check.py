"""glidemail check: what the rules find."""

from collections import Counter

from tui.cli import as_json
from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import say, write_json
from tui.presentation.review_text import finding_lines
from tui.presentation.target_text import banner_line
from tui.presentation.value_text import count_words
from tui.settings.catalog import Settings
from tui.settings.findings import Severity


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Write the findings of the rules."""
    made = draft_from_arguments(arguments, settings)
    review = made.session.review(made.draft)
    if arguments.json:
        findings = [as_json.finding(each) for each in review.findings]
        write_json({**as_json.header(made.session), "findings": findings})
    else:
        say(banner_line(made.session), "", *finding_lines(review))
        counts = Counter(each.severity for each in review.findings)
        say("", ", ".join(count_words(counts[each], str(each)) for each in Severity) + ".")
    return int(any(each.severity is Severity.ERROR for each in review.findings))
