"""Logins that mail servers refused not long ago, by profile; never with a password.

One more attempt with the same password could lock the account. Whether it is the same one
cannot be told without keeping something of it, so every attempt is asked about for a day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tui.errors import Problem
from tui.storage import paths as places
from tui.storage.file import locked, read_if_there
from tui.storage.lock import remove_file
from tui.storage.toml import load

REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RefusedLogin:
    """A login that was refused, and when."""

    server: str
    user: str
    when: datetime

    def is_of(self, server: str, user: str) -> bool:
        """Whether it was for that account, which a server calls a and a@b.example alike."""
        mine, theirs = (each.partition("@")[0].casefold() for each in (self.user, user))
        return self.server.casefold() == server.casefold() and mine == theirs


def path_of(profile: str) -> Path:
    """Where they are remembered."""
    return places.state() / "refused-logins" / f"{profile}.toml"


def refused_logins(profile: str) -> tuple[RefusedLogin, ...]:
    """Those of the last day.

    Raises:
        Problem: the file is not as this program writes it.
    """
    path = path_of(profile)
    text = read_if_there(path)
    since = datetime.now().astimezone() - REMEMBERED
    return tuple(each for each in _read(text or "", path) if each.when > since)


def remember_login(profile: str, server: str, user: str, *, refused: bool) -> None:
    """Remembers a login that was refused, or forgets it once it was accepted.

    Raises:
        Problem: it cannot be written.
    """
    # Imported late: reading does not need it.
    import tomlkit

    before = refused_logins(profile)
    rows = [each for each in before if not each.is_of(server, user)]
    if refused:
        rows.append(RefusedLogin(server, user, datetime.now().astimezone()))
    elif len(rows) == len(before):
        return
    told = [
        {"server": r.server, "user": r.user, "when": r.when.isoformat(timespec="seconds")}
        for r in rows
    ]
    with locked(path_of(profile)) as file:
        file.replace(tomlkit.dumps({"refused": told}), keep_old=False)


def forget_logins(profile: str) -> None:
    """Removes what is remembered for a profile, if anything is.

    Raises:
        Problem: it cannot be removed.
    """
    remove_file(path_of(profile), "refused-logins.not-removed")


def _read(text: str, path: Path) -> list[RefusedLogin]:
    try:
        return [
            RefusedLogin(str(r["server"]), str(r["user"]), datetime.fromisoformat(r["when"]))
            for r in load(text, path).get("refused", [])
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Problem(
            "refused-logins.broken",
            f"{path} holds a refused login that cannot be read.",
            "Remove the file; what it remembered is then forgotten.",
        ) from None
