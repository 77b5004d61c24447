"""Single values in words."""

from pathlib import Path

import pytest

from tui.presentation.value_text import count_words, short_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("end", ["", "/"])
def test_a_path_below_the_home_directory_is_short(
    home: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("HOME", f"{home}{end}")
    assert short_path(f"{home}/a/b.toml") == "~/a/b.toml"
    for path in (f"{home}", f"{home}-other/a", f"/x{home}/a", "relative", "~/a", ""):
        assert short_path(path) == path


@pytest.mark.parametrize("value", ["/", ""])
def test_a_home_that_is_the_root_makes_no_path_short(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HOME", value)
    assert short_path("/etc/a.toml") == "/etc/a.toml"


@pytest.mark.parametrize(("count", "words"), [(0, "no changes"), (1, "1 change"), (2, "2 changes")])
def test_things_are_counted_in_words(count: int, words: str) -> None:
    assert count_words(count, "change") == words
