"""A house with a session bus and an unlocked keyring on it."""

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.programs import require
from tui.credentials.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Desk(House):
    """A house with a session bus."""

    bus: str

    @property
    def environment(self) -> dict[str, str]:
        """What the program sees of the machine."""
        runtime = {"XDG_RUNTIME_DIR": str(self.root), "DBUS_SESSION_BUS_ADDRESS": self.bus}
        return House(self.root).environment | runtime


@contextlib.contextmanager
def open_desk(root: Path) -> Iterator[Desk]:
    """Run an unlocked gnome-keyring on a bus of its own, which this process uses too."""
    root.chmod(0o700)
    bus = [require("dbus-daemon", package="dbus"), "--session", "--nofork", "--print-address=1"]
    program = require("gnome-keyring-daemon", package="gnome-keyring")
    with (
        pytest.MonkeyPatch.context() as patch,
        subprocess.Popen(bus, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as daemon,
    ):
        assert daemon.stdout is not None
        desk = Desk(root, daemon.stdout.readline().decode().strip())
        for name, value in desk.environment.items():
            patch.setenv(name, value)
        try:
            subprocess.run(
                [program, "--unlock", "--components=secrets"],
                input=b"login",
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=True,
            )
            yield desk
        finally:
            daemon.terminate()


def read_sign_in(profile: str) -> str | None:
    """Return what the keyring keeps for a profile to sign in with."""
    secret = Keyring().get(profile, "sign_in")
    return secret.reveal() if secret else None
