"""What each command needs on an instance and what the user has, as a table."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tui.settings.rights import Holding, UserRight
from tui.terminal.layout import cut, width, wrap

RIGHTS_TITLE = "What each command needs and what this user has"
_LEGEND = (
    "Not confirmed: no ServiceNow document names the role for this. glidemail never writes "
    "anything just to test a right."
)
_SIZES = (28, 21, 25)
"""The columns of each cell: with indent and gaps they fill 80."""


def rights_lines(rights: Sequence[UserRight]) -> Iterator[str]:
    """Return a row for each right: what for, the roles it needs, and what this user has."""
    yield from _row_lines(["What for"], ["Needs one of"], ["This user"])
    for each in rights:
        words = wrap(f"{each.right} ({', '.join(each.needs.commands)})", " ", "", _SIZES[0])
        roles = [_role_words(each, role) for role in each.needs.roles]
        yield from _row_lines(list(words), roles, list(wrap(_user_words(each), "", "", _SIZES[2])))
    yield from wrap(_LEGEND, "    ", "  * ")


def _role_words(each: UserRight, role: str) -> str:
    return f"{role} *" if role in each.needs.unconfirmed else role


def _user_words(each: UserRight) -> str:
    if each.holding is Holding.BY_ROLE:
        return f"{each.holding} {_role_words(each, each.role)}"
    return each.holding


def _row_lines(*cells: Sequence[str]) -> Iterator[str]:
    for parts in zip_longest(*cells, fillvalue=""):
        padded = (
            f"{cut(part, size)}{' ' * (size - width(part))}"
            for part, size in zip(parts, _SIZES, strict=True)
        )
        yield f"  {'  '.join(padded)}".rstrip()
