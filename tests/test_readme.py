"""What the README and CONTRIBUTING say agrees with the program and its scripts."""

import re
from pathlib import Path

from tui.settings.catalog import catalog

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_readme_has_a_row_for_every_property() -> None:
    rows = [
        f"| `{entry.name}` | `{entry.platform_name}` | {entry.declared.short} |"
        for entry in catalog().values()
    ]
    assert "\n".join(rows) in README


def test_the_readme_tests_as_the_script_does() -> None:
    command = "\n.venv/bin/python -m pytest"
    assert f"{command}\n```\n" in README
    assert f'{command} "$@"\n' in (ROOT / "scripts" / "test").read_text()


def test_contributing_names_every_script_and_no_other() -> None:
    named = set(re.findall(r"scripts/([a-z]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert named == {path.name for path in (ROOT / "scripts").iterdir()}
