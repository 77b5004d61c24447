"""glidemail allow-list-request: a letter for the administrators of the mail server."""

from tui.cli.arguments import Arguments
from tui.cli.draft_from_arguments import draft_from_arguments
from tui.cli.output import say, write_json
from tui.errors import Problem
from tui.presentation.allow_list_letter import letter
from tui.settings.catalog import Settings, catalog

_PROPERTIES = (
    *("server", "port", "security", "user", "authenticate", "display_name", "test_recipients"),
)


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Write a letter to the administrators of the mail server; it is not sent.

    Raises:
        Problem: a property that the letter mentions has no valid value.
    """
    made = draft_from_arguments(arguments, settings)
    session = made.session
    host = session.target.where if session.profile.instance else ""
    environment = session.place.environment
    parsed = session.review(made.draft).parsed
    for name in _PROPERTIES:
        if name in parsed.broken:
            raise Problem(
                "letter.broken",
                f"No letter was written: {catalog(settings)[name].declared.short} has no valid "
                "value.",
                f"See: glidemail -p {session.profile.name} check",
            )
    text = letter(
        parsed.settings,
        host=host,
        environment=str(environment) if environment else "",
    )
    if arguments.json:
        write_json({"letter": text})
    else:
        say(*text.splitlines())
    return 0
