"""A home directory and stand-in instances for tests of the application."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.screen import Screen

from tests.app.factories import SAVED
from tests.cli.house import House
from tests.probes.net.factories import trusted_file
from tests.sandbox.sandbox import Sandbox
from tests.storage.fakes import use_home
from tui.app.screens.configurator import Configurator
from tui.sandbox.sandbox_state import Switches


@pytest.fixture(autouse=True)
def _plain_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show signs in ASCII, as on a terminal that has no others."""
    monkeypatch.setattr("tui.terminal.signs.has_signs", lambda: False)


class _PauseOver:
    """What stands for the timer of a pause that is over already."""

    def stop(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say what is wrong with a text at once, as after a pause; a timer would need some time."""

    def say_at_once(screen: Configurator, _: float, say: Callable[[], object]) -> _PauseOver:
        screen.call_later(say)
        return _PauseOver()

    monkeypatch.setattr(Configurator, "set_timer", say_at_once)


@pytest.fixture
def endless_pause(_no_pause: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pause after which it is said what is wrong with a text last longer than a test."""
    monkeypatch.setattr(Configurator, "set_timer", Screen.set_timer)
    monkeypatch.setattr("tui.app.screens.configurator.PAUSE", 3600.0)


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
