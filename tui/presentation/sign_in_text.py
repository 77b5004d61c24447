"""What a person is told while something signs in at an instance."""

from tui.errors import Problem
from tui.storage.instance import Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.workspace.sign_in import NotSignedIn

KEYRING_SEARCH = "Looking for what signs in, in the keyring."

_LABELS = {
    SignInMethod.BASIC: "Password of {user} at {host}",
    SignInMethod.API_KEY: "API key for {host}",
    SignInMethod.CLIENT_CREDENTIALS: "Secret of the OAuth client {user} at {host}",
}


def sign_in_label(instance: Instance) -> str:
    """Return the label of the prompt for the secret that signs in."""
    return _LABELS[instance.sign_in].format(user=instance.user, host=instance.host)


def reading_words(where: str) -> str:
    """Return what is said while an instance is read."""
    return f"Reading {where}."


def sign_in_notes(profile: Profile, trouble: Problem | None) -> list[str]:
    """Return what there is to know before a secret is typed, a paragraph each.

    Args:
        profile: of the instance.
        trouble: why the keyring gave nothing, where it should have.
    """
    notes = ["One attempt is made with it, as more could lock the account."]
    if trouble:
        notes.append(f"None is kept: {trouble.message}")
    if profile.keep is Keep.KEYRING:
        notes.append("Once it has signed in it is kept in the keyring, as the profile says.")
    else:
        notes.append("It is kept in memory until the program ends.")
    return notes


def hint_on_screen(problem: Problem) -> str:
    """Return what to do about a problem, with the key that does it here."""
    return "F5 signs in." if isinstance(problem, NotSignedIn) else problem.hint
