"""What has changed since a plan was made: facts, for those who refuse to carry it out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tui.settings.plan import Change
from tui.settings.snapshot import Stamp
from tui.settings.target_facts import Queue
from tui.settings.values import SecretState


@dataclass(frozen=True, slots=True)
class MovedRecord:
    """A record with another version than a plan starts from.

    Attributes:
        stamp: its version now; None if it is not returned any more.
    """

    name: str
    stamp: Stamp | None


def moved_records(
    stamps: Mapping[str, Stamp], now: Mapping[str, Collection[Stamp]], names: Iterable[str]
) -> Iterator[MovedRecord]:
    """Yield the records of these names that moved; those that a plan does not start from did not.

    Args:
        stamps: the version of each record that the plan starts from.
        now: the versions of each record now; several records may have one name.
    """
    for name in names:
        versions = now.get(name, ())
        if name in stamps and stamps[name] not in versions:
            yield MovedRecord(name, next(iter(versions), None))


def sets_secret(changes: Iterable[Change]) -> bool:
    """Return whether a change is to a secret, whose values cannot be compared."""
    return any(isinstance(each.after, SecretState) for each in changes)


def grown_queue(was_empty: bool, now: Queue | None) -> Queue | None:
    """Return the emails that wait now if none waited when the plan was made; None if that is so."""
    return now if was_empty and now and not now.is_empty else None
