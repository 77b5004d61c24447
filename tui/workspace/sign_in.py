"""What signs in at instances: known from the start, typed, or kept in a keyring."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from tui.credentials.keyring import Keyring
from tui.credentials.secret import Secret
from tui.errors import Problem, Refusal
from tui.storage.instance import SIGN_IN, Instance, SignInMethod
from tui.storage.profile import Keep, Profile
from tui.storage.records import RefusedSignIn, find_refused_sign_in, remember_sign_in

if TYPE_CHECKING:
    from tui.targets.instance.api.session import ApiSession

REFUSED = ("instance.sign-in", "instance.stopped", "instance.token", "instance.oauth")
"""The codes of the problems that mean that the instance rejects the secret."""
_REJECTED = ("instance.sign-in", "instance.token")
"""The codes of the problems that mean that the instance has looked at the secret."""


class NotSignedIn(Refusal):
    """The prompt for the sign-in was cancelled."""


class Operator(Protocol):
    """What the workspace needs from whoever is at the keyboard."""

    def announce_keyring_search(self) -> None:
        """Say that the keyring is searched, which may take seconds."""
        ...

    def announce_reading(self, where: str) -> None:
        """Say that an instance is read."""
        ...

    def show_progress(self, words: str) -> None:
        """Show what a target does now."""
        ...

    async def ask_sign_in_again(self, refused: RefusedSignIn) -> bool:
        """Ask whether to sign in again although that was refused within the last day."""
        ...

    async def ask_passphrase(self, instance: Instance) -> Secret | None:
        """Ask for the passphrase of a client certificate's key; None if the person cancels."""
        ...

    async def ask_sign_in(self, profile: Profile, trouble: Problem | None) -> Secret | None:
        """Ask for what signs in at a profile's instance.

        Args:
            profile: of the instance.
            trouble: why the keyring gave nothing, if it should have.

        Returns:
            None if the person cancels.
        """
        ...


