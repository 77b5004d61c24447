"""glidemail profiles: list, add, change and remove profiles."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from tui.cli.arguments import Arguments, exposed_secret
from tui.cli.output import problem_json, say, write_json
from tui.credentials.secret import Secret
from tui.errors import Problem, Unfinished, UsageError
from tui.presentation.profile_text import profile_words, untouched_words
from tui.presentation.value_text import short_path
from tui.settings.catalog import Settings
from tui.settings.values import Environment
from tui.storage.instance import (
    SIGN_IN,
    Instance,
    SignInMethod,
    check_ca_file,
)
from tui.storage.profile import (
    Keep,
    Profile,
    add_profile,
    check_name,
    load_profile,
    load_profiles,
    profiles_dir,
)
from tui.terminal.layout import columns, wrap
from tui.workspace.profile_changes import ProfileEntry, change, remove

_SECRET_NAMES = {
    SignInMethod.BASIC: "Password",
    SignInMethod.API_KEY: "API key",
    SignInMethod.CLIENT_CREDENTIALS: "Client secret",
    SignInMethod.BROWSER: "Browser sign-in",
}

ChoiceT = TypeVar("ChoiceT", Environment, Keep, SignInMethod)


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """List profiles, or add, change or remove one."""
    match arguments.action:
        case "add":
            return _add(arguments)
        case "set":
            return _set(arguments, settings)
        case "remove":
            return _remove(arguments, settings)
        case _:
            return _list(arguments)


def _list(arguments: Arguments) -> int:
    found = list(load_profiles())
    if arguments.json:
        write_json({"profiles": {name: _profile_json(each) for name, each in found}})
    else:
        say(*columns((name, *_profile_row(each)) for name, each in found))
    return int(any(isinstance(each, Problem) for _, each in found))


def _profile_json(each: Profile | Problem) -> dict[str, object]:
    if isinstance(each, Problem):
        return {"error": problem_json(each)}
    environment = str(each.environment) if each.environment else None
    return {
        "file": None if each.instance else str(each.file),
        "environment": environment,
        "keep": str(each.keep),
        "instance": _instance_json(each.instance) if each.instance else None,
    }


def _instance_json(instance: Instance) -> dict[str, str | None]:
    return {
        "url": instance.url,
        "sign_in": str(instance.sign_in),
        "user": instance.user or None,
        "ca_file": _path_text(instance.ca_file),
        "client_certificate": _path_text(instance.client_certificate),
        "client_key": _path_text(instance.client_key),
        "instance_name": instance.name or None,
    }


def _path_text(path: Path | None) -> str | None:
    return str(path) if path else None


def _profile_row(each: Profile | Problem) -> tuple[str, ...]:
    if isinstance(each, Problem):
        return ("x", "", f"{each.message} {each.hint}")
    place = each.instance.host if each.instance else short_path(str(each.file))
    return (*profile_words(each), place)


def _add(arguments: Arguments) -> int:
    profile = _profile_from(arguments)
    secret = _ask_sign_in(arguments, profile)
    path = add_profile(profile, _keep_sign_in(profile.name, secret))
    if arguments.json:
        write_json({"profile": profile.name, **_profile_json(profile), "written": str(path)})
        return 0
    if profile.instance:
        say(f"Added {profile.name}: it works on {profile.instance.host}.")
    else:
        say(f"Added {profile.name}: its settings are in {short_path(str(profile.file))}.")
    if secret:
        say("The sign-in is kept in the keyring.")
    say(f"Next: glidemail -p {profile.name} show")
    return 0


def _profile_from(arguments: Arguments) -> Profile:
    environment = _parse_choice(arguments.environment, Environment, "--environment")
    keep = _parse_choice(arguments.keep, Keep, "--keep") or Keep.NOTHING
    if arguments.instance is None:
        _refuse_without_instance(arguments, "Add --instance, or leave it out.")
        file = str(arguments.file.absolute()) if arguments.file else ""
        return ProfileEntry(
            arguments.name, is_instance=False, place=file, environment=environment, keep=keep
        ).to_profile()
    sign_in = _parse_choice(arguments.sign_in, SignInMethod, "--sign-in") or SignInMethod.BASIC
    entry = ProfileEntry(
        arguments.name, True, arguments.instance, arguments.user, environment, sign_in, keep
    )
    with _as_usage():
        profile = entry.to_profile()
    assert profile.instance  # noqa: S101
    ca_file = check_ca_file(arguments.ca_file) if arguments.ca_file else None
    certificate, key = _client_files(arguments)
    instance = replace(
        profile.instance, ca_file=ca_file, client_certificate=certificate, client_key=key
    )
    return replace(profile, instance=instance)


@contextlib.contextmanager
def _as_usage() -> Iterator[None]:
    """Turn what is wrong with an instance's arguments into a usage error."""
    try:
        yield
    except Problem as problem:
        if problem.code == "instance.password":
            secret = exposed_secret()
            raise UsageError(
                secret.code,
                secret.message,
                "Change that password. Then pass the URL and the user without it: you are asked "
                "for it when it is needed.",
            ) from None
        if problem.code == "profile.environment":
            raise UsageError(
                "usage",
                "--instance needs --environment: it decides whether mail may reach people.",
                "Add --environment production or --environment non-production.",
            ) from None
        if problem.code.startswith("instance."):
            raise UsageError(problem.code, problem.message, problem.hint) from None
        raise


def _client_files(arguments: Arguments) -> tuple[Path | None, Path | None]:
    """Return the client certificate and its key, which must be there."""
    certificate, key = arguments.client_certificate, arguments.client_key
    if key and not certificate:
        raise UsageError(
            "usage", "--client-key needs --client-certificate.", "Pass both or neither."
        )
    for file in (certificate, key):
        if file and not (str(file).isprintable() and os.access(file, os.R_OK) and file.is_file()):
            raise Problem(
                "instance.client-certificate",
                "The client certificate or its key isn't a file that you can read.",
                "Use files in PEM form.",
            )
    return certificate.absolute() if certificate else None, key.absolute() if key else None


