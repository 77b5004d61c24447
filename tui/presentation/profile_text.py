"""Profiles in words: what they are, what a change of one means, and what a removal leaves."""

from collections.abc import Iterator, Mapping

from tui.errors import Problem
from tui.presentation.status_text import unsaved_words
from tui.presentation.target_text import environment_words
from tui.presentation.value_text import short_path
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment
from tui.storage.instance import SignInMethod
from tui.storage.profile import DEFAULT, Keep, Profile
from tui.workspace.editing import Editing

PLACE_CHOICES = {"instance": "an instance", "": "a file"}
SIGN_IN_CHOICES: dict[str, str] = {
    SignInMethod.BASIC: "password",
    SignInMethod.API_KEY: "API key",
    SignInMethod.CLIENT_CREDENTIALS: "OAuth client",
    SignInMethod.BROWSER: "browser",
}
ENVIRONMENT_CHOICES: dict[str, str] = {
    Environment.PRODUCTION: "production",
    Environment.NON_PRODUCTION: "non-production",
    "": "not set",
}
KEEP_CHOICES: dict[str, str] = {Keep.NOTHING: "kept nowhere", Keep.KEYRING: "kept in the keyring"}
"""The choices in a profile, with their words."""

_PLAIN = ("user", "environment")
"""The fields whose problems need no advice, or one that is for the command line."""

BUILT_IN = f"{DEFAULT} is built in: it can't be removed."
SAVE_FIRST = "Save or discard your changes first: another user has to sign in."


def label(environment: Environment) -> str:
    """Return an environment as the words of a button."""
    return str(environment).capitalize()


def place_words(profile: Profile) -> str:
    """Return what a profile works on: a host, or the path of a file."""
    return profile.instance.host if profile.instance else short_path(str(profile.file))


def profile_words(profile: Profile) -> tuple[str, str]:
    """Return the environment of a profile, and what it keeps."""
    return environment_words(profile.environment), f"keeps {profile.keep}"


def entry_problems(found: Mapping[str, Problem]) -> dict[str, str]:
    """Return what is wrong with each field of a profile."""
    return {
        name: each.message if name in _PLAIN else f"{each.message} {each.hint}"
        for name, each in found.items()
    }


def added_words(profile: Profile) -> str:
    """Return that a profile was added."""
    return f"Added {profile.name}."


def changed_words(profile: Profile) -> str:
    """Return what a profile was changed to."""
    return f"Changed {profile.name}: {', '.join(profile_words(profile))}."


def removed_words(name: str, profile: Profile | None) -> str:
    """Return that a profile was removed, and what stays."""
    return f"Removed {name}. {untouched_words(profile)}" if profile else f"Removed {name}."


def untouched_words(profile: Profile) -> str:
    """Return what stays as it is when a profile is removed."""
    if profile.instance:
        return f"Nothing was changed on {profile.instance.host}."
    return f"The settings stay in {place_words(profile)}."


def removal_lines(profile: Profile | None, editing: Editing | None) -> Iterator[str]:
    """Return what a removal takes away and what stays, a paragraph each.

    Args:
        profile: what is removed; None if its file is invalid.
        editing: the draft, if it is the profile that is worked on.
    """
    if profile and profile.instance:
        yield f"Nothing changes on {profile.instance.host}."
    elif profile:
        yield f"Its settings stay in {place_words(profile)}."
    gone = ["its draft", "the conditions you ticked", "the rejected logins it remembers"]
    if profile is None or profile.keep is Keep.KEYRING:
        gone.append("its passwords in the keyring")
    yield f"Removed with it: {', '.join(gone[:-1])} and {gone[-1]}."
    if editing is None:
        return
    if editing.changed:
        yield ""
        yield from unsaved_words(editing)
    yield ""
    yield f"The profile {DEFAULT} is opened then."


def environment_question(profile: Profile) -> str:
    """Return the question for the environment."""
    if profile.instance:
        return f"Which environment is {profile.instance.host}?"
    return f"Which environment are the settings of {profile.name} for?"


def environment_lines(facts: TargetFacts, now: Environment | None) -> Iterator[str]:
    """Return what the choice of an environment means, a paragraph each."""
    if now is None:
        yield "This isn't set yet, so it counts as production."
        yield ""
    yield "Production: email reaches its recipients."
    yield "Non-production: sending needs a test address, which then gets all email."
    if not facts.is_file:
        yield ""
        yield "On production, you type the name of the instance before a change is written."
    if facts.says_production:
        yield "This instance itself says that it is production. That counts in any case."


def environment_row(profile: Profile) -> str:
    """Return the command that sets the environment."""
    if profile.environment is None:
        return "Environment: not set, counts as production"
    return f"Environment: {profile.environment}"


def keep_row(profile: Profile) -> str:
    """Return the command that changes whether passwords are kept."""
    is_kept = profile.keep is Keep.KEYRING
    return "Keep no passwords" if is_kept else "Keep passwords in the keyring"


def keep_question(profile: Profile) -> tuple[str, str, tuple[str, ...]]:
    """Return the question whether passwords are kept, the words of its button, and the facts."""
    where = profile.instance.host if profile.instance else ""
    if profile.keep is Keep.KEYRING:
        now = (
            f"You type the password for {where} each time you start glidemail."
            if where
            else "A password typed from now on isn't kept. You type it when a test needs it."
        )
        deleted = f"What the keyring keeps for {profile.name} is deleted from it now."
        return "Keep no passwords?", "Keep none", (deleted, "", now)
    what = (
        (
            f"The password for {where} is kept after the next sign-in at which you type it. "
            "One that you have typed already isn't.",
            "",
            "Email passwords are kept by the instance, as before.",
        )
        if where
        else ("A password is kept when you save, also one that you have typed already.",)
    )
    about = "The keyring is where your system keeps passwords. Files of glidemail never hold one."
    return "Keep passwords in the keyring?", "Keep them", (about, "", *what)
