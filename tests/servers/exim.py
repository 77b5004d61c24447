"""Real Exim on loopback, for as long as a context is open."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from string import Template

import pytest
import trustme

from tests.programs import require
from tests.servers.mail_servers import DEADLINE, HOST, NAME, USER, hold_port, wait_for_banner

PORTS = ("submission", "implicit", "small", "strict")
SMALL_LIMIT = 5000
"""The largest message that the listener `small` takes, in bytes."""

_CONFIGURATION = Template("""\
primary_hostname = mail.example.test
spool_directory = $root/spool
log_file_path = $root/%slog
pid_file_path = $root/exim.pid
local_interfaces = <; $host
daemon_smtp_ports = $submission : $implicit : $small : $strict
tls_on_connect_ports = $implicit
tls_advertise_hosts = *
tls_certificate = $root/server.pem
tls_privatekey = $root/server.pem
auth_advertise_hosts = $${if eq{$$tls_in_cipher}{}{}{*}}
message_size_limit = $${if eq{$$received_port}{$small}{$limit}{1000000}}
host_lookup =
keep_environment =
queue_only = true
domainlist local_domains = example.test
acl_smtp_mail = check_sender
acl_smtp_rcpt = check_recipient

begin acl

check_sender:
  deny
    condition = $${if eq{$$received_port}{$strict}}
    !encrypted = *
    message = 5.7.0 Must issue a STARTTLS command first
  deny senders = banned@example.test
  accept

check_recipient:
  defer
    local_parts = greylisted
    message = greylisted; try again later
  defer local_parts = troubled
  accept
    authenticated = *
    domains = !+local_domains
  require
    message = relay not permitted
    domains = +local_domains
  require verify = recipient
  accept

begin routers

mailbox:
  driver = accept
  domains = +local_domains
  local_parts = $user
  transport = mailbox

begin transports

mailbox:
  driver = appendfile
  file = $root/mailbox

begin authenticators

plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = $${if and{{eq{$$auth2}{$address}}{eq{$$auth3}{$password}}}}
  server_set_id = $$auth2

login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = $${if and{{eq{$$auth1}{$address}}{eq{$$auth2}{$password}}}}
  server_set_id = $$auth1
""")
# It ends with its input, whatever becomes of the tests, and leaves nothing behind.
_KEEPER = """
setsid exim4 -C "$1/exim.conf" -bdf &
cat
kill -KILL -$!
rm -rf "$1"
"""


@dataclass(frozen=True, slots=True)
class EximServer:
    """Exim for example.test, with the one mailbox helpdesk@example.test.

    Attributes:
        ports: by name. All take a login in TLS only. `implicit` is TLS from the first byte,
            `small` takes small messages only, `strict` takes no sender without TLS.
        user: a full address.
        ca_file: the authority to trust; the certificate is for the host and `NAME`.
        root: all that the server has.
    """

    host: str
    ports: dict[str, int]
    user: str
    password: str
    ca_file: Path
    root: Path

    def rejected_logins(self) -> int:
        """Return the number of logins that were rejected so far."""
        log = self.root / "mainlog"
        return log.read_text().count(" authenticator failed ") if log.exists() else 0


@contextmanager
def exim_server() -> Iterator[EximServer]:
    """Run the server; skip the test if it cannot run."""
    if os.geteuid() != 0:
        pytest.skip("a mail server of one's own takes root")
    require("exim4", "exim4-daemon-light")
    root = Path(tempfile.mkdtemp(prefix="exim-", dir="/tmp"))
    with ExitStack() as stack:
        held = {name: stack.enter_context(socket()) for name in PORTS}
        server = _make_folder(root, {name: hold_port(each) for name, each in held.items()})
        with (root / "keeper.log").open("w") as log:
            keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "sh", str(root)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_for_banner(server.ports["submission"], root / "keeper.log", root / "mainlog")
            yield server
        finally:
            keeper.communicate(timeout=DEADLINE)
    assert not root.exists()


def _make_folder(root: Path, ports: dict[str, int]) -> EximServer:
    authority = trustme.CA()
    user, password = f"{USER}@example.test", secrets.token_urlsafe(12)
    server = EximServer(HOST, ports, user, password, root / "ca.pem", root)
    root.chmod(0o755)
    (root / "spool").mkdir()
    authority.cert_pem.write_to_path(str(server.ca_file))
    shown = root / "server.pem"
    authority.issue_cert(HOST, NAME).private_key_and_cert_chain_pem.write_to_path(str(shown))
    values = {"root": root, "host": HOST, "user": USER, "address": user, "limit": SMALL_LIMIT}
    configuration = root / "exim.conf"
    configuration.write_text(_CONFIGURATION.substitute(values | ports, password=password))
    configuration.chmod(0o600)
    for path in (root, root / "spool", shown):
        shutil.chown(path, "Debian-exim")
    shown.chmod(0o600)
    return server
