"""What a port and a scheme say of the security that goes with them (RFC 8314, RFC 6409)."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.settings.values import Security


@dataclass(frozen=True, slots=True)
class MailProtocol:
    """A protocol of mail servers.

    Attributes:
        ports: the security of each port that goes with only one.
        schemes: the port that a URL's scheme stands for, by its name in lower case.
    """

    ports: Mapping[int, Security]
    schemes: Mapping[str, int]

    def resolve(self, scheme: str, port: int | None) -> tuple[int | None, Security | None]:
        """Return the port and the security that a scheme and a port stand for, if they do.

        A port with a security of its own counts more than the scheme.
        """
        usual = self.schemes.get(scheme.casefold())
        meant = port or usual
        security = self.ports.get(meant or 0) or self.ports.get(usual or 0)
        return meant, security


SMTP = MailProtocol(
    {465: Security.SSL_TLS, 587: Security.STARTTLS},
    {"smtps": 465, "ssmtp": 465, "submissions": 465, "submission": 587},
)
POP3 = MailProtocol({995: Security.SSL_TLS}, {"pop3s": 995, "pops": 995, "spop3": 995})
