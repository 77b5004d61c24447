"""What reaches a terminal or a pipe. Every line is made visible here, whatever stands in it."""

import sys
from typing import Any, TextIO

from tui.errors import Problem
from tui.terminal.layout import wrapped
from tui.terminal.visible import visible


def say(*lines: str, to: TextIO | None = None) -> None:
    """Writes lines for a person."""
    for line in lines:
        print(visible(line), file=to or sys.stdout)


def answer(body: dict[str, Any]) -> None:
    """Writes an answer for a program."""
    # Imported late: people do not read JSON.
    from tui.documents.settings import json_text

    print(json_text({"schema": 1, **body}))


def say_problem(problem: Problem, as_json: bool) -> None:
    """Says what went wrong: for a program on standard output, else on standard error."""
    if as_json:
        answer(
            {
                "error": {
                    "code": problem.code,
                    "message": problem.message,
                    "next": problem.next,
                }
            }
        )
        return
    lines = [*wrapped(problem.message, "  ", "glidemail: "), *wrapped(problem.next)]
    say(*lines, to=sys.stderr)
