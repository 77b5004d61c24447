"""Replies of SMTP, and what they offer."""

import pytest

from tui.probes.mail.reply_parser import LINE_LIMIT, REPLY_LINES, BreakKind, BrokenReply
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply, auth_mechanisms, parse_extensions


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"220-A\r\n" * (REPLY_LINES + 1), BreakKind.ENDLESS),
        (b"220-%b\r\n" % (b"A" * 2000) * 20, BreakKind.OVERSIZED),
        (b"220 " + b"A" * LINE_LIMIT, BreakKind.ENDLESS_LINE),
        (b"220 " + b"A" * LINE_LIMIT + b"\r\n", BreakKind.ENDLESS_LINE),
        (b"+OK\r\n", "pop3"),
        (b"\x15\x03\x01\0\x02\x02\n", "tls"),
        (b"22 short\r\n", "garbage"),
        (b"2200 long\r\n", "garbage"),
        (b"120 low\r\n", "garbage"),
        (b"\r\n", "garbage"),
    ],
)
def test_what_smtp_cannot_be(data: bytes, kind: str) -> None:
    (event,) = SmtpParser().feed(data)
    assert isinstance(event, BrokenReply)
    assert event.kind == kind


POSTFIX = (
    b"220 mail.example.test ESMTP Postfix\r\n250-mail.example.test\r\n250-PIPELINING\r\n"
    b"250-SIZE 1000000\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n"
    b"250-AUTH=PLAIN LOGIN\r\n"
    b"250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n"
    b"250 CHUNKING\r\n220 2.0.0 Ready to start TLS\r\n"
    b"535 5.7.8 Error: authentication failed: (reason unavailable)\r\n221 2.0.0 Bye\r\n"
)


def test_a_conversation_with_postfix() -> None:
    events = SmtpParser().feed(POSTFIX)
    replies = [event for event in events if isinstance(event, SmtpReply)]
    assert [reply.code for reply in replies] == [220, 250, 220, 535, 221]
    offered = parse_extensions(replies[1])
    assert offered["SIZE"] == "1000000"
    assert "SMTPUTF8" in offered
    assert auth_mechanisms(offered) == ("PLAIN", "LOGIN")
    assert replies[3].enhanced == "5.7.8"
    assert not any(reply.flaws for reply in replies)
