"""What can go wrong, in words for a person.

    Problem          exit 1    it failed: what, where, and what to do
    ├── Unfinished   exit 1    it was written, but a later step failed
    │   └── Outage   exit 4    it was left so that mail may not go out
    ├── Refusal      exit 5    nothing was tried, for a reason that a person can resolve
    └── Usage        exit 64   the call itself is wrong; its values are never repeated

A message may contain text from outside as it came; pass it through `visible` to show it.
"""

from typing import ClassVar, Self


class Problem(Exception):
    """Something that a person must know about and can act on.

    Attributes:
        code: stable and dotted, for programs.
        message: what is wrong and where, in one or two sentences.
        hint: what to do.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def with_message(self, message: str) -> Self:
        """Return a copy of the problem with another message."""
        other = type(self).__new__(type(self), self.code, message, self.hint)
        vars(other).update(vars(self), message=message)
        return other


class Unfinished(Problem):
    """A change that was written, but with a later step that failed."""


class Outage(Unfinished):
    """A change that was left so that mail may not go out.

    Attributes:
        is_known: whether it is certain that no account sends.
    """

    exit_code: ClassVar[int] = 4

    def __init__(self, code: str, message: str, hint: str, *, is_known: bool = False) -> None:
        super().__init__(code, message, hint)
        self.is_known = is_known


class Refusal(Problem):
    """Nothing was tried: stale, locked, an open precondition, not confirmed, or read-only."""

    exit_code: ClassVar[int] = 5


class UsageError(Problem):
    """A call that cannot be understood or is not safe to make."""

    exit_code: ClassVar[int] = 64


def internal_problem(error: Exception) -> Problem:
    """Return a fault of the program itself as a problem that cannot contain a value."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else "?"
    reason = f" ({error.strerror})" if isinstance(error, OSError) else ""
    # Never the error's own text: it may contain anything, even a password.
    return Problem(
        "internal",
        f"This is a bug in glidemail: {type(error).__name__}{reason} at {where}.",
        "Please report this message. It contains nothing secret.",
    )
