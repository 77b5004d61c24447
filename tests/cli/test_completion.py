"""What the scripts for shells complete is what the commands declare."""

import argparse
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import DEADLINE
from tests.programs import require
from tui.cli.arguments import build_parser
from tui.cli.completion import CHOICES, completion_script
from tui.cli.help import SubcommandAction
from tui.cli.options import COMMANDS

ASK_BASH = """
. "$0"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
named=$(complete -p glidemail)
named=${named##*-F }
"${named% glidemail}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, SubcommandAction):
            for each in action.choices.values():
                yield from parsers(each)


def complete(tmp_path: Path, line: str) -> list[str]:
    """Return what bash offers for the last word of a line."""
    script = tmp_path / "glidemail"
    script.write_text(completion_script("bash"))
    done = subprocess.run(
        ["/bin/bash", "-c", ASK_BASH, script, *line.split(" ")],
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_first_word_is_a_command(tmp_path: Path) -> None:
    assert set(complete(tmp_path, "glidemail ")) == COMMANDS.keys()
    assert complete(tmp_path, "glidemail explain-") == ["explain-reply"]


@pytest.mark.parametrize("program", [each.prog for each in parsers(build_parser())])
def test_every_option_of_a_command_is_offered(tmp_path: Path, program: str) -> None:
    parser = next(each for each in parsers(build_parser()) if each.prog == program)
    options = {name for action in parser._actions for name in action.option_strings}
    assert set(complete(tmp_path, f"{program} -")) == options


@pytest.mark.parametrize("option", CHOICES)
def test_the_words_that_an_option_takes_are_offered(tmp_path: Path, option: str) -> None:
    command = next(
        each for each in parsers(build_parser()) if option in each._option_string_actions
    )
    assert complete(tmp_path, f"{command.prog} {option} ") == list(CHOICES[option])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_one_that_its_shell_can_read(tmp_path: Path, shell: str) -> None:
    script = tmp_path / "script"
    script.write_text(completion_script(shell))
    read = subprocess.run(
        [require(shell, shell), "-n", script], capture_output=True, timeout=DEADLINE, check=True
    )
    assert (read.stdout, read.stderr) == (b"", b"")


def test_a_description_is_the_summary_of_the_command() -> None:
    for shell in ("zsh", "fish"):
        script = completion_script(shell)
        assert COMMANDS["check"].summary in script
        assert COMMANDS["check"].description not in script
