"""The command line. What a command needs is imported when it runs."""

import os
import resource
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from tui.cli.arguments import Arguments, parse_arguments
from tui.cli.output import OutputError, StoppedError, discard, flush, say_problem
from tui.errors import Problem, internal_problem

if TYPE_CHECKING:
    from tui.settings.catalog import Settings


def run() -> None:
    """Run the program, as the console script does."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Exiting through a handler lets a prompt restore the echo; nohup has SIGHUP ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda received, _: sys.exit(128 + received))
    # A core file would hold what was typed.
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))


def _open_closed_streams() -> None:
    """Replace closed standard streams by ones that hold and take nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115


def main(argv: Sequence[str], settings: "type[Settings] | None" = None) -> int:
    """Run a command line, without the program's name, and return its exit code."""
    try:
        code = _run_command_line(argv, settings)
        flush()
        return code
    except OutputError as failed:
        discard(sys.stdout)
        if not failed.nobody_reads:
            say_problem(failed, as_json=False)
        return failed.exit_code


def _run_command_line(argv: Sequence[str], settings: "type[Settings] | None") -> int:
    """Return the exit code; whatever goes wrong is reported without a traceback."""
    as_json, arguments = "--json" in argv, Arguments()
    try:
        arguments = parse_arguments(argv)
        from tui.settings.catalog import Settings

        command = import_module(f"tui.cli.commands.{arguments.command.replace('-', '_')}")
        return int(command.run(arguments, settings or Settings))
    except OutputError:
        raise
    except SystemExit as ended:  # help was given, or a signal came
        return int(ended.code or 0)
    except StoppedError as stopped:
        say_problem(stopped.problem, as_json)
        return 128 + stopped.number
    except Problem as problem:
        say_problem(problem, as_json)
        return problem.exit_code
    except KeyboardInterrupt as interrupted:
        words = f"Stopped before it finished. {interrupted}".rstrip()
        # The name of the profile is not repeated: it was not checked yet.
        named = " -p …" if arguments.profile else ""
        say_problem(Problem("stopped", words, f"See: glidemail{named} show"), as_json)
        return 128 + signal.SIGINT
    except Exception as error:
        say_problem(internal_problem(error), as_json)
        return 1
