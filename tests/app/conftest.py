"""A home directory and stand-in instances for tests of the application."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.factories import SAVED
from tests.cli.house import House
from tests.probes.net.factories import trusted_file
from tests.sandbox.sandbox import Sandbox
from tests.storage.fakes import use_home
from tui.sandbox.sandbox_state import Switches


@pytest.fixture(autouse=True)
def _plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show signs in ASCII, as on a terminal that has no others."""
    monkeypatch.setattr("tui.terminal.signs.has_signs", lambda: False)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what is wrong with a text at once, as after a pause."""
    monkeypatch.setattr("tui.app.screens.configurator.PAUSE", 0.0)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Set up a home directory with settings."""
    house = use_home(tmp_path, monkeypatch)
    house.write(SAVED)
    for name in ("NO_COLOR", "SSH_CONNECTION", "SUDO_USER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    return house


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a stand-in instance on which ServiceNow's account sends."""
    with Sandbox("accounts", switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def legacy() -> Iterator[Sandbox]:
    """Run a stand-in instance on which no account sends, so the properties count."""
    with Sandbox("properties", switches=Switches(sender_seconds=0)) as sandbox:
        yield sandbox


@pytest.fixture
def within_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the tests' authority, and look up nothing about the sender."""

    async def nothing(**_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_sender_domain", nothing)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted_file()))
