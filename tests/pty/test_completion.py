"""Shells on a terminal complete what is typed, with the scripts where they look for them."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hatch_build import SCRIPTS
from tests.cli.house import House, program
from tests.programs import require, require_file
from tests.pty.configurator import TAB
from tests.pty.terminal_emulator import TerminalEmulator
from tui.cli.completion import completion_script

PROMPT = "ready> "
KILL_LINE = "\x15"
BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
BASHRC = """\
cd {root}
. {bash_completion}
PS1='{prompt}'
"""
ZSHRC = """\
cd {root}
fpath=({share}/zsh/site-functions $fpath)
autoload -Uz compinit
compinit -u -d {root}/zcompdump
PS1='{prompt}'
"""
FISH = """\
cd {root}
set -g fish_autosuggestion_enabled 0
set -g fish_greeting
function fish_prompt; echo '{prompt}'; end
"""


@dataclass(frozen=True, slots=True)
class Shell:
    """A shell for which glidemail is installed below a folder of the test."""

    name: str
    house: House

    @property
    def share(self) -> Path:
        """The folder in which the shell finds the script."""
        return self.house.root / "prefix" / "share"

    def install(self) -> None:
        """Write the script, and a program of the name that it completes."""
        place = self.house.root / "prefix" / SCRIPTS[self.name]
        self.house.write(completion_script(self.name), place)
        command = self.house.root / "bin" / "glidemail"
        self.house.write(f'#!/bin/sh\nexec {shlex.join(program())} "$@"\n', command)
        command.chmod(0o755)

    @contextmanager
    def open(self) -> Iterator[TerminalEmulator]:
        """Start the shell on a terminal and wait for its prompt."""
        environment = {
            **self.house.environment,
            "PATH": f"{self.house.root / 'bin'}:{self.house.environment['PATH']}",
            "XDG_DATA_DIRS": f"{self.share}:/usr/local/share:/usr/share",
            "ZDOTDIR": str(self.house.root),
            "HISTFILE": "",
        }
        words = {
            "bash_completion": BASH_COMPLETION,
            "prompt": PROMPT,
            "root": self.house.root,
            "share": self.share,
        }
        match self.name:
            case "bash":
                rc = self.house.root / "bashrc"
                rc.write_text(BASHRC.format(**words))
                argv = ["bash", "--noprofile", "--rcfile", str(rc), "-i"]
            case "zsh":
                (self.house.root / ".zshrc").write_text(ZSHRC.format(**words))
                argv = ["zsh", "-d", "-i"]
            case _:
                argv = ["fish", "-i", "-C", FISH.format(**words)]
        with TerminalEmulator() as terminal:
            terminal.start([require(argv[0], argv[0]), *argv[1:]], environment)
            terminal.wait_for(PROMPT.rstrip())
            yield terminal


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    shell = Shell(request.param, House(tmp_path))
    if shell.name == "bash":
        require_file(BASH_COMPLETION, "bash-completion")
    shell.install()
    return shell


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("appl", "apply"),
        ("profiles rem", "profiles remove"),
        ("apply --provider", "apply --provider-server"),
        ("-p default send", "-p default send-test"),
        ("sandbox --model cl", "sandbox --model clone"),
        ("profiles add x --sign-in client", "profiles add x --sign-in client-credentials"),
        ("explain sending", "explain sending_enabled"),
        ("-p no", "-p north"),
        ("profiles remove no", "profiles remove north"),
        ("plan --from north", "plan --from northern.toml"),
    ],
)
def test_what_is_typed_is_completed(shell: Shell, typed: str, completed: str) -> None:
    shell.house.call("profiles", "add", "north")
    shell.house.write("", shell.house.root / "northern.toml")
    with shell.open() as terminal:
        terminal.press(f"glidemail {typed}{TAB}")
        terminal.wait_for(f"glidemail {completed}")


def test_only_names_of_profiles_are_offered_and_nothing_is_run(shell: Shell) -> None:
    shell.house.call("profiles", "add", "north")
    broken = '"$(touch${IFS}run)" = 1\n'
    shell.house.write(broken, shell.house.config / "profiles" / "south.toml")
    with shell.open() as terminal:
        terminal.press(f"glidemail -p no{TAB}")
        terminal.wait_for("glidemail -p north")
        terminal.press(f"{KILL_LINE}glidemail -p so{TAB}")
        terminal.wait_for("glidemail -p south")
    assert not (shell.house.root / "run").exists()
