"""One login at an SMTP server: the mechanisms, and what a server may ask."""

import base64

import pytest

from tests.probes.factories import Case, CaseResult, diagnose
from tests.probes.mail_server import USER, Script, Talk
from tui.credentials.secret import Secret
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
    assert "unusual prompts (who?; what?)" in found["login"].message


def test_an_exchange_that_is_given_up_is_cancelled() -> None:
    script = Script(in_tls=("SIZE 1", "AUTH LOGIN"), prompts=(b"Password:", b"User:"))
    found = diagnose(Case(script=script))
    assert "> *" in found.outcome.transcript
    assert found.traffic.logins == 0


def log_in(password: str, **script: object) -> CaseResult:
    """Probe a server that takes a password."""
    right = Script(password=password, **script)  # type: ignore[arg-type]
    return diagnose(Case(script=right, spec={"password": Secret(password)}))


def auth_lines(found: CaseResult) -> list[int]:
    """Return the lengths of the lines that begin with AUTH, in octets."""
    lines = bytes(found.traffic.secure).splitlines(keepends=True)
    return [len(line) for line in lines if line.startswith(b"AUTH")]


LONGEST = (512 - len("AUTH PLAIN \r\n")) // 4 * 3 - len(f"\0{USER}\0")
"""In octets: a longer password makes the line too long."""


@pytest.mark.parametrize("length", [1, LONGEST - 3, LONGEST])
def test_credentials_go_with_auth_as_long_as_the_line_allows_it(length: int) -> None:
    found = log_in("k" * length)
    assert found["login"].code == "smtp.login.accepted"
    (size,) = auth_lines(found)
    assert length <= size <= 512
    assert "> AUTH PLAIN (credentials)" in found.outcome.transcript


@pytest.mark.parametrize("password", ["k" * (LONGEST + 1), "k" * 600, "ü" * 400, "k" * 9000])
def test_longer_ones_go_once_the_server_asks_for_them(password: str) -> None:
    found = log_in(password)
    assert found["login"].code == "smtp.login.accepted"
    assert auth_lines(found) == [len("AUTH PLAIN\r\n")]
    assert tuple(
        line for line in found.outcome.transcript if line.startswith(("> AUTH", "> ("))
    ) == ("> AUTH PLAIN", "> (credentials)")
    assert found.traffic.logins == 1


@pytest.mark.parametrize("mechanism", ["LOGIN", "CRAM-MD5"])
def test_other_mechanisms_take_a_long_password_too(mechanism: str) -> None:
    found = log_in("k" * 600, in_tls=(f"AUTH {mechanism}",))
    assert found["login"].code == "smtp.login.accepted"
    assert max(auth_lines(found)) < 20


@pytest.mark.parametrize(
    "reply",
    [
        "501 5.5.4 Syntax: AUTH mechanism",
        "500 5.5.6 Authentication exchange line is too long",
        "504 5.5.4 No initial response, please",
        "501 Too many arguments",
    ],
)
def test_a_server_that_looked_at_nothing_is_asked_how_it_wants_them(reply: str) -> None:
    found = log_in("k", answers={"AUTH 1": f"{reply}\r\n".encode()})
    assert found["login"].code == "smtp.login.odd-prompts"
    assert "together with AUTH" in found["login"].message
    assert len(auth_lines(found)) == 2


@pytest.mark.parametrize(
    "reply",
    [
        "535 5.7.8 Syntax error in your password",
        "501 Authentication failed, invalid parameter",
        "501 5.5.4 Invalid login or password",
        "500 5.7.0 no",
        "454 4.7.0 Syntax of the password file",
    ],
)
def test_a_server_that_may_have_looked_at_them_is_left_alone(reply: str) -> None:
    found = log_in("k", answers={"AUTH 1": f"{reply}\r\n".encode()})
    assert found["login"].result is StageResult.FAILED
    assert len(auth_lines(found)) == 1


def test_a_refusal_after_the_challenge_is_the_last() -> None:
    case = Case(script=Script(password="another"), spec={"password": Secret("k" * 600)})
    found = diagnose(case)
    assert found["login"].code == "smtp.login.password"
    assert found.traffic.logins == 1


def test_a_digest_that_is_repeated_is_not_shown() -> None:
    async def repeat(talk: Talk) -> None:
        await talk.say(b"334 %b\r\n" % base64.b64encode(b"<17.4@mail.example>"))
        digest = base64.b64decode(await talk.hear()).split()[-1]
        digests.append(digest.decode())
        await talk.say(b"535 5.7.8 %b is wrong\r\n" % digest)

    digests: list[str] = []
    found = diagnose(Case(script=Script(in_tls=("AUTH CRAM-MD5",), answers={"AUTH": repeat})))
    assert digests[0] not in found.text
    assert "535 5.7.8 (not shown" in found["login"].message
