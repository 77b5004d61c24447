"""The sender and the recipient that a server is asked about."""

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import USER, Script
from tui.probes.stage import StageResult


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
