"""Every fault of a server is found at its stage, told apart, and costs at most one login."""

import threading

import pytest

from tests.probes.factories import (
    NONE,
    SSL_TLS,
    STARTTLS,
    Case,
    CaseResult,
    credential_forms,
    diagnose,
)
from tests.probes.mail_server import (
    Answer,
    Script,
    answer_garbage,
    break_record,
    cut_reply,
    drip,
    end_tls,
    greet_late,
    hang_up,
    pop3_script,
    refuse_handshake,
    repeat_credentials,
    send_alert,
    stay_silent,
    talk_endlessly,
    turn_away,
)
from tui.probes.stage import StageResult

PASSED, WARNED, FAILED, SKIPPED = StageResult
QUICK = {"deadline": 0.5}
SOON = {"deadline": 5.0}
"""A deadline that is met where the end of TLS is taken for an end, and long passed otherwise."""
CLEAR = {"cleartext": True}
BEFORE = ("odd-prompt", "bad-challenge", "user-refused", "pop3.login.needs-tls")


def smtp(**answers: Answer) -> Case:
    """A server that answers some verbs with something else."""
    return Case(script=Script(answers=answers))


def greets(greeting: Answer, **options: object) -> Case:
    """A server in clear that begins so."""
    return Case(script=Script(greeting=greeting), security=NONE, options=dict(options))


def shows(certificate: str) -> Case:
    """A server with a certificate of that kind."""
    return Case(script=Script(certificate=certificate))


def offers(*lines: str, **spec: object) -> Case:
    """A server that offers these in TLS."""
    return Case(script=Script(in_tls=lines), spec=dict(spec))


def reads(**script: object) -> Case:
    """A POP3 server."""
    return Case(script=pop3_script(**script))


def refuses(reply: bytes) -> Case:
    """A server that answers a login so."""
    return smtp(AUTH=reply)


def takes(**answers: Answer) -> Case:
    """A server that is asked about a recipient."""
    return Case(script=Script(answers=answers), options={"recipient": "someone@mail.example"})


