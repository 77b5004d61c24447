"""glidemail without a command: the configurator."""

import gc
import os
import sys
from collections.abc import Sequence

from tui.cli.arguments import Arguments
from tui.cli.open_profile import sign_in_before_screen
from tui.cli.output import OutputError, discard, flush, say, say_problem
from tui.coroutines import run_without_loop
from tui.credentials.secret import Secret
from tui.errors import UsageError
from tui.presentation.status_text import exit_lines
from tui.presentation.target_text import CHOICE_HINTS
from tui.settings.catalog import Settings
from tui.storage.profile import Profile, load_last_used, load_profile, save_last_used
from tui.workspace.session import open_session, unread_session
from tui.workspace.sign_in import SignIns
from tui.workspace.workspace import Workspace


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Open the configurator on the named profile, or on the one used last."""
    if arguments.json:
        raise UsageError("usage", "--json needs a command.", "See: glidemail --help")
    refuse_no_terminal()
    profile = load_profile(arguments.profile or load_last_used())
    return configure(profile, sign_in_before_screen(profile), settings)


def configure(
    profile: Profile,
    sign_in: Secret | None,
    settings: type[Settings],
    welcome: Sequence[str] = (),
) -> int:
    """Show the configurator until it is left, then say what was and was not written.

    Args:
        profile: to open; an instance is connected to after the first frame.
        sign_in: the secret to sign in with; else a keyring or the person is asked.
        welcome: a page to show first.
    """
    if profile.instance:
        session = unread_session(profile, settings)
    else:
        session = run_without_loop(open_session(profile, settings))
    save_last_used(profile.name)
    # Textual's logs and its console would see what is typed.
    for name in ("TEXTUAL", "TEXTUAL_LOG", "TEXTUAL_DEBUG"):
        os.environ.pop(name, None)
    gc.disable()  # until the first frame; there is nothing to collect yet
    from tui.app.app import ConfiguratorApp

    sign_ins = SignIns({profile.name: sign_in} if sign_in else None)
    workspace = Workspace(session, sign_ins, CHOICE_HINTS)
    code = ConfiguratorApp(workspace, welcome).run_to_end()
    try:
        say(*exit_lines(workspace.report))
        flush()
    except OutputError:  # the terminal is gone; the code says why
        discard(sys.stdout)
    if fault := workspace.report.fault:
        say_problem(fault, as_json=False)
    return code


def refuse_no_terminal() -> None:
    """Raise `UsageError` if no screen can be shown."""
    instead = "Use a command: glidemail show, check, plan, apply; see glidemail --help"
    if os.environ.get("TERM", "") in ("", "dumb"):
        raise UsageError("terminal.dumb", "TERM isn't a terminal that can show a screen.", instead)
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        raise UsageError("terminal.none", "The configurator needs a terminal.", instead)
