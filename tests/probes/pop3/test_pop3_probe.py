"""Every fault of a POP3 server is found at its stage, told apart, and costs at most one login."""

import pytest

from tests.probes.factories import NONE, SSL_TLS, Case, check_fault, check_invariants, diagnose
from tests.probes.mail_server import (
    USER,
    end_tls,
    hang_up,
    pop3_script,
    stay_silent,
    talk_endlessly,
)
from tui.credentials.secret import Secret
from tui.probes.pop3.pop3_probe import Pop3Parser, Pop3Reply, parse_capabilities
from tui.probes.stage import StageResult
from tui.settings.values import Security

WARNED, FAILED = StageResult.WARNED, StageResult.FAILED
QUICK = {"deadline": 0.5}
SOON = {"deadline": 5.0}
CLEAR = {"cleartext": True}
BEFORE_LOGIN = ("user-refused", "tls-required")


def pop3(**script: object) -> Case:
    """Return a POP3 server."""
    return Case(script=pop3_script(**script))


POP3: dict[str, tuple[Case, StageResult, str]] = {
    "-ERR at once": (pop3(greeting=b"-ERR not you\r\n"), FAILED, "greeting.client-blocked"),
    "-ERR for now": (pop3(greeting=b"-ERR [SYS/TEMP] later\r\n"), FAILED, "greeting.temporary"),
    "SMTP": (pop3(greeting=b"220 mail.example ESMTP\r\n"), FAILED, "greeting.smtp"),
    "IMAP": (pop3(greeting=b"* OK IMAP4rev1\r\n"), FAILED, "greeting.imap"),
    "garbage": (pop3(greeting=b"hello\r\n"), FAILED, "greeting.garbage"),
    "silent": (
        Case(script=pop3_script(greeting=stay_silent), options=QUICK),
        FAILED,
        "greeting.silent",
    ),
    "no CAPA": (pop3(answers={"CAPA": b"-ERR what\r\n"}), WARNED, "capabilities.none"),
    "STLS missing": (pop3(offers=("USER",)), FAILED, "tls.not-offered"),
    "STLS refused": (pop3(answers={"STLS": b"-ERR no\r\n"}), FAILED, "tls.refused"),
    "STLS injection": (pop3(answers={"STLS": b"+OK\r\n+OK\r\n"}), FAILED, "tls.injection"),
    "plain on the TLS port": (
        Case(script=pop3_script(), security=SSL_TLS),
        FAILED,
        "tls.plain-port",
    ),
    "TLS on the plain port": (
        Case(script=pop3_script(implicit=True), security=NONE, options={"deadline": 2.0}),
        FAILED,
        "greeting.tls-port",
    ),
    "expired": (pop3(certificate="expired"), FAILED, "certificate.expired"),
    "USER only after TLS": (
        Case(script=pop3_script(offers=("TOP", "STLS")), security=NONE),
        FAILED,
        "capabilities.only-after-tls",
    ),
    "USER not listed": (pop3(in_tls=("TOP", "UIDL")), WARNED, "capabilities.assumed"),
    "a long line": (
        Case(
            script=pop3_script(in_tls=("TOP", "USER"), password="k" * 300),
            spec={"password": Secret("k" * 300)},
        ),
        WARNED,
        "capabilities.long-line",
    ),
    "only OAuth": (pop3(in_tls=("SASL XOAUTH2",)), FAILED, "capabilities.no-common"),
    "an endless list": (
        pop3(answers={"CAPA": talk_endlessly(b"UIDL\r\n", b"+OK\r\n")}),
        FAILED,
        "tls.endless",
    ),
    "an unfinished list": (
        Case(script=pop3_script(answers={"CAPA": b"+OK\r\nUSER\r\n"}), options=QUICK),
        FAILED,
        "tls.unfinished",
    ),
    "wrong password": (pop3(password="another"), FAILED, "login.password"),
    "refused without a code": (pop3(answers={"PASS": b"-ERR no\r\n"}), FAILED, "login.unknown"),
    "user refused": (pop3(answers={"USER": b"-ERR who\r\n"}), FAILED, "login.user-refused"),
    "in use": (pop3(answers={"PASS": b"-ERR [IN-USE] busy\r\n"}), WARNED, "login.temporary"),
    "login delay": (
        pop3(answers={"PASS": b"-ERR [LOGIN-DELAY] wait\r\n"}),
        FAILED,
        "login.rate-limited",
    ),
    "temporary": (pop3(answers={"PASS": b"-ERR [SYS/TEMP] x\r\n"}), FAILED, "login.temporary"),
    "broken setup": (
        pop3(answers={"PASS": b"-ERR [SYS/PERM] x\r\n"}),
        FAILED,
        "login.server-fault",
    ),
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
        "login.tls-required",
    ),
    "second challenge": (
        pop3(in_tls=("SASL PLAIN",), answers={"AUTH": b"+ bW9yZQ==\r\n", "*": b"-ERR\r\n"}),
        FAILED,
        "login.second-challenge",
    ),
    "cut in the login": (pop3(answers={"PASS": hang_up}), FAILED, "login.cut"),
    "TLS ended in the login": (
        Case(script=pop3_script(answers={"PASS": end_tls}), options=SOON),
        FAILED,
        "login.cut",
    ),
    "QUIT cut": (pop3(answers={"QUIT": hang_up}), WARNED, "quit.cut"),
}