SMTP: dict[str, tuple[Case, StageResult, str]] = {
    "silent": (greets(stay_silent, **QUICK), FAILED, "greeting.silent"),
    "late": (
        greets(greet_late(threading.Event()), deadline=3.0),
        WARNED,
        "greeting.late",
    ),
    "dripping": (greets(drip, **QUICK), FAILED, "greeting.unfinished"),
    "greets with 554": (greets(b"554 no service\r\n"), FAILED, "greeting.refused"),
    "greets with 421": (greets(b"421 too busy\r\n"), FAILED, "greeting.busy"),
    "greets with 451": (greets(b"451 later\r\n"), FAILED, "greeting.temporary"),
    "greets with 250": (greets(b"250 hello\r\n"), FAILED, "greeting.unexpected"),
    "garbage": (greets(b"Hello, I am a printer\r\n"), FAILED, "greeting.garbage"),
    "binary": (greets(b"\x00\x07\xff\xfe\x03\r\n"), FAILED, "greeting.binary"),
    "binary without an end": (greets(b"J\x00\x00\x0a5.7", **QUICK), FAILED, "greeting.binary"),
    "POP3": (greets(b"+OK POP3 ready\r\n"), FAILED, "greeting.pop3"),
    "IMAP": (greets(b"* OK IMAP4rev1 ready\r\n"), FAILED, "greeting.imap"),
    "SSH": (greets(b"SSH-2.0-OpenSSH_9.2\r\n"), FAILED, "greeting.ssh"),
    "HTTP": (greets(b"HTTP/1.1 400 Bad Request\r\n\r\n"), FAILED, "greeting.http"),
    "endless lines": (greets(talk_endlessly(b"220-AAAA\r\n")), FAILED, "greeting.endless"),
    "endless bytes": (
        greets(talk_endlessly(b"220-%b\r\n" % (b"A" * 2000))),
        FAILED,
        "greeting.oversized",
    ),
    "one endless line": (greets(talk_endlessly(b"A", b"220 ")), FAILED, "greeting.endless-line"),
    "NUL": (greets(b"220 mail\0example\r\n"), WARNED, "greeting.nul"),
    "bare LF": (greets(b"220 mail.example\n"), WARNED, "greeting.bare-lf"),
    "long line": (greets(b"220 " + b"m" * 600 + b"\r\n"), WARNED, "greeting.long-line"),
    "codes differ": (greets(b"250-one\r\n220 two\r\n"), WARNED, "greeting.codes-differ"),
    "escape sequences": (
        greets("220 \x1b]0;owned\x07 \u202e[bold]x[/] \u009b31m\r\n".encode()),
        WARNED,
        "greeting.controls",
    ),
    "greets twice": (greets(b"220 one\r\n220 two\r\n"), FAILED, "ehlo.out-of-step"),
    "turned away": (greets(turn_away), FAILED, "greeting.garbage"),
    "cut before the greeting": (greets(hang_up), FAILED, "greeting.cut"),
    "cut after the greeting": (smtp(EHLO=hang_up), FAILED, "ehlo.cut"),
    "cut in EHLO": (smtp(EHLO=cut_reply), FAILED, "ehlo.cut"),
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
    "EHLO 421": (smtp(EHLO=b"421 bye\r\n"), FAILED, "ehlo.closing"),
    "EHLO 451": (smtp(EHLO=b"451 later\r\n"), FAILED, "ehlo.temporary"),
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
        smtp(EHLO=b"550 not you\r\n", HELO=b"550 not you\r\n"),
        FAILED,
        "ehlo.refused",
    ),
    "STARTTLS missing": (Case(script=Script(offers=("SIZE",))), FAILED, "tls.not-offered"),
    "STARTTLS refused": (smtp(STARTTLS=b"502 no\r\n"), FAILED, "tls.refused"),
    "STARTTLS later": (smtp(STARTTLS=b"454 later\r\n"), FAILED, "tls.temporary"),
    "STARTTLS injection": (
        smtp(STARTTLS=b"220 go on\r\n250 AUTH PLAIN\r\n"),
        FAILED,
        "tls.injection",
    ),
    "STARTTLS injection of a part": (smtp(STARTTLS=b"220 go on\r\n2"), FAILED, "tls.injection"),
    "garbage after STARTTLS": (smtp(STARTTLS=answer_garbage), FAILED, "tls.no-tls"),
    "handshake cut": (smtp(STARTTLS=refuse_handshake), FAILED, "tls.cut"),
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
        Case(script=Script(implicit=True), options={"deadline": 8.0}),
        FAILED,
        "greeting.tls-port",
    ),
    "expired": (shows("expired"), FAILED, "certificate.expired"),
    "not yet valid": (shows("not-yet-valid"), FAILED, "certificate.not-yet-valid"),
    "self-signed": (shows("self-signed"), FAILED, "certificate.self-signed"),
    "other name": (shows("other-name"), FAILED, "certificate.name"),
    "no names": (shows("no-names"), FAILED, "certificate.name"),
    "unknown issuer": (shows("stranger"), FAILED, "certificate.unknown-issuer"),
    "unknown root": (shows("stranger-with-root"), FAILED, "certificate.unknown-root"),
    "no intermediate": (shows("no-intermediate"), FAILED, "certificate.missing-intermediate"),
    "strict only": (shows("strict-only"), WARNED, "certificate.strict-only"),
    "expired and not strict": (shows("expired-and-not-strict"), FAILED, "certificate.expired"),
    "ends soon": (shows("ends-soon"), WARNED, "certificate.ends-soon"),
    "hostile names": (shows("hostile-name"), FAILED, "certificate.unknown-issuer"),
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
    "AUTH gone in TLS": (offers("SIZE 10"), FAILED, "auth.gone-after-tls"),
    "SIZE gone in TLS": (offers("AUTH PLAIN"), WARNED, "auth.capabilities-gone"),
    "AUTH only after TLS": (
        Case(script=Script(offers=("STARTTLS",)), security=NONE),
        FAILED,
        "auth.only-after-tls",
    ),
    "only OAuth": (offers("SIZE 1", "AUTH XOAUTH2 OAUTHBEARER"), FAILED, "auth.no-common"),
    "no EHLO in TLS": (
        smtp(**{"EHLO 2": b"550 no\r\n", "HELO": b"550 no\r\n"}),
        FAILED,
        "auth.refused",
    ),
    "wrong password": (Case(script=Script(password="another")), FAILED, "login.wrong"),
    "login later": (refuses(b"454 4.7.0 later\r\n"), FAILED, "login.temporary"),
    "login 421": (refuses(b"421 4.7.0 bye\r\n"), FAILED, "login.closing"),
    "Exchange Online": (
        refuses(b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.\r\n"),
        FAILED,
        "login.basic-off",
    ),
    "application password": (
        refuses(b"534-5.7.9 Application-specific password\r\n534 5.7.9 required\r\n"),
        FAILED,
        "login.app-password",
    ),
    "browser": (refuses(b"534 5.7.14 log in via your browser\r\n"), FAILED, "login.browser"),
    "locked": (refuses(b"535 5.7.8 account locked, too many tries\r\n"), FAILED, "login.locked"),
    "login wants TLS": (
        Case(
            script=Script(answers={"AUTH": b"530 5.7.0 Must issue STARTTLS first\r\n"}),
            security=NONE,
            options=CLEAR,
        ),
        FAILED,
        "login.needs-tls",
    ),
    "mechanism refused": (refuses(b"504 5.5.4 what\r\n"), FAILED, "login.mechanism"),
    "login refused": (refuses(b"550 5.7.1 no\r\n"), FAILED, "login.refused"),
    "cut in the login": (smtp(AUTH=hang_up), FAILED, "login.cut"),
    "TLS ended in the login": (
        Case(script=Script(answers={"AUTH": end_tls}), options=SOON),
        FAILED,
        "login.cut",
    ),
    "second challenge": (
        smtp(AUTH=b"334 bW9yZQ==\r\n", **{"*": b"501 cancelled\r\n"}),
        FAILED,
        "login.second-challenge",
    ),
    "login repeats it all": (smtp(AUTH=repeat_credentials), FAILED, "login.wrong"),
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
    "sender refused": (smtp(MAIL=b"550 5.7.1 no\r\n"), FAILED, "sender.refused"),
    "sender of another": (
        smtp(MAIL=b"553 5.7.1 Sender address rejected: not owned by user\r\n"),
        FAILED,
        "sender.not-owned",
    ),
    "sender later": (smtp(MAIL=b"451 4.7.1 later\r\n"), WARNED, "sender.temporary"),
    "too big": (smtp(MAIL=b"552 5.3.4 too big\r\n"), FAILED, "sender.too-big"),
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
        "sender.needs-login",
    ),
    "recipient refused": (takes(RCPT=b"550 5.7.1 no\r\n"), FAILED, "recipient.refused"),
    "relay denied": (
        takes(RCPT=b"554 5.7.1 <a@b>: Relay access denied\r\n"),
        FAILED,
        "recipient.relay-denied",
    ),
    "unknown user": (
        takes(RCPT=b"550 5.1.1 User unknown\r\n"),
        FAILED,
        "recipient.unknown-user",
    ),
    "greylisted": (
        takes(RCPT=b"450 4.2.0 Greylisted, try again\r\n"),
        WARNED,
        "recipient.greylisted",
    ),
    "mailbox full": (takes(RCPT=b"452 4.2.2 full\r\n"), WARNED, "recipient.temporary"),
    "QUIT without an answer": (
        Case(script=Script(answers={"QUIT": stay_silent}), options={"deadline": 3.0}),
        WARNED,
        "quit.silent",
    ),
    "QUIT cut": (smtp(QUIT=hang_up), WARNED, "quit.cut"),
    "TLS ended at QUIT": (
        Case(script=Script(answers={"QUIT": end_tls}), options=SOON),
        WARNED,
        "quit.cut",
    ),
}

