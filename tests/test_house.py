"""The house itself: what no import contract can say."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import tui
from tui.app.app import ConfiguratorApp

ROOT = Path(tui.__file__).parent


def classes() -> Iterator[str]:
    """Every class that the package defines, the private ones too."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef):
                yield node.name


def test_the_application_has_at_most_three_classes_of_ours() -> None:
    ours = [kind for kind in ConfiguratorApp.__mro__ if kind.__module__.startswith("tui.")]
    assert len(ours) <= 3


def test_no_two_classes_have_the_same_name() -> None:
    assert [name for name, count in Counter(classes()).items() if count > 1] == []
