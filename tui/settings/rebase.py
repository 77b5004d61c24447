"""The three-way comparison of a base, my draft of it, and what is there now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tui.settings.draft import Draft, is_same_value
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.plan import Change
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value


def has_moved(was: Value, now: Value) -> bool:
    """Return whether a value is another one now; moving a secret doesn't make it another one."""
    if isinstance(was, SecretState) and isinstance(now, SecretState):
        return was.is_set and not now.is_set
    return not is_same_value(was, now)


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


@dataclass(frozen=True, slots=True)
class Conflict:
    """A property that moved on both sides, to different values."""

    property: str
    base: Value
    mine: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class RebaseResult:
    """A draft over what is there now.

    Attributes:
        draft: my edits over their snapshot; mine where both moved.
        conflicts: the properties where both moved.
        taken: the properties that moved only there.
    """

    draft: Draft
    conflicts: tuple[Conflict, ...]
    taken: tuple[str, ...]


def rebase(draft: Draft, theirs: Snapshot) -> RebaseResult:
    """Return the draft's edits over another snapshot; nothing typed is lost."""
    changed = frozenset(draft.changed_properties())
    conflicts: list[Conflict] = []
    taken: list[str] = []
    rebased = replace(draft, base=theirs)
    for name in draft.entries:
        base, now, mine = draft.base.value(name), theirs.value(name), draft.value(name)
        if name not in changed:
            rebased = rebased.reset(name)
            if has_moved(base, now):
                taken.append(name)
        elif is_same_value(mine, now):
            rebased = rebased.reset(name)
        elif has_moved(base, now):
            conflicts.append(Conflict(name, base, mine, now))
    return RebaseResult(rebased, tuple(conflicts), tuple(taken))
