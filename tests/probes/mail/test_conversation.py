"""What is shown of a reply that may repeat the credentials, and why a conversation breaks."""

import pytest

from tests.probes.factories import Case, credential_forms, diagnose
from tests.probes.mail_server import PASSWORD, Script
from tui.credentials.secret import Secret
from tui.probes.mail.conversation import explain_broken_reply, explain_broken_tls
from tui.probes.mail.reply_parser import BreakKind, BrokenReply

PLACE = "mail.example port 25"


def test_a_short_password_is_no_reason_to_hide_an_answer() -> None:
    case = Case(script=Script(password="no"), spec={"password": Secret("250")})
    found = diagnose(case)
    assert "535 5.7.8 no" in found["login"].message


def test_after_the_credentials_nothing_unknown_is_shown() -> None:
    case = Case(script=Script(answers={"AUTH": b"what is " + PASSWORD.encode() + b"?\r\n"}))
    found = diagnose(case)
    assert found["login"].code == "smtp.login.garbage"
    assert not any(form in found.text for form in credential_forms())


@pytest.mark.parametrize("kind", [*BreakKind, "too-much"])
def test_an_excess_is_explained_without_an_excerpt(kind: str) -> None:
    error = explain_broken_reply("smtp", PLACE, BrokenReply(kind, "secret"), " after EHLO")
    assert error.kind == kind
    assert error.message.startswith(f"{PLACE} sends ")
    assert "secret" not in error.message


def test_another_protocol_is_named_and_quoted() -> None:
    error = explain_broken_reply("pop3", PLACE, BrokenReply("ssh", "SSH-2.0-x\x1b"))
    assert error.message == f"{PLACE} speaks SSH, not POP3: SSH-2.0-x^["
    assert "995" in error.hint


def test_a_certificate_that_the_server_wants_is_told_from_broken_tls() -> None:
    wanted = explain_broken_tls(PLACE, " after EHLO", "tlsv13 alert certificate required")
    assert wanted.kind == "client-certificate"
    assert explain_broken_tls(PLACE, "", "bad record mac").kind == "tls-broke"
