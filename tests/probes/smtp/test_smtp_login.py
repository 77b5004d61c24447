"""One login at an SMTP server: the mechanisms, and what a server may ask."""

import pytest

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import Script
from tui.probes.stage import StageResult


@pytest.mark.parametrize(
    ("offered", "mechanism"),
    [
        ("LOGIN PLAIN CRAM-MD5", "PLAIN"),
        ("CRAM-MD5 LOGIN", "LOGIN"),
        ("DIGEST-MD5 CRAM-MD5", "CRAM-MD5"),
    ],
)
def test_the_first_mechanism_that_both_know_is_used(offered: str, mechanism: str) -> None:
    found = diagnose(Case(script=Script(in_tls=("SIZE 1000000", f"AUTH {offered}"))))
    assert found["login"].result is StageResult.PASSED
    assert f"with {mechanism}: 235" in found["login"].message
    assert any(line.startswith(f"> AUTH {mechanism}") for line in found.outcome.transcript)


def test_unusual_prompts_are_quoted() -> None:
    script = Script(in_tls=("SIZE 1", "AUTH LOGIN"), prompts=(b"Who?", b"What?"))
    found = diagnose(Case(script=script))
    assert "unusual words (who?; what?)" in found["login"].message


def test_an_exchange_that_is_given_up_is_cancelled() -> None:
    script = Script(in_tls=("SIZE 1", "AUTH LOGIN"), prompts=(b"Password:", b"User:"))
    found = diagnose(Case(script=script))
    assert "> *" in found.outcome.transcript
    assert found.traffic.logins == 0
