"""glidemail doctor: where files lie, which keyrings work, and the versions."""

import os
import platform
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui import __version__
from tui.cli.arguments import Arguments
from tui.cli.output import answer, say
from tui.credentials.store import Keyring
from tui.documents import places
from tui.documents.profiles import DEFAULT, Profile, folder, load_profile
from tui.errors import Problem
from tui.settings.catalog import Settings
from tui.terminal.layout import columns, wrapped
from tui.words.paths import short_path

_LIBRARIES = (
    "textual",
    "pydantic",
    "platformdirs",
    "keyring",
    "email-validator",
    "idna",
    "tomlkit",
)

_UNTRIED = "Nothing of this was ever tried on a live instance."


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Says what there is to know before asking for help; changes nothing."""
    name = arguments.profile or DEFAULT
    profile = _profile(name)
    files = {
        "profiles": folder(),
        "attestations": places.state() / "attestations",
        "drafts": places.state() / "drafts",
    }
    if isinstance(profile, Profile):
        files = {"settings": profile.file, **files}
    backends = Keyring().backends()
    versions = dict(_versions())
    if arguments.json:
        answer(
            {
                "profile": name,
                **({"error": _error(profile)} if isinstance(profile, Problem) else {}),
                "files": {each: {"path": str(p), "state": _state(p)} for each, p in files.items()},
                "keyrings": [
                    {"name": each.name, "usable": each.usable, "why": each.why} for each in backends
                ],
                "versions": versions,
                "note": _UNTRIED,
            }
        )
        return 0
    say(f"Profile {name}")
    if isinstance(profile, Problem):
        say(*wrapped(f"{profile.message} {profile.next}", "    ", "  x "))
    else:
        say(f"  keeps {profile.keep}")
    say("", "Files")
    say(*columns((each, _state(path), short_path(str(path))) for each, path in files.items()))
    say("", "Keyrings")
    say(*columns((each.name, "works" if each.usable else "no", each.why) for each in backends))
    say("", "Versions", *columns(versions.items()))
    say("", _UNTRIED)
    return 0


def _profile(name: str) -> Profile | Problem:
    try:
        return load_profile(name)
    except Problem as problem:
        return problem


def _error(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "message": problem.message, "next": problem.next}


def _state(path: Path) -> str:
    """Whether something can be saved there; a file is replaced, so its folder decides."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return "not there yet"
    except OSError as error:
        return str(error.strerror)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "a link, not followed" if stat.S_ISLNK(mode) else "no file"
    folder = path if stat.S_ISDIR(mode) else path.parent
    return "writable" if os.access(folder, os.W_OK | os.X_OK) else "read-only"


def _versions() -> Iterator[tuple[str, str]]:
    yield "glidemail", __version__
    yield "python", platform.python_version()
    yield "system", f"{platform.system()} {platform.release()}"
    yield "encoding", str(sys.stdout.encoding)
    for name in _LIBRARIES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"
