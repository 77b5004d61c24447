"""The wheel contains the manual, and its build needs no dependency of the program."""

import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

import tui
from hatch_build import MAN_PAGE, SCRIPTS, build_day
from tui.cli.completion import completion_script
from tui.cli.man_page import man_page

ROOT = Path(tui.__file__).parents[1]
DEADLINE = 60.0
LISTS = """
import sys
before = set(sys.modules)
import tui.cli.completion
import tui.cli.man_page
print(*sorted({name.partition(".")[0] for name in sys.modules.keys() - before}))
"""


def test_a_wheel_installs_the_man_page_and_the_scripts(tmp_path: Path) -> None:
    built, temporary = tmp_path / "built", tmp_path / "temporary"
    temporary.mkdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built],
        cwd=ROOT,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": str(temporary)},
        capture_output=True,
        timeout=DEADLINE,
        check=True,
    )
    (path,) = built.iterdir()
    with zipfile.ZipFile(path) as wheel:
        data = f"glidemail-{tui.__version__}.data/data"
        assert wheel.read(f"{data}/{MAN_PAGE}").decode() == man_page(date(2023, 11, 14))
        for shell, place in SCRIPTS.items():
            assert wheel.read(f"{data}/{place}").decode() == completion_script(shell)
    assert list(temporary.iterdir()) == []


def test_the_day_of_a_build_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert build_day() == date(1970, 1, 1)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert build_day() > date(2026, 1, 1)


def test_the_manual_is_written_without_the_dependencies_of_the_program() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LISTS],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE,
        check=True,
    )
    needed = set(listed.stdout.split()) - sys.stdlib_module_names
    assert needed == {"shtab", "tui"}
