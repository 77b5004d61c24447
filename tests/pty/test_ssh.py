"""Over a real ssh connection on loopback, which breaks."""

import getpass
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.house import House, open_house, program
from tests.programs import require
from tests.pty.configurator import (
    ENTER,
    QUIT,
    SERVER,
    TAB,
    check_restored,
    field_line,
    has_draft,
    lock_owner,
    press_and_wait,
    stop,
    type_server,
)
from tests.pty.terminal_emulator import DEADLINE, TerminalEmulator

_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {root}/host
PidFile {root}/pid
AuthorizedKeysFile {root}/user.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


@dataclass(frozen=True, slots=True)
class Remote:
    """The program behind an ssh server."""

    house: House
    client: tuple[str, ...]

    def start(self, terminal: TerminalEmulator) -> None:
        """Start the program there, on a terminal here."""
        variables = [f"{name}={value}" for name, value in self.house.environment.items()]
        command = shlex.join(["env", *variables, *program()])
        terminal.start([*self.client, command], self.house.environment)


pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="without root, sshd accepts no login to a locked account"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys of a server and of a user."""
    folder = tmp_path_factory.mktemp("ssh")
    keygen = require("ssh-keygen", "openssh-client")
    for name in ("host", "user"):
        argv = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(argv, check=True)
    return folder


@pytest.fixture
def remote(folder: Path) -> Iterator[Remote]:
    sshd, ssh = require("sshd", "openssh-server"), require("ssh", "openssh-client")
    with suppress(OSError):  # Debian's sshd needs it for privilege separation
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "config").write_text(_CONFIG.format(port=port, root=folder))
    with open_house() as house, (folder / "log").open("w") as log:
        argv = [sshd, "-D", "-e", "-f", str(folder / "config")]
        server = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait_for_port(port, server, folder / "log")
            options = ["StrictHostKeyChecking=no", f"UserKnownHostsFile={folder}/known"]
            options += ["BatchMode=yes", "LogLevel=ERROR"]
            client = [ssh, "-F", "none", "-tt", "-i", str(folder / "user"), "-p", str(port)]
            client += [part for option in options for part in ("-o", option)]
            yield Remote(house, (*client, f"{getpass.getuser()}@127.0.0.1"))
        finally:
            server.terminate()
            server.wait()


def _wait_for_port(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + DEADLINE
    while True:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)


def test_connection_that_breaks_ends_the_program_and_the_next_one_offers_the_draft(
    remote: Remote,
) -> None:
    with TerminalEmulator() as terminal:
        remote.start(terminal)
        terminal.wait_for("Enter edits")
        type_server(terminal)
        process = lock_owner(remote.house)
        terminal.wait_until_idle(pid=process)
        assert stop(terminal, signal.SIGKILL) == -signal.SIGKILL
        terminal.wait_for(lambda: not Path(f"/proc/{process}").exists())
    assert has_draft(remote.house, SERVER)
    assert not remote.house.settings.exists()
    with TerminalEmulator() as terminal:
        remote.start(terminal)
        terminal.wait_for("There are changes that were not saved")
        terminal.wait_for(f"* Mail server: {SERVER}")
        terminal.wait_for("[ Restore ]")
        press_and_wait(terminal, ENTER, "Draft restored.")
        press_and_wait(terminal, TAB, lambda: SERVER in field_line(terminal))


def test_program_that_is_quit_over_ssh_leaves_the_terminal_as_it_was(remote: Remote) -> None:
    with TerminalEmulator() as terminal:
        remote.start(terminal)
        terminal.wait_for("Enter edits")
        terminal.press(QUIT)
        assert terminal.wait_for_exit() == 0
        assert f"Nothing was written to {remote.house.settings}." in check_restored(terminal)


@pytest.mark.grid
def test_exit_code_of_a_signal_arrives_over_ssh(remote: Remote) -> None:
    with TerminalEmulator() as terminal:
        remote.start(terminal)
        terminal.wait_for("Enter edits")
        type_server(terminal)
        process = lock_owner(remote.house)
        terminal.wait_until_idle(pid=process)
        os.kill(process, signal.SIGTERM)
        assert terminal.wait_for_exit() == 143
        assert "Not saved: 1 change; kept as a draft" in check_restored(terminal)
