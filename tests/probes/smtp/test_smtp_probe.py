"""Every fault of an SMTP server is found at its stage, told apart, and costs at most one login."""

import threading

import pytest

from tests.probes.factories import (
    NONE,
    SSL_TLS,
    STARTTLS,
    Case,
    check_fault,
    check_invariants,
    diagnose,
)
from tests.probes.mail_server import (
    USER,
    Answer,
    Script,
    answer_garbage,
    break_record,
    cut_reply,
    drip,
    end_tls,
    greet_late,
    hang_up,
    refuse_handshake,
    repeat_credentials,
    send_alert,
    stay_silent,
    talk_endlessly,
    turn_away,
)
from tui.probes.stage import StageResult

WARNED, FAILED = StageResult.WARNED, StageResult.FAILED
QUICK = {"deadline": 0.5}
SOON = {"deadline": 5.0}
"""A deadline that is met only if the end of TLS is noticed."""
CLEAR = {"cleartext": True}
BEFORE_LOGIN = ("odd-prompt", "bad-challenge")


def answers(**by_verb: Answer) -> Case:
    """Return a server that answers some verbs with something else."""
    return Case(script=Script(answers=by_verb))


def greeting(answer: Answer, **options: object) -> Case:
    """Return a server in clear with this greeting."""
    return Case(script=Script(greeting=answer), security=NONE, options=dict(options))


def certificate(kind: str) -> Case:
    """Return a server with a certificate of this kind."""
    return Case(script=Script(certificate=kind))


def extensions(*lines: str, **spec: object) -> Case:
    """Return a server that offers these extensions in TLS."""
    return Case(script=Script(in_tls=lines), spec=dict(spec))


def login(reply: bytes) -> Case:
    """Return a server that answers AUTH so."""
    return answers(AUTH=reply)


def recipient(**answers: Answer) -> Case:
    """Return a server that is asked about a recipient."""
    return Case(script=Script(answers=answers), options={"recipient": "someone@mail.example"})