class SignIns:
    """The secret of each profile. One that was refused is forgotten, and not looked up again.

    Args:
        known: by the profile's name, from the start; these are never written to a keyring.
    """

    def __init__(self, known: Mapping[str, Secret] | None = None) -> None:
        self._known = dict(known or {})
        self._typed: set[str] = set()
        self._refused: set[str] = set()
        self._confirmed: set[str] = set()
        self._sessions: dict[str, ApiSession] = {}
        self._passphrases: dict[str, Secret] = {}

    def known(self, profile: Profile) -> Secret | None:
        """Return the secret that is in memory."""
        return self._known.get(profile.name)

    def load(self, profile: Profile) -> Secret | None:
        """Return the secret that a keyring keeps for a profile; may take three seconds.

        Raises:
            Problem: the keyring cannot be used.
        """
        if profile.keep is not Keep.KEYRING or profile.name in self._refused:
            return None
        secret = Keyring().get(profile.name, SIGN_IN)
        if secret:
            self._known[profile.name] = secret
        return secret

    def session(self, profile: Profile) -> "ApiSession | None":
        """Return the session that a profile's secret has on its instance in this run."""
        if profile.instance is None:
            return None
        # Imported late: a local file needs no network.
        from tui.targets.instance.api.session import ApiSession

        if profile.name not in self._sessions:
            passphrase = self._passphrases.get(profile.name)
            self._sessions[profile.name] = ApiSession(profile.instance.url, passphrase)
        return self._sessions[profile.name]

    def needs_passphrase(self, profile: Profile) -> bool:
        """Return whether a passphrase must be typed to open the key of a client certificate."""
        client = profile.instance.client if profile.instance else None
        return bool(client and client.needs_passphrase and profile.name not in self._passphrases)

    def set_passphrase(self, profile: Profile, passphrase: Secret) -> None:
        """Remember the passphrase of a client certificate's key for this run."""
        self._passphrases[profile.name] = passphrase
        self._sessions.pop(profile.name, None)

    def find_refused(self, profile: Profile) -> RefusedSignIn | None:
        """Return the recent refused sign-in that a person must know of before the next attempt.

        One that was refused or confirmed during this run is known already.

        Raises:
            Problem: what was remembered cannot be read.
        """
        is_known = profile.name in self._refused | self._confirmed
        return None if is_known or not profile.instance else find_refused_sign_in(profile.instance)

    def confirm_again(self, profile: Profile) -> None:
        """Remember that a person wants to sign in again although that was refused."""
        self._confirmed.add(profile.name)

    def set_typed(self, profile: Profile, secret: Secret) -> None:
        """Remember a secret that was typed; whether it signs in is not known yet."""
        self._sessions.pop(profile.name, None)
        self._known[profile.name] = secret
        self._typed.add(profile.name)

    def save_to_keyring(self, profile: Profile) -> str:
        """Keep a typed secret that has signed in, if the profile says so; may take seconds.

        Returns:
            The keyring's name, or "" if nothing is kept.

        Raises:
            Problem: the keyring cannot be used.
        """
        self._take_renewed(profile)
        secret, is_typed = self._known.get(profile.name), profile.name in self._typed
        self._typed.discard(profile.name)
        if secret is None or not is_typed or profile.keep is not Keep.KEYRING:
            return ""
        return Keyring().keep(profile.name, SIGN_IN, secret)

    def is_renewed(self, profile: Profile) -> bool:
        """Return whether the instance replaced a browser sign-in's secret in this run."""
        session = self._sessions.get(profile.name)
        grant = session.grant if session else None
        return grant is not None and grant.refresh_token is not None

    def _take_renewed(self, profile: Profile) -> None:
        """Use what a browser sign-in was renewed with: a code works once."""
        session = self._sessions.get(profile.name)
        if session is None or session.grant is None:
            return
        secret, known = session.grant.to_secret(), self._known.get(profile.name)
        if known is None or known.reveal() != secret.reveal():
            self._known[profile.name] = secret
            self._typed.add(profile.name)
        if session.grant.refresh_token is None:
            self._typed.discard(profile.name)

    def forget_rejected(self, profile: Profile, problem: Problem) -> None:
        """Forget a secret that an instance refused, and remember that it did."""
        record_sign_in(profile, problem)
        if problem.code == "instance.passphrase":
            self._passphrases.pop(profile.name, None)
            self._sessions.pop(profile.name, None)
        if problem.code in REFUSED:
            self.forget(profile)
            self._refused.add(profile.name)

    def forget_unverified(self, profile: Profile) -> None:
        """Forget a typed secret that has not signed in yet: it may be wrong."""
        if profile.name in self._typed:
            self.forget(profile)

    def forget(self, profile: Profile) -> None:
        """Forget the secret that is in memory; a keyring still keeps its own."""
        self._known.pop(profile.name, None)
        self._typed.discard(profile.name)
        self._sessions.pop(profile.name, None)


def record_sign_in(profile: Profile, problem: Problem | None = None) -> None:
    """Remember for a day that an instance refused a sign-in; without a problem, forget it."""
    # Whoever signs in with a browser is asked there; a refresh token locks no user.
    if not profile.instance or profile.instance.sign_in is SignInMethod.BROWSER:
        return
    if problem is None or problem.code in _REJECTED:
        with suppress(Problem):  # it is asked about less then, and the instance says it again
            remember_sign_in(profile.instance, refused=problem is not None)


async def forget_refused(profile: Profile, refused: Problem, secret: Secret) -> Problem:
    """Remove a refused secret from the keyring, and return the refusal with what became of it.

    Args:
        profile: of the instance.
        refused: what the instance said.
        secret: what was refused; a different one in the keyring stays.
    """
    if profile.keep is not Keep.KEYRING:
        return refused
    # Imported late: a local file needs no loop.
    from tui.threads import run_detached

    return await run_detached(lambda: _forget_refused(profile, refused, secret))


def _forget_refused(profile: Profile, refused: Problem, secret: Secret) -> Problem:
    try:
        kept = Keyring().get(profile.name, SIGN_IN)
        if kept is None or kept.reveal() != secret.reveal():
            return refused
        Keyring().forget(profile.name, SIGN_IN)
        words = "It is no longer kept."
    except Problem as problem:
        words = f"It may still be kept: {problem.message}"
    return refused.with_message(f"{refused.message} {words}")
