"""glidemail profiles"""

from collections.abc import Iterator
from typing import TypeVar

from tui.cli.arguments import Arguments
from tui.cli.output import answer, say
from tui.documents.profiles import (
    Keep,
    Profile,
    add_profile,
    all_profiles,
    check_file,
    check_name,
    embedded,
    load_profile,
    remove_profile,
)
from tui.errors import Problem, Usage
from tui.settings.catalog import Settings, catalog
from tui.settings.values import Environment
from tui.terminal.layout import columns, wrapped
from tui.words.paths import short_path

W = TypeVar("W", Environment, Keep)


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Lists, adds or removes profiles."""
    match arguments.action or "list":
        case "add":
            return _add(arguments)
        case "remove":
            return _remove(arguments, settings)
        case _:
            return _list(arguments)


def _list(arguments: Arguments) -> int:
    found = list(all_profiles())
    if arguments.json:
        answer({"profiles": {name: _answer(each) for name, each in found}})
    else:
        say(*columns((name, *_words(each)) for name, each in found))
    return int(any(isinstance(each, Problem) for _, each in found))


def _answer(each: Profile | Problem) -> dict[str, object]:
    if isinstance(each, Problem):
        return {"error": {"code": each.code, "message": each.message, "next": each.next}}
    environment = str(each.environment) if each.environment else None
    return {"file": str(each.file), "environment": environment, "keep": str(each.keep)}


def _words(each: Profile | Problem) -> tuple[str, ...]:
    if isinstance(each, Problem):
        return ("x", "", f"{each.message} {each.next}")
    return (
        str(each.environment or "counts as production"),
        f"keeps {each.keep}",
        short_path(str(each.file)),
    )


def _add(arguments: Arguments) -> int:
    environment = _word(arguments.environment, Environment, "--environment")
    keep = _word(arguments.keep, Keep, "--keep") or Keep.NOTHING
    name = check_name(arguments.name)
    file = arguments.file.absolute() if arguments.file else embedded(name).file
    profile = Profile(name, check_file(file, name), environment, keep)
    path = add_profile(profile)
    if arguments.json:
        answer({"profile": name, **_answer(profile), "written": str(path)})
    else:
        say(
            f"Added {name}: its settings lie in {short_path(str(profile.file))}.",
            f"Next: glidemail -p {name} show",
        )
    return 0


def _word(word: str, words: type[W], option: str) -> W | None:
    if not word:
        return None
    try:
        return words(word)
    except ValueError:
        raise Usage(
            "usage", f"{option} takes {' or '.join(words)}.", "See: glidemail profiles add --help"
        ) from None


def _remove(arguments: Arguments, settings: type[Settings]) -> int:
    name = check_name(arguments.name)
    profile = _as_far_as_it_can_be_read(name)
    path = remove_profile(name)
    stays = [f"{each.message} {each.next}" for each in _forget(name, profile, settings)]
    file = str(profile.file) if profile else None
    if arguments.json:
        answer({"profile": name, "removed": str(path), "settings": file, "not_forgotten": stays})
        return 0
    say(f"Removed {short_path(str(path))}.")
    if file:
        say(f"The settings stay in {short_path(file)}.")
    for each in stays:
        say(*wrapped(f"Not forgotten: {each}", "    ", "  ! "))
    return 0


def _as_far_as_it_can_be_read(name: str) -> Profile | None:
    """A profile; None where its file is there and is not right, which is no reason to keep it."""
    try:
        return load_profile(name)
    except Problem as problem:
        if problem.code == "profile.unknown":
            raise
        return None


def _forget(name: str, profile: Profile | None, settings: type[Settings]) -> Iterator[Problem]:
    """Forgets what is kept for a profile, so that another of its name starts with nothing.

    Yields:
        What could not be forgotten.
    """
    # Imported late: most profiles keep nothing.
    from tui.credentials.store import Keyring
    from tui.documents.attestations import forget_attestations
    from tui.documents.drafts import discard_draft

    for forget in (forget_attestations, discard_draft):
        try:
            forget(name)
        except Problem as problem:
            yield problem
    if profile and profile.keep is Keep.NOTHING:
        return
    try:
        for secret, entry in catalog(settings).items():
            if entry.is_secret:
                Keyring().forget(name, secret)
    except Problem as problem:
        yield problem
