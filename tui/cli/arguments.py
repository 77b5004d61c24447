"""The arguments of every command. Their errors never repeat a value."""

import argparse
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tui import __version__
from tui.cli.help import CommandFormatter, SubcommandAction, command_lines, long_usage, short_usage
from tui.cli.options import COMMANDS, add_common_options
from tui.cli.output import write
from tui.errors import UsageError
from tui.terminal.layout import wrap

_HARMLESS = re.compile(
    r"the following arguments are required: [\w, -]+"
    r"|argument [\w/ -]+: expected (one|at least one) argument"
    r"|argument [\w/ -]+: not allowed with argument [\w/ -]+"
)
_HOUR = 3600
_MORE_HELP = "Help for one command: glidemail COMMAND --help. All in one: man glidemail."
# Also -pass…, which would otherwise name a profile.
_PASSWORD = re.compile(r"-+pass(?!word-stdin$)", re.IGNORECASE)


@dataclass(slots=True)
class Arguments(argparse.Namespace):
    """The parsed arguments of a call."""

    command: str = "screen"
    action: str = "list"
    profile: str = ""
    json: bool = False
    name: str = ""
    set: list[str] = field(default_factory=list)
    document: Path | None = None
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
    client_certificate: Path | None = None
    client_key: Path | None = None
    keep: str = ""
    sign_in_stdin: bool = False
    sign_in_again: bool = False
    own_server: bool = False
    provider_server: bool = False
    account: str | None = None
    activate: list[str] = field(default_factory=list)
    deactivate: list[str] = field(default_factory=list)
    model: str = "accounts"
    switch: list[str] = field(default_factory=list)
    port: int = 0
    no_screen: bool = False
    addresses: bool = False
    no_dns: bool = False
    no_login: bool = False
    login_again: bool = False
    smtp_only: bool = False
    pop3_only: bool = False
    recipient: str = ""
    allow_cleartext: bool = False
    deadline: str = ""
    transcript: bool = False
    reply: list[str] = field(default_factory=list)
    server: str = ""
    stage: str = ""
    days: int = 1
    all: bool = False
    release: bool = False
    cause: list[str] = field(default_factory=list)
    address: str = ""
    wait: str = ""
    follow: str = ""


class _Parser(argparse.ArgumentParser):
    """A parser that sets only what was given; the defaults are those of `Arguments`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            allow_abbrev=False,
            argument_default=argparse.SUPPRESS,
            add_help=False,
            formatter_class=CommandFormatter,
            **options,
        )
        self._positionals.title = "arguments"

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse itself fails on a closed output in some versions of Python.
        write(message, end="")

    def error(self, message: str) -> NoReturn:
        if "invalid choice" in message and "COMMAND" in message:
            message = "There is no such command."
        elif not _HARMLESS.fullmatch(message):
            message = "The arguments are not understood."
        raise UsageError("usage", f"{message.rstrip('.')}.", f"See: {self.prog} --help")


class _ProgramParser(_Parser):
    """The parser of the program; its help is one screen."""

    def format_help(self) -> str:
        rows = [(each.group, name, each.summary) for name, each in COMMANDS.items()]
        formatter = self._get_formatter()
        formatter.start_section(None)
        formatter.add_arguments(a for a in self._actions if a.dest in ("profile", "json"))
        formatter.end_section()
        return "\n".join(
            [
                self.format_usage(),
                *wrap(self.description or "", ""),
                "",
                *command_lines(rows),
                "",
                formatter.format_help(),
                *wrap(_MORE_HELP, ""),
                "",
            ]
        )


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Parse the arguments of a call; raise `UsageError` if they are wrong."""
    if any(_PASSWORD.match(word) for word in argv):
        raise exposed_secret()
    arguments, unknown = build_parser(argv).parse_known_args(argv, namespace=Arguments())
    if unknown:
        found = ", ".join(str(place) for place, word in enumerate(argv, 1) if word in unknown)
        raise UsageError(
            "usage",
            f"Not understood: argument {found}, counted from 1 (it is not repeated here, as it "
            "could be a secret).",
            "See: glidemail --help, and glidemail COMMAND --help",
        )
    return arguments


def parse_seconds(text: str, option: str) -> int:
    """Return a number of seconds that an option takes, up to an hour; raise `UsageError`."""
    if not re.fullmatch("[0-9]{1,4}", text) or int(text) > _HOUR:
        raise UsageError("usage", f"{option} takes 0 to {_HOUR} seconds.", "See: glidemail --help")
    return int(text)


def exposed_secret() -> UsageError:
    """Return the error for a password among the arguments."""
    return UsageError(
        "usage.secret",
        "A password stood among the arguments: every user of this machine could read it there, "
        "and the shell may have kept it. Nothing was done.",
        "Change that password. Then give it with --password-stdin (at a prompt on a terminal) "
        "or --secrets-stdin.",
    )


def build_parser(words: Container[str] = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """Return the parser of the program, with all commands, and the options of those in `words`."""
    program = _ProgramParser(
        prog="glidemail",
        description="Without a command, it opens the configurator on the profile used last.",
    )
    commands = program.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=_Parser, prog=program.prog
    )
    for name, command in COMMANDS.items():
        parser = commands.add_parser(name, help=command.summary, description=command.description)
        if name in words:
            command.add_options(parser)
            _add_common_options(parser)
    add_common_options(program)
    program.add_argument(
        "--version",
        action="version",
        version=f"glidemail {__version__}",
        help="show the version",
    )
    program.usage = long_usage(program.prog, program._actions)
    return program


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the common options to a parser and to those of its commands."""
    for action in parser._actions:
        if isinstance(action, SubcommandAction):
            for command in action.choices.values():
                _add_common_options(command)
    add_common_options(parser)
    parser.usage = short_usage(parser.prog, parser._actions)
