"""No password gets out, whatever happens in a login."""

import asyncio
import base64
import time
import traceback

import pytest

from tests.probes.factories import NONE, Case, credential_forms, diagnose, run_probe
from tests.probes.mail_server import (
    PASSWORD,
    USER,
    Script,
    Traffic,
    pop3_script,
    serve,
    stay_silent,
)
from tui.credentials.secret import Secret
from tui.errors import Problem, internal_problem
from tui.probes.mail.credentials import Credentials
from tui.probes.net.connection import Connection
from tui.probes.stage import Stage, StageResult

WAYS = {
    "PLAIN": Case(script=Script(answers={"AUTH": stay_silent})),
    "LOGIN": Case(script=Script(in_tls=("SIZE", "AUTH LOGIN"), prompts=(b"User:", b"Password:"))),
    "CRAM-MD5": Case(script=Script(in_tls=("SIZE", "AUTH CRAM-MD5"))),
    "clear": Case(
        script=Script(answers={"AUTH": stay_silent}), security=NONE, options={"cleartext": True}
    ),
    "PASS": Case(script=pop3_script(answers={"PASS": stay_silent})),
    "AUTH": Case(script=pop3_script(in_tls=("SASL PLAIN",), answers={"AUTH": stay_silent})),
}


def derived_forms(user: str = USER) -> tuple[str, ...]:
    """Return every form of the credentials, with those of the mechanisms."""
    digest = Credentials(user, Secret(PASSWORD)).cram_md5(b"<17.4@mail.example>")
    name = base64.b64encode(user.encode()).decode()
    assert digest
    return (*credential_forms(), digest.reveal(), name)


def wait_for_logins(traffic: Traffic, logins: int) -> None:
    """Wait until so many logins were tried."""
    end = time.monotonic() + 10
    while traffic.logins < logins and time.monotonic() < end:
        time.sleep(0.002)
    assert traffic.logins == logins


def format_crash(error: BaseException) -> str:
    """Return an exception as a crash screen has it, with the local variables of all frames."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@pytest.mark.parametrize("way", ["PLAIN", "clear", "PASS", "AUTH"])
def test_cancelling_in_a_login_ends_at_once_and_gives_nothing_away(way: str) -> None:
    case, reported = WAYS[way], list[Stage]()

    async def run(port: int, traffic: Traffic) -> BaseException:
        task = asyncio.create_task(run_probe(case, port, reported))
        await asyncio.to_thread(wait_for_logins, traffic, 1)
        since = time.monotonic()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            assert time.monotonic() - since < 10  # the deadline is twice as far
            return error
        raise AssertionError

    with serve(case.script) as traffic:
        traffic.gone.clear()
        text = format_crash(asyncio.run(run(traffic.port, traffic)))
        assert traffic.gone.wait(5)
    assert "conversation" in text
    assert not any(form in text + repr(reported) for form in derived_forms())


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_of_the_program_in_a_login_gives_nothing_away(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, reported, crashes = WAYS[way], list[Stage](), list[str]()

    def keep(error: Exception) -> Problem:
        crashes.append(format_crash(error))
        return internal_problem(error)

    async def breaks(self: Connection, data: memoryview) -> None:
        if any(form.encode() in data.tobytes() for form in derived_forms()[:-1]):
            raise RuntimeError("broken here")
        await send(self, data)

    send = Connection.send
    monkeypatch.setattr(Connection, "send", breaks)
    monkeypatch.setattr("tui.probes.stage.internal_problem", keep)
    with serve(case.script) as traffic:
        outcome = asyncio.run(run_probe(case, traffic.port, reported))
    (text,) = crashes
    assert "capture" not in text
    assert "execute" in text
    assert "broken here" in text
    failed = [each for each in outcome.stages if each.result is StageResult.FAILED]
    assert [(each.name, each.kind) for each in failed] == [("login", "fault")]
    assert "RuntimeError" in failed[0].message
    assert outcome.stages[-1].result is StageResult.SKIPPED
    assert not any(form in text + repr(reported) for form in derived_forms())


@pytest.mark.parametrize("way", ["LOGIN", "CRAM-MD5"])
def test_no_form_of_the_credentials_is_in_the_transcript(way: str) -> None:
    found = diagnose(WAYS[way])
    assert found.traffic.logins == 1
    assert any(text.endswith("(credentials)") for text in found.outcome.transcript)
    assert not any(form in found.text for form in derived_forms())