def _refuse_without_instance(arguments: Arguments, hint: str) -> None:
    given = {
        "--sign-in": arguments.sign_in,
        "--user": arguments.user,
        "--ca-file": arguments.ca_file,
        "--client-certificate": arguments.client_certificate,
        "--client-key": arguments.client_key,
        "--sign-in-stdin": arguments.sign_in_stdin,
    }
    if option := next((option for option, value in given.items() if value), ""):
        raise UsageError("usage", f"{option} is only for an instance.", hint)


def _ask_sign_in(arguments: Arguments, profile: Profile) -> Secret | None:
    """Return the secret that the profile signs in with, if one is given and may be kept."""
    if profile.instance and profile.instance.sign_in is SignInMethod.BROWSER:
        if arguments.sign_in_stdin:
            raise UsageError(
                "secrets.unwanted",
                "A browser sign-in has no secret to pass beforehand.",
                "Leave --sign-in-stdin out: the first command on the profile prints an address.",
            )
        return None
    if not profile.instance or profile.keep is Keep.NOTHING:
        if arguments.sign_in_stdin:
            raise UsageError(
                "secrets.unwanted",
                "--sign-in-stdin passes a secret to keep, but this profile keeps nothing.",
                "Add --keep keyring, or leave it out: you are asked for the secret when it is "
                "needed.",
            )
        return None
    if os.path.lexists(profiles_dir() / f"{profile.name}.toml"):
        return None  # it will be refused, so ask for nothing
    # Imported late: most profiles keep nothing.
    from tui.credentials.prompt import ask_optional_secret, ask_secret, read_password

    label = f"{_SECRET_NAMES[profile.instance.sign_in]} for {profile.instance.host}"
    if not sys.stdin.isatty():
        return read_password(sys.stdin.buffer) if arguments.sign_in_stdin else None
    if arguments.sign_in_stdin:
        return ask_secret(label, confirm=True)
    if not arguments.json:
        say("Just press Enter to leave it out.")
    return ask_optional_secret(label)


@contextlib.contextmanager
def _keep_sign_in(name: str, secret: Secret | None) -> Iterator[None]:
    """Keep a secret in the keyring, and remove it again if the profile is not written."""
    if not secret:
        yield
        return
    # Imported late: most profiles keep nothing.
    from tui.credentials.keyring import Keyring

    keyring = Keyring()
    keyring.keep(name, SIGN_IN, secret)
    try:
        yield
    except Unfinished:  # the profile is written
        raise
    except BaseException as error:
        try:
            keyring.forget(name, SIGN_IN)
        except Problem as problem:
            why = error.message if isinstance(error, Problem) else "It was stopped."
            raise Problem(
                "profile.sign-in-stays",
                f"The profile was not added: {why} Its sign-in is still in the keyring: "
                f"{problem.message}",
                problem.hint,
            ) from None
        raise


def _parse_choice(word: str, choices: type[ChoiceT], option: str) -> ChoiceT | None:
    if not word:
        return None
    try:
        return choices(word)
    except ValueError:
        raise UsageError(
            "usage", f"{option} takes {' or '.join(choices)}.", "See: glidemail profiles add --help"
        ) from None


def _set(arguments: Arguments, settings: type[Settings]) -> int:
    """Change a profile's environment, sign-in, or whether it keeps passwords."""
    environment = _parse_choice(arguments.environment, Environment, "--environment")
    keep = _parse_choice(arguments.keep, Keep, "--keep")
    sign_in = _parse_choice(arguments.sign_in, SignInMethod, "--sign-in")
    if not (environment or keep or sign_in or arguments.user):
        raise UsageError(
            "usage", "There is nothing to change.", "See: glidemail profiles set --help"
        )
    before = load_profile(check_name(arguments.name))
    if not before.instance:
        _refuse_without_instance(arguments, f"Leave it out: {before.name} works on a file.")
    entry = ProfileEntry.from_profile(before)
    how = sign_in or entry.sign_in
    user = arguments.user or ("" if how is SignInMethod.API_KEY else entry.user)
    entry = replace(
        entry,
        environment=environment or entry.environment,
        keep=keep or entry.keep,
        sign_in=how,
        user=user,
    )
    with _as_usage():
        after = entry.apply_to(before)
    path, troubles = change(before, after, settings)
    stays = [f"{each.message} {each.hint}" for each in troubles]
    if arguments.json:
        body = {"written": str(path), "not_forgotten": stays}
        write_json({"profile": after.name, **_profile_json(after), **body})
        return 0
    say(f"Changed {after.name}: {', '.join(profile_words(after))}.")
    _say_not_forgotten(stays)
    return 0


def _remove(arguments: Arguments, settings: type[Settings]) -> int:
    removal = remove(check_name(arguments.name), settings)
    profile, path = removal.profile, removal.path
    stays = [f"{each.message} {each.hint}" for each in removal.not_forgotten]
    if arguments.json:
        file = str(profile.file) if profile and not profile.instance else None
        body = {"removed": str(path), "settings": file, "not_forgotten": stays}
        write_json({"profile": arguments.name, **body})
        return 0
    say(f"Removed {short_path(str(path))}.")
    if profile:
        say(untouched_words(profile))
    _say_not_forgotten(stays)
    return 0


def _say_not_forgotten(problems: Iterable[str]) -> None:
    for each in problems:
        say(*wrap(f"Not forgotten: {each}", "    ", "  ! "))
