"""What a port and a scheme say of the security."""

import pytest

from tui.settings.mail_protocol import POP3, SMTP, MailProtocol
from tui.settings.values import Security

STARTTLS, SSL_TLS = Security.STARTTLS, Security.SSL_TLS


@pytest.mark.parametrize(
    ("protocol", "scheme", "port", "resolved"),
    [
        (SMTP, "", None, (None, None)),
        (SMTP, "", 25, (25, None)),
        (SMTP, "", 465, (465, SSL_TLS)),
        (SMTP, "smtp", 587, (587, STARTTLS)),
        (SMTP, "smtps", None, (465, SSL_TLS)),
        (SMTP, "SMTPS", 2465, (2465, SSL_TLS)),
        (SMTP, "smtps", 587, (587, STARTTLS)),
        (SMTP, "pop3s", None, (None, None)),
        (POP3, "pop3s", None, (995, SSL_TLS)),
        (POP3, "pop3", 110, (110, None)),
        (POP3, "", 465, (465, None)),
    ],
)
def test_a_port_counts_more_than_a_scheme(
    protocol: MailProtocol,
    scheme: str,
    port: int | None,
    resolved: tuple[int | None, Security | None],
) -> None:
    assert protocol.resolve(scheme, port) == resolved


def test_the_securities_are_in_the_order_of_their_strength() -> None:
    assert Security.NONE.is_weaker_than(STARTTLS)
    assert STARTTLS.is_weaker_than(SSL_TLS)
    assert not SSL_TLS.is_weaker_than(SSL_TLS)
