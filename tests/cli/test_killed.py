"""A save that is killed at any moment leaves the settings whole, and the next one succeeds."""

import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.house import House
from tests.storage.ptrace import RENAMES, STOPPED, Run, run

OLD = '# ours\nserver = "mail.corp.example"\nport = 25\n'
NEW = OLD.replace("25", "2525")
SAVE = ("apply", "--set", "port=2525", "--yes")

# Stops itself once everything is loaded that a save needs.
PROGRAM = """
import os, platformdirs.unix, pwd, shutil, signal, sys, textwrap, tomlkit
import tui.cli.commands.apply
from tui.cli.main import main
os.kill(os.getpid(), signal.SIGSTOP)
code = main(sys.argv[1:])
os._exit(code)
"""


def save(house: House, kill_at: int | None = None) -> Run:
    argv = [sys.executable, "-P", "-c", PROGRAM, *SAVE]
    return run(argv, begin=STOPPED, kill_at=kill_at, environment=house.environment)


# A call stops it as it enters and as it leaves; between the two nothing happens.
@pytest.mark.parametrize("step", [pytest.param(2, marks=pytest.mark.grid), 14])
def test_a_save_killed_at_any_system_call_leaves_the_settings_whole(
    tmp_path: Path, step: int
) -> None:
    house = House(tmp_path / "whole")
    house.write(OLD)
    whole = save(house)
    assert whole.status == 0
    assert house.settings.read_text() == NEW
    assert RENAMES & set(whole.calls)
    begin = kill_at = whole.calls.index("flock")
    found: list[str] = []
    while True:
        house = House(tmp_path / str(kill_at))
        house.write(OLD)
        if not save(house, kill_at).killed:
            break
        kill_at += step
        found.append(house.settings.read_text())
        again = house.call(*SAVE)
        assert again.code == 0, again
        assert house.settings.read_text() == NEW
        old = house.settings.with_name("default.toml.old")
        assert not old.exists() or tomllib.loads(old.read_text()) == tomllib.loads(OLD)
        names = {each.name for each in house.config.iterdir()}
        assert names <= {"default.toml", "default.toml.old"}
    assert list(dict.fromkeys(found)) == [OLD, NEW]
    assert begin + 60 < kill_at
