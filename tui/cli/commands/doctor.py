"""glidemail doctor: files, keyrings, versions, and a report of an instance."""

import os
import platform
import stat
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from tui import __version__
from tui.cli.arguments import Arguments
from tui.cli.open_profile import read_report, sign_in_from_stdin
from tui.cli.output import note, problem_json, say, write_json
from tui.credentials.keyring import Keyring
from tui.errors import Problem, UsageError
from tui.presentation.rights_text import RIGHTS_TITLE, rights_lines
from tui.presentation.target_text import UNTRIED
from tui.presentation.value_text import short_path
from tui.settings.catalog import Settings
from tui.settings.rights import UserRight
from tui.storage import paths
from tui.storage.profile import DEFAULT, Profile, load_profile, profiles_dir
from tui.terminal.layout import columns, wrap

_LIBRARIES = (
    "textual",
    "pydantic",
    "platformdirs",
    "keyring",
    "email-validator",
    "idna",
    "tomlkit",
    "httpx2",
)

_NOTHING_READ = Problem(
    "instance.nothing-read",
    "Can't read anything: this user sees no property and no email account.",
    "Sign in as a user with the role admin.",
)

if TYPE_CHECKING:
    from tui.targets.instance.read.report import InstanceReport


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """Report what support needs to know; change nothing."""
    name = arguments.profile or DEFAULT
    profile: Profile | Problem
    try:
        profile = load_profile(name)
    except Problem as problem:
        profile = problem
    report = _read_report(arguments, profile, settings)
    files = [(each, path, _file_state(path)) for each, path in _file_paths(profile)]
    backends = Keyring().backends()
    versions = dict(_versions())
    # What was asked about couldn't be looked at; everything else is reported even so.
    unread = [path for name, path, _ in files if name == "settings" and not _can_read(path)]
    code = int(bool(unread) or isinstance(profile, Problem) or _is_unread(report))
    if arguments.json:
        write_json(
            {
                "profile": name,
                **_profile_json(profile),
                "files": {each: {"path": str(path), "state": state} for each, path, state in files},
                "keyrings": [{"name": b.name, "usable": b.usable, "why": b.why} for b in backends],
                "versions": versions,
                **_report_json(report),
                "note": UNTRIED,
            }
        )
        return code
    say(f"Profile {name}", *_profile_lines(profile), *_report_lines(report))
    say("", "Files")
    say(*columns((each, state, short_path(str(path))) for each, path, state in files))
    say("", "Keyrings")
    say(*columns((each.name, "works" if each.usable else "no", each.why) for each in backends))
    say("", "Versions", *columns(versions.items()))
    say("", UNTRIED)
    if code:
        note("The profile or instance couldn't be read. The report says why.")
    return code


def _profile_json(profile: Profile | Problem) -> dict[str, object]:
    if isinstance(profile, Problem):
        return {"error": problem_json(profile)}
    if profile.instance is None:
        return {}
    return {"environment": profile.environment, "sign_in": profile.instance.sign_in}


def _profile_lines(profile: Profile | Problem) -> Iterator[str]:
    if isinstance(profile, Problem):
        yield from wrap(f"{profile.message} {profile.hint}", "    ", "  x ")
    elif profile.instance is None:
        yield f"  keeps {profile.keep}"
    else:
        how = profile.instance.sign_in
        yield f"  an instance, {profile.environment}; sign-in: {how}; keeps {profile.keep}"


def _file_paths(profile: Profile | Problem) -> Iterator[tuple[str, Path]]:
    if isinstance(profile, Profile) and profile.instance is None:
        yield "settings", profile.file
    yield "profiles", profiles_dir()
    yield "attestations", paths.state_dir() / "attestations"
    yield "drafts", paths.state_dir() / "drafts"


def _read_report(
    arguments: Arguments, profile: Profile | Problem, settings: type[Settings]
) -> "InstanceReport | Problem | None":
    """Return the instance's report, or why it cannot be read; None for a file."""
    if isinstance(profile, Problem):
        return None
    given = sign_in_from_stdin(arguments)
    try:
        return read_report(arguments, profile, settings, given)
    except UsageError:
        raise
    except Problem as problem:
        if arguments.addresses:
            return problem
        # The message may name the host and the user, or repeat what the instance said.
        words = f"Not read ({problem.code}; --addresses shows more)."
        return Problem(problem.code, words, problem.hint)


def _report_json(report: "InstanceReport | Problem | None") -> dict[str, object]:
    if report is None:
        return {}
    if isinstance(report, Problem):
        return {"instance": {"error": problem_json(report)}}
    facts = {
        title: [{"fact": name, "words": words} for name, words in rows]
        for title, rows in report.facts.items()
    }
    rights = [_right_json(each) for each in report.rights]
    error = {"error": problem_json(_NOTHING_READ)} if _is_unread(report) else {}
    return {**error, "instance": facts, "rights": rights}


def _right_json(each: UserRight) -> dict[str, object]:
    needs, unconfirmed = each.needs, each.needs.unconfirmed
    return {
        "right": str(each.right),
        "commands": list(needs.commands),
        "needs": [{"role": role, "confirmed": role not in unconfirmed} for role in needs.roles],
        "holding": str(each.holding),
        "role": each.role or None,
    }


def _is_unread(report: "InstanceReport | Problem | None") -> bool:
    """Return whether nothing could be read of an instance."""
    if report is None or isinstance(report, Problem):
        return report is not None
    from tui.targets.instance.read.report import is_empty

    return is_empty(report.facts)


def _report_lines(report: "InstanceReport | Problem | None") -> Iterator[str]:
    if isinstance(report, Problem):
        yield from ("", "Instance")
        yield from wrap(f"{report.message} {report.hint}", "    ", "  x ")
    elif report:
        if _is_unread(report):
            yield from _report_lines(_NOTHING_READ)
        for title, facts in report.facts.items():
            yield from ("", title)
            yield from columns(facts)
        yield from ("", RIGHTS_TITLE)
        yield from rights_lines(report.rights)


def _file_state(path: Path) -> str:
    """Return whether a path can be saved to; a file is replaced, so its folder decides."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return "not there yet"
    except OSError as error:
        return str(error.strerror)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "a link, not followed" if stat.S_ISLNK(mode) else "no file"
    if not os.access(path, os.R_OK):
        return "not readable"
    folder = path if stat.S_ISDIR(mode) else path.parent
    return "writable" if os.access(folder, os.W_OK | os.X_OK) else "read-only"


def _can_read(path: Path) -> bool:
    """Return whether a settings file can be read; one that isn't there yet can."""
    return not os.path.lexists(path) or (
        path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
    )


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
