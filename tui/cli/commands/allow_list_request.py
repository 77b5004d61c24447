"""glidemail allow-list-request: a letter for the administrators of the mail server."""

from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import say, write_json
from tui.errors import Problem
from tui.presentation.allow_list_letter import letter
from tui.settings.catalog import Settings

# The properties that the letter mentions.
_NAMES = (
    *("server", "port", "security", "user", "from", "authenticate"),
    *("display_name", "test_recipients"),
)


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Write a letter to the administrators of the mail server; it is not sent."""
    made = draft_from_arguments(arguments, settings)
    session = made.session
    host = session.target.where if session.profile.instance else ""
    environment = str(session.facts.counted_environment or "")
    review = session.review(made.draft)
    parsed = review.parsed
    if broken := [name for name in _NAMES if name in parsed.broken]:
        raise Problem(
            "letter.broken",
            f"No letter was written: {review.label(broken[0])} is not valid.",
            f"See: glidemail -p {session.profile.name} check",
        )
    text = letter(parsed.settings, host=host, environment=environment, sender=parsed.own_from)
    if arguments.json:
        write_json({"letter": text})
    else:
        say(*text.splitlines())
    return 0