POP3: dict[str, tuple[Case, StageResult, str]] = {
    "-ERR at once": (reads(greeting=b"-ERR not you\r\n"), FAILED, "greeting.refused"),
    "-ERR for now": (reads(greeting=b"-ERR [SYS/TEMP] later\r\n"), FAILED, "greeting.temporary"),
    "SMTP": (reads(greeting=b"220 mail.example ESMTP\r\n"), FAILED, "greeting.smtp"),
    "IMAP": (reads(greeting=b"* OK IMAP4rev1\r\n"), FAILED, "greeting.imap"),
    "garbage": (reads(greeting=b"hello\r\n"), FAILED, "greeting.garbage"),
    "silent": (
        Case(script=pop3_script(greeting=stay_silent), options=QUICK),
        FAILED,
        "greeting.silent",
    ),
    "no CAPA": (reads(answers={"CAPA": b"-ERR what\r\n"}), WARNED, "capabilities.none"),
    "STLS missing": (reads(offers=("USER",)), FAILED, "tls.not-offered"),
    "STLS refused": (reads(answers={"STLS": b"-ERR no\r\n"}), FAILED, "tls.refused"),
    "STLS injection": (reads(answers={"STLS": b"+OK\r\n+OK\r\n"}), FAILED, "tls.injection"),
    "plain on the TLS port": (
        Case(script=pop3_script(), security=SSL_TLS),
        FAILED,
        "tls.plain-port",
    ),
    "TLS on the plain port": (
        Case(script=pop3_script(implicit=True), security=NONE, options={"deadline": 8.0}),
        FAILED,
        "greeting.tls-port",
    ),
    "expired": (reads(certificate="expired"), FAILED, "certificate.expired"),
    "USER only after TLS": (
        Case(script=pop3_script(offers=("TOP", "STLS")), security=NONE),
        FAILED,
        "capabilities.only-after-tls",
    ),
    "only OAuth": (reads(in_tls=("SASL XOAUTH2",)), FAILED, "capabilities.no-common"),
    "an endless list": (
        reads(answers={"CAPA": talk_endlessly(b"UIDL\r\n", b"+OK\r\n")}),
        FAILED,
        "tls.endless",
    ),
    "an unfinished list": (
        Case(script=pop3_script(answers={"CAPA": b"+OK\r\nUSER\r\n"}), options=QUICK),
        FAILED,
        "tls.unfinished",
    ),
    "wrong password": (reads(password="another"), FAILED, "login.wrong"),
    "refused without a code": (reads(answers={"PASS": b"-ERR no\r\n"}), FAILED, "login.refused"),
    "user refused": (reads(answers={"USER": b"-ERR who\r\n"}), FAILED, "login.user-refused"),
    "in use": (reads(answers={"PASS": b"-ERR [IN-USE] busy\r\n"}), WARNED, "login.in-use"),
    "login delay": (
        reads(answers={"PASS": b"-ERR [LOGIN-DELAY] wait\r\n"}),
        FAILED,
        "login.login-delay",
    ),
    "temporary": (reads(answers={"PASS": b"-ERR [SYS/TEMP] x\r\n"}), FAILED, "login.temporary"),
    "broken setup": (reads(answers={"PASS": b"-ERR [SYS/PERM] x\r\n"}), FAILED, "login.system"),
    "wants TLS": (
        Case(
            script=pop3_script(
                answers={
                    "USER": b"-ERR [AUTH] Plaintext authentication disallowed on non-secure\r\n"
                }
            ),
            security=NONE,
            options=CLEAR,
        ),
        FAILED,
        "login.needs-tls",
    ),
    "second challenge": (
        reads(in_tls=("SASL PLAIN",), answers={"AUTH": b"+ bW9yZQ==\r\n", "*": b"-ERR\r\n"}),
        FAILED,
        "login.second-challenge",
    ),
    "cut in the login": (reads(answers={"PASS": hang_up}), FAILED, "login.cut"),
    "TLS ended in the login": (
        Case(script=pop3_script(answers={"PASS": end_tls}), options=SOON),
        FAILED,
        "login.cut",
    ),
    "QUIT cut": (reads(answers={"QUIT": hang_up}), WARNED, "quit.cut"),
}

