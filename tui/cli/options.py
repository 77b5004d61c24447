"""The options of each command."""

import argparse
from collections.abc import Callable
from pathlib import Path


def _show(show: argparse.ArgumentParser) -> None:
    _editing(show)
    form = show.add_mutually_exclusive_group()
    form.add_argument("--toml", action="store_true", help="as a document to adopt elsewhere")
    form.add_argument("--schema", action="store_true", help="the JSON schema of such a document")


def _explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument(
        "name", metavar="NAME", nargs="?", help="all of them in a line unless given"
    )
    _sign_in(explain)


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


def common(parser: argparse.ArgumentParser) -> None:
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
    account = parser.add_mutually_exclusive_group()
    account.add_argument(
        "--own-server",
        action="store_true",
        help="on an instance: an account of your own, to send in place of ServiceNow's",
    )
    account.add_argument(
        "--provider-server",
        action="store_true",
        help="on an instance: ServiceNow's account, to send again",
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
    common(actions.add_parser("list", help="list them", allow_abbrev=False))
    add = actions.add_parser("add", help="add one", allow_abbrev=False)
    common(add)
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
    common(remove)
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


def _sandbox(sandbox: argparse.ArgumentParser) -> None:
    sandbox.add_argument(
        "--model",
        metavar="WHICH",
        default="accounts",
        help="what sends there: accounts (default; ServiceNow's account) or properties",
    )
    sandbox.add_argument(
        "--port",
        metavar="PORT",
        type=int,
        default=0,
        help="of the instance; a free one unless given",
    )
    sandbox.add_argument(
        "--no-screen",
        action="store_true",
        help="only run it, and say how to reach it; with --json in one line",
    )


def _doctor(doctor: argparse.ArgumentParser) -> None:
    doctor.add_argument(
        "--addresses",
        action="store_true",
        help="of an instance: with host names and mail addresses, which are left out else",
    )
    _sign_in(doctor)


def _sign_in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--secrets-stdin",
        action="store_true",
        help="for an instance: a line sign_in= from standard input",
    )


def _probe(probe: argparse.ArgumentParser) -> None:
    _editing(probe)
    part = probe.add_mutually_exclusive_group()
    part.add_argument("--smtp-only", action="store_true", help="the outgoing server alone")
    part.add_argument("--pop3-only", action="store_true", help="the incoming server alone")
    probe.add_argument(
        "--no-login", action="store_true", help="try no login; else one for each protocol is tried"
    )
    probe.add_argument(
        "--login-again",
        action="store_true",
        help="try a login that was refused within a day; else that is asked about",
    )
    probe.add_argument(
        "--recipient",
        metavar="ADDRESS",
        default="",
        help="ask the server whether it takes mail for it; nothing is sent",
    )
    probe.add_argument(
        "--allow-cleartext",
        action="store_true",
        help="let user and password travel unprotected, where the settings have no TLS",
    )
    probe.add_argument(
        "--ca-file", metavar="FILE", type=Path, help="PEM certificates to trust beside the system's"
    )
    probe.add_argument(
        "--deadline",
        metavar="SECONDS",
        default="",
        help="for each protocol, from 1 to 600 (default: 60)",
    )
    probe.add_argument(
        "--transcript", action="store_true", help="show what was said, without any password"
    )


COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "show": ("Show the settings, where each comes from, and what follows.", _show),
    "explain": ("Explain a property: what it is, its value, why, what to do.", _explain),
    "check": ("Say what the rules find; exit 1 on an error.", _editing),
    "plan": ("Show what would change and what else it moves; exit 2 if anything.", _plan),
    "apply": ("Save a change, after the warning and what it moves.", _apply),
    "probe": (
        "Find out why the mail servers of a draft do or do not work, as seen from this machine.",
        _probe,
    ),
    "allow-list-request": (
        "Write a letter to the mail server's administrators; it is sent to nobody.",
        _editing,
    ),
    "profiles": ("List, add or remove profiles.", _profiles),
    "sandbox": (
        "Try everything on a stand-in instance and mail server on loopback; nothing is real.",
        _sandbox,
    ),
    "doctor": (
        "Say where files lie, which keyrings work, and what holds on an instance; reads only.",
        _doctor,
    ),
}
