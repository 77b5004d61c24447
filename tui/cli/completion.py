"""Scripts that let bash, zsh and fish complete a command line.

shtab writes them from what the commands declare when a wheel is built. It isn't needed, nor
installed, where glidemail runs.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import shtab

from tui.cli.arguments import build_parser
from tui.cli.help import SubcommandAction
from tui.cli.options import REPLY_STAGES, SANDBOX_MODELS
from tui.replies.cause import Cause
from tui.settings.catalog import catalog
from tui.settings.values import Environment
from tui.storage.instance import SignInMethod
from tui.storage.profile import Keep

CHOICES: dict[str, Iterable[str]] = {
    "--cause": Cause,
    "--environment": Environment,
    "--keep": Keep,
    "--model": SANDBOX_MODELS,
    "--sign-in": SignInMethod,
    "--stage": REPLY_STAGES,
}
"""The words that an option takes."""

# Nothing but a name passes, as bash would run a command in what it is given.
_PROFILES = r"""glidemail profiles list --json 2>/dev/null |
    sed -n 's/^    "\([a-z0-9._-]*\)": {$/\1/p'"""
_PROFILE_NAMES = {
    "bash": "_glidemail_profiles",
    "zsh": "_glidemail_profiles",
    "fish": "(_glidemail_profiles)",
}
_PREAMBLES = {
    "bash": f"""\
_glidemail_profiles() {{
  compgen -W "$({_PROFILES})" -- "$1"
}}""",
    "zsh": f"""\
_glidemail_profiles() {{
  local -a names
  names=(${{(f)"$({_PROFILES})"}})
  compadd -a names
}}""",
    "fish": f"""\
function _glidemail_profiles
  {_PROFILES}
end""",
}


def completion_script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    parser = build_parser()
    _declare_values(parser)
    return shtab.complete(parser, shell, preamble=_PREAMBLES[shell]).rstrip("\n") + "\n"


def _declare_values(parser: argparse.ArgumentParser) -> None:
    """Tell shtab what the arguments of a parser take: files, profiles or some words."""
    for action in parser._actions:
        if isinstance(action, SubcommandAction):
            for command in action.choices.values():
                _declare_values(command)
                command.description = None  # its summary is shorter
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.dest == "profile" or parser.prog == "glidemail profiles remove":
            action.complete = _PROFILE_NAMES  # type: ignore[attr-defined]
        elif parser.prog == "glidemail explain" and action.dest == "name":
            action.choices = list(catalog())
        elif words := next((CHOICES[n] for n in action.option_strings if n in CHOICES), ()):
            action.choices = list(words)
