"""Any keys, pastes and sizes: no fault, nothing that hangs, and a way out from everywhere."""

import asyncio
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from textual.events import Paste
from textual.screen import ModalScreen

from tests.app.factories import HOSTILE, SAVED, open_default
from tests.app.person import Person, run_configurator
from tests.cli.house import House
from tests.storage.fakes import use_home
from tui.app.app import ConfiguratorApp

LANDING, NIGHTLY = 100, 2000
"""The episodes of each run."""

KEYS = (
    *("enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "home", "end"),
    *("backspace", "delete", "space", "pageup", "pagedown", "slash", "question_mark"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9"),
    *(f"ctrl+{letter}" for letter in "acdegklnoprstuvwxyz"),
    *"abjkgGqy1@.:",
)
SIZES = ((80, 24), (120, 40), (60, 20), (40, 10), (20, 5), (200, 60))

KEY = st.sampled_from(KEYS)
PASTE = st.sampled_from((*HOSTILE[:-1], "mail.corp.example", "a\nb\nc", "smtp://u:p@h:1")).map(
    Paste
)
SIZE = st.sampled_from(SIZES)
EPISODES = st.lists(st.one_of(KEY, KEY, KEY, KEY, PASTE, SIZE), min_size=4, max_size=14)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Set up a home directory, and a machine without a network."""

    def unreachable(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "there is no network")

    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    monkeypatch.setenv("TERM", "xterm-256color")
    return use_home(tmp_path, monkeypatch)


async def act(person: Person, step: object) -> None:
    """Press a key, paste or resize, unless the program has ended."""
    match step:
        case _ if person.app.is_leaving:
            return
        case str():
            await person.press(step)
        case Paste():
            driver = person.app._driver
            assert driver is not None
            driver.send_message(Paste(step.text))
            await person.press("f24")
        case (int(columns), int(rows)):
            await person.resize(columns, rows)


def is_opening(app: ConfiguratorApp) -> bool:
    """Whether keys are kept for a dialog that is still to come."""
    return app._holds > 0 and not isinstance(app.screen, ModalScreen)


async def leave(person: Person) -> None:
    """Leave as a person would who has no idea where they are."""
    for _ in range(12):
        # What opens a dialog may still be loading; keys are kept for it until then.
        await person.until(lambda: person.app.is_leaving or not is_opening(person.app))
        await act(person, "escape")
        await act(person, "ctrl+q")
        if not person.app.is_leaving and person.app.screen.query("#button-discard"):
            await act(person, "tab")
            await act(person, "tab")
            await act(person, "enter")
        if person.app.is_leaving:
            return
    # What leaves is loaded by the first key that asks for it.
    await person.until(lambda: person.app.is_leaving)


async def play(house: House, episode: list[object]) -> None:
    """Start the program on the same settings, do what the episode says, and leave."""
    house.write(SAVED)
    async with run_configurator(open_default(house)) as person:
        for step in episode:
            await act(person, step)
        await leave(person)
        assert person.app._exception is None
        assert person.app.return_code == 0


def run_episodes(house: House, count: int) -> None:
    """Play as many episodes."""

    @settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=[*HealthCheck],
    )
    @given(EPISODES)
    def episode(steps: list[object]) -> None:
        asyncio.run(play(house, steps))

    episode()


def test_no_keys_pastes_or_sizes_lead_to_a_fault(home: House) -> None:
    run_episodes(home, LANDING)


@pytest.mark.grid
def test_no_keys_pastes_or_sizes_of_a_long_night_lead_to_a_fault(home: House) -> None:
    run_episodes(home, NIGHTLY)
