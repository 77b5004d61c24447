"""Profiles: named places to work on, one TOML file each; never a secret in one."""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from tui.errors import Problem, Refusal
from tui.settings.values import Environment
from tui.storage import paths
from tui.storage.file import lock_file, read_text_if_exists
from tui.storage.instance import (
    PATH_KEYS,
    Instance,
    SignInMethod,
    check_instance_name,
    instance_values,
    parse_instance,
)
from tui.storage.last_choice import load_last, save_last
from tui.storage.toml import edit_toml, line_numbers, nearest, parse_toml

DEFAULT = "default"
_NOTHING_MORE = contextlib.nullcontext()
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]|[a-z0-9]")


class Keep(StrEnum):
    """Where passwords may be kept."""

    NOTHING = "nothing"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class Profile:
    """A named place to work on: a local file, or an instance.

    Attributes:
        file: the local file of its settings; unused if there is an instance.
        environment: None, if unknown, counts as production on an instance.
    """

    name: str
    file: Path
    environment: Environment | None = None
    keep: Keep = Keep.NOTHING
    instance: Instance | None = None


_CHOICES = {"environment": tuple(Environment), "keep": tuple(Keep), "sign_in": tuple(SignInMethod)}
_KEYS = {
    "file": "a path",
    "environment": " or ".join(Environment),
    "keep": " or ".join(Keep),
    "instance": "a URL",
    "sign_in": " or ".join(SignInMethod),
    "user": "a name",
    "ca_file": "a path",
    "client_certificate": "a path",
    "client_key": "a path",
    "instance_name": "a name",
}
"""The keys of a profile and what each must be, in words."""


def profiles_dir() -> Path:
    """Return the folder of the profiles."""
    return paths.config_dir() / "profiles"


def check_name(name: str) -> str:
    """Return the name if a profile can have it; else raise a Problem."""
    if not _NAME.fullmatch(name):
        raise Problem(
            "profile.name",
            "That isn't a valid profile name.",
            "Use 1 to 64 lower-case letters, digits, dots, hyphens and underscores, with a "
            "letter or digit at both ends.",
        )
    return name


def _profile_path(name: str) -> Path:
    return profiles_dir() / f"{check_name(name)}.toml"


def embedded_profile(name: str = DEFAULT) -> Profile:
    """Return the profile of that name with nothing but defaults."""
    return Profile(name, paths.config_dir() / f"{name}.toml")


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles, including the embedded default."""
    try:
        found = {path.stem for path in profiles_dir().iterdir() if path.suffix == ".toml"}
    except FileNotFoundError:
        found = set()
    except OSError as error:
        raise Problem(
            "profiles.unreadable",
            f"Can't list {profiles_dir()}: {error.strerror}.",
            "Check that it is a folder you can read.",
        ) from None
    return tuple(sorted({DEFAULT} | {name for name in found if _NAME.fullmatch(name)}))


def load_profile(name: str) -> Profile:
    """Load a profile; one that is not there is a Problem, except the default one."""
    path = _profile_path(name)
    text = read_text_if_exists(path)
    if text is not None:
        return _parse_profile(name, text, path)
    if name == DEFAULT:
        return embedded_profile()
    raise _unknown_profile()


def _unknown_profile() -> Problem:
    return Problem(
        "profile.unknown",
        f"There is no profile with that name. Profiles: {', '.join(profile_names())}.",
        "Add it with: glidemail profiles add NAME",
    )


def _parse_profile(name: str, text: str, path: Path) -> Profile:
    table, lines = parse_toml(text, path), line_numbers(text)
    where = {key: f"{path}, line {lines[key]}" if key in lines else str(path) for key in table}
    for key, value in table.items():
        _check_value(key, value, where[key])
    files = {
        key: path.parent / _expand_home(table[key], key, where[key])
        for key in ("file", *PATH_KEYS)
        if key in table
    }
    return Profile(
        name,
        check_file(files["file"], name) if "file" in files else embedded_profile(name).file,
        Environment(table["environment"]) if "environment" in table else None,
        Keep(table.get("keep", Keep.NOTHING)),
        parse_instance(table, where, files),
    )


def _check_value(key: str, value: object, where: str) -> None:
    if key not in _KEYS:
        guess = nearest(key, _KEYS)
        raise Problem(
            "profile.unknown-key",
            f"{where}: a profile has no {key}.",
            f"Did you mean {guess}?" if guess else f"It has {', '.join(_KEYS)}.",
        )
    fits = isinstance(value, str) and value and value.isprintable()
    if not fits or value not in _CHOICES.get(key, (value,)):
        raise Problem(
            "profile.value",
            f"{where}: {key} must be {_KEYS[key]}, in quotes.",
            "Correct that line.",
        )


def _expand_home(file: str, key: str, where: str) -> str:
    """Return a path with the home directory in place of a leading ~."""
    expanded = os.path.expanduser(file)
    if expanded.startswith("~"):
        raise Problem(
            "profile.value",
            f"{where}: the home directory for the ~ in {key} isn't known.",
            "Write the whole path, or ./~ for a file whose name starts with ~.",
        )
    return expanded


def check_file(file: Path, name: str) -> Path:
    """Return the path if the profile of that name can have its settings there; else raise."""
    if not str(file).isprintable():
        why = "has invisible characters in its name"
    elif os.path.isdir(file):
        why = "is a folder"
    elif os.path.abspath(file) == os.path.abspath(profiles_dir() / f"{name}.toml"):
        why = "is the profile itself"
    else:
        return file
    raise Problem(
        "profile.file", f"{file} {why}, so settings can't be saved there.", "Name another file."
    )


def load_profiles() -> Iterator[tuple[str, Profile | Problem]]:
    """Yield the name of every profile, with the profile or what is wrong with it."""
    for name in profile_names():
        try:
            yield name, load_profile(name)
        except Problem as problem:
            yield name, problem


def add_profile(
    profile: Profile, around: contextlib.AbstractContextManager[None] = _NOTHING_MORE
) -> Path:
    """Write a new profile and return its path.

    The file is written in the context `around`, entered once the name is known to be free.

    Raises:
        Refusal: the name is taken.
    """
    path = _profile_path(profile.name)
    with lock_file(path) as file:
        if file.read() is not None:
            raise Refusal(
                "profile.exists",
                f"A profile with that name already exists: {path}.",
                "Choose another name, edit that file, or remove the profile first.",
            )
        with around:
            file.replace(edit_toml("", _values(profile), path))
    return path


def _values(profile: Profile) -> dict[str, str]:
    """Return the keys and values of a profile's file."""
    values = instance_values(profile.instance) if profile.instance else {"file": str(profile.file)}
    values["keep"] = str(profile.keep)
    if profile.environment:
        values["environment"] = str(profile.environment)
    return values


