"""The command line. What a command needs is imported when it runs."""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.arguments import Arguments, parse_arguments
from tui.cli.output import say_problem
from tui.errors import Problem, internal

if TYPE_CHECKING:
    from tui.settings.catalog import Settings


def run() -> None:
    """The console script."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # A handler lets a prompt give the terminal its echo back.
        signal.signal(number, lambda which, _: sys.exit(128 + which))
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))


def main(argv: Sequence[str], settings: "type[Settings] | None" = None) -> int:
    """Runs a command line and gives its exit code.

    Args:
        argv: the arguments, without the program's name.
        settings: the declaration of the properties, `Settings` unless given.
    """
    as_json = "--json" in argv
    try:
        code = _dispatch(parse_arguments(argv), settings)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except Problem as problem:
        say_problem(problem, as_json)
        return problem.exit_code
    except KeyboardInterrupt:
        stopped = Problem("stopped", "Stopped before it was done.", "See: glidemail show")
        say_problem(stopped, as_json)
        return 128 + signal.SIGINT
    except OSError as error:
        return _output_failed(error, as_json)
    except Exception as error:  # the last resort: a person never sees a traceback
        say_problem(internal(error), as_json)
        return 1


def _dispatch(arguments: Arguments, settings: "type[Settings] | None") -> int:
    from tui.settings.catalog import Settings

    command = import_module(f"tui.cli.{arguments.command}")
    code: int = command.run(arguments, settings or Settings)
    return code


def _output_failed(error: OSError, as_json: bool) -> int:
    if isinstance(error, BrokenPipeError):
        # Whoever read the output has seen enough; nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    say_problem(internal(error), as_json)
    return 1
