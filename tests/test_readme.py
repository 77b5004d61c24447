"""What the README, docs and CONTRIBUTING say agrees with the program and its scripts."""

import re
from pathlib import Path

import pytest

from tui.cli.exit_codes import EXIT_CODES
from tui.cli.options import COMMANDS
from tui.settings.catalog import catalog

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").iterdir())
COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text()


def test_there_is_a_row_for_every_property() -> None:
    rows = [
        f"| `{entry.name}` | `{entry.platform_name}` | {entry.declared.short} |"
        for entry in catalog().values()
    ]
    assert "\n".join(rows) in COMMAND_LINE


def test_there_is_a_row_for_every_exit_code() -> None:
    rows = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    assert "|---|---|\n" + "\n".join(rows) + "\n\n" in COMMAND_LINE


def test_every_command_has_an_example() -> None:
    examples = re.findall("`glidemail(?: -p [a-z]+)? ([a-z][a-z-]*)", COMMAND_LINE)
    assert COMMANDS.keys() == set(examples)


@pytest.mark.parametrize("page", [README, *DOCS], ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    assert not [each for each in links if not (page.parent / each).exists()]


def test_every_page_and_picture_is_linked() -> None:
    text = "".join(page.read_text() for page in (README, *DOCS))
    files = [*DOCS, *(ROOT / "screenshots").iterdir()]
    assert not [each.name for each in files if each.name not in text]


def test_the_readme_tests_as_the_script_does() -> None:
    command = "\n.venv/bin/python -m pytest"
    assert f"{command}\n```\n" in README.read_text()
    assert f'{command} "$@"\n' in (ROOT / "scripts" / "test").read_text()


def test_contributing_names_every_script_and_no_other() -> None:
    named = set(re.findall(r"scripts/([a-z]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert named == {path.name for path in (ROOT / "scripts").iterdir()}
