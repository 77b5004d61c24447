"""What real servers say: the replies that random conversations are made of."""

from tests.probes.net.factories import make_chain

_CHALLENGE = b"334 PDE3LjRAbWFpbC5leGFtcGxlPg==\r\n"

SMTP_GREETINGS = (
    b"220 mail.example ESMTP Postfix (Debian/GNU)\r\n",
    b"220-mail.example ESMTP Postfix\r\n220 mail.example ESMTP Postfix\r\n",
    b"220 mail.example ESMTP Exim 4.96 Mon, 02 Nov 2026 10:00:00 +0000\r\n",
    b"220 BN8NAM11FT.mail.protection.example Microsoft ESMTP MAIL Service ready\r\n",
    b"220 mx.google.example ESMTP a1-20020a5d4f01sm1234wrp.1 - gsmtp\r\n",
    b"220 email-smtp.eu.example ESMTP SimpleEmailService-d-ABCDEF 0123456789\r\n",
    b"421 4.3.2 Service not available\r\n",
    b"554 5.7.1 Service unavailable; client host blocked using bl.example\r\n",
)
EHLO_REPLIES = (
    b"250-mail.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n"
    b"250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n"
    b"250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n",
    b"250-mail.example Hello client.example [192.0.2.1]\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n"
    b"250-PIPELINING\r\n250-PIPECONNECT\r\n250-AUTH=PLAIN\r\n250-STARTTLS\r\n250 HELP\r\n",
    b"250-exchange.example Hello [192.0.2.1]\r\n250-SIZE 37748736\r\n250-DSN\r\n"
    b"250-X-ANONYMOUSTLS\r\n250-STARTTLS\r\n250-AUTH LOGIN XOAUTH2 NTLM\r\n250 XRDST\r\n",
    b"250-mail.example\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5 PLAIN LOGIN\r\n",
    b"250 mail.example\r\n",
    b"501 Syntactically invalid EHLO argument(s)\r\n",
    b"502 5.5.2 Error: command not recognized\r\n",
)
SMTP_REPLIES = (
    b"250 2.0.0 Ok\r\n",
    b"220 2.0.0 Ready to start TLS\r\n",
    b"235 2.7.0 Authentication successful\r\n",
    b"221 2.0.0 Bye\r\n",
    b"334 VXNlcm5hbWU6\r\n",
    b"334 UGFzc3dvcmQ6\r\n",
    b"334 \r\n",
    _CHALLENGE,
    b"421 4.4.2 mail.example Error: timeout exceeded\r\n",
    b"450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted\r\n",
    b"454 4.7.0 TLS not available due to local problem\r\n",
    b"501 5.5.4 Syntax: EHLO hostname\r\n",
    b"530 5.7.0 Must issue a STARTTLS command first\r\n",
    b"534-5.7.9 Application-specific password required. Learn more at\r\n"
    b"534 5.7.9  https://support.example/?p=InvalidSecondFactor - gsmtp\r\n",
    b"535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6\r\n",
    b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.\r\n",
    b"550 5.1.1 <nobody@mail.example>: Recipient address rejected: User unknown\r\n",
    b"552 5.3.4 Message size exceeds fixed limit\r\n",
    b"554 5.7.1 <a@b.example>: Relay access denied\r\n",
)
POP3_GREETINGS = (
    b"+OK Dovecot (Debian) ready.\r\n",
    b"+OK POP3 server ready <1896.697170952@mail.example>\r\n",
    b"+OK The Microsoft Exchange POP3 service is ready. [TABPADI=]\r\n",
    b"-ERR [SYS/TEMP] too many connections\r\n",
)
CAPA_REPLIES = (
    b"+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nSTLS\r\nUSER\r\n"
    b"SASL PLAIN LOGIN\r\n.\r\n",
    b"+OK Capability list follows\r\nTOP\r\nUIDL\r\nSASL XOAUTH2\r\nIMPLEMENTATION x\r\n.\r\n",
    b"+OK\r\nUSER\r\n..stuffed\r\n.\r\n",
    b"-ERR Unknown command\r\n",
)
POP3_REPLIES = (
    b"+OK\r\n",
    b"+OK Begin TLS negotiation now.\r\n",
    b"+OK Logged in.\r\n",
    b"+OK Logging out.\r\n",
    b"+ \r\n",
    b"+ VXNlcm5hbWU6\r\n",
    b"-ERR [AUTH] Authentication failed.\r\n",
    b"-ERR [IN-USE] Unable to lock maildrop\r\n",
    b"-ERR [LOGIN-DELAY] Try again later\r\n",
    b"-ERR [SYS/PERM] no\r\n",
)
SMTP = SMTP_GREETINGS + EHLO_REPLIES + SMTP_REPLIES
POP3 = POP3_GREETINGS + CAPA_REPLIES + POP3_REPLIES
FRAGMENTS = (
    *(b"\r\n", b"\n", b"\r", b"\0", b" ", b"-", b".", b"..\r\n", b"250-", b"250 ", b"2", b"+OK"),
    *(b"-ERR ", b"+ ", b"* OK ", b"HTTP/1.1 200 OK\r\n", b"SSH-2.0-x\r\n", b"\xff\xfe", b"\x1b[2J"),
    *(b"\xe2\x80\xae", b"\xc3\xa4", b"334 ", b"535 ", b"\x15\x03\x03\x00\x02\x01\x00", b"\x16\x03"),
    *(b"AUTH PLAIN\r\n", b"STARTTLS\r\n", b"5.7.8 ", b"[AUTH] ", b"=" * 70, b"x" * 600),
)
TLS_RECORDS = (
    b"\x15\x03\x03\x00\x02\x02\x28",  # alerts: handshake_failure, close_notify
    b"\x15\x03\x03\x00\x02\x01\x00",
    b"\x16\x03\x03\x00\x2a\x02\x00\x00\x26\x03\x03" + bytes(range(32)) + b"\x00\x13\x01\x00",
    b"\x16\x03\x01\x00\x04\x00\x00\x00\x00",  # a HelloRequest
    b"\x14\x03\x03\x00\x01\x01",
    b"\x17\x03\x03\x00\x20" + bytes(32),
    b"\x18\x03\x02\x00\x03\x01\x40\x00",  # a heartbeat
    b"\x80\x2e\x01\x00\x02",  # SSL 2
    *SMTP[:3],
)
CERTIFICATES = tuple(
    each.der
    for kind in ("good", "whole-chain", "other-name", "no-names", "hostile-name", "strict-only")
    for each in make_chain(kind)
)