SMTP: dict[str, tuple[Case, StageResult, str]] = {
    "silent": (greeting(stay_silent, **QUICK), FAILED, "greeting.silent"),
    "late": (
        greeting(greet_late(threading.Event()), deadline=2.0),
        WARNED,
        "greeting.late",
    ),
    "dripping": (greeting(drip, **QUICK), FAILED, "greeting.unfinished"),
    "greets with 554": (greeting(b"554 no service\r\n"), FAILED, "greeting.client-blocked"),
    "greets with 421": (greeting(b"421 too busy\r\n"), FAILED, "greeting.temporary"),
    "greets with 451": (greeting(b"451 later\r\n"), FAILED, "greeting.temporary"),
    "greets with 250": (greeting(b"250 hello\r\n"), FAILED, "greeting.unexpected"),
    "garbage": (greeting(b"Hello, I am a printer\r\n"), FAILED, "greeting.garbage"),
    "binary": (greeting(b"\x00\x07\xff\xfe\x03\r\n"), FAILED, "greeting.binary"),
    "binary without an end": (
        greeting(b"J\x00\x00\x0a5.7", **QUICK),
        FAILED,
        "greeting.binary",
    ),
    "POP3": (greeting(b"+OK POP3 ready\r\n"), FAILED, "greeting.pop3"),
    "IMAP": (greeting(b"* OK IMAP4rev1 ready\r\n"), FAILED, "greeting.imap"),
    "SSH": (greeting(b"SSH-2.0-OpenSSH_9.2\r\n"), FAILED, "greeting.ssh"),
    "HTTP": (greeting(b"HTTP/1.1 400 Bad Request\r\n\r\n"), FAILED, "greeting.http"),
    "endless lines": (greeting(talk_endlessly(b"220-AAAA\r\n")), FAILED, "greeting.endless"),
    "endless bytes": (
        greeting(talk_endlessly(b"220-%b\r\n" % (b"A" * 2000))),
        FAILED,
        "greeting.oversized",
    ),
    "one endless line": (
        greeting(talk_endlessly(b"A", b"220 ")),
        FAILED,
        "greeting.endless-line",
    ),
    "NUL": (greeting(b"220 mail\0example\r\n"), WARNED, "greeting.nul"),
    "bare LF": (greeting(b"220 mail.example\n"), WARNED, "greeting.bare-lf"),
    "long line": (greeting(b"220 " + b"m" * 600 + b"\r\n"), WARNED, "greeting.long-line"),
    "codes differ": (greeting(b"250-one\r\n220 two\r\n"), WARNED, "greeting.codes-differ"),
    "escape sequences": (
        greeting("220 \x1b]0;owned\x07 \u202e[bold]x[/] \u009b31m\r\n".encode()),
        WARNED,
        "greeting.controls",
    ),
    "greets twice": (greeting(b"220 one\r\n220 two\r\n"), FAILED, "ehlo.out-of-step"),
    "turned away": (greeting(turn_away), FAILED, "greeting.garbage"),
    "cut before the greeting": (greeting(hang_up), FAILED, "greeting.cut"),
    "cut after the greeting": (answers(EHLO=hang_up), FAILED, "ehlo.cut"),
    "cut in EHLO": (answers(EHLO=cut_reply), FAILED, "ehlo.cut"),
    "TLS ended before the greeting": (
        Case(script=Script(implicit=True, greeting=end_tls), security=SSL_TLS, options=SOON),
        FAILED,
        "greeting.cut",
    ),
    "TLS ended after STARTTLS": (
        Case(script=Script(answers={"EHLO 2": end_tls}), options=SOON),
        FAILED,
        "auth.cut",
    ),
    "EHLO without an answer": (
        Case(script=Script(answers={"EHLO": stay_silent}), options=QUICK),
        FAILED,
        "ehlo.silent",
    ),
    "EHLO 421": (answers(EHLO=b"421 bye\r\n"), FAILED, "ehlo.closing"),
    "EHLO 451": (answers(EHLO=b"451 later\r\n"), FAILED, "ehlo.temporary"),
    "HELO only": (
        Case(
            script=Script(answers={"EHLO": b"502 what\r\n"}),
            security=NONE,
            spec={"authenticate": False},
        ),
        WARNED,
        "ehlo.helo-only",
    ),
    "no hello at all": (
        answers(EHLO=b"550 not you\r\n", HELO=b"550 not you\r\n"),
        FAILED,
        "ehlo.refused",
    ),
    "STARTTLS missing": (Case(script=Script(offers=("SIZE",))), FAILED, "tls.not-offered"),
    "STARTTLS refused": (answers(STARTTLS=b"502 no\r\n"), FAILED, "tls.refused"),
    "STARTTLS later": (answers(STARTTLS=b"454 later\r\n"), FAILED, "tls.temporary"),
    "STARTTLS injection": (
        answers(STARTTLS=b"220 go on\r\n250 AUTH PLAIN\r\n"),
        FAILED,
        "tls.injection",
    ),
    "STARTTLS injection of a part": (
        answers(STARTTLS=b"220 go on\r\n2"),
        FAILED,
        "tls.injection",
    ),
    "garbage after STARTTLS": (answers(STARTTLS=answer_garbage), FAILED, "tls.no-tls"),
    "handshake cut": (answers(STARTTLS=refuse_handshake), FAILED, "tls.cut"),
    "handshake without an answer": (
        Case(script=Script(answers={"STARTTLS": b"220 go on\r\n"}), options=QUICK),
        FAILED,
        "tls.timeout",
    ),
    "old TLS": (
        Case(script=Script(before=send_alert(70)), security=SSL_TLS),
        FAILED,
        "tls.old-version",
    ),
    "no cipher": (
        Case(script=Script(before=send_alert(40)), security=SSL_TLS),
        FAILED,
        "tls.no-common-cipher",
    ),
    "unknown name": (
        Case(script=Script(before=send_alert(112)), security=SSL_TLS),
        FAILED,
        "tls.unknown-name",
    ),
    "odd alert": (
        Case(script=Script(before=send_alert(80)), security=SSL_TLS),
        FAILED,
        "tls.handshake",
    ),
    "wants a certificate": (
        Case(script=Script(before=send_alert(116)), security=SSL_TLS),
        FAILED,
        "tls.client-certificate",
    ),
    "plain on the TLS port": (Case(security=SSL_TLS), FAILED, "tls.plain-port"),
    "IMAP on the TLS port": (
        Case(script=Script(greeting=b"* OK IMAP\r\n"), security=SSL_TLS),
        FAILED,
        "tls.imap",
    ),
    "TLS on the plain port": (
        Case(script=Script(implicit=True), options={"deadline": 2.0}),
        FAILED,
        "greeting.tls-port",
    ),
    "expired": (certificate("expired"), FAILED, "certificate.expired"),
    "not yet valid": (certificate("not-yet-valid"), FAILED, "certificate.not-yet-valid"),
    "self-signed": (certificate("self-signed"), FAILED, "certificate.self-signed"),
    "other name": (certificate("other-name"), FAILED, "certificate.name"),
    "no names": (certificate("no-names"), FAILED, "certificate.name"),
    "unknown issuer": (certificate("stranger"), FAILED, "certificate.unknown-issuer"),
    "unknown root": (certificate("stranger-with-root"), FAILED, "certificate.unknown-root"),
    "no intermediate": (
        certificate("no-intermediate"),
        FAILED,
        "certificate.missing-intermediate",
    ),
    "strict only": (certificate("strict-only"), WARNED, "certificate.strict-only"),
    "expired and not strict": (
        certificate("expired-and-not-strict"),
        FAILED,
        "certificate.expired",
    ),
    "ends soon": (certificate("ends-soon"), WARNED, "certificate.ends-soon"),
    "hostile names": (certificate("hostile-name"), FAILED, "certificate.unknown-issuer"),
    "TLS garbage inside": (
        Case(script=Script(answers={"EHLO 2": break_record})),
        FAILED,
        "auth.tls-broke",
    ),
    "AUTH missing": (
        Case(script=Script(offers=("STARTTLS",), in_tls=("SIZE 10",))),
        FAILED,
        "auth.missing",
    ),
    "AUTH gone in TLS": (extensions("SIZE 10"), FAILED, "auth.gone-after-tls"),
    "SIZE gone in TLS": (extensions("AUTH PLAIN"), WARNED, "auth.capabilities-gone"),
    "AUTH only after TLS": (
        Case(script=Script(offers=("STARTTLS",)), security=NONE),
        FAILED,
        "auth.only-after-tls",
    ),
    "only OAuth": (extensions("SIZE 1", "AUTH XOAUTH2 OAUTHBEARER"), FAILED, "auth.no-common"),
    "no EHLO in TLS": (
        answers(**dict.fromkeys(("EHLO 2", "EHLO 3", "HELO"), b"550 no\r\n")),
        FAILED,
        "auth.refused",
    ),
    "wrong password": (Case(script=Script(password="another")), FAILED, "login.password"),
    "login later": (login(b"454 4.7.0 later\r\n"), FAILED, "login.temporary"),
    "login 421": (login(b"421 4.7.0 bye\r\n"), FAILED, "login.temporary"),
    "Exchange Online": (
        login(b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.\r\n"),
        FAILED,
        "login.login-disabled",
    ),
    "application password": (
        login(b"534-5.7.9 Application-specific password\r\n534 5.7.9 required\r\n"),
        FAILED,
        "login.app-password",
    ),
    "browser": (
        login(b"534 5.7.14 log in via your browser\r\n"),
        FAILED,
        "login.locked",
    ),
    "locked": (
        login(b"535 5.7.8 account locked, too many tries\r\n"),
        FAILED,
        "login.locked",
    ),
    "login wants TLS": (
        Case(
            script=Script(answers={"AUTH": b"530 5.7.0 Must issue STARTTLS first\r\n"}),
            security=NONE,
            options=CLEAR,
        ),
        FAILED,
        "login.tls-required",
    ),
    "mechanism refused": (login(b"504 5.5.4 what\r\n"), FAILED, "login.mechanism"),
    "login refused": (login(b"550 5.7.1 no\r\n"), FAILED, "login.policy"),
    "cut in the login": (answers(AUTH=hang_up), FAILED, "login.cut"),
    "TLS ended in the login": (
        Case(script=Script(answers={"AUTH": end_tls}), options=SOON),
        FAILED,
        "login.cut",
    ),
    "second challenge": (
        answers(AUTH=b"334 bW9yZQ==\r\n", **{"*": b"501 cancelled\r\n"}),
        FAILED,
        "login.second-challenge",
    ),
    "login repeats it all": (answers(AUTH=repeat_credentials), FAILED, "login.password"),
    "odd prompts": (
        Case(script=Script(in_tls=("SIZE 1", "AUTH LOGIN"), prompts=(b"Who?", b"What?"))),
        WARNED,
        "login.odd-prompts",
    ),
    "password asked first": (
        Case(script=Script(in_tls=("SIZE 1", "AUTH LOGIN"), prompts=(b"Password:", b"User:"))),
        FAILED,
        "login.odd-prompt",
    ),
    "CRAM-MD5 without a challenge": (
        Case(
            script=Script(
                in_tls=("SIZE 1", "AUTH CRAM-MD5"),
                answers={"AUTH": b"334 !!\r\n", "*": b"501 ok\r\n"},
            )
        ),
        FAILED,
        "login.bad-challenge",
    ),
    "sender refused": (answers(MAIL=b"550 5.7.1 no\r\n"), FAILED, "sender.policy"),
    "sender of another": (
        answers(MAIL=b"553 5.7.1 Sender address rejected: not owned by user\r\n"),
        FAILED,
        "sender.sender-refused",
    ),
    "sender later": (answers(MAIL=b"451 4.7.1 later\r\n"), WARNED, "sender.temporary"),
    "too big": (answers(MAIL=b"552 5.3.4 too big\r\n"), FAILED, "sender.too-big"),
    "needs SMTPUTF8": (
        Case(spec={"sender": "jürgen@mail.example"}),
        FAILED,
        "sender.needs-utf8",
    ),
    "wants a login": (
        Case(
            script=Script(answers={"MAIL": b"530 5.7.0 Authentication required\r\n"}),
            spec={"authenticate": False},
        ),
        FAILED,
        "sender.login-required",
    ),
    "recipient refused": (recipient(RCPT=b"550 5.7.1 no\r\n"), FAILED, "recipient.policy"),
    "relay denied": (
        recipient(RCPT=b"554 5.7.1 <a@b>: Relay access denied\r\n"),
        FAILED,
        "recipient.relay-denied",
    ),
    "unknown user": (
        recipient(RCPT=b"550 5.1.1 User unknown\r\n"),
        FAILED,
        "recipient.recipient-unknown",
    ),
    "greylisted": (
        recipient(RCPT=b"450 4.2.0 Greylisted, try again\r\n"),
        WARNED,
        "recipient.greylisted",
    ),
    "mailbox full": (recipient(RCPT=b"452 4.2.2 full\r\n"), WARNED, "recipient.mailbox-full"),
    "QUIT without an answer": (
        Case(script=Script(answers={"QUIT": stay_silent}), options={"deadline": 3.0}),
        WARNED,
        "quit.silent",
    ),
    "QUIT cut": (answers(QUIT=hang_up), WARNED, "quit.cut"),
    "TLS ended at QUIT": (
        Case(script=Script(answers={"QUIT": end_tls}), options=SOON),
        WARNED,
        "quit.cut",
    ),
}


SHARED = {
    "greeting.temporary",
    "login.locked",
    "login.temporary",
    "ehlo.cut",
    "greeting.garbage",
    "greeting.binary",
    "tls.injection",
    "certificate.name",
    "greeting.cut",
    "login.cut",
    "quit.cut",
    "certificate.expired",
    "certificate.unknown-issuer",
    "login.password",
}
"""Codes of several faults."""


@pytest.mark.parametrize(("case", "result", "code"), SMTP.values(), ids=SMTP)
def test_a_fault_is_found_at_its_stage(case: Case, result: StageResult, code: str) -> None:
    check_fault(case, code, result, BEFORE_LOGIN)


@pytest.mark.parametrize(
    "case",
    [
        Case(security=STARTTLS),
        Case(script=Script(implicit=True), security=SSL_TLS),
        Case(security=NONE, options=CLEAR),
        Case(script=Script(in_tls=("SIZE 1", "AUTH LOGIN"))),
        Case(script=Script(in_tls=("SIZE 1", "AUTH CRAM-MD5 DIGEST-MD5"))),
        Case(script=Script(certificate="whole-chain")),
    ],
)
def test_a_server_without_fault_passes(case: Case) -> None:
    found = diagnose(case)
    assert found.first_flaw is None, found.text
    assert found["login"].code.endswith(".login.accepted")
    assert found.traffic.logins == found.traffic.connections == 1
    check_invariants(case, found)


def test_faults_of_different_causes_have_different_codes() -> None:
    codes = [code for _, _, code in SMTP.values() if code not in SHARED]
    assert len(codes) == len(set(codes))


def test_a_recipient_is_asked_about_and_taken_back() -> None:
    case = Case(options={"recipient": "jürgen@mail.example"})
    utf8 = ("SIZE 1000000", "AUTH PLAIN", "SMTPUTF8")
    found = diagnose(Case(script=Script(in_tls=utf8), options=case.options))
    assert found["recipient"].result is StageResult.PASSED
    asked = [
        verb for verb in found.traffic.verbs if verb in ("MAIL", "RCPT", "RSET", "QUIT", "DATA")
    ]
    assert asked == ["MAIL", "RCPT", "RSET", "QUIT"]
    sent = bytes(found.traffic.secure).decode()
    assert f"MAIL FROM:<{USER}> SIZE=10000 SMTPUTF8\r\n" in sent
    assert "RCPT TO:<jürgen@mail.example>\r\n" in sent
    assert diagnose(case)["recipient"].code == "smtp.recipient.needs-utf8"


def test_a_domain_beyond_ascii_needs_no_extension() -> None:
    found = diagnose(Case(spec={"sender": "info@bücher.example"}))
    assert found["sender"].result is StageResult.PASSED
    assert b"MAIL FROM:<info@xn--bcher-kva.example>" in found.traffic.secure


SAME = ("SIZE 37748736", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "8BITMIME", "CHUNKING")
HEALTHY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "Exchange": (
        (*SAME, "STARTTLS", "X-ANONYMOUSTLS", "AUTH NTLM", "X-EXPS GSSAPI NTLM", "XRDST"),
        (*SAME, "AUTH NTLM LOGIN", "X-EXPS GSSAPI NTLM LOGIN", "XRDST"),
    ),
    "Exchange without its own words in TLS": (
        (*SAME, "STARTTLS", "X-ANONYMOUSTLS", "X-EXPS NTLM", "XEXCH50", "XSHADOW", "X-LINK2STATE"),
        (*SAME, "AUTH LOGIN"),
    ),
    "a relay with words of its own": (
        (
            *SAME,
            "STARTTLS",
            "XCLIENT NAME ADDR",
            "XFORWARD NAME",
            "X-RELAY",
            "VRFY",
            "ETRN",
            "HELP",
        ),
        (*SAME, "AUTH PLAIN LOGIN"),
    ),
    "safe logins before TLS": (
        ("SIZE 1", "STARTTLS", "AUTH CRAM-MD5 DIGEST-MD5"),
        ("SIZE 1", "AUTH PLAIN LOGIN"),
    ),
    "one login of several": (
        ("SIZE 1", "STARTTLS", "AUTH PLAIN LOGIN CRAM-MD5"),
        ("SIZE 1", "AUTH LOGIN"),
    ),
    "no UTF-8 in TLS, and none needed": (
        ("SIZE 1", "STARTTLS", "SMTPUTF8", "8BITMIME", "REQUIRETLS", "BINARYMIME"),
        ("SIZE 1", "AUTH PLAIN"),
    ),
}


