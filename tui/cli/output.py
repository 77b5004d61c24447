"""What reaches a terminal or a pipe. Every line is made visible here, whatever stands in it."""

import os
import sys
from typing import Any, TextIO

from tui.errors import Problem
from tui.terminal.layout import wrap
from tui.terminal.visible import visible


class Unwritable(Problem):
    """Standard output takes nothing more.

    Attributes:
        nobody_reads: whoever read it has seen enough.
    """

    def __init__(self, error: OSError, done: str = "") -> None:
        super().__init__(
            "output.failed",
            f"{done}The output could not be written: {error.strerror}.",
            "See where standard output goes.",
        )
        self.error = error
        self.nobody_reads = isinstance(error, BrokenPipeError) and not done


class Stopped(Exception):
    """A signal ended it.

    Attributes:
        number: of the signal.
        problem: what that means, in words.
    """

    def __init__(self, number: int, problem: Problem) -> None:
        super().__init__(number, problem)
        self.number = number
        self.problem = problem


def write(text: str = "", end: str = "\n") -> None:
    """Writes text to standard output as it is.

    Raises:
        Unwritable: it takes nothing.
    """
    try:
        print(text, end=end)
    except OSError as error:
        raise Unwritable(error) from None


def flush() -> None:
    """Has everything written that was said.

    Raises:
        Unwritable: it takes nothing.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable(error) from None


def discard(stream: TextIO) -> None:
    """Has what is left in a stream's buffer go nowhere: it would fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(*lines: str) -> None:
    """Writes lines for a person."""
    for line in lines:
        write(visible(line))


def answer(body: dict[str, Any], indent: int | None = 2) -> None:
    """Writes an answer for a program; in one line without an indent."""
    # Imported late: people do not read JSON.
    from tui.storage.settings_file import json_text

    write(json_text({"schema": 1, **body}, indent))


def say_problem(problem: Problem, as_json: bool) -> None:
    """Says what went wrong: for a program on standard output, else on standard error."""
    if as_json:
        answer(
            {
                "error": {
                    "code": problem.code,
                    "message": problem.message,
                    "next": problem.hint,
                }
            }
        )
        return
    note(problem.message, problem.hint)


def note(words: str, more: str = "") -> None:
    """Says on standard error what is no part of an answer."""
    try:
        for line in (*wrap(words, "  ", "glidemail: "), *wrap(more)):
            print(visible(line), file=sys.stderr)
    except OSError:  # there is no other place to say it
        discard(sys.stderr)
