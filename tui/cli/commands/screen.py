"""glidemail, without a command: the configurator."""

import os
import sys
from collections.abc import Sequence

from tui.cli.arguments import Arguments
from tui.cli.output import Unwritable, discard, flush, say, say_problem
from tui.credentials.secret import Secret
from tui.errors import Usage
from tui.settings.catalog import Settings
from tui.storage.profile import Profile, load_last_used, load_profile, save_last_used
from tui.workspace.session import open_session, run_without_loop, unread


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Opens the configurator on a profile, the one that was used last unless one is named."""
    if arguments.json:
        raise Usage("usage", "--json needs a command.", "See: glidemail --help")
    refuse_no_terminal()
    return configure(load_profile(arguments.profile or load_last_used()), None, settings)


def configure(
    profile: Profile,
    sign_in: Secret | None,
    settings: type[Settings],
    welcome: Sequence[str] = (),
) -> int:
    """Shows the configurator until it is left, and then says what was and was not written.

    Args:
        profile: to open; an instance is connected to once the first frame is shown.
        sign_in: what signs in there; else a keyring or the person is asked.
        settings: the declaration of the properties.
        welcome: a page that is shown before anything else.
    """
    if profile.instance:
        session = unread(profile, settings)
    else:
        session = run_without_loop(open_session(profile, settings))
    save_last_used(profile.name)
    # Textual's logs and its console would see what is typed.
    for name in ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG"):
        os.environ.pop(name, None)
    from tui.app.app import Configure

    app = Configure(session, sign_in, welcome)
    code = app.run_orderly()
    try:
        say(*app.ending.lines())
        flush()
    except Unwritable:  # the terminal is gone; the code says why
        discard(sys.stdout)
    if app.ending.problem:
        say_problem(app.ending.problem, as_json=False)
    return code


def refuse_no_terminal() -> None:
    """Refuses where no screen can be shown.

    Raises:
        Usage: it cannot.
    """
    instead = "Use a command: glidemail show, check, plan, apply; see glidemail --help"
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise Usage("terminal.dumb", "TERM names no terminal that can show a screen.", instead)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise Usage("terminal.none", "The configurator needs a terminal.", instead)
