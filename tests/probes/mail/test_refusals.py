"""Refusals as stages of a probe report them."""

import pytest

from tui.probes.mail.refusals import explain_refusal, may_lock
from tui.probes.pop3.pop3_probe import Pop3Parser, Pop3Reply
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply
from tui.probes.stage import StageResult
from tui.replies.cause import Cause
from tui.replies.reply import ReplyStage

MAIL = "mail.example"
LOGIN, SENDER, RECIPIENT = ReplyStage.LOGIN, ReplyStage.SENDER, ReplyStage.RECIPIENT


def parse_smtp(*lines: str) -> SmtpReply:
    (found,) = SmtpParser().feed("".join(f"{line}\r\n" for line in lines).encode())
    assert isinstance(found, SmtpReply)
    return found


def parse_pop3(line: str) -> Pop3Reply:
    (found,) = Pop3Parser().feed(f"{line}\r\n".encode())
    assert isinstance(found, Pop3Reply)
    return found


@pytest.mark.parametrize(
    ("stage", "lines", "cause"),
    [
        (LOGIN, ["535 5.7.8 Error: authentication failed: (reason unavailable)"], "password"),
        (LOGIN, ["534-5.7.9 Application-specific password", "534 5.7.9 wanted"], "app-password"),
        (LOGIN, ["421 4.7.0 Too many login attempts"], "locked"),
        (LOGIN, ["535 5.7.0 Account locked"], "locked"),
        (LOGIN, ["538 5.7.11 Encryption required"], "tls-required"),
        (LOGIN, ["504 5.5.4 Unrecognized authentication type"], "mechanism"),
        (SENDER, ["552 5.3.4 Message size exceeds fixed limit"], "too-big"),
        (SENDER, ["501 5.1.7 Bad sender address syntax"], "sender-refused"),
        (SENDER, ["555 5.5.4 Unsupported option: SIZE=10000"], "syntax"),
        (SENDER, ["530 5.7.0 Must issue a STARTTLS command first"], "tls-required"),
        (RECIPIENT, ["550-Please turn on", "550 SMTP Authentication first"], "login-required"),
        (RECIPIENT, ["550 5.7.1 spam"], "spam"),
    ],
)
def test_the_kind_of_a_stage_is_the_cause_of_the_reply(
    stage: ReplyStage, lines: list[str], cause: str
) -> None:
    found = explain_refusal(stage, parse_smtp(*lines), "It refused", MAIL)
    assert found.kind == cause
    assert found.result is StageResult.FAILED
    assert found.message.startswith(f"It refused {lines[0][:3]} ")
    assert found.hint


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("-ERR [AUTH] Authentication failed.", "password"),
        ("-ERR Logon failure: unknown user name or bad password.", "password"),
        ("-ERR [IN-USE] Unable to lock maildrop", "temporary"),
        ("-ERR [LOGIN-DELAY] minimum time between mail checks", "rate-limited"),
        ("-ERR [SYS/TEMP] Problem", "temporary"),
        ("-ERR [SYS/PERM] No spool", "server-fault"),
        ("-ERR [AUTH] Plaintext authentication disallowed on non-secure", "tls-required"),
        ("-ERR Must use STLS first", "tls-required"),
        ("-ERR [AUTH] Application-specific password required", "app-password"),
    ],
)
def test_pop3_shares_the_causes_of_smtp(line: str, cause: str) -> None:
    assert explain_refusal(LOGIN, parse_pop3(line), "It refused", MAIL).kind == cause


@pytest.mark.parametrize(
    ("stage", "line", "result"),
    [
        (RECIPIENT, "450 4.2.0 Greylisted", StageResult.WARNED),
        (RECIPIENT, "452 4.2.2 mailbox full", StageResult.WARNED),
        (SENDER, "451 4.3.0 later", StageResult.WARNED),
        (SENDER, "421 4.3.2 bye", StageResult.WARNED),
        (LOGIN, "454 4.7.0 later", StageResult.FAILED),
        (RECIPIENT, "450 4.7.1 Client host rejected: no reverse DNS", StageResult.FAILED),
        (SENDER, "450 4.1.8 Sender address rejected: Domain not found", StageResult.FAILED),
        (RECIPIENT, "552 5.2.2 mailbox full", StageResult.FAILED),
    ],
)
def test_a_refusal_only_warns_if_waiting_helps(
    stage: ReplyStage, line: str, result: StageResult
) -> None:
    assert explain_refusal(stage, parse_smtp(line), "It refused", MAIL).result is result


def test_without_a_login_the_hint_says_that_the_server_may_want_one() -> None:
    reply = parse_smtp("554 5.7.1 <x>: Client host rejected: Access denied")
    hints = [
        explain_refusal(RECIPIENT, reply, "It refused", MAIL, logged_in=logged_in).hint
        for logged_in in (True, False)
    ]
    assert ["may require one" in hint for hint in hints] == [False, True]


def test_a_login_that_may_lock_the_account_is_said_so() -> None:
    locks = explain_refusal(LOGIN, parse_smtp("535 5.7.8 no"), "It refused", MAIL)
    assert "may lock the account" in locks.hint
    harmless = explain_refusal(LOGIN, parse_smtp("454 4.7.0 no"), "It refused", MAIL)
    assert "lock" not in harmless.hint


@pytest.mark.parametrize(
    "cause", [Cause.PASSWORD, Cause.APP_PASSWORD, Cause.LOCKED, Cause.LOGIN_DISABLED, Cause.UNKNOWN]
)
def test_what_a_server_may_have_judged_may_lock(cause: Cause) -> None:
    assert may_lock(cause)


@pytest.mark.parametrize(
    "cause", [Cause.TEMPORARY, Cause.TLS_REQUIRED, Cause.MECHANISM, Cause.TOO_LONG, "user-refused"]
)
def test_what_was_not_judged_may_not_lock(cause: str) -> None:
    assert not may_lock(cause)
