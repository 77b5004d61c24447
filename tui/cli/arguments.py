"""What the command line understands. Its errors never repeat a value."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tui import __version__
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
        epilog="Exit codes: 0 done, no difference, or only warnings; 1 failed, or an error in the "
        "settings; 2 differences (plan); 5 refused; 64 the call is wrong, or there is no terminal.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"glidemail {__version__}")
    _common(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    for name, (words, fill) in _COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        _common(command)
        fill(command)
    return parser


def _show(show: argparse.ArgumentParser) -> None:
    _editing(show)
    form = show.add_mutually_exclusive_group()
    form.add_argument("--toml", action="store_true", help="as a document to adopt elsewhere")
    form.add_argument("--schema", action="store_true", help="the JSON schema of such a document")


def _explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument(
        "name", metavar="NAME", nargs="?", help="all of them in a line unless given"
    )


def _plan(plan: argparse.ArgumentParser) -> None:
    _editing(plan)
    _adopting(plan)
    plan.add_argument("--out", metavar="FILE", type=Path, help="write the plan, without secrets")


def _apply(apply: argparse.ArgumentParser) -> None:
    apply.add_argument("plan", metavar="PLAN", nargs="?", type=Path, help="a plan that was written")
    _editing(apply)
    _adopting(apply)
    apply.add_argument("--yes", action="store_true", help="do not ask whether to save")
    apply.add_argument(
        "--confirm",
        metavar="WORD",
        action="append",
        default=[],
        help="type what is asked for; repeatable",
    )
    apply.add_argument(
        "--attest",
        metavar="NAME",
        action="append",
        default=[],
        help="give your word for a precondition, or all; repeatable",
    )


def _common(parser: argparse.ArgumentParser) -> None:
    # SUPPRESS: given before the command, it is not undone by the command's own default.
    parser.add_argument(
        "-p",
        "--profile",
        metavar="NAME",
        default=argparse.SUPPRESS,
        help="the profile to work on (default: default)",
    )
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON"
    )


def _editing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="change a property, by our name or the instance's; NAME= clears; repeatable",
    )
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument(
        "--password-stdin",
        action="store_true",
        help="a new password from standard input, or at a prompt on a terminal",
    )
    secrets.add_argument(
        "--secrets-stdin",
        action="store_true",
        help="lines password=, pop3_password=, sign_in= from standard input",
    )


def _adopting(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="adopt",
        metavar="FILE",
        type=Path,
        help="take what a document of settings specifies; the rest is left alone",
    )


def _profiles(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions")
    _common(actions.add_parser("list", help="list them", allow_abbrev=False))
    add = actions.add_parser("add", help="add one", allow_abbrev=False)
    _common(add)
    add.add_argument("name", metavar="NAME")
    place = add.add_mutually_exclusive_group()
    place.add_argument("--file", metavar="FILE", type=Path, help="where its settings lie")
    place.add_argument(
        "--instance", metavar="URL", help="the instance it works on, by its URL, host or name"
    )
    add.add_argument(
        "--environment",
        metavar="WHICH",
        help="production or non-production; an instance needs it, a file counts as production "
        "unless given",
    )
    add.add_argument(
        "--keep", metavar="WHERE", help="where passwords may be kept: nothing (default) or keyring"
    )
    _signing_in(add.add_argument_group("for an instance"))
    remove = actions.add_parser("remove", help="remove one; its settings stay", allow_abbrev=False)
    _common(remove)
    remove.add_argument("name", metavar="NAME")


def _signing_in(instance: argparse._ArgumentGroup) -> None:
    instance.add_argument(
        "--sign-in",
        metavar="HOW",
        default="",
        help="basic (default), api-key or client-credentials; never the secret itself",
    )
    instance.add_argument(
        "--user", metavar="NAME", default="", help="the user name or client id; none for an API key"
    )
    instance.add_argument(
        "--ca-file",
        metavar="FILE",
        type=Path,
        help="PEM certificates of more authorities to trust, beside the system's",
    )
    instance.add_argument(
        "--sign-in-stdin",
        action="store_true",
        help="with --keep keyring: the password, key or client secret from standard input",
    )


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "show": ("Show the settings, where each comes from, and what follows.", _show),
    "explain": ("Explain a property: what it is, its value, why, what to do.", _explain),
    "check": ("Say what the rules find; exit 1 on an error.", _editing),
    "plan": ("Show what would change and what else it moves; exit 2 if anything.", _plan),
    "apply": ("Save a change, after the warning and what it moves.", _apply),
    "profiles": ("List, add or remove profiles.", _profiles),
    "doctor": ("Say where files lie, which keyrings work, and the versions.", lambda _: None),
}