def change_profile(before: Profile, after: Profile) -> Path:
    """Write what differs between two states of a profile into its file, and return its path.

    Raises:
        Refusal: `profile.changed`: the file doesn't say what the profile was before.
    """
    path = _profile_path(before.name)
    with lock_file(path) as file:
        text = file.read()
        if text is None and before.name != DEFAULT:
            raise _unknown_profile()
        if _parse_profile(before.name, text or "", path) != before:
            raise Refusal("profile.changed", f"{path} has been changed.", "Start again.")
        old, new = _values(before), _values(after)
        changes = {key: value for key, value in new.items() if old.get(key) != value}
        removed = [key for key in old if key not in new]
        if changes or removed:
            file.replace(edit_toml(text or "", changes, path, removed), keep_old=False)
    return path


def pin_instance_name(profile: Profile, name: str) -> Profile:
    """Write the name that a profile's instance reports into its file, unless one is there.

    Raises:
        Problem, Refusal: as `check_instance_name`; `profile.changed`: it names another instance.
    """
    path = _profile_path(profile.name)
    with lock_file(path) as file:
        text = file.read() or ""
        now = _parse_profile(profile.name, text, path).instance
        if not now or not profile.instance or now.url != profile.instance.url:
            raise Refusal("profile.changed", f"{path} has been changed.", "Start again.")
        check_instance_name(now, name, path)
        if not now.name:
            file.replace(edit_toml(text, {"instance_name": name}, path), keep_old=False)
    return replace(profile, instance=replace(profile.instance, name=name))


def is_built_in(name: str) -> bool:
    """Return whether a profile is there without a file of its own, and so can't be removed."""
    return name == DEFAULT and not os.path.lexists(_profile_path(name))


def remove_profile(name: str) -> Path:
    """Remove a profile's file, not its settings, and return its path."""
    path = _profile_path(name)
    try:
        path.unlink()
    except FileNotFoundError:
        if name != DEFAULT:
            raise _unknown_profile() from None
        raise Problem(
            "profile.unknown",
            "The default profile is built in and can't be removed.",
            "See them all with: glidemail profiles",
        ) from None
    except OSError as error:
        raise Problem(
            "profile.not-removed", f"Can't remove {path}: {error.strerror}.", "Check its folder."
        ) from None
    return path


def load_last_used() -> str:
    """Return the name of the profile used last if it still exists, else the embedded default."""
    name = load_last("profile")
    return name if _NAME.fullmatch(name) and os.path.isfile(_profile_path(name)) else DEFAULT


def save_last_used(name: str) -> None:
    """Remember the profile used last, unless the state folder can't be written."""
    if (load_last("profile") or DEFAULT) != name:
        save_last("profile", name)
