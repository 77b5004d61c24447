"""Records in small TOML files: attested preconditions, refused logins and refused sign-ins."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

from tui.errors import Problem
from tui.settings.preconditions import Attestation
from tui.storage import paths
from tui.storage.file import lock_file, read_text_if_exists, remove_file
from tui.storage.instance import Instance, SignInMethod
from tui.storage.toml import parse_toml

REFUSED_LOGIN_LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A login that a mail server refused, and when; never with its password.

    One more attempt with the same password could lock the account. Nothing of the password is
    kept to compare it by, so every attempt is confirmed for a day.
    """

    server: str
    user: str
    when: datetime

    def is_of(self, server: str, user: str) -> bool:
        """Return whether this was the account; a server takes a and a@b.example alike."""
        mine, theirs = (each.partition("@")[0].casefold() for each in (self.user, user))
        return self.server.casefold() == server.casefold() and mine == theirs


@dataclass(frozen=True, slots=True)
class RefusedSignIn:
    """A sign-in that an instance refused, and when; never with its secret.

    It is for all profiles alike: the attempts of each count towards locking the user. Nothing of
    the secret is kept to compare it by, so every attempt is confirmed for a day.

    Attributes:
        host: of the instance, with its port if it has one.
        user: the user or the OAuth client; empty for an API key.
    """

    host: str
    method: SignInMethod
    user: str
    when: datetime

    def is_of(self, instance: Instance) -> bool:
        """Return whether this was the sign-in of that instance and user."""
        mine = (self.host.casefold(), self.method, self.user.casefold())
        return mine == (instance.host.casefold(), instance.sign_in, instance.user.casefold())


_Record = TypeVar("_Record", Attestation, RefusedLogin, RefusedSignIn)
_Refused = TypeVar("_Refused", RefusedLogin, RefusedSignIn)


@dataclass(frozen=True, slots=True)
class _RecordStore(Generic[_Record]):
    """The records of one kind; a profile has a file of them.

    Every method raises Problem: the file is broken, or cannot be read, written or removed.

    Attributes:
        kind: a dataclass whose fields are times, or are made from text by their type. A row may
            lack one that has a default: an earlier version did not write it.
        folder: of the files, below the state directory; the problems' codes begin with it.
        table: the name of the TOML array of tables.
        noun: what one record is called, with its article.
        consequence: what removing a broken file means.
    """

    kind: type[_Record]
    folder: str
    table: str
    noun: str
    consequence: str

    def load(self, profile: str) -> tuple[_Record, ...]:
        path = self._path(profile)
        return self._parse(read_text_if_exists(path) or "", path)

    def update(
        self, profile: str, change: Callable[[tuple[_Record, ...]], Iterable[_Record]]
    ) -> None:
        # Imported late: reading does not need it.
        import tomlkit

        path = self._path(profile)
        with lock_file(path) as file:
            records = change(self._parse(file.read() or "", path))
            rows = [self._to_row(record) for record in records]
            file.replace(tomlkit.dumps({self.table: rows}), keep_old=False)

    def remove(self, profile: str) -> None:
        remove_file(self._path(profile), f"{self.folder}.not-removed")

    def _path(self, profile: str) -> Path:
        return paths.state_dir() / self.folder / f"{profile}.toml"

    def _parse(self, text: str, path: Path) -> tuple[_Record, ...]:
        parsers: dict[str, Any] = {
            name: datetime.fromisoformat if kind is datetime else kind
            for name, kind in get_type_hints(self.kind).items()
        }
        try:
            return tuple(
                self.kind(**{name: parsers[name](row[name]) for name in parsers.keys() & row})
                for row in parse_toml(text, path).get(self.table, [])
            )
        except (KeyError, TypeError, ValueError):
            raise Problem(
                f"{self.folder}.broken",
                f"{path} contains {self.noun} that can't be read.",
                f"Remove the file; {self.consequence}.",
            ) from None

    @staticmethod
    def _to_row(record: _Record) -> dict[str, str]:
        values = {field.name: getattr(record, field.name) for field in fields(record)}
        return {
            name: value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
            for name, value in values.items()
        }


_ATTESTATIONS = _RecordStore(
    Attestation,
    folder="attestations",
    table="attestation",
    noun="an attestation",
    consequence="you are then asked for it again",
)
_REFUSED_LOGINS = _RecordStore(
    RefusedLogin,
    folder="refused-logins",
    table="refused",
    noun="a refused login",
    consequence="what it remembered is then forgotten",
)
_REFUSED_SIGN_INS = _RecordStore(
    RefusedSignIn,
    folder="refused-sign-ins",
    table="refused",
    noun="a refused sign-in",
    consequence="what it remembered is then forgotten",
)
_ALL_PROFILES = "all-profiles"
"""The name of the file that holds the refused sign-ins."""


load_attestations = _ATTESTATIONS.load
forget_attestations = _ATTESTATIONS.remove
forget_refused_logins = _REFUSED_LOGINS.remove


def add_attestations(profile: str, new: Iterable[Attestation]) -> None:
    """Add attestations; one for the same condition and subject replaces the older one."""
    _ATTESTATIONS.update(
        profile,
        lambda old: {(each.condition, each.subject): each for each in (*old, *new)}.values(),
    )


def load_refused_logins(profile: str) -> tuple[RefusedLogin, ...]:
    """Return the logins that were refused within the last day."""
    return _recent(_REFUSED_LOGINS.load(profile))


def _recent(refused: Iterable[_Refused]) -> tuple[_Refused, ...]:
    since = datetime.now().astimezone() - REFUSED_LOGIN_LIFETIME
    return tuple(each for each in refused if each.when > since)


def remember_login(profile: str, server: str, user: str, *, refused: bool) -> None:
    """Remember a login that was refused, or forget it once it is accepted."""
    known = any(each.is_of(server, user) for each in load_refused_logins(profile))
    if not refused and not known:
        return
    new = [RefusedLogin(server, user, datetime.now().astimezone())] if refused else []
    _REFUSED_LOGINS.update(
        profile, lambda old: [each for each in _recent(old) if not each.is_of(server, user)] + new
    )


def find_refused_sign_in(instance: Instance) -> RefusedSignIn | None:
    """Return the sign-in of an instance and its user if it was refused within the last day."""
    found = _recent(_REFUSED_SIGN_INS.load(_ALL_PROFILES))
    return next((each for each in found if each.is_of(instance)), None)


def remember_sign_in(instance: Instance, *, refused: bool) -> None:
    """Remember a sign-in that was refused, or forget it once it is accepted."""
    if not refused and not find_refused_sign_in(instance):
        return
    now = datetime.now().astimezone()
    new = [RefusedSignIn(instance.host, instance.sign_in, instance.user, now)] if refused else []
    _REFUSED_SIGN_INS.update(
        _ALL_PROFILES, lambda old: [each for each in _recent(old) if not each.is_of(instance)] + new
    )
