"""Three-way: what was there, what I made of it, and what is there now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tui.settings.draft import Draft, is_same_value
from tui.settings.parse.host import mask_password
from tui.settings.parse.value import format_value
from tui.settings.plan import Change
from tui.settings.snapshot import Snapshot
from tui.settings.values import SecretState, Value


def has_moved(was: Value, now: Value) -> bool:
    """Whether a value is another one now; where a secret is kept makes no other secret of it."""
    if isinstance(was, SecretState) and isinstance(now, SecretState):
        return was.is_set and not now.is_set
    return not is_same_value(was, now)


def describe_stale(changes: Iterable[Change], now: Snapshot) -> str:
    """Which changes start from a value that is another one now, in words; "" where none does.

    One that is already as the change wants it is no matter.
    """
    found: list[str] = []
    for each in changes:
        # A plan file says of both only what may be shown.
        was, there = mask_password(each.before), mask_password(now.value(each.property))
        wanted = "" if each.after is SecretState.CLEARED else each.after
        if has_moved(was, there) and not is_same_value(wanted, there):
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
        draft: my edits over their snapshot. Where both moved it holds mine.
        conflicts: where both moved.
        taken: properties that moved there only.
    """

    draft: Draft
    conflicts: tuple[Conflict, ...]
    taken: tuple[str, ...]


def rebase(draft: Draft, theirs: Snapshot) -> RebaseResult:
    """The draft's edits over another snapshot; nothing that was typed is lost."""
    changed = frozenset(draft.changed())
    conflicts: list[Conflict] = []
    taken: list[str] = []
    rebased = replace(draft, base=theirs)
    for name in draft.entries:
        base, now, mine = draft.base.value(name), theirs.value(name), draft.after(name)
        if name not in changed:
            rebased = rebased.reset(name)
            if has_moved(base, now):
                taken.append(name)
        elif is_same_value(mine, now):
            rebased = rebased.reset(name)
        elif has_moved(base, now):
            conflicts.append(Conflict(name, base, mine, now))
    return RebaseResult(rebased, tuple(conflicts), tuple(taken))