ALL = {
    **{
        f"smtp: {name}": (case, result, f"smtp.{code}")
        for name, (case, result, code) in SMTP.items()
    },
    **{
        f"pop3: {name}": (case, result, f"pop3.{code}")
        for name, (case, result, code) in POP3.items()
    },
}


@pytest.mark.parametrize("name", ALL)
def test_a_fault_is_found_where_it_is(name: str) -> None:
    case, result, code = ALL[name]
    found = diagnose(case)
    flaw = found.first_flaw
    assert flaw is not None
    assert (flaw.code, flaw.result) == (code, result), found.text
    assert flaw.hint
    if ".login." in code and not flaw.code.endswith(BEFORE):
        assert found.traffic.logins == 1
    _check_whatever_happened(case, found)


@pytest.mark.parametrize(
    "case",
    [
        Case(security=STARTTLS),
        Case(script=Script(implicit=True), security=SSL_TLS),
        Case(security=NONE, options=CLEAR),
        Case(script=Script(in_tls=("SIZE 1", "AUTH LOGIN"))),
        Case(script=Script(in_tls=("SIZE 1", "AUTH CRAM-MD5 DIGEST-MD5"))),
        Case(script=Script(certificate="whole-chain")),
        Case(script=pop3_script()),
        Case(script=pop3_script(implicit=True), security=SSL_TLS),
        Case(script=pop3_script(in_tls=("SASL LOGIN PLAIN",))),
        Case(script=pop3_script(), security=NONE, options=CLEAR),
    ],
)
def test_a_server_without_fault_passes(case: Case) -> None:
    found = diagnose(case)
    assert found.first_flaw is None, found.text
    assert found["login"].code.endswith(".login.accepted")
    assert found.traffic.logins == found.traffic.connections == 1
    _check_whatever_happened(case, found)


