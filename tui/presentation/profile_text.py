"""Profiles in words: what they are, what a change of one means, and what a removal leaves."""

from tui.presentation.target_text import environment_words
from tui.presentation.value_text import short_path
from tui.storage.profile import Profile


def place_words(profile: Profile) -> str:
    """Return what a profile works on: a host, or the path of a file."""
    return profile.instance.host if profile.instance else short_path(str(profile.file))


def profile_words(profile: Profile) -> tuple[str, str]:
    """Return the environment of a profile, and what it keeps."""
    return environment_words(profile.environment), f"keeps {profile.keep}"


def untouched_words(profile: Profile) -> str:
    """Return what stays as it is when a profile is removed."""
    if profile.instance:
        return f"Nothing was changed on {profile.instance.host}."
    return f"The settings stay in {place_words(profile)}."
