"""From the arguments to a draft over what is there."""

import sys
from dataclasses import dataclass

from tui.applying.session import Session, finish, open_session
from tui.cli.arguments import Arguments, secret_in_arguments
from tui.credentials.secret import Secret
from tui.credentials.sources import ask, read_password, read_secrets
from tui.documents.files import read_text
from tui.documents.profiles import DEFAULT, load_profile
from tui.documents.settings import document_of
from tui.documents.toml import nearest
from tui.errors import Usage
from tui.settings.adopt import HeldBack, adopt
from tui.settings.catalog import Settings, by_any_name, catalog
from tui.settings.draft import Draft

_SEE = "See the names with: glidemail explain"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft made of arguments.

    Attributes:
        held_back: what of a document was left out.
        sources: where each edited property's value comes from, in words.
    """

    session: Session
    draft: Draft
    held_back: tuple[HeldBack, ...]
    sources: dict[str, str]


def opened(arguments: Arguments, settings: type[Settings]) -> Session:
    """The session of the profile that was named, or of the default one."""
    return finish(open_session(load_profile(arguments.profile or DEFAULT), settings))


def drafted(arguments: Arguments, settings: type[Settings]) -> Drafted:
    """The draft that `--from`, `--set` and the secrets make, in this order.

    Raises:
        Problem: one of them cannot be taken.
    """
    edits = [_edit(position, each, settings) for position, each in enumerate(arguments.set, 1)]
    session = opened(arguments, settings)
    draft, held, sources = session.draft, tuple[HeldBack, ...](), dict[str, str]()
    if arguments.adopt:
        document, export = document_of(read_text(arguments.adopt), arguments.adopt, settings)
        draft, held = adopt(draft, document.values, session.target.place, export)
        sources = dict.fromkeys(draft.texts, f"from {arguments.adopt}")
    for name, text in edits:
        draft = draft.edit(name, text)
        sources[name] = "--set"
    for name, secret in typed_secrets(arguments, settings).items():
        draft = draft.type_secret(name, secret)
        sources[name] = "typed"
    held = tuple(each for each in held if each.property not in sources)
    return Drafted(session, draft, held, sources)


def _edit(position: int, text: str, settings: type[Settings]) -> tuple[str, str]:
    """The property and the text of one `--set`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Usage("usage.set", f"--set number {position} is not NAME=VALUE.", _SEE)
    entry = by_any_name(catalog(settings), name)
    if entry is None:
        guess = nearest(name, catalog(settings))
        if "pass" in name.casefold() or (guess and catalog(settings)[guess].is_secret):
            raise secret_in_arguments()
        raise Usage(
            "usage.set",
            f"--set number {position}: no property has this name.",
            f"Is {guess} meant? {_SEE}" if guess else _SEE,
        )
    if entry.is_secret and value:
        raise secret_in_arguments()
    return entry.name, entry.declared.instance.get(name, {}).get(value.casefold(), value)


def typed_secrets(arguments: Arguments, settings: type[Settings]) -> dict[str, Secret]:
    """The secrets that were given on standard input or at a prompt."""
    if arguments.password_stdin:
        if sys.stdin.isatty():
            return {"password": ask(catalog(settings)["password"].declared.label, confirm=True)}
        return {"password": read_password(sys.stdin.buffer)}
    if not arguments.secrets_stdin:
        return {}
    names = [name for name, entry in catalog(settings).items() if entry.is_secret]
    secrets = read_secrets(sys.stdin.buffer, [*names, "sign_in"])
    if "sign_in" in secrets:
        raise Usage(
            "secrets.sign-in",
            "A local file has no sign-in.",
            "Leave the line sign_in= out. Nothing was done.",
        )
    return secrets
