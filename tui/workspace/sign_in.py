"""What signs in at the instances while the program runs."""

from collections.abc import Mapping
from contextlib import suppress

from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.storage.profile import Keep, Profile
from tui.threads import run_detached
from tui.workspace.kept_sign_in import REFUSED, keep_sign_in, kept_sign_in


class SignIns:
    """The secret of each profile: as it is known, as a keyring keeps it, or as it was typed.

    One that was refused is forgotten, and what a keyring still keeps is not tried again.

    Args:
        known: by the profile's name, from the start.
    """

    def __init__(self, known: Mapping[str, Secret]) -> None:
        self._known = dict(known)
        self._new: set[str] = set()
        self._refused: set[str] = set()

    def known(self, profile: Profile) -> Secret | None:
        """What is known already."""
        return self._known.get(profile.name)

    async def kept(self, profile: Profile) -> Secret | None:
        """What a keyring keeps; None where it keeps none.

        Raises:
            Problem: the keyring cannot be used.
        """
        if profile.name in self._refused:
            return None
        secret = await run_detached(lambda: kept_sign_in(profile))
        if secret:
            self._known[profile.name] = secret
        return secret

    def typed(self, profile: Profile, secret: Secret) -> None:
        """Somebody has typed it; whether it signs in is to be seen."""
        self._known[profile.name] = secret
        self._new.add(profile.name)

    def fate(self, profile: Profile) -> str:
        """What becomes of one that is typed."""
        if profile.keep is Keep.KEYRING:
            return "Once it has signed in it is kept in the keyring, as the profile says."
        return "It is kept in memory until the program ends."

    async def worked(self, profile: Profile) -> None:
        """It has signed in; what was typed is kept where the profile says so."""
        secret = self._known.get(profile.name)
        is_new = profile.name in self._new
        self._new.discard(profile.name)
        if secret and is_new and profile.keep is Keep.KEYRING:
            with suppress(Problem):  # it is asked for again next time
                await run_detached(lambda: keep_sign_in(profile, secret))

    def failed(self, profile: Profile, problem: Problem) -> None:
        """Forgets what was refused, if that is what has failed."""
        if problem.code in REFUSED:
            self._forget(profile)
            self._refused.add(profile.name)

    def cancelled(self, profile: Profile) -> None:
        """Forgets what was typed and has not signed in: it may have been wrong."""
        if profile.name in self._new:
            self._forget(profile)

    def _forget(self, profile: Profile) -> None:
        self._known.pop(profile.name, None)
        self._new.discard(profile.name)
