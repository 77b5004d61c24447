"""What the command line understands. Its errors never repeat a value."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tui import __version__
from tui.cli.options import COMMANDS, common
from tui.cli.output import write
from tui.errors import Usage

_HARMLESS = re.compile(
    r"the following arguments are required: [\w, -]+"
    r"|argument [\w/ -]+: expected (one|at least one) argument"
    r"|argument [\w/ -]+: not allowed with argument [\w/ -]+"
)
# Also -pass…, which would name a profile.
_PASSWORD = re.compile(r"-+pass(?!word-stdin$)", re.IGNORECASE)


@dataclass(slots=True)
class Arguments(argparse.Namespace):
    """A call, understood."""

    command: str = ""
    action: str = "list"
    profile: str = ""
    json: bool = False
    name: str = ""
    set: list[str] = field(default_factory=list)
    adopt: Path | None = None
    out: Path | None = None
    plan: Path | None = None
    yes: bool = False
    confirm: list[str] = field(default_factory=list)
    attest: list[str] = field(default_factory=list)
    password_stdin: bool = False
    secrets_stdin: bool = False
    toml: bool = False
    schema: bool = False
    file: Path | None = None
    instance: str | None = None
    environment: str = ""
    sign_in: str = ""
    user: str = ""
    ca_file: Path | None = None
    keep: str = ""
    sign_in_stdin: bool = False
    own_server: bool = False
    provider_server: bool = False
    model: str = "accounts"
    port: int = 0
    no_screen: bool = False
    addresses: bool = False
    no_login: bool = False
    login_again: bool = False
    smtp_only: bool = False
    pop3_only: bool = False
    recipient: str = ""
    allow_cleartext: bool = False
    deadline: str = ""
    transcript: bool = False


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: object = None) -> None:
        # Not every Python's own bears an output that takes nothing.
        write(message, end="")

    def error(self, message: str) -> NoReturn:
        if "invalid choice" in message and "COMMAND" in message:
            message = "There is no such command."
        elif not _HARMLESS.fullmatch(message):
            message = "The arguments are not understood."
        raise Usage("usage", f"{message.rstrip('.')}.", f"See: {self.prog} --help")


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """The call that the arguments make.

    Raises:
        Usage: they make none.
    """
    if any(_PASSWORD.match(word) for word in argv):
        raise secret_in_arguments()
    arguments, unknown = _parser().parse_known_args(argv, namespace=Arguments())
    if unknown:
        raise _unknown(argv, unknown)
    arguments.command = arguments.command or "screen"
    return arguments


def _unknown(argv: Sequence[str], unknown: Sequence[str]) -> Usage:
    positions = ", ".join(
        str(number) for number, word in enumerate(argv, start=1) if word in unknown
    )
    return Usage(
        "usage",
        f"Not understood: argument {positions}, counted from 1 (it is not repeated here, as it "
        "could be a secret).",
        "See: glidemail --help, and glidemail COMMAND --help",
    )


def secret_in_arguments() -> Usage:
    """A password that stood among the arguments."""
    return Usage(
        "usage.secret",
        "A password stood among the arguments: every user of this machine could read it there, "
        "and the shell may have kept it. Nothing was done.",
        "Change that password. Then give it with --password-stdin (at a prompt on a terminal) "
        "or --secrets-stdin.",
    )


def _parser() -> _Parser:
    parser = _Parser(
        prog="glidemail",
        description="Configures the outbound mail of a ServiceNow instance from a terminal. "
        "Without a command it opens the configurator on the profile that was used last.",
        epilog="Exit codes: 0 done, no difference, or only warnings; 1 failed, an error in the "
        "settings, or a probe that failed or tested nothing; 2 differences (plan); 5 refused; "
        "64 the call is wrong, or there is no terminal.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"glidemail {__version__}")
    common(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    for name, (words, fill) in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        common(command)
        fill(command)
    return parser
