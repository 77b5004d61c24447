"""glidemail profiles: list, add and remove profiles."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from tui.cli.arguments import Arguments, exposed_secret
from tui.cli.output import problem_json, say, write_json
from tui.credentials.secret import Secret
from tui.errors import Problem, Unfinished, UsageError
from tui.presentation.target_text import environment_words
from tui.presentation.value_text import short_path
from tui.settings.catalog import Settings, catalog
from tui.settings.values import Environment
from tui.storage.instance import (
    SIGN_IN,
    Instance,
    SignInMethod,
    check_ca_file,
    check_url,
    check_user,
)
from tui.storage.profile import (
    Keep,
    Profile,
    add_profile,
    check_file,
    check_name,
    embedded_profile,
    load_profile,
    load_profiles,
    profiles_dir,
    remove_profile,
)
from tui.terminal.layout import columns, wrap

_SECRET_NAMES = {
    SignInMethod.BASIC: "Password",
    SignInMethod.API_KEY: "API key",
    SignInMethod.CLIENT_CREDENTIALS: "Client secret",
    SignInMethod.BROWSER: "Browser sign-in",
}

ChoiceT = TypeVar("ChoiceT", Environment, Keep, SignInMethod)


def run(arguments: Arguments, settings: type[Settings]) -> int:
    """List profiles, or add or remove one."""
    match arguments.action:
        case "add":
            return _add(arguments)
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
    return (
        environment_words(each.environment),
        f"keeps {each.keep}",
        each.instance.host if each.instance else short_path(str(each.file)),
    )


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
    name = check_name(arguments.name)
    instance = _instance_from(arguments)
    file = arguments.file.absolute() if arguments.file else embedded_profile(name).file
    if not instance:
        check_file(file, name)
    return Profile(name, file, environment, keep, instance)


def _instance_from(arguments: Arguments) -> Instance | None:
    if arguments.instance is None:
        _refuse_without_instance(arguments)
        return None
    sign_in = _parse_choice(arguments.sign_in, SignInMethod, "--sign-in") or SignInMethod.BASIC
    try:
        url = check_url(arguments.instance)
        user = check_user(arguments.user, sign_in)
    except Problem as problem:
        if problem.code != "instance.password":
            raise UsageError(problem.code, problem.message, problem.hint) from None
        secret = exposed_secret()
        raise UsageError(
            secret.code,
            secret.message,
            "Change that password. Then pass the URL and the user without it: you are asked for "
            "it when it is needed.",
        ) from None
    if not arguments.environment:
        raise UsageError(
            "usage",
            "--instance needs --environment: it decides whether mail may reach people.",
            "Add --environment production or --environment non-production.",
        )
    ca_file = check_ca_file(arguments.ca_file) if arguments.ca_file else None
    files = _client_files(arguments)
    return Instance(url, sign_in, user, ca_file, "", *files)


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


def _refuse_without_instance(arguments: Arguments) -> None:
    given = {
        "--sign-in": arguments.sign_in,
        "--user": arguments.user,
        "--ca-file": arguments.ca_file,
        "--client-certificate": arguments.client_certificate,
        "--client-key": arguments.client_key,
        "--sign-in-stdin": arguments.sign_in_stdin,
    }
    if option := next((option for option, value in given.items() if value), ""):
        raise UsageError(
            "usage", f"{option} is only for an instance.", "Add --instance, or leave it out."
        )


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


def _remove(arguments: Arguments, settings: type[Settings]) -> int:
    name = check_name(arguments.name)
    profile = _load_if_readable(name)
    path = remove_profile(name)
    stays = [f"{each.message} {each.hint}" for each in _forget(name, profile, settings)]
    file = str(profile.file) if profile and not profile.instance else None
    if arguments.json:
        body = {"profile": name, "removed": str(path), "settings": file, "not_forgotten": stays}
        write_json(body)
        return 0
    say(f"Removed {short_path(str(path))}.")
    if file:
        say(f"The settings stay in {short_path(file)}.")
    elif profile and profile.instance:
        say(f"Nothing was changed on {profile.instance.host}.")
    for each in stays:
        say(*wrap(f"Not forgotten: {each}", "    ", "  ! "))
    return 0


def _load_if_readable(name: str) -> Profile | None:
    """Return a profile, or None if its file is invalid, which is no reason to keep it."""
    try:
        return load_profile(name)
    except Problem as problem:
        if problem.code == "profile.unknown":
            raise
        return None


def _forget(name: str, profile: Profile | None, settings: type[Settings]) -> Iterator[Problem]:
    """Delete all that is kept for a profile, so that another of its name starts with nothing.

    Yields:
        Why something could not be deleted.
    """
    # Imported late: most profiles keep nothing.
    from tui.credentials.keyring import Keyring
    from tui.storage.draft_file import discard_draft
    from tui.storage.records import forget_attestations, forget_refused_logins

    for forget in (forget_attestations, discard_draft, forget_refused_logins):
        try:
            forget(name)
        except Problem as problem:
            yield problem
    if profile and profile.keep is Keep.NOTHING:
        return
    try:
        secrets = [secret for secret, entry in catalog(settings).items() if entry.is_secret]
        for secret in (*secrets, SIGN_IN):
            Keyring().forget(name, secret)
    except Problem as problem:
        yield problem
