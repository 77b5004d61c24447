"""The man page: what is declared is in it, and programs that show it find nothing wrong."""

import argparse
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.cli.house import DEADLINE
from tests.programs import require
from tui import __version__
from tui.cli.arguments import build_parser, parse_arguments
from tui.cli.exit_codes import EXIT_CODES
from tui.cli.help import SubcommandAction
from tui.cli.man_page import EXAMPLES, man_page

DAY = date(2026, 11, 30)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "glidemail.1"
    path.write_text(man_page(DAY))
    return path


def run(*argv: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, capture_output=True, encoding="utf-8", timeout=DEADLINE, check=False
    )


def shown(page: Path) -> str:
    """Return the page as a terminal of 80 columns shows it, without bold and italics."""
    drawn = run(require("groff", "groff-base"), "-man", "-Tutf8", "-rLL=80n", "-P-cbou", page)
    assert drawn.stderr == ""
    return drawn.stdout


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, SubcommandAction):
            for each in action.choices.values():
                yield from parsers(each)


def test_the_page_has_its_sections_in_the_order_that_readers_know() -> None:
    assert re.findall("^\\.SH (.*)", man_page(DAY), re.MULTILINE) == [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "COMMANDS",
        "EXIT STATUS",
        "FILES",
        "ENVIRONMENT",
        "EXAMPLES",
        "SEE ALSO",
    ]


def test_every_command_is_described_with_all_its_options(page: Path) -> None:
    text = shown(page)
    _, *sections = re.split("^   (?=[a-z])", text, flags=re.MULTILINE)
    described = {section.splitlines()[0]: section for section in sections}
    program, *commands = parsers(build_parser())
    assert list(described) == [each.prog.removeprefix("glidemail ") for each in commands]
    common = {name for action in program._actions for name in action.option_strings}
    for each in commands:
        section = described[each.prog.removeprefix("glidemail ")]
        assert " ".join((each.description or "").split()) in " ".join(section.split())
        for action in each._actions:
            for name in set(action.option_strings) - common:
                assert re.search(f"^       {name}( |$)", section, re.MULTILINE)
    options = text[text.index("\nOPTIONS") : text.index("\nCOMMANDS")]
    assert {name for name in common if name in options} == common


def test_options_that_exclude_each_other_have_a_bar_between_them(page: Path) -> None:
    text = " ".join(shown(page).split())
    assert "[--own-server | --provider-server | --account NAME]" in text
    assert "glidemail profiles add [--environment WHICH]" in text


def test_every_exit_code_is_explained(page: Path) -> None:
    text = shown(page)
    status = " ".join(text[text.index("EXIT STATUS") : text.index("\nFILES")].split())
    for code, meaning in EXIT_CODES.items():
        assert f" {code} {meaning.replace('`', '')}" in status.replace("’", "'")


@pytest.mark.parametrize("lines", EXAMPLES.values())
def test_every_example_is_a_call_that_is_understood(lines: str) -> None:
    for line in lines.replace("\\\n", "").splitlines():
        program, *argv = shlex.split(line)
        assert program == "glidemail"
        assert parse_arguments(argv).command in argv


def test_an_example_can_be_copied(page: Path) -> None:
    text = shown(page)
    for lines in EXAMPLES.values():
        for line in lines.splitlines():
            assert f"\n           {line}\n" in text


def test_groff_has_no_warning(page: Path) -> None:
    drawn = run(require("groff", "groff-base"), "-man", "-Tutf8", "-ww", page)
    assert drawn.stderr == ""
    assert f"glidemail {__version__}" in drawn.stdout
    assert "2026-11-30" in drawn.stdout


def test_mandoc_has_no_warning(page: Path) -> None:
    checked = run(require("mandoc", "mandoc"), "-T", "lint", "-W", "warning", page)
    assert (checked.stdout, checked.stderr) == ("", "")
