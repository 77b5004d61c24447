"""The commands that are sent, and the record of what was said."""

import pytest

from tests.probes.factories import Case, diagnose
from tests.probes.mail_server import Script, pop3_script
from tui.credentials.secret import Secret
from tui.probes.mail.transcript import Transcript, command


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
        command("PASS ", Secret(bad)).to_bytes()
    assert raised.value.__context__ is None
    for spec in ({"user": bad}, {"password": Secret(bad)}):
        for script in (Script(), pop3_script()):
            found = diagnose(Case(script=script, spec=spec))
            assert found["login"].code.endswith(".login.unsendable")
            assert found.traffic.logins == 0
    found = diagnose(Case(spec={"sender": f"{bad}@mail.example"}))
    assert found["sender"].code == "smtp.sender.unsendable"
