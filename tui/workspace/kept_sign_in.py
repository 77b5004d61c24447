"""What a profile signs in to its instance with, where that is kept."""

from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.storage.instance import SIGN_IN
from tui.storage.profile import Keep, Profile


def kept_sign_in(profile: Profile) -> Secret | None:
    """The secret that is kept for a profile; None where none is, or none is to be kept.

    Raises:
        Problem: the keyring cannot be used.
    """
    if profile.keep is not Keep.KEYRING:
        return None
    return Keyring().get(profile.name, SIGN_IN)


def keep_sign_in(profile: Profile, secret: Secret) -> str:
    """Keeps it, once it has signed somebody in; gives where.

    Raises:
        Problem: the keyring cannot be used.
    """
    return Keyring().keep(profile.name, SIGN_IN, secret)


REFUSED = ("instance.sign-in", "instance.stopped", "instance.token", "instance.oauth")
"""The codes of what goes wrong because an instance takes a secret no more."""


async def forgotten(profile: Profile, refused: Problem, secret: Secret) -> Problem:
    """What is told of a secret that an instance refuses: where it was kept, it is no longer.

    Args:
        profile: of the instance.
        refused: what the instance did.
        secret: what was refused; another one that is kept stays.
    """
    if profile.keep is not Keep.KEYRING:
        return refused
    # Imported late: a local file needs no loop.
    from tui.threads import run_detached

    return await run_detached(lambda: _forgotten(profile, refused, secret))


def _forgotten(profile: Profile, refused: Problem, secret: Secret) -> Problem:
    try:
        kept = kept_sign_in(profile)
        if kept is None or kept.reveal() != secret.reveal():
            return refused
        Keyring().forget(profile.name, SIGN_IN)
        words = "It is kept no longer."
    except Problem as problem:
        words = f"It may still be kept: {problem.message}"
    return refused.with_message(f"{refused.message} {words}")
