"""What can go wrong, as a person is told it.

    Problem          exit 1    it failed: what, where, and what to do now
    ├── Unfinished   exit 1    it was written, but something after that failed
    ├── Refusal      exit 5    nothing was tried, for a reason a person can settle
    └── Usage        exit 64   the call itself is wrong; its values are never repeated

A message may hold text from outside as it came; whoever shows it makes it visible.
"""

from typing import ClassVar, Self


class Problem(Exception):
    """Something a person must know about and can act on.

    Attributes:
        code: stable and dotted, for programs.
        message: what is wrong and where, in one or two sentences.
        hint: what to do now.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def with_message(self, message: str) -> Self:
        """Return the same problem, of its type and with all it knows, told in other words."""
        other = type(self).__new__(type(self), self.code, message, self.hint)
        vars(other).update(vars(self), message=message)
        return other


class Unfinished(Problem):
    """It was written, but something after that failed."""


class Refusal(Problem):
    """Stale, locked, an open precondition, a wrong confirmation, or read-only here."""

    exit_code: ClassVar[int] = 5


class Usage(Problem):
    """A call that cannot be understood, or that is not safe to make."""

    exit_code: ClassVar[int] = 64


def internal_problem(error: Exception) -> Problem:
    """A fault of the program itself, told without a word that could hold a value."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else "?"
    reason = f" ({error.strerror})" if isinstance(error, OSError) else ""
    # Never the error's own text: it may hold anything, a password too.
    return Problem(
        "internal",
        f"The program has a fault: {type(error).__name__}{reason} at {where}.",
        "Report these words; nothing secret is in them.",
    )