@pytest.mark.parametrize(("before", "after"), HEALTHY.values(), ids=HEALTHY)
def test_what_a_server_rightly_offers_before_tls_alone_is_no_fault(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    found = diagnose(Case(script=Script(offers=before, in_tls=after)))
    assert found.first_flaw is None, found.text
    assert found["auth"].kind == "offered"
    for keyword in (*before, *after):
        assert any(line.endswith(keyword) for line in found.outcome.transcript)


UTF8 = ("SIZE 1", "8BITMIME", "SMTPUTF8")
GONE: dict[str, tuple[Case, str, str]] = {
    "SMTPUTF8 for the sender": (
        Case(
            script=Script(offers=(*UTF8, "STARTTLS"), in_tls=(*UTF8[:2], "AUTH PLAIN")),
            spec={"sender": "jürgen@mail.example"},
        ),
        "capabilities-gone",
        "doesn't offer SMTPUTF8, as",
    ),
    "all of it for the recipient": (
        Case(
            script=Script(offers=(*UTF8, "STARTTLS", "X-OWN"), in_tls=("AUTH LOGIN",)),
            options={"recipient": "jürgen@mail.example"},
        ),
        "capabilities-gone",
        "doesn't offer SIZE, SMTPUTF8, 8BITMIME, as",
    ),
    "all logins": (
        Case(script=Script(in_tls=("SIZE 1000000",))),
        "gone-after-tls",
        "offers logins without TLS, but none over TLS",
    ),
    "logins with a password": (
        Case(script=Script(in_tls=("SIZE 1000000", "AUTH NTLM"))),
        "no-common",
        "Before TLS it offered PLAIN, LOGIN.",
    ),
}


@pytest.mark.parametrize(("case", "kind", "words"), GONE.values(), ids=GONE)
def test_what_login_or_envelope_need_and_tls_lacks_is_named(
    case: Case, kind: str, words: str
) -> None:
    found = diagnose(case)
    assert found["auth"].kind == kind
    assert words in found["auth"].message
    assert "X-OWN" not in found["auth"].message
    check_invariants(case, found)


@pytest.mark.parametrize("sender", ["info@bücher.example", USER])
def test_a_domain_beyond_ascii_misses_nothing_in_tls(sender: str) -> None:
    script = Script(offers=(*UTF8, "STARTTLS"), in_tls=("SIZE 1", "AUTH PLAIN"))
    assert diagnose(Case(script=script, spec={"sender": sender})).first_flaw is None


def test_nothing_is_missed_where_no_login_is_wanted() -> None:
    script = Script(in_tls=("SIZE 1000000",))
    found = diagnose(Case(script=script, spec={"authenticate": False}))
    assert found["auth"].result is StageResult.SKIPPED
    assert found.first_flaw is None
