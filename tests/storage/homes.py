"""A machine on which nothing is configured and no keyring can be reached."""

from pathlib import Path

import pytest

from tests.cli.house import House


def moved_in(root: Path, patch: pytest.MonkeyPatch) -> House:
    """Has this process find all that the program reads and writes below `root`."""
    house = House(root)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        patch.delenv(name, raising=False)
    for name, value in house.environment.items():
        patch.setenv(name, value)
    return house
