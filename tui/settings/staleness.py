"""What has changed since a plan was made: facts, for those who refuse to carry it out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tui.settings.delivery.status import Queue
from tui.settings.draft import has_moved, is_same_value
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.plan import Change
from tui.settings.snapshot import Snapshot, Stamp
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


def describe_stale(changes: Iterable[Change], now: Snapshot) -> str:
    """Return which changes start from a value that has moved, in words, or "" if none does.

    A value that moved to what the change wants is left out.
    """
    found: list[str] = []
    for each in changes:
        # A plan file holds only what may be shown, so both values are masked.
        was, there = mask_password(each.before), mask_password(now.value(each.property))
        after = "" if each.after is SecretState.CLEARED else each.after
        if has_moved(was, there) and not is_same_value(after, there):
            words = f"was {format_value(was) or 'blank'} and is {format_value(there) or 'blank'}"
            found.append(f"{each.property} {words}")
    return "; ".join(found)
