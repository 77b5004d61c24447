"""glidemail, without a command: the configurator."""

import os
import sys

from tui.applying.session import finish, open_session
from tui.cli.arguments import Arguments
from tui.cli.output import Unwritable, discard, flush, say, say_problem
from tui.documents.profiles import last_used, load_profile, remember_used
from tui.errors import Usage
from tui.settings.catalog import Settings


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Opens the configurator on a profile, the one that was used last unless one is named."""
    _refuse_no_terminal(arguments)
    profile = load_profile(arguments.profile or last_used())
    session = finish(open_session(profile, settings))
    remember_used(profile.name)
    # Textual's logs and its console would see what is typed.
    for name in ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG"):
        os.environ.pop(name, None)
    from tui.app import Configure

    app = Configure(session)
    code = app.run_orderly()
    try:
        say(*app.ending.lines())
        flush()
    except Unwritable:  # the terminal is gone; the code says why
        discard(sys.stdout)
    if app.ending.problem:
        say_problem(app.ending.problem, as_json=False)
    return code


def _refuse_no_terminal(arguments: Arguments) -> None:
    if arguments.json:
        raise Usage("usage", "--json needs a command.", "See: glidemail --help")
    instead = "Use a command: glidemail show, check, plan, apply; see glidemail --help"
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise Usage("terminal.dumb", "TERM names no terminal that can show a screen.", instead)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise Usage("terminal.none", "The configurator needs a terminal.", instead)
