"""Standard output and error. Every line is made visible here, whatever is in it."""

import os
import sys
from typing import Any, TextIO

from tui.errors import Problem
from tui.terminal.layout import wrap
from tui.terminal.visible import visible


class OutputError(Problem):
    """Standard output takes nothing more.

    Attributes:
        nobody_reads: whether the reader of a pipe has gone.
    """

    def __init__(self, error: OSError, done: str = "") -> None:
        super().__init__(
            "output.failed",
            f"{done}Can't write the output: {error.strerror}.",
            "Check where standard output goes.",
        )
        self.error = error
        self.nobody_reads = isinstance(error, BrokenPipeError) and not done


class StoppedError(Exception):
    """A signal stopped the command.

    Attributes:
        number: of the signal.
        problem: what to report.
    """

    def __init__(self, number: int, problem: Problem) -> None:
        super().__init__(number, problem)
        self.number = number
        self.problem = problem


def write(text: str = "", end: str = "\n") -> None:
    """Write text to standard output as it is; raise `Unwritable` if that fails."""
    try:
        print(text, end=end)
    except OSError as error:
        raise OutputError(error) from None


def flush() -> None:
    """Flush standard output; raise `Unwritable` if that fails."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from None


def discard(stream: TextIO) -> None:
    """Discard what is left in the buffer of a stream: it would fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(*lines: str) -> None:
    """Write lines for a person."""
    for line in lines:
        write(visible(line))


def write_json(body: dict[str, Any], indent: int | None = 2) -> None:
    """Write an answer for a program; on one line without an indent."""
    # Imported late: people do not read JSON.
    from tui.storage.settings_file import json_text

    write(json_text({"schema": 1, **body}, indent))


def say_problem(problem: Problem, as_json: bool) -> None:
    """Report a problem: as JSON on standard output, else on standard error."""
    if as_json:
        write_json({"error": problem_json(problem)})
    else:
        note(problem.message, problem.hint)


def problem_json(problem: Problem) -> dict[str, str]:
    """Return a problem for a program."""
    return {"code": problem.code, "message": problem.message, "next": problem.hint}


def note_line(line: str) -> None:
    """Write a line on standard error that must stay whole, like an address to copy."""
    try:
        print(visible(line), file=sys.stderr)
    except OSError:
        discard(sys.stderr)


def note(words: str, more: str = "") -> None:
    """Write on standard error what is not part of the answer."""
    try:
        for line in (*wrap(words, "  ", "glidemail: "), *wrap(more)):
            print(visible(line), file=sys.stderr)
    except OSError:  # there is no other place to say it
        discard(sys.stderr)
