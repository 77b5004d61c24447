"""Real Postfix and Dovecot on loopback, for as long as a context is open."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.programs import require
from tests.servers.configuration import make_files

HOST = "127.0.0.1"
FAR_HOST = "127.0.0.2"
NAME = "mail.example.test"
USER = "helpdesk"
PORTS = ("plain", "submission", "implicit", "pop3", "pop3s")
DEADLINE = 30.0
# It ends with its input, whatever becomes of the tests, and leaves nothing behind. Dovecot comes
# first, as Postfix asks it what it can; told to stop, it would take seconds.
_KEEPER = """
dovecot -c "$1/dovecot/dovecot.conf" && postfix -c "$1/postfix" start
cat
for pid in "$1/dovecot/run/master.pid" "$1/queue/pid/master.pid"; do
  [ -s "$pid" ] && kill -KILL -$(($(cat "$pid")))
done
rm -rf "$1"
"""


@dataclass(frozen=True, slots=True)
class MailServers:
    """A mail server of example.test, with the one mailbox helpdesk@example.test.

    Attributes:
        host: where all of it listens.
        far_host: where POP3 listens too and takes no password in clear: Dovecot counts a client
            at the server's own address as secure.
        ports: by name. `plain` offers STARTTLS and AUTH and requires neither; `submission`
            requires STARTTLS, `implicit` is TLS from the first byte, and both require AUTH and
            a sender that is the user's own; `pop3` offers STLS, `pop3s` is TLS from the first
            byte.
        user: a full address; for POP3 what stands before the @ does as well.
        password: made for these servers.
        ca_file: the authority to trust; the certificate is for both hosts and `NAME`.
        root: all that the servers have.
    """

    host: str
    far_host: str
    ports: dict[str, int]
    user: str
    password: str
    ca_file: Path
    root: Path

    def logins(self) -> int:
        """Return the number of logins so far, refused or not, by SMTP or POP3."""
        log = self.root / "dovecot.log"
        # An attempt of our own stands in the log behind all that came before it.
        mark = f"service=mark-{secrets.token_hex(8)}"
        with socket.socket(socket.AF_UNIX) as asked:
            asked.connect(str(self.root / "queue/private/auth"))
            asked.sendall(f"VERSION\t1\t1\nCPID\t1\nAUTH\t1\tPLAIN\t{mark}\tresp=\n".encode())
            wait_for(lambda: mark in log.read_text(), log)
        lines = [line for line in log.read_text().splitlines() if "client in: AUTH\t" in line]
        return sum("service=mark-" not in line for line in lines)

    def mail(self, user: str, at_least: int = 0) -> list[str]:
        """Return the messages in a user's mailbox, once there are so many."""
        folder = self.root / "mail" / user.partition("@")[0] / "Maildir"

        def messages() -> list[Path]:
            return [*folder.glob("new/*"), *folder.glob("cur/*")]

        wait_for(lambda: len(messages()) >= at_least, self.root / "postfix.log")
        return [file.read_text() for file in messages()]


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Run the servers; skip the test if they cannot run."""
    if os.geteuid() != 0:
        pytest.skip("a mail server of one's own takes root")
    for program, package in (("postfix", "postfix"), ("dovecot", "dovecot-core")):
        require(program, package)
    if not Path("/usr/lib/dovecot/pop3-login").exists():
        require("pop3-login", "dovecot-pop3d")
    # Not below pytest's own folders: they are closed to the users that the servers run as.
    root = Path(tempfile.mkdtemp(prefix="mail-", dir="/tmp"))
    with ExitStack() as stack:
        held = {name: stack.enter_context(socket.socket()) for name in PORTS}
        servers = _make_folder(root, {name: hold_port(each) for name, each in held.items()})
        with (root / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", str(root)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _wait_for_banners(servers)
            yield servers
        finally:
            keeper.communicate(timeout=DEADLINE)
    assert not root.exists()


def hold_port(held: socket.socket) -> int:
    """Return a port that is given to no one else while it is held; a server can listen there."""
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("", 0))
    port: int = held.getsockname()[1]
    return port


def _make_folder(root: Path, ports: dict[str, int]) -> MailServers:
    authority = trustme.CA()
    password = secrets.token_urlsafe(12)
    servers = MailServers(
        HOST, FAR_HOST, ports, f"{USER}@example.test", password, root / "ca.pem", root
    )
    root.chmod(0o755)
    for name in ("postfix", "dovecot", "queue/private", "data", "mail"):
        (root / name).mkdir(parents=True)
    values = {"root": root, "host": HOST, "far_host": FAR_HOST, "user": USER, "password": password}
    for name, text in make_files(values | ports).items():
        (root / name).write_text(text)
        os.utime(root / name, (0, 0))  # Postfix waits two seconds for a file that is new
    for name, user in (("data", "postfix"), ("queue/private", "postfix"), ("mail", "nobody")):
        shutil.chown(root / name, user)
    shutil.chown(root / "dovecot/users", "dovecot")
    (root / "dovecot/users").chmod(0o600)
    authority.cert_pem.write_to_path(str(servers.ca_file))
    shown = root / "server.pem"
    authority.issue_cert(HOST, FAR_HOST, NAME).private_key_and_cert_chain_pem.write_to_path(
        str(shown)
    )
    shown.chmod(0o600)
    return servers


def _wait_for_banners(servers: MailServers) -> None:
    for name in ("plain", "submission", "pop3"):
        logs = (servers.root / "postfix.log", servers.root / "keeper.log")
        wait_for_banner(servers.ports[name], *logs)


def wait_for_banner(port: int, *logs: Path) -> None:
    """Wait until a server answers: it listens before it can."""

    def greets() -> bool:
        with suppress(OSError), socket.create_connection((HOST, port), DEADLINE) as client:
            return client.recv(4) in (b"220 ", b"+OK ")
        return False

    wait_for(greets, *logs)


def wait_for(condition: Callable[[], bool], *logs: Path) -> None:
    """Wait until a condition holds; if it does not, fail with the logs."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, [log.read_text() for log in logs if log.exists()]
        time.sleep(0.01)
