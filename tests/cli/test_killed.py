"""A save that is killed at any moment leaves the settings whole, and the next one succeeds."""

import sys
import tomllib
from pathlib import Path

from tests.cli.running import House
from tests.storage.ptrace import RENAMES, STOPPED, Run, run

OLD = '# ours\nserver = "mail.corp.example"\nport = 25\n'
NEW = OLD.replace("25", "2525")
SETTLED = ("--attest", "all", "--confirm", "default", "--yes")
SAVE = ("apply", "--set", "port=2525", *SETTLED)

# Stops itself once everything is loaded that a save needs.
PROGRAM = """
import os, platformdirs.unix, pwd, shutil, signal, sys, textwrap, tomlkit
import tui.cli.commands.apply
from tui.cli.main import main
os.kill(os.getpid(), signal.SIGSTOP)
code = main(sys.argv[1:])
os._exit(code)
"""


def save(here: House, kill_at: int | None = None) -> Run:
    argv = [sys.executable, "-P", "-c", PROGRAM, *SAVE]
    return run(argv, begin=STOPPED, kill_at=kill_at, environment=here.environment)


def test_a_save_killed_at_any_system_call_leaves_the_settings_whole(tmp_path: Path) -> None:
    here = House(tmp_path / "whole")
    here.write(OLD)
    whole = save(here)
    assert whole.status == 0
    assert here.settings.read_text() == NEW
    assert RENAMES & set(whole.calls)
    begin = kill_at = whole.calls.index("flock")
    found: list[str] = []
    while True:
        here = House(tmp_path / str(kill_at))
        here.write(OLD)
        if not save(here, kill_at).killed:
            break
        kill_at += 2  # a call stops it as it enters and as it leaves; between two nothing happens
        found.append(here.settings.read_text())
        again = here.call(*SAVE)
        assert again.code == 0, again
        assert here.settings.read_text() == NEW
        assert here.attestations.read_text().count("[[attestation]]") == 4
        old = here.settings.with_name("default.toml.old")
        assert not old.exists() or tomllib.loads(old.read_text()) == tomllib.loads(OLD)
        names = {each.name for each in here.config.iterdir()}
        assert names <= {"default.toml", "default.toml.old"}
    assert list(dict.fromkeys(found)) == [OLD, NEW]
    assert begin + 60 < kill_at
