"""Refusals in the words of real servers."""

import pytest

from tui.probes.mail import refusals
from tui.probes.mail.refusals import Circumstance
from tui.probes.pop3.pop3_probe import Pop3Parser, Pop3Reply
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply
from tui.probes.stage import StageResult

OFFICE = "smtp.office365.com"
MAIL = "mail.example"


def parse_reply(*lines: str) -> SmtpReply:
    (found,) = SmtpParser().feed("".join(f"{line}\r\n" for line in lines).encode())
    assert isinstance(found, SmtpReply)
    return found


LOGINS = [
    (MAIL, "535 5.7.8 Error: authentication failed: (reason unavailable)", "wrong"),
    (MAIL, "535 Incorrect authentication data", "wrong"),
    (MAIL, "535-5.7.8 Username and Password not accepted. For more information, go to", "wrong"),
    (MAIL, "454 4.7.0 Temporary authentication failure", "temporary"),
    (MAIL, "421 4.7.0 Too many login attempts", "closing"),
    (MAIL, "534-5.7.9 Application-specific password required.", "app-password"),
    (MAIL, "534-5.7.14 Please log in via your web browser", "browser"),
    (MAIL, "535 5.7.0 Account locked", "locked"),
    (MAIL, "535 5.7.8 Too many failed attempts", "locked"),
    (MAIL, "530 5.7.0 Must issue a STARTTLS command first", "needs-tls"),
    (MAIL, "538 5.7.11 Encryption required", "needs-tls"),
    (MAIL, "504 5.5.4 Unrecognized authentication type", "mechanism"),
    (MAIL, "550 5.7.1 Access denied", "refused"),
    (OFFICE, "535 5.7.3 Authentication unsuccessful", "basic-off-maybe"),
    ("SMTP.Office365.com.", "535 5.7.3 Authentication unsuccessful", "basic-off-maybe"),
    (
        OFFICE,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the "
        "Tenant.",
        "basic-off",
    ),
    (
        MAIL,
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "basic-off",
    ),
    (
        OFFICE,
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
        "defaults policy.",
        "locked",
    ),
]


@pytest.mark.parametrize(("server", "text", "kind"), LOGINS)
def test_a_refused_login(server: str, text: str, kind: str) -> None:
    last = text.replace("-", " ", 1)
    found = refusals.explain_smtp_login(
        parse_reply(*dict.fromkeys((text, last))), server, "It refused"
    )
    assert found.kind == kind
    assert found.hint
    if kind.startswith("basic-off"):
        assert "December 2026" in found.hint
        assert "second half of 2027" in found.hint


SENDERS = [
    ("550 5.7.1 not you", "refused", True),
    ("553 5.7.1 <a@b>: Sender address rejected: not owned by user c", "not-owned", True),
    ("554 5.2.252 SendAsDenied; c not allowed to send as a", "not-owned", True),
    ("552 5.3.4 Message size exceeds fixed limit", "too-big", True),
    ("555 5.5.4 Unsupported option: SIZE=10000", "parameters", True),
    ("501 5.1.7 Bad sender address syntax", "address", True),
    ("451 4.3.0 later", "temporary", True),
    ("421 4.3.2 bye", "closing", True),
    ("530 5.7.0 Must issue a STARTTLS command first", "needs-tls", False),
    ("530 5.7.57 Client not authenticated to send mail", "needs-login", False),
    ("550 5.7.1 Authentication required", "needs-login", False),
]


@pytest.mark.parametrize(("text", "kind", "logged_in"), SENDERS)
def test_a_refused_sender(text: str, kind: str, logged_in: bool) -> None:
    circumstances = [] if logged_in else [Circumstance.NO_LOGIN]
    reply = parse_reply(text)
    found = refusals.explain_refusal(refusals.SENDER, reply, "It refused", *circumstances)
    assert found.kind == kind
    assert found.result is (StageResult.WARNED if kind == "temporary" else StageResult.FAILED)


RECIPIENTS = [
    ("554 5.7.1 <a@b>: Relay access denied", "relay-denied", True),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", "relay-denied", True),
    ("550-Please turn on SMTP Authentication", "needs-login", False),
    ("554 5.7.1 <x>: Client host rejected: Access denied", "needs-login", False),
    ("550 5.1.1 <a@b>: Recipient address rejected: User unknown", "unknown-user", True),
    ("550 No such user here", "unknown-user", True),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", "unknown-user", True),
    ("450 4.2.0 <a@b>: Recipient address rejected: Greylisted", "greylisted", True),
    ("451 4.7.1 Greylisting in action, please come back later", "greylisted", True),
    ("452 4.2.2 mailbox full", "temporary", True),
    ("421 4.7.0 bye", "closing", True),
    ("550 5.7.1 spam", "refused", True),
]


@pytest.mark.parametrize(("text", "kind", "logged_in"), RECIPIENTS)
def test_a_refused_recipient(text: str, kind: str, logged_in: bool) -> None:
    last = text.replace("-", " ", 1)
    circumstances = [] if logged_in else [Circumstance.NO_LOGIN]
    reply = parse_reply(*dict.fromkeys((text, last)))
    found = refusals.explain_recipient(reply, "It refused", *circumstances)
    assert found.kind == kind
    assert found.hint


POP3_LOGINS = [
    ("-ERR [AUTH] Authentication failed.", "wrong", False),
    ("-ERR Logon failure: unknown user name or bad password.", "refused", False),
    ("-ERR [IN-USE] Unable to lock maildrop", "in-use", False),
    ("-ERR [LOGIN-DELAY] minimum time between mail checks", "login-delay", False),
    ("-ERR [SYS/TEMP] Temporary problem", "temporary", False),
    ("-ERR [SYS/PERM] No mailbox", "system", False),
    ("-ERR [AUTH] Plaintext authentication disallowed on non-secure", "needs-tls", True),
    ("-ERR Must use STLS first", "needs-tls", True),
    ("-ERR no such user", "user-refused", True),
]


@pytest.mark.parametrize(("text", "kind", "before"), POP3_LOGINS)
def test_a_refused_pop3_login(text: str, kind: str, before: bool) -> None:
    (answer,) = Pop3Parser().feed(f"{text}\r\n".encode())
    assert isinstance(answer, Pop3Reply)
    circumstances = [Circumstance.NO_PASSWORD] if before else []
    found = refusals.explain_refusal(refusals.POP3_LOGIN, answer, "It refused", *circumstances)
    assert found.kind == kind
    assert found.hint
