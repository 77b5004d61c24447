"""The commands, each with its options.

The help, the man page and the completion of shells are made from this.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

REPLY_STAGES = ("login", "sender", "recipient", "data")
SANDBOX_MODELS = ("accounts", "clone", "properties")


class CommandGroup(StrEnum):
    """What a command is for."""

    LOOK = "look"
    CHANGE = "change"
    MAIL = "mail"
    SET_UP = "set up"


@dataclass(frozen=True, slots=True)
class CommandDeclaration:
    """A command of the program.

    Attributes:
        summary: a few words for the list of all commands.
        description: a sentence or two for its own help.
        add_options: declares its arguments, without those that all commands have.
    """

    group: CommandGroup
    summary: str
    description: str
    add_options: Callable[[argparse.ArgumentParser], None]


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options that the program and all commands have."""
    common = parser.add_argument_group("common options")
    words = "the profile to work on (default: default)"
    common.add_argument("-p", "--profile", metavar="NAME", help=words)
    _add_flag(common, "--json", "answer in JSON")
    common.add_argument("-h", "--help", action="help", help="show this help")


def _add_flag(parser: argparse._ActionsContainer, name: str, words: str) -> None:
    parser.add_argument(name, action="store_true", help=words)


def _add_show(show: argparse.ArgumentParser) -> None:
    _add_trial(show)
    form = show.add_mutually_exclusive_group()
    _add_flag(form, "--toml", "as a document to adopt elsewhere")
    _add_flag(form, "--schema", "the JSON schema of such a document")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    words = "a property; without it, a line on each of them"
    explain.add_argument("name", metavar="NAME", nargs="?", help=words)
    _add_sign_in(explain)


def _add_explain_reply(explain: argparse.ArgumentParser) -> None:
    words = "the reply; - reads replies from standard input, one on a line"
    explain.add_argument("reply", metavar="REPLY", nargs="+", help=words)
    words = "the server that gave it; some providers use codes of their own"
    explain.add_argument("--server", metavar="HOST", help=words)
    words = f"what was rejected: {', '.join(REPLY_STAGES[:-1])} or {REPLY_STAGES[-1]}"
    explain.add_argument("--stage", metavar="STAGE", help=words)


def _add_plan(plan: argparse.ArgumentParser) -> None:
    _add_change(plan)
    _add_secrets(plan)
    plan.add_argument("--out", metavar="FILE", type=Path, help="write the plan, without secrets")


def _add_apply(apply: argparse.ArgumentParser) -> None:
    words = "a plan that was written"
    # The default of argparse would be turned into a path.
    apply.add_argument("plan", metavar="PLAN", nargs="?", type=Path, default=None, help=words)
    _add_change(apply)
    _add_secrets(apply)
    save = apply.add_argument_group("when saving")
    _add_flag(save, "--yes", "don't ask whether to save")
    words = "on an instance: type what is asked for; repeatable"
    save.add_argument("--confirm", metavar="WORD", action="append", help=words)
    words = "on an instance: attest a condition, or all; repeatable"
    save.add_argument("--attest", metavar="NAME", action="append", help=words)
    words = "on an instance: then watch mail this long, up to 3600"
    save.add_argument("--follow", metavar="SECONDS", help=words)


def _add_change(parser: argparse.ArgumentParser) -> None:
    """Declare a change that can be saved."""
    change = parser.add_argument_group("what to change")
    _add_set(change)
    words = "take what a document specifies; the rest stays"
    change.add_argument("--from", dest="document", metavar="FILE", type=Path, help=words)
    _add_sender(change)
    words = "on an instance: start a POP3 or IMAP account; repeatable"
    change.add_argument("--activate", metavar="NAME", action="append", help=words)
    words = "on an instance: stop a POP3 or IMAP account; repeatable"
    change.add_argument("--deactivate", metavar="NAME", action="append", help=words)


def _add_trial(parser: argparse.ArgumentParser) -> None:
    """Declare a change that is only looked at."""
    change = parser.add_argument_group("to try a change without saving it")
    _add_set(change)
    _add_sender(change)
    _add_secrets(parser)


