"""What swaks finds on a server, for comparison."""

import re
import subprocess
from dataclasses import dataclass

from tests.programs import require
from tests.servers.mail_servers import DEADLINE, MailServers

# The exit codes of its manual page.
FINE, UNREACHABLE, SENDER, RECIPIENTS, LOGIN, TLS = 0, 2, 23, 24, 28, 29


@dataclass(frozen=True, slots=True)
class SwaksResult:
    """What swaks found.

    Attributes:
        code: its exit code.
        transcript: what was said; the password is not in it.
    """

    code: int
    transcript: str

    @property
    def replies(self) -> list[str]:
        """The codes of the server's replies, in order."""
        return re.findall(r"^<[-~*]\*? +(\d{3}) ", self.transcript, re.MULTILINE)


def swaks(
    servers: MailServers, listener: str, *arguments: str, password: str = "", trusting: bool = True
) -> SwaksResult:
    """Run swaks on one of the servers, as helpdesk@example.test.

    Args:
        listener: the name of its port; what it is for is done there.
        arguments: what else swaks is told, such as `--quit-after RCPT`.
        password: to log in with; none to leave it. It goes through a pipe.
        trusting: it knows the servers' authority.
    """
    command = [require("swaks", "swaks"), "--config", "--server", servers.host]
    command += ["--port", str(servers.ports[listener])]
    command += ["--from", servers.user, "--to", servers.user]  # it asks for what is missing
    if listener != "plain":
        _require_tls(command[0])
        command += ["--tls" if listener == "submission" else "--tls-on-connect", "--tls-verify"]
        command += ["--tls-ca-path", str(servers.ca_file)] if trusting else []
    if password:
        command += ["--auth", "PLAIN", "--auth-user", servers.user, "--auth-hide-password"]
        command += ["--auth-password"]  # without a value it is asked for
    done = subprocess.run(
        [*command, *arguments],
        input=f"{password}\n",
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )
    return SwaksResult(done.returncode, done.stdout + done.stderr)


def _require_tls(program: str) -> None:
    support = subprocess.run([program, "--support"], capture_output=True, text=True)
    if "TLS supported" not in support.stdout + support.stderr:
        require("Net::SSLeay of Perl", "libnet-ssleay-perl")
