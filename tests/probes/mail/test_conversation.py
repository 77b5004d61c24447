"""What a conversation sends and records, what it hides, and how it breaks."""

from collections.abc import Awaitable
from dataclasses import replace

import pytest

from tests.probes.factories import Case, credential_forms, diagnose
from tests.probes.mail_server import PASSWORD, Script, Talk, pop3_script, repeat_credentials
from tui.credentials.secret import Secret
from tui.probes.mail.conversation import (
    Command,
    Transcript,
    explain_broken_reply,
    explain_broken_tls,
)
from tui.probes.mail.reply_parser import BreakKind, BrokenReply
from tui.probes.net.handshake import HandshakeRecord

PLACE = "mail.example port 25"


def test_a_reply_that_repeats_even_a_short_password_is_not_shown() -> None:
    case = Case(script=Script(password="no"), spec={"password": Secret("no")})
    found = diagnose(replace(case, script=replace(case.script, answers={"AUTH": b"535 no\r\n"})))
    assert "535 (not shown: it repeats what was sent)" in found["login"].message


def test_a_code_of_the_protocol_is_shown_of_a_reply_that_is_hidden() -> None:
    for script, status in (
        (Script(answers={"AUTH": repeat_credentials}), "535 5.7.8 (not shown"),
        (pop3_script(answers={"PASS": b"-ERR [AUTH] x9!\r\n"}), "-ERR [AUTH] (not shown"),
    ):
        found = diagnose(Case(script=script, spec={"password": Secret("x9!")}))
        assert found["login"].code.endswith(".login.password")
        assert status in found["login"].message


@pytest.mark.parametrize(
    "password",
    ["abc", "ü" * 300, *(pytest.param("x" * n, marks=pytest.mark.grid) for n in (1, 11, 150, 999))],
)
@pytest.mark.parametrize(
    "script",
    [
        *(Script(in_tls=(f"AUTH {each}",)) for each in ("PLAIN", "LOGIN", "CRAM-MD5")),
        pop3_script(),
        pop3_script(in_tls=("SASL PLAIN",)),
    ],
)
def test_no_length_of_a_password_is_told(script: Script, password: str) -> None:
    found = diagnose(Case(script=script, spec={"password": Secret(password)}))
    lines = {line for line in found.outcome.transcript if "(credentials" in line}
    assert lines <= {
        "> AUTH PLAIN (credentials)",
        "> PASS (credentials)",
        "> (credentials)",
    }
    assert not any(
        f"{length}" in stage.message + stage.hint
        for stage in found.outcome.stages
        if stage.name in ("login", "capabilities")
        for length in (len(password), len(password.encode()))
        if length > 99
    )


def test_words_that_repeat_nothing_are_kept() -> None:
    case = Case(
        script=Script(answers={"AUTH": b"535-5.7.8 Use an app password\r\n535 5.7.8 x\r\n"})
    )
    assert "Use an app password" in diagnose(case)["login"].message


def cut_in_two(talk: Talk) -> Awaitable[None]:
    """Refuse a login, and repeat the password over two lines."""
    half = len(PASSWORD) // 2
    lines = f"535-5.7.8 {PASSWORD[:half]}\r\n535 5.7.8 {PASSWORD[half:]}\r\n"
    return talk.say(lines.encode().replace(b"5.7.8 ", b""))


def test_a_password_over_two_lines_is_not_shown() -> None:
    found = diagnose(Case(script=Script(answers={"AUTH": cut_in_two})))
    assert PASSWORD[:8] not in found.text
    assert PASSWORD[-8:] not in found.text


def test_after_the_credentials_nothing_unknown_is_shown() -> None:
    case = Case(script=Script(answers={"AUTH": b"what is " + PASSWORD.encode() + b"?\r\n"}))
    found = diagnose(case)
    assert found["login"].code == "smtp.login.garbage"
    assert not any(form in found.text for form in credential_forms())


@pytest.mark.parametrize("kind", [*BreakKind, "too-much"])
def test_an_excess_is_explained_without_an_excerpt(kind: str) -> None:
    error = explain_broken_reply("smtp", PLACE, BrokenReply(kind, "secret"), " after EHLO")
    assert error.kind == kind
    assert error.message.startswith(f"{PLACE} sent ")
    assert "secret" not in error.message


def test_another_protocol_is_named_and_quoted() -> None:
    error = explain_broken_reply("pop3", PLACE, BrokenReply("ssh", "SSH-2.0-x\x1b"))
    assert error.message == f"{PLACE} speaks SSH, not POP3: SSH-2.0-x^["
    assert "995" in error.hint


def test_a_certificate_that_the_server_wants_is_told_from_broken_tls() -> None:
    kept = HandshakeRecord(is_kept=True)
    wanted = explain_broken_tls(PLACE, " after EHLO", "tlsv13 alert certificate required", kept)
    assert wanted.kind == "client-certificate"
    asked = HandshakeRecord(is_kept=True, certificate_requested=True)
    alert = "sslv3 alert bad certificate"
    assert explain_broken_tls(PLACE, "", alert, asked).kind == "client-certificate"
    assert explain_broken_tls(PLACE, "", alert, kept).kind == "tls-broke"
    assert explain_broken_tls(PLACE, "", "bad record mac", asked).kind == "tls-broke"


def test_a_transcript_has_an_end() -> None:
    transcript = Transcript()
    for _ in range(1000):
        transcript.add_received("x" * 4000)
    assert len(transcript.lines) == 301
    assert max(len(each) for each in transcript.lines) < 300


@pytest.mark.parametrize(
    "bad", ["a\nb", "a\r\nRCPT TO:<x>", "a\0b", "a\x9bb", "a\u2028b", "\ud800"]
)
def test_what_would_end_a_line_is_never_sent(bad: str) -> None:
    with pytest.raises(ValueError, match="not one line") as raised:
        Command("PASS ", Secret(bad)).to_bytes()
    assert raised.value.__context__ is None
    for spec in ({"user": bad}, {"password": Secret(bad)}):
        for script in (Script(), pop3_script()):
            found = diagnose(Case(script=script, spec=spec))
            assert found["login"].code.endswith(".login.unsendable")
            assert found.traffic.logins == 0
    found = diagnose(Case(spec={"sender": f"{bad}@mail.example"}))
    assert found["sender"].code == "smtp.sender.unsendable"
