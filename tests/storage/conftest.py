"""A home and files of a test's own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.storage.fakes import use_home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text("old\n")
    path.chmod(0o640)
    return path


@pytest.fixture
def public() -> Iterator[Path]:
    """A directory that every user can reach."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A home in which this process finds all that the program reads and writes."""
    return use_home(tmp_path, monkeypatch)
