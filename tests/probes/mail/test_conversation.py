"""What is shown of a reply that may repeat the credentials."""

from tests.probes.factories import Case, credential_forms, diagnose
from tests.probes.mail_server import PASSWORD, Script
from tui.credentials.secret import Secret


def test_a_short_password_is_no_reason_to_hide_an_answer() -> None:
    case = Case(script=Script(password="no"), spec={"password": Secret("250")})
    found = diagnose(case)
    assert "535 5.7.8 no" in found["login"].message


def test_after_the_credentials_nothing_unknown_is_shown() -> None:
    case = Case(script=Script(answers={"AUTH": b"what is " + PASSWORD.encode() + b"?\r\n"}))
    found = diagnose(case)
    assert found["login"].code == "smtp.login.garbage"
    assert not any(form in found.text for form in credential_forms())
