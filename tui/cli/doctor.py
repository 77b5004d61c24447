"""glidemail doctor: where files lie, which keyrings work, and the versions."""

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tui import __version__
from tui.cli.arguments import Arguments
from tui.cli.output import answer, say
from tui.credentials.store import Keyring
from tui.documents import places
from tui.documents.profiles import DEFAULT, folder, load_profile
from tui.settings.catalog import Settings
from tui.terminal.layout import columns

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
    profile = load_profile(arguments.profile or DEFAULT)
    files = {
        "settings": profile.file,
        "profiles": folder(),
        "attestations": places.state() / "attestations",
    }
    backends = Keyring().backends()
    versions = dict(_versions())
    if arguments.json:
        answer(
            {
                "profile": profile.name,
                "files": {name: {"path": str(p), "state": _state(p)} for name, p in files.items()},
                "keyrings": [
                    {"name": each.name, "usable": each.usable, "why": each.why} for each in backends
                ],
                "versions": versions,
                "note": _UNTRIED,
            }
        )
        return 0
    say(
        "Files",
        *columns((name, _state(path), places.short(str(path))) for name, path in files.items()),
    )
    say("", f"Keyrings (profile {profile.name} keeps {profile.keep})")
    say(*columns((each.name, "works" if each.usable else "no", each.why) for each in backends))
    say("", "Versions", *columns(versions.items()))
    say("", _UNTRIED)
    return 0


def _state(path: Path) -> str:
    try:
        path.lstat()
    except FileNotFoundError:
        return "not there yet"
    except OSError as error:
        return str(error.strerror)
    return "writable" if os.access(path, os.W_OK) else "read-only"


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