def _add_set(change: argparse._ArgumentGroup) -> None:
    words = "a property, by our name or the instance's; repeatable"
    change.add_argument("--set", metavar="NAME=[VALUE]", action="append", help=words)


def _add_sender(change: argparse._ArgumentGroup) -> None:
    account = change.add_mutually_exclusive_group()
    _add_flag(account, "--own-server", "on an instance: send through your own SMTP account")
    _add_flag(
        account, "--provider-server", "on an instance: send through ServiceNow's account again"
    )
    words = "on an instance: send through this inactive account"
    account.add_argument("--account", metavar="NAME", help=words)


def _add_secrets(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("passwords and sign-in")
    secrets = group.add_mutually_exclusive_group()
    words = "a new password from standard input or a prompt"
    _add_flag(secrets, "--password-stdin", words)
    words = "password=, pop3_password=, sign_in= on standard input"
    _add_flag(secrets, "--secrets-stdin", words)
    _add_sign_in_again(group)


def _add_sign_in(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("sign-in at an instance")
    _add_flag(group, "--secrets-stdin", "a line sign_in= from standard input")
    _add_sign_in_again(group)


def _add_sign_in_again(group: argparse._ArgumentGroup) -> None:
    _add_flag(group, "--sign-in-again", "sign in even if that was rejected within a day")


def _add_profiles(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions", prog=parser.prog
    )
    words = "List the profiles."
    actions.add_parser("list", help=words, description=words)
    words = "Add a profile."
    add = actions.add_parser("add", help=words, description=words)
    words = "Change a profile: environment, sign-in, keyring."
    set_ = actions.add_parser("set", help=words, description=words)
    words = "Remove a profile; its settings stay."
    remove = actions.add_parser("remove", help=words, description=words)
    add.add_argument("name", metavar="NAME", help="the name of the new profile")
    set_.add_argument("name", metavar="NAME", help="the profile to change")
    remove.add_argument("name", metavar="NAME", help="the profile to remove")
    words = (
        "production or non-production; an instance needs it, a file counts as production "
        "unless given"
    )
    add.add_argument("--environment", metavar="WHICH", help=words)
    words = "where passwords may be kept: nothing (default) or keyring"
    add.add_argument("--keep", metavar="WHERE", help=words)
    set_.add_argument("--environment", metavar="WHICH", help="production or non-production")
    words = "where passwords may be kept: nothing, which deletes kept ones, or keyring"
    set_.add_argument("--keep", metavar="WHERE", help=words)
    _add_user(set_.add_argument_group("for an instance"))
    place = add.add_mutually_exclusive_group()
    place.add_argument("--file", metavar="FILE", type=Path, help="the file of its settings")
    words = "the instance it works on, by its URL, host or name"
    place.add_argument("--instance", metavar="URL", help=words)
    _add_instance(add.add_argument_group("for an instance"))


def _add_user(instance: argparse._ArgumentGroup, default: str = "") -> None:
    words = f"basic{default}, api-key, client-credentials or browser; never the secret itself"
    instance.add_argument("--sign-in", metavar="HOW", help=words)
    words = "the user name or client id; none for an API key"
    instance.add_argument("--user", metavar="NAME", help=words)


def _add_instance(instance: argparse._ArgumentGroup) -> None:
    _add_user(instance, " (default)")
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
    words = "show an instance's host names and mail addresses too"
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
    words = "how long to follow it, up to 3600 (default: 120, or 10 if it is known to wait)"
    send_test.add_argument("--wait", metavar="SECONDS", help=words)
    words = "don't ask, neither in production nor if it would wait in the queue"
    _add_flag(send_test, "--yes", words)
    _add_sign_in(send_test)


def _add_why(why: argparse.ArgumentParser) -> None:
    words = "don't look up SPF and DMARC in this machine's DNS"
    _add_flag(why, "--no-dns", words)
    _add_sign_in(why)


def _add_probe(probe: argparse.ArgumentParser) -> None:
    _add_trial(probe)
    part = probe.add_mutually_exclusive_group()
    _add_flag(part, "--smtp-only", "the outgoing server alone")
    _add_flag(part, "--pop3-only", "the incoming server alone")
    _add_flag(probe, "--no-login", "try no login; else one for each protocol is tried")
    words = "log in even if that was rejected within a day"
    _add_flag(probe, "--login-again", words)
    words = "ask the server whether it takes mail for it; nothing is sent"
    probe.add_argument("--recipient", metavar="ADDRESS", help=words)
    words = "send user and password unencrypted if the settings have no TLS"
    _add_flag(probe, "--allow-cleartext", words)
    words = "PEM certificates to trust beside the system's"
    probe.add_argument("--ca-file", metavar="FILE", type=Path, help=words)
    words = "for each protocol, from 1 to 600 (default: 60)"
    probe.add_argument("--deadline", metavar="SECONDS", help=words)
    _add_flag(probe, "--transcript", "show what was said, without any password")


COMMANDS = {
    "show": CommandDeclaration(
        CommandGroup.LOOK,
        "Show the settings, and where each comes from",
        "Show the settings, where each comes from, and what follows.",
        _add_show,
    ),
    "explain": CommandDeclaration(
        CommandGroup.LOOK,
        "Explain a property, its value and what to do",
        "Explain a property: what it is, its value, why, what to do.",
        _add_explain,
    ),
    "check": CommandDeclaration(
        CommandGroup.LOOK,
        "Check the settings for errors",
        "Check the settings against the rules; exit 1 on an error.",
        _add_trial,
    ),
    "plan": CommandDeclaration(
        CommandGroup.CHANGE,
        "Show what a change would do, without saving it",
        "Show what would change and what else it moves; exit 2 if anything.",
        _add_plan,
    ),
    "apply": CommandDeclaration(
        CommandGroup.CHANGE,
        "Save a change, after the warning",
        "Save a change, after the warning and what it moves.",
        _add_apply,
    ),
    "why": CommandDeclaration(
        CommandGroup.MAIL,
        "Say why an instance's mail does or doesn't go out",
        "Say why an instance's mail does or doesn't go out; exit 0 only if it was seen to.",
        _add_why,
    ),
    "send-test": CommandDeclaration(
        CommandGroup.MAIL,
        "Send a test message and follow it",
        "Send a test message through an instance, and follow it; exit 0 only if it was accepted.",
        _add_send_test,
    ),
    "failed-mail": CommandDeclaration(
        CommandGroup.MAIL,
        "List an instance's failed mail, or send it again",
        "List an instance's failed mail by cause, or set it to send-ready again.",
        _add_failed_mail,
    ),
    "probe": CommandDeclaration(
        CommandGroup.MAIL,
        "Test the mail servers from this machine",
        "Find out why the mail servers of a draft do or don't work, as seen from this machine.",
        _add_probe,
    ),
    "explain-reply": CommandDeclaration(
        CommandGroup.MAIL,
        "Explain why a mail server rejected something",
        "Explain a mail server's reply: its cause, who can solve it, and the next step.",
        _add_explain_reply,
    ),
    "allow-list-request": CommandDeclaration(
        CommandGroup.MAIL,
        "Write a letter to a mail server's administrators",
        "Write a letter to the mail server's administrators; it isn't sent.",
        _add_trial,
    ),
    "profiles": CommandDeclaration(
        CommandGroup.SET_UP,
        "List, add, change or remove profiles",
        "List, add, change or remove profiles.",
        _add_profiles,
    ),
    "doctor": CommandDeclaration(
        CommandGroup.SET_UP,
        "Report what support needs to know; change nothing",
        "Say where files lie, which keyrings work, and what holds on an instance; reads only.",
        _add_doctor,
    ),
    "sandbox": CommandDeclaration(
        CommandGroup.SET_UP,
        "Try everything on a stand-in instance",
        "Try everything on a stand-in instance and mail server on loopback; nothing is real.",
        _add_sandbox,
    ),
}
