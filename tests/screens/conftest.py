"""A home for whoever sits at a screen."""

from pathlib import Path

import pytest

from tests.cli.running import House
from tests.documents.homes import moved_in
from tests.screens.driving import SAVED


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A home with settings in it."""
    house = moved_in(tmp_path, monkeypatch)
    house.write(SAVED)
    for name in ("NO_COLOR", "SSH_CONNECTION", "SUDO_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return house
