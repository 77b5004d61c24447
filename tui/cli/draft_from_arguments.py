"""From the arguments to a draft over what is there."""

import contextlib
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.cli.arguments import Arguments, secret_in_arguments
from tui.cli.open_profile import open_profile
from tui.cli.output import say
from tui.credentials.prompt import ask_optional_secret, ask_secret, read_password, read_secrets
from tui.credentials.secret import Secret
from tui.errors import Problem, Usage
from tui.settings.catalog import Settings, by_any_name, catalog
from tui.settings.draft import Draft
from tui.settings.import_document import Skipped, import_document
from tui.settings.parse.host import without_password
from tui.settings.property import Kind
from tui.storage.file import read_text
from tui.storage.instance import SIGN_IN
from tui.storage.settings_file import parse_document
from tui.storage.toml import nearest
from tui.workspace.session import Session

_SEE = "See the names with: glidemail explain"
_SECRET_NAME = re.compile("pass|pwd|pw$|secret|token|sign.?in|api.?key", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreparedDraft:
    """A draft made of arguments.

    Attributes:
        held_back: what of a document was left out.
        sources: where each edited property's value comes from, in words.
    """

    session: Session
    draft: Draft
    held_back: tuple[Skipped, ...]
    sources: dict[str, str]


def draft_from_arguments(arguments: Arguments, settings: type[Settings]) -> PreparedDraft:
    """The draft that `--from`, `--set` and the secrets make, in this order.

    Raises:
        Problem: one of them cannot be taken.
    """
    edits = _edits(arguments.set, settings)
    given = piped_secrets(arguments, settings)
    session = open_profile(arguments, settings, given.pop(SIGN_IN, None))
    draft, held, sources = session.draft, tuple[Skipped, ...](), dict[str, str]()
    if arguments.adopt:
        with unnamed("--from", arguments.adopt):
            text = read_text(arguments.adopt)
        document, export = parse_document(text, arguments.adopt, settings)
        draft, held = import_document(draft, document.values, session.place, export)
        sources = dict.fromkeys(draft.texts, f"from {arguments.adopt}")
    for name, text in edits.items():
        draft = draft.edit(name, text)
        sources[name] = "--set"
    entries = catalog(settings)
    secrets = [name for name, entry in entries.items() if entry.is_secret]
    for name, secret in typed_secrets(arguments, settings, secrets, given).items():
        if name in edits:
            raise Usage("usage.set", f"{name} is cleared and given at once.", "Do one of them.")
        draft = draft.type_secret(name, secret)
        sources[name] = "typed"
    held = tuple(each for each in held if each.property not in sources)
    return PreparedDraft(session, draft, held, sources)


@contextlib.contextmanager
def unnamed(what: str, path: Path) -> Iterator[None]:
    """Leaves unsaid what names no file and ends like none: it could be a misplaced password."""
    try:
        yield
    except Problem as problem:
        if problem.code != "file.missing" or path.suffix in (".json", ".toml"):
            raise
        raise Problem(
            "file.missing",
            f"The file that {what} names is not there (the name is not repeated here, as it "
            "could be a secret).",
            "Check its name, or create it.",
        ) from None


def _edits(given: Sequence[str], settings: type[Settings]) -> dict[str, str]:
    """The texts of `--set`, by property."""
    edits: dict[str, str] = {}
    for position, each in enumerate(given, 1):
        name, text = _edit(position, each, settings)
        if name in edits:
            raise Usage("usage.set", f"--set number {position} sets {name} once more.", _SEE)
        edits[name] = text
    return edits


def _edit(position: int, text: str, settings: type[Settings]) -> tuple[str, str]:
    """The property and the text of one `--set`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Usage("usage.set", f"--set number {position} is not NAME=VALUE.", _SEE)
    entry = by_any_name(catalog(settings), name)
    if entry is None:
        guess = nearest(name, catalog(settings))
        if _SECRET_NAME.search(name) or (guess and catalog(settings)[guess].is_secret):
            raise secret_in_arguments()
        raise Usage(
            "usage.set",
            f"--set number {position}: no property has this name.",
            f"Is {guess} meant? {_SEE}" if guess else _SEE,
        )
    in_url = entry.declared.kind is Kind.HOST and without_password(value) != value
    if (entry.is_secret and value) or in_url:
        raise secret_in_arguments()
    return entry.name, entry.declared.instance.get(name, {}).get(value.casefold(), value)


def piped_secrets(arguments: Arguments, settings: type[Settings]) -> dict[str, Secret]:
    """The secrets that stand on standard input; none where that is a terminal.

    Raises:
        Usage: as `read_password` and `read_secrets`, or there is none.
    """
    if sys.stdin.isatty():
        return {}
    if arguments.password_stdin:
        return {"password": read_password(sys.stdin.buffer)}
    if not arguments.secrets_stdin:
        return {}
    names = [*(name for name, entry in catalog(settings).items() if entry.is_secret), SIGN_IN]
    secrets = read_secrets(sys.stdin.buffer, names)
    if not secrets:
        raise Usage(
            "secrets.empty",
            "Standard input holds no secret. Nothing was done.",
            f"Give lines name=value with the names {' or '.join(names)}.",
        )
    return secrets


def typed_secrets(
    arguments: Arguments,
    settings: type[Settings],
    wanted: Collection[str],
    piped: Mapping[str, Secret],
) -> Mapping[str, Secret]:
    """The secrets that were given on standard input or at a prompt, all of them wanted.

    Raises:
        Usage: one that nothing is done with, or nothing was typed.
    """
    given = piped
    if sys.stdin.isatty() and arguments.password_stdin:
        given = {"password": ask_secret(catalog(settings)["password"].declared.label, confirm=True)}
    elif sys.stdin.isatty() and arguments.secrets_stdin:
        given = _typed(settings, wanted)
    for name in given:
        if name not in wanted:
            raise Usage(
                "secrets.unwanted",
                f"The plan sets no {name}, and one was given. Nothing was done.",
                "Leave it out, or make a plan that sets it.",
            )
    return given


def _typed(settings: type[Settings], wanted: Collection[str]) -> dict[str, Secret]:
    """The secrets that are typed at a prompt for each."""
    say("Enter alone leaves one as it is.")
    asked = {name: ask_optional_secret(catalog(settings)[name].declared.label) for name in wanted}
    typed = {name: secret for name, secret in asked.items() if secret is not None}
    if not typed:
        raise Usage("secrets.empty", "Nothing was typed. Nothing was done.", "Start again.")
    return typed