SHARED = {"login.cut", "login.temporary"}
"""Codes of several faults."""


@pytest.mark.parametrize(("case", "result", "code"), POP3.values(), ids=POP3)
def test_a_fault_is_found_at_its_stage(case: Case, result: StageResult, code: str) -> None:
    check_fault(case, code, result, BEFORE_LOGIN)


@pytest.mark.parametrize(
    "case",
    [
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
    check_invariants(case, found)


def test_faults_of_different_causes_have_different_codes() -> None:
    codes = [code for _, _, code in POP3.values() if code not in SHARED]
    assert len(codes) == len(set(codes))


def listing() -> Pop3Parser:
    """Return a parser that expects a list."""
    parser = Pop3Parser()
    parser.expects_list = True
    return parser


DOVECOT = (
    b"+OK Dovecot ready.\r\n",
    b"+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nSTLS\r\n"
    b"SASL PLAIN LOGIN\r\n.\r\n",
    b"-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\r\n",
)


def test_a_talk_with_dovecot() -> None:
    parser = Pop3Parser()
    (greeting,) = parser.feed(DOVECOT[0])
    parser.expects_list = True
    (listed,) = parser.feed(DOVECOT[1])
    (refusal,) = parser.feed(DOVECOT[2])
    assert isinstance(greeting, Pop3Reply)
    assert isinstance(listed, Pop3Reply)
    assert isinstance(refusal, Pop3Reply)
    assert greeting.is_ok
    assert parse_capabilities(listed)["SASL"] == "PLAIN LOGIN"
    assert "USER" not in parse_capabilities(listed)
    assert (refusal.is_ok, refusal.code) == (False, "AUTH")


def test_a_refusal_ends_where_a_list_was_wanted() -> None:
    parser = listing()
    (status,) = parser.feed(b"-ERR what\r\n")
    assert isinstance(status, Pop3Reply)
    assert parser.is_idle


def test_stuffed_dots_of_a_list() -> None:
    (status,) = listing().feed(b"+OK\r\n..hidden\r\n.\r\n")
    assert isinstance(status, Pop3Reply)
    assert status.listed == (".hidden",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("TOP", "UIDL", "STLS", "X-OWN", "USER"), ("USER",)),
        (("STLS", "USER", "SASL CRAM-MD5"), ("SASL PLAIN",)),
        (("STLS", "IMPLEMENTATION x", "PIPELINING"), ("USER", "SASL PLAIN LOGIN")),
    ],
)
def test_a_capability_that_tls_takes_away_is_no_fault_if_a_login_is_left(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    found = diagnose(pop3(offers=before, in_tls=after))
    assert found.first_flaw is None, found.text
    assert found["login"].result is StageResult.PASSED
    assert found["capabilities"].message.count("X-OWN") == 0


@pytest.mark.parametrize(
    "offers",
    [
        (),
        ("TOP", "UIDL", "EXPIRE NEVER"),
        ("SASL",),
        ("SASL LOGIN",),
        ("SASL CRAM-MD5 DIGEST-MD5",),
        ("SASL XOAUTH2 LOGIN",),
        ("SASL GSSAPI NTLM", "IMPLEMENTATION x"),
    ],
)
@pytest.mark.parametrize("security", [NONE, SSL_TLS])
def test_user_and_pass_are_tried_where_nothing_explains_that_they_are_not_listed(
    offers: tuple[str, ...], security: Security
) -> None:
    script = pop3_script(offers=offers, in_tls=offers, implicit=security is SSL_TLS)
    found = diagnose(Case(script=script, security=security, options=CLEAR))
    assert found["capabilities"].code == "pop3.capabilities.assumed"
    assert "USER and PASS are assumed" in found["capabilities"].message
    assert found["login"].code == "pop3.login.accepted"
    assert "PASS" in found.traffic.verbs


@pytest.mark.parametrize(
    ("offers", "code"),
    [
        (("STLS",), "only-after-tls"),
        (("STLS", "SASL LOGIN"), "only-after-tls"),
        (("SASL XOAUTH2",), "no-common"),
        (("TOP", "SASL OAUTHBEARER XOAUTH2"), "no-common"),
        (("sasl xoauth2",), "no-common"),
    ],
)
def test_no_login_is_tried_where_something_else_explains_it(
    offers: tuple[str, ...], code: str
) -> None:
    found = diagnose(Case(script=pop3_script(offers=offers), security=NONE, options=CLEAR))
    assert found["capabilities"].code == f"pop3.capabilities.{code}"
    assert found.traffic.logins == 0


def test_a_server_that_does_not_take_user_has_been_sent_no_password() -> None:
    found = diagnose(pop3(in_tls=("TOP",), answers={"USER": b"-ERR unknown command\r\n"}))
    assert found["login"].result is FAILED
    assert found.traffic.logins == 0


LONGEST = (255 - len("AUTH PLAIN \r\n")) // 4 * 3 - len(f"\0{USER}\0")


@pytest.mark.parametrize(
    ("length", "lines"),
    [
        (1, ["> AUTH PLAIN (credentials)"]),
        (LONGEST, ["> AUTH PLAIN (credentials)"]),
        (LONGEST + 1, ["> AUTH PLAIN", "> (credentials)"]),
        (600, ["> AUTH PLAIN", "> (credentials)"]),
    ],
)
def test_credentials_go_with_auth_as_long_as_the_line_allows_it(
    length: int, lines: list[str]
) -> None:
    script = pop3_script(in_tls=("SASL PLAIN",), password="k" * length)
    found = diagnose(Case(script=script, spec={"password": Secret("k" * length)}))
    assert found["login"].code == "pop3.login.accepted"
    sent = found.outcome.transcript
    assert [line for line in sent if line.startswith(("> AUTH", "> ("))] == lines
    assert max(map(len, bytes(found.traffic.secure).splitlines())) <= (255 if length < 200 else 900)
    assert found.traffic.logins == 1


@pytest.mark.parametrize(("length", "verb"), [(248, "PASS"), (249, "AUTH")])
def test_a_password_that_is_too_long_for_pass_goes_with_auth_if_that_is_offered(
    length: int, verb: str
) -> None:
    script = pop3_script(password="k" * length)
    found = diagnose(Case(script=script, spec={"password": Secret("k" * length)}))
    assert found.first_flaw is None
    assert verb in found.traffic.verbs


def test_a_long_line_is_still_sent_if_there_is_no_other_way() -> None:
    case, _, _ = POP3["a long line"]
    assert diagnose(case)["login"].code == "pop3.login.accepted"


def test_a_server_that_wants_the_credentials_after_auth_gets_them_there() -> None:
    refusal = b"-ERR Syntax: AUTH mechanism\r\n"
    found = diagnose(pop3(in_tls=("SASL PLAIN",), answers={"AUTH 1": refusal}))
    assert found["login"].code == "pop3.login.accepted"
    for refusal in (b"-ERR [AUTH] syntax of the password\r\n", b"-ERR no\r\n"):
        found = diagnose(pop3(in_tls=("SASL PLAIN",), answers={"AUTH 1": refusal}))
        assert found["login"].result is FAILED
        assert found.traffic.logins == 1
