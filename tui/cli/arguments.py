"""The arguments of every command. Their errors never repeat a value."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from tui import __version__
from tui.cli.output import write
from tui.errors import UsageError

_HARMLESS = re.compile(
    r"the following arguments are required: [\w, -]+"
    r"|argument [\w/ -]+: expected (one|at least one) argument"
    r"|argument [\w/ -]+: not allowed with argument [\w/ -]+"
)
_HOUR = 3600
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
        super().__init__(allow_abbrev=False, argument_default=argparse.SUPPRESS, **options)

    def _print_message(self, message: str, file: object = None) -> None:
        # argparse itself fails on a closed output in some versions of Python.
        write(message, end="")

    def error(self, message: str) -> NoReturn:
        if "invalid choice" in message and "COMMAND" in message:
            message = "There is no such command."
        elif not _HARMLESS.fullmatch(message):
            message = "The arguments are not understood."
        raise UsageError("usage", f"{message.rstrip('.')}.", f"See: {self.prog} --help")


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """Parse the arguments of a call; raise `UsageError` if they are wrong."""
    if any(_PASSWORD.match(word) for word in argv):
        raise exposed_secret()
    arguments, unknown = _parser().parse_known_args(argv, namespace=Arguments())
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


def _parser() -> _Parser:
    parser = _Parser(
        prog="glidemail",
        description="Configures the outbound mail of a ServiceNow instance from a terminal. "
        "Without a command it opens the configurator on the profile that was used last.",
        epilog="Exit codes: 0 done, no difference, or only warnings; 1 failed, an error in the "
        "settings, a probe that failed or tested nothing, or delivery that isn't shown; "
        "2 differences (plan); 4 mail may not go out; 5 refused; 64 the call is wrong, or there "
        "is no terminal.",
    )
    parser.add_argument("--version", action="version", version=f"glidemail {__version__}")
    _add_common(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (words, add_options) in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words)
        _add_common(command)
        add_options(command)
    return parser


def _add_flag(parser: argparse._ActionsContainer, name: str, words: str) -> None:
    parser.add_argument(name, action="store_true", help=words)


def _add_common(parser: argparse.ArgumentParser) -> None:
    words = "the profile to work on (default: default)"
    parser.add_argument("-p", "--profile", metavar="NAME", help=words)
    _add_flag(parser, "--json", "answer in JSON")


def _add_show(show: argparse.ArgumentParser) -> None:
    _add_edit_options(show)
    form = show.add_mutually_exclusive_group()
    _add_flag(form, "--toml", "as a document to adopt elsewhere")
    _add_flag(form, "--schema", "the JSON schema of such a document")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument(
        "name", metavar="NAME", nargs="?", help="all of them in a line unless given"
    )
    _add_sign_in(explain)


def _add_explain_reply(explain: argparse.ArgumentParser) -> None:
    words = "the reply; - reads replies from standard input, one on a line"
    explain.add_argument("reply", metavar="REPLY", nargs="+", help=words)
    words = "the server that gave it; some providers use codes of their own"
    explain.add_argument("--server", metavar="HOST", help=words)
    words = "what was rejected: login, sender, recipient or data"
    explain.add_argument("--stage", metavar="STAGE", help=words)


def _add_plan(plan: argparse.ArgumentParser) -> None:
    _add_edit_options(plan)
    _add_switches(plan)
    _add_import(plan)
    plan.add_argument("--out", metavar="FILE", type=Path, help="write the plan, without secrets")


def _add_apply(apply: argparse.ArgumentParser) -> None:
    # The default of argparse would be turned into a path.
    words = "a plan that was written"
    apply.add_argument("plan", metavar="PLAN", nargs="?", type=Path, default=None, help=words)
    _add_edit_options(apply)
    _add_switches(apply)
    _add_import(apply)
    _add_flag(apply, "--yes", "do not ask whether to save")
    words = "type what is asked for; repeatable"
    apply.add_argument("--confirm", metavar="WORD", action="append", help=words)
    words = "give your word for a precondition, or all; repeatable"
    apply.add_argument("--attest", metavar="NAME", action="append", help=words)
    words = "on an instance: then watch mail until one is accepted or fails, up to 3600"
    apply.add_argument("--follow", metavar="SECONDS", help=words)


def _add_edit_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        help="change a property, by our name or the instance's; NAME= clears; repeatable",
    )
    account = parser.add_mutually_exclusive_group()
    words = "on an instance: an account of your own, to send in place of ServiceNow's"
    _add_flag(account, "--own-server", words)
    words = "on an instance: ServiceNow's account, to send again"
    _add_flag(account, "--provider-server", words)
    words = "on an instance: the inactive SMTP account of this name, to send instead"
    account.add_argument("--account", metavar="NAME", help=words)
    secrets = parser.add_mutually_exclusive_group()
    words = "a new password from standard input, or at a prompt on a terminal"
    _add_flag(secrets, "--password-stdin", words)
    words = "lines password=, pop3_password=, sign_in= from standard input"
    _add_flag(secrets, "--secrets-stdin", words)
    _add_sign_in_again(parser)


def _add_switches(parser: argparse.ArgumentParser) -> None:
    words = "on an instance: a POP3 or IMAP account to stop; repeatable"
    parser.add_argument("--deactivate", metavar="NAME", action="append", help=words)
    words = "on an instance: a POP3 or IMAP account to start; repeatable"
    parser.add_argument("--activate", metavar="NAME", action="append", help=words)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="document",
        metavar="FILE",
        type=Path,
        help="take what a document of settings specifies; the rest is left alone",
    )


def _add_profiles(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions")
    _add_common(actions.add_parser("list", help="list them"))
    add = actions.add_parser("add", help="add one")
    remove = actions.add_parser("remove", help="remove one; its settings stay")
    for action in (add, remove):
        _add_common(action)
        action.add_argument("name", metavar="NAME")
    place = add.add_mutually_exclusive_group()
    place.add_argument("--file", metavar="FILE", type=Path, help="where its settings lie")
    words = "the instance it works on, by its URL, host or name"
    place.add_argument("--instance", metavar="URL", help=words)
    add.add_argument(
        "--environment",
        metavar="WHICH",
        help="production or non-production; an instance needs it, a file counts as production "
        "unless given",
    )
    words = "where passwords may be kept: nothing (default) or keyring"
    add.add_argument("--keep", metavar="WHERE", help=words)
    _add_instance(add.add_argument_group("for an instance"))


def _add_instance(instance: argparse._ArgumentGroup) -> None:
    words = "basic (default), api-key, client-credentials or browser; never the secret itself"
    instance.add_argument("--sign-in", metavar="HOW", help=words)
    words = "the user name or client id; none for an API key"
    instance.add_argument("--user", metavar="NAME", help=words)
    words = "PEM certificates of more authorities to trust, beside the system's"
    instance.add_argument("--ca-file", metavar="FILE", type=Path, help=words)
    words = "PEM certificate to show to an instance that requires one (mutual TLS)"
    instance.add_argument("--client-certificate", metavar="FILE", type=Path, help=words)
    words = "its PEM key, unless that is in the same file; a passphrase is asked for"
    instance.add_argument("--client-key", metavar="FILE", type=Path, help=words)
    words = "with --keep keyring: the password, key or client secret from standard input"
    _add_flag(instance, "--sign-in-stdin", words)


def _add_sandbox(sandbox: argparse.ArgumentParser) -> None:
    words = "what sends there: accounts (default; ServiceNow's), clone (production's) or properties"
    sandbox.add_argument("--model", metavar="WHICH", help=words)
    words = "how the instance behaves, such as sender_job=error; a wrong name lists all; repeatable"
    sandbox.add_argument("--switch", metavar="NAME=VALUE", action="append", help=words)
    words = "of the instance; a free one unless given"
    sandbox.add_argument("--port", metavar="PORT", type=int, help=words)
    words = "only run it, and say how to reach it; with --json in one line"
    _add_flag(sandbox, "--no-screen", words)


def _add_doctor(doctor: argparse.ArgumentParser) -> None:
    words = "of an instance: with host names and mail addresses, which are left out else"
    _add_flag(doctor, "--addresses", words)
    _add_sign_in(doctor)


def _add_failed_mail(failed: argparse.ArgumentParser) -> None:
    words = "how many days back, from 1 to 30 (default: 1)"
    failed.add_argument("--days", metavar="N", type=int, help=words)
    _add_flag(failed, "--all", "every email, not only what fits the screen")
    words = "set them to send-ready again, so that they are sent; first shows what that does"
    _add_flag(failed, "--release", words)
    words = "only those that failed for this cause; repeatable"
    failed.add_argument("--cause", metavar="CAUSE", action="append", help=words)
    words = "type their number, and in production the host; repeatable"
    failed.add_argument("--confirm", metavar="WORD", action="append", help=words)
    _add_sign_in(failed)


def _add_send_test(send_test: argparse.ArgumentParser) -> None:
    send_test.add_argument("address", metavar="ADDRESS", help="the one address to send it to")
    words = "how long to follow it, up to 3600 (default: 120; 10 if it is known to wait)"
    send_test.add_argument("--wait", metavar="SECONDS", help=words)
    words = "don't ask, neither in production nor if it would wait in the queue"
    _add_flag(send_test, "--yes", words)
    _add_sign_in(send_test)


def _add_sign_in(parser: argparse.ArgumentParser) -> None:
    _add_flag(parser, "--secrets-stdin", "for an instance: a line sign_in= from standard input")
    _add_sign_in_again(parser)


def _add_sign_in_again(parser: argparse.ArgumentParser) -> None:
    words = "sign in although the instance rejected that within a day; else that is asked about"
    _add_flag(parser, "--sign-in-again", words)


def _add_why(why: argparse.ArgumentParser) -> None:
    words = "don't look up SPF and DMARC in this machine's DNS"
    _add_flag(why, "--no-dns", words)
    _add_sign_in(why)


def _add_probe(probe: argparse.ArgumentParser) -> None:
    _add_edit_options(probe)
    part = probe.add_mutually_exclusive_group()
    _add_flag(part, "--smtp-only", "the outgoing server alone")
    _add_flag(part, "--pop3-only", "the incoming server alone")
    _add_flag(probe, "--no-login", "try no login; else one for each protocol is tried")
    words = "try a login that was refused within a day; else that is asked about"
    _add_flag(probe, "--login-again", words)
    words = "ask the server whether it takes mail for it; nothing is sent"
    probe.add_argument("--recipient", metavar="ADDRESS", help=words)
    words = "let user and password travel unprotected, where the settings have no TLS"
    _add_flag(probe, "--allow-cleartext", words)
    words = "PEM certificates to trust beside the system's"
    probe.add_argument("--ca-file", metavar="FILE", type=Path, help=words)
    words = "for each protocol, from 1 to 600 (default: 60)"
    probe.add_argument("--deadline", metavar="SECONDS", help=words)
    _add_flag(probe, "--transcript", "show what was said, without any password")


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "show": ("Show the settings, where each comes from, and what follows.", _add_show),
    "explain": ("Explain a property: what it is, its value, why, what to do.", _add_explain),
    "explain-reply": (
        "Explain a mail server's reply: its cause, who can solve it, and the next step.",
        _add_explain_reply,
    ),
    "check": ("Say what the rules find; exit 1 on an error.", _add_edit_options),
    "plan": ("Show what would change and what else it moves; exit 2 if anything.", _add_plan),
    "apply": ("Save a change, after the warning and what it moves.", _add_apply),
    "probe": (
        "Find out why the mail servers of a draft do or do not work, as seen from this machine.",
        _add_probe,
    ),
    "why": (
        "Say why an instance's mail does or does not go out; exit 0 only if it was seen to.",
        _add_why,
    ),
    "failed-mail": (
        "List an instance's failed mail by cause, or set it to send-ready again.",
        _add_failed_mail,
    ),
    "send-test": (
        "Send a test message through an instance, and follow it; exit 0 only if it was accepted.",
        _add_send_test,
    ),
    "allow-list-request": (
        "Write a letter to the mail server's administrators; it isn't sent.",
        _add_edit_options,
    ),
    "profiles": ("List, add or remove profiles.", _add_profiles),
    "sandbox": (
        "Try everything on a stand-in instance and mail server on loopback; nothing is real.",
        _add_sandbox,
    ),
    "doctor": (
        "Say where files lie, which keyrings work, and what holds on an instance; reads only.",
        _add_doctor,
    ),
}
