"""What becomes of a password that is typed, in words."""

from tui.storage.profile import Keep
from tui.workspace.session import Session


def secret_fate(session: Session) -> str:
    """Return what a save does with a typed password; "" if the instance takes it."""
    if not session.facts.is_file:
        return ""
    if session.profile.keep is Keep.KEYRING:
        return "Saving keeps it in the keyring."
    return "A save doesn't keep it: ^P, Keep passwords."


def lost_secrets_words(count: int) -> str:
    """Return that as many typed passwords were kept nowhere, "" for none."""
    if not count:
        return ""
    return "The password was not kept." if count == 1 else f"{count} passwords were not kept."
