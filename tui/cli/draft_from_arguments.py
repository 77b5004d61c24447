"""A draft made from the arguments: `--from`, `--set` and secrets over what is there."""

import contextlib
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.cli.arguments import Arguments, exposed_secret
from tui.cli.open_profile import choose_account, chosen_account, open_profile
from tui.cli.output import note, say
from tui.credentials.prompt import ask_optional_secret, ask_secret, read_password, read_secrets
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal, UsageError
from tui.settings.catalog import Kind, Settings, catalog, find_entry
from tui.settings.delivery.account import AccountChoice
from tui.settings.delivery.account_switch import find_switch_obstacle
from tui.settings.delivery.expected_sender import (
    SERVICENOW,
    compare_sender,
    describe_expected,
)
from tui.settings.draft import Draft
from tui.settings.import_document import SkippedValue, import_document, is_from_elsewhere
from tui.settings.parse.host import mask_password
from tui.settings.target_facts import TargetFacts
from tui.storage.file import read_text
from tui.storage.instance import SIGN_IN
from tui.storage.settings_file import SENDER, SettingsDocument, parse_document
from tui.storage.toml import nearest
from tui.terminal.visible import visible
from tui.workspace.session import Session
from tui.workspace.workspace import Workspace

_SEE = "List the names with: glidemail explain"
_SECRET_NAME = re.compile("pass|pwd|pw$|secret|token|sign.?in|api.?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreparedDraft:
    """A draft that a command works on.

    Attributes:
        skipped: what of a document was left out.
        sources: where each edited property's value comes from, in words.
    """

    workspace: Workspace
    draft: Draft
    skipped: tuple[SkippedValue, ...]
    sources: dict[str, str]

    @property
    def session(self) -> Session:
        """What was read."""
        return self.workspace.session


def draft_from_arguments(arguments: Arguments, settings: type[Settings]) -> PreparedDraft:
    """Return the draft after `--from`, `--set` and the secrets, in this order.

    Raises:
        Problem: one of them cannot be used.
    """
    edits = _parse_edits(arguments.set, settings)
    given = secrets_from_stdin(arguments, settings)
    workspace = open_profile(arguments, settings, given.pop(SIGN_IN, None))
    session = workspace.session
    draft, skipped, sources = session.draft, tuple[SkippedValue, ...](), dict[str, str]()
    if arguments.document:
        with hide_file_name("--from", arguments.document):
            text = read_text(arguments.document)
        document = parse_document(text, arguments.document, settings)
        skipped = _choose_sender(document, workspace, arguments)
        session = workspace.session
        is_unreached = skipped and not _chooses_account(arguments)
        unreached = visible(describe_expected(document.sender), 80) if is_unreached else ""
        draft, more = import_document(
            session.draft, document.snapshot.values, session.facts, document.export, unreached
        )
        skipped += more
        sources = dict.fromkeys(draft.texts, f"from {arguments.document}")
    for name, text in edits.items():
        draft = draft.edit(name, text)
        sources[name] = "--set"
    entries = catalog(settings)
    secrets = [name for name, entry in entries.items() if entry.is_secret]
    for name, secret in collect_secrets(arguments, settings, secrets, given).items():
        if name in edits:
            raise UsageError(
                "usage.set", f"{name} is both cleared and set.", "Do only one of them."
            )
        draft = draft.type_secret(name, secret)
        sources[name] = "typed"
    skipped = tuple(each for each in skipped if each.property not in sources)
    draft = _switch_accounts(draft, session.facts, arguments)
    return PreparedDraft(workspace, draft, skipped, sources)


def _choose_sender(
    document: SettingsDocument, workspace: Workspace, arguments: Arguments
) -> tuple[SkippedValue, ...]:
    """Choose the account that a document expects to send, if another one does.

    Returns:
        Why it can't be chosen, if that is so.
    """
    facts = workspace.session.facts
    if not document.sender:
        return ()
    if facts.is_file:
        note("The document's sender is left out: a local file sends nothing.")
        return ()
    if _chooses_account(arguments):
        why = "another account is chosen on the command line"
        return () if _is_chosen(document.sender, facts) else (_skip_sender(why),)
    found = compare_sender(document.sender, facts)
    if found.obstacle:
        expected = visible(describe_expected(document.sender), 80)
        return (_skip_sender(f"{expected} should send, but {found.obstacle}"),)
    if found.choice is not AccountChoice.IN_FORCE:
        if is_from_elsewhere(document.export, facts):
            return (_skip_sender("it was exported from another environment"),)
        choose_account(workspace, found.choice)
    return ()


def _skip_sender(why: str) -> SkippedValue:
    return SkippedValue(SENDER, why, is_final=True)


def _chooses_account(arguments: Arguments) -> bool:
    return chosen_account(arguments) is not AccountChoice.IN_FORCE


def _is_chosen(expected: str, facts: TargetFacts) -> bool:
    """Return whether the account that was chosen is the one that a document expects."""
    if expected == SERVICENOW:
        return facts.awaits_servicenows
    return facts.chosen is not None and facts.chosen.name == expected


def _switch_accounts(draft: Draft, facts: TargetFacts, arguments: Arguments) -> Draft:
    """Return the draft with the POP3 and IMAP accounts to activate and deactivate.

    Raises:
        UsageError: one is to be both.
        Refusal: one can't be switched.
    """
    if both := set(arguments.activate).intersection(arguments.deactivate):
        raise UsageError(
            "usage.account",
            f"{visible(min(both), 80)} is both activated and deactivated.",
            "Do only one of them.",
        )
    for names, active in ((arguments.deactivate, False), (arguments.activate, True)):
        for name in names:
            if why := find_switch_obstacle(name, facts.accounts):
                smtp = any(each.name == name and each.type == "smtp" for each in facts.accounts)
                raise Refusal(
                    "account.switch",
                    f"{why[0].upper()}{why[1:]}. Nothing was written.",
                    "Choose which one sends with --account NAME."
                    if smtp
                    else "See the accounts with: glidemail show",
                )
            draft = draft.switch_account(name, active=active)
    return draft


@contextlib.contextmanager
def hide_file_name(argument: str, path: Path) -> Iterator[None]:
    """Leave a name out of the error if it looks like no file: it could be a password."""
    try:
        yield
    except Problem as problem:
        if problem.code != "file.missing" or path.suffix in (".json", ".toml"):
            raise
        raise Problem(
            "file.missing",
            f"The file for {argument} doesn't exist (its name isn't repeated here, as it could "
            "be a secret).",
            "Check its name, or create it.",
        ) from None


def _parse_edits(given: Sequence[str], settings: type[Settings]) -> dict[str, str]:
    edits: dict[str, str] = {}
    for position, each in enumerate(given, 1):
        name, text = _parse_edit(position, each, settings)
        if name in edits:
            raise UsageError("usage.set", f"--set number {position} sets {name} again.", _SEE)
        edits[name] = text
    return edits


def _parse_edit(position: int, text: str, settings: type[Settings]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError("usage.set", f"--set number {position} isn't NAME=VALUE.", _SEE)
    entry = find_entry(catalog(settings), name)
    if entry is None:
        guess = nearest(name, catalog(settings))
        if _SECRET_NAME.search(name) or (guess and catalog(settings)[guess].is_secret):
            raise exposed_secret()
        raise UsageError(
            "usage.set",
            f"--set number {position}: there is no property with this name.",
            f"Did you mean {guess}? {_SEE}" if guess else _SEE,
        )
    in_url = entry.declared.kind is Kind.HOST and mask_password(value) != value
    if (entry.is_secret and value) or in_url:
        raise exposed_secret()
    return entry.name, entry.declared.instance.get(name, {}).get(value.casefold(), value)


def secrets_from_stdin(arguments: Arguments, settings: type[Settings]) -> dict[str, Secret]:
    """Return the secrets on standard input; none if that is a terminal.

    Raises:
        UsageError: it holds none, or what cannot be used.
    """
    if arguments.password_stdin and not sys.stdin.isatty():
        return {"password": read_password(sys.stdin.buffer)}
    if not arguments.secrets_stdin or sys.stdin.isatty():
        return {}
    names = [*(name for name, entry in catalog(settings).items() if entry.is_secret), SIGN_IN]
    secrets = read_secrets(sys.stdin.buffer, names)
    if not secrets:
        raise UsageError(
            "secrets.empty",
            "There is no secret on standard input. Nothing was done.",
            f"Pass lines name=value with the names {' or '.join(names)}.",
        )
    return secrets


def collect_secrets(
    arguments: Arguments,
    settings: type[Settings],
    names: Collection[str],
    piped: Mapping[str, Secret],
) -> Mapping[str, Secret]:
    """Return the secrets that were piped in or are typed now, of `names` alone.

    Raises:
        UsageError: one has another name, or nothing was typed.
    """
    given = piped
    if sys.stdin.isatty() and arguments.password_stdin:
        given = {"password": ask_secret(catalog(settings)["password"].declared.label, confirm=True)}
    elif sys.stdin.isatty() and arguments.secrets_stdin:
        given = _ask_secrets(settings, names)
    if unwanted := [name for name in given if name not in names]:
        raise UsageError(
            "secrets.unwanted",
            f"The plan doesn't set {unwanted[0]}, but one was passed. Nothing was done.",
            "Leave it out, or make a plan that sets it.",
        )
    return given


def _ask_secrets(settings: type[Settings], names: Collection[str]) -> dict[str, Secret]:
    say("Just press Enter to leave one as it is.")
    answers = {name: ask_optional_secret(catalog(settings)[name].declared.label) for name in names}
    typed = {name: secret for name, secret in answers.items() if secret is not None}
    if not typed:
        raise UsageError("secrets.empty", "Nothing was typed. Nothing was done.", "Start again.")
    return typed
