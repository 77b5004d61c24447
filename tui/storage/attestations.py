"""Attested preconditions, remembered by profile."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tui.errors import Problem
from tui.settings.preconditions import Attestation, Condition
from tui.storage import paths as places
from tui.storage.file import locked, read_if_there
from tui.storage.lock import remove_file
from tui.storage.toml import load


def path_of(profile: str) -> Path:
    """Where a profile's attestations lie."""
    return places.state() / "attestations" / f"{profile}.toml"


def load_attestations(profile: str) -> tuple[Attestation, ...]:
    """What was attested for a profile.

    Raises:
        Problem: the file is not as this program writes it.
    """
    path = path_of(profile)
    text = read_if_there(path)
    return () if text is None else _attestations(text, path)


def _attestations(text: str, path: Path) -> tuple[Attestation, ...]:
    try:
        return tuple(
            Attestation(
                Condition(row["condition"]),
                str(row["server"]),
                str(row["user"]),
                str(row["who"]),
                datetime.fromisoformat(row["when"]),
            )
            for row in load(text, path).get("attestation", [])
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Problem(
            "attestations.broken",
            f"{path} holds an attestation that cannot be read.",
            "Remove the file; what it attested is then asked for again.",
        ) from None


def add_attestations(profile: str, new: Iterable[Attestation]) -> None:
    """Remembers attestations; a newer one for the same takes the older's place.

    Raises:
        Problem: they cannot be written.
    """
    # Imported late: reading does not need it.
    import tomlkit

    path = path_of(profile)
    with locked(path) as file:
        text = file.current()
        kept = {_key(each): each for each in (_attestations(text, path) if text else ())}
        kept |= {_key(each): each for each in new}
        rows = [
            {
                "condition": str(each.condition),
                "server": each.server,
                "user": each.user,
                "who": each.who,
                "when": each.when.isoformat(timespec="seconds"),
            }
            for each in kept.values()
        ]
        file.replace(tomlkit.dumps({"attestation": rows}), keep_old=False)


def forget_attestations(profile: str) -> None:
    """Removes what was attested for a profile, if anything was.

    Raises:
        Problem: it cannot be removed.
    """
    remove_file(path_of(profile), "attestations.not-removed")


def _key(each: Attestation) -> tuple[str, str, str]:
    return each.condition, each.server.casefold(), each.user.casefold()
