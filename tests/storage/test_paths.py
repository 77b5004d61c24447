"""Where the program's own files lie."""

import sys
from pathlib import Path

import pytest

from tui.storage import paths

XDG = pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="XDG is elsewhere")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@XDG
def test_both_places_lie_below_the_home_directory(home: Path) -> None:
    assert paths.config_dir() == home / ".config" / "glidemail"
    assert paths.state_dir() == home / ".local" / "state" / "glidemail"


@XDG
def test_both_places_can_be_moved_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/one")
    monkeypatch.setenv("XDG_STATE_HOME", "/two")
    assert paths.config_dir() == Path("/one/glidemail")
    assert paths.state_dir() == Path("/two/glidemail")


@XDG
@pytest.mark.parametrize("value", ["", "relative", "./relative"])
def test_a_place_that_is_no_whole_path_is_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", value)
    monkeypatch.setenv("XDG_STATE_HOME", value)
    assert paths.config_dir() == home / ".config" / "glidemail"
    assert paths.state_dir() == home / ".local" / "state" / "glidemail"


def test_asking_for_a_place_makes_none(home: Path) -> None:
    assert paths.config_dir() != paths.state_dir()
    assert list(home.iterdir()) == []