def _check_whatever_happened(case: Case, found: CaseResult) -> None:
    stages = found.outcome.stages
    assert found.reported == stages
    assert len({stage.name for stage in stages}) == len(stages)
    assert len(stages) == (11 if case.script.protocol == "smtp" else 8)
    assert all(stage.code.split(".")[:2] == [case.script.protocol, stage.name] for stage in stages)
    assert all(stage.message.isprintable() and stage.hint.isprintable() for stage in stages)
    assert all(
        line.isprintable() and line[:2] in ("> ", "< ", "= ") for line in found.outcome.transcript
    )
    assert found.traffic.logins <= 1
    assert not any(form in found.text for form in credential_forms())
    if not case.options.get("cleartext"):
        clear = bytes(found.traffic.clear)
        assert not any(verb in clear for verb in (b"AUTH ", b"PASS ", b"USER "))
        assert not any(form.encode() in clear for form in credential_forms())
    assert b"DATA" not in found.traffic.clear + found.traffic.secure


def test_faults_of_other_causes_have_other_codes() -> None:
    same = {
        "smtp.ehlo.cut",
        "smtp.greeting.garbage",
        "smtp.greeting.binary",
        "smtp.tls.injection",
        "smtp.certificate.name",
    }
    same |= {"smtp.greeting.cut", "smtp.login.cut", "smtp.quit.cut", "pop3.login.cut"}
    same |= {"smtp.certificate.expired", "smtp.certificate.unknown-issuer", "smtp.login.wrong"}
    codes = [code for _, _, code in ALL.values() if code not in same]
    assert len(codes) == len(set(codes)) > 40
