"""Profiles as they are entered, and their changes with all that is kept for them."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tui.credentials.keyring import Keyring
from tui.errors import Problem, Refusal
from tui.settings.catalog import Settings, catalog
from tui.settings.values import Environment
from tui.storage.instance import SIGN_IN, Instance, SignInMethod, check_url, check_user
from tui.storage.profile import (
    Keep,
    Profile,
    change_profile,
    check_file,
    check_name,
    embedded_profile,
    load_profile,
    remove_profile,
)


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """A profile as it is entered: texts as they are typed, and choices.

    Attributes:
        place: an instance by its URL, host or name; or the path of a file, "" for the usual one.
        user: the user name or client ID at an instance.
    """

    name: str = ""
    is_instance: bool = True
    place: str = ""
    user: str = ""
    environment: Environment | None = None
    sign_in: SignInMethod = SignInMethod.BASIC
    keep: Keep = Keep.NOTHING

    @classmethod
    def from_profile(cls, profile: Profile) -> "ProfileEntry":
        """Return a profile as it could have been entered."""
        name, environment, keep = profile.name, profile.environment, profile.keep
        if (instance := profile.instance) is None:
            place = str(profile.file)
            return cls(name, False, place, environment=environment, keep=keep)
        how = instance.sign_in
        return cls(name, True, instance.host, instance.user, environment, how, keep)

    def find_problems(self, taken: Collection[str] = ()) -> dict[str, Problem]:
        """Return what is wrong, by the name of the attribute, in their order.

        Args:
            taken: the names of profiles that exist.
        """
        checks: dict[str, Callable[[], object]] = {
            "name": lambda: self._check_name(taken),
            "place": self._check_place,
        }
        if self.is_instance:
            checks["user"] = self._check_user
            checks["environment"] = self._check_environment
        problems: dict[str, Problem] = {}
        for name, check in checks.items():
            try:
                check()
            except Problem as problem:
                problems[name] = problem
        return problems

    def to_profile(self) -> Profile:
        """Return the profile.

        Raises:
            Problem: the first thing that is wrong.
        """
        for problem in self.find_problems().values():
            raise problem
        instance = None
        if self.is_instance:
            instance = Instance(check_url(self.place), self.sign_in, self._check_user())
        return Profile(self.name, self._file, self.environment, self.keep, instance)

    def apply_to(self, before: Profile) -> Profile:
        """Return a profile with the environment, the sign-in and what is kept as entered here.

        Raises:
            Problem: the first thing that is wrong.
        """
        found = self.find_problems()
        for name in ("user", "environment"):
            if name in found:
                raise found[name]
        instance = before.instance
        if instance:
            instance = replace(instance, sign_in=self.sign_in, user=self.user)
        return replace(before, environment=self.environment, keep=self.keep, instance=instance)

    @property
    def _file(self) -> Path:
        """The file of the settings; an instance has none."""
        if self.is_instance or not self.place:
            return embedded_profile(self.name).file
        return Path(self.place).expanduser().absolute()

    def _check_name(self, taken: Collection[str]) -> None:
        if check_name(self.name) in taken:
            message = "A profile with that name already exists."
            raise Refusal("profile.exists", message, "Choose another name.")

    def _check_place(self) -> None:
        if self.is_instance:
            check_url(self.place)
            return
        try:
            file = self._file
        except RuntimeError:  # ~ of a user who isn't known
            message = "The home directory for the ~ isn't known."
            raise Problem("profile.file", message, "Write the whole path.") from None
        check_file(file, self.name)

    def _check_user(self) -> str:
        return check_user(self.user, self.sign_in)

    def _check_environment(self) -> None:
        if self.environment is None:
            raise Problem(
                "profile.environment",
                "Choose one: it decides whether mail may reach people.",
                "Choose production if you aren't sure.",
            )


def change(before: Profile, after: Profile, settings: type[Settings]) -> tuple[Path, list[Problem]]:
    """Write a changed profile, and forget what the keyring isn't to keep any more.

    It may take seconds.

    Returns:
        The profile's file, and why something could not be forgotten.

    Raises:
        Problem: it can't be written, or passwords are to be kept and no keyring works.
    """
    if after.keep is Keep.KEYRING and before.keep is Keep.NOTHING:
        Keyring().has(after.name, SIGN_IN)
    path = change_profile(before, after)
    if before.keep is Keep.NOTHING:
        return path, []
    if after.keep is Keep.NOTHING:
        return path, [*_forget_secrets(before.name, _all_secrets(settings))]
    return path, [*_forget_secrets(before.name, [SIGN_IN] if is_other_user(before, after) else [])]


def is_other_user(before: Profile, after: Profile) -> bool:
    """Return whether a changed profile signs in with another secret."""
    old, new = before.instance, after.instance
    return (
        old is not None and new is not None and (old.user, old.sign_in) != (new.user, new.sign_in)
    )


@dataclass(frozen=True, slots=True)
class Removal:
    """A profile that was removed.

    Attributes:
        path: of its file.
        profile: what it was; None if its file was invalid.
        not_forgotten: why something that was kept for it could not be forgotten.
    """

    path: Path
    profile: Profile | None
    not_forgotten: tuple[Problem, ...]


def remove(name: str, settings: type[Settings]) -> Removal:
    """Remove a profile and all that is kept for it, but not its settings.

    So another profile of its name starts with nothing. It may take seconds.
    """
    profile = _load_if_readable(name)
    path = remove_profile(name)
    return Removal(path, profile, tuple(_forget(name, profile, settings)))


def _load_if_readable(name: str) -> Profile | None:
    """Return a profile, or None if its file is invalid, which is no reason to keep it."""
    try:
        return load_profile(name)
    except Problem as problem:
        if problem.code == "profile.unknown":
            raise
        return None


def _forget(name: str, profile: Profile | None, settings: type[Settings]) -> Iterator[Problem]:
    # Imported late: only a removal needs them.
    from tui.storage.draft_file import discard_draft
    from tui.storage.records import forget_attestations, forget_refused_logins

    for forget in (forget_attestations, discard_draft, forget_refused_logins):
        try:
            forget(name)
        except Problem as problem:
            yield problem
    if profile is None or profile.keep is not Keep.NOTHING:
        yield from _forget_secrets(name, _all_secrets(settings))


def _all_secrets(settings: type[Settings]) -> list[str]:
    return [*(name for name, entry in catalog(settings).items() if entry.is_secret), SIGN_IN]


def _forget_secrets(profile: str, names: Iterable[str]) -> Iterator[Problem]:
    try:
        for name in names:
            Keyring().forget(profile, name)
    except Problem as problem:
        yield problem
