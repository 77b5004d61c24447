"""No password gets out, whatever happens; nothing takes more memory or time than it may."""

import asyncio
import base64
import gc
import socket
import ssl
import threading
import time
import traceback
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.probes.factories import NONE, SSL_TLS, Case, credential_forms, diagnose, run_probe
from tests.probes.mail_server import (
    HOST,
    PASSWORD,
    USER,
    Script,
    Traffic,
    pop3_script,
    serve,
    stay_silent,
)
from tui.credentials.secret import Secret
from tui.probes.mail.credentials import Credentials, credentials_for
from tui.probes.mail.transcript import Transcript, command
from tui.probes.net.connection import CHUNK, LIMIT, Connection, TooMuchData
from tui.probes.stage import Stage, StageLog

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


def derived(user: str = USER) -> tuple[str, ...]:
    """What is made of the password for a way to log in."""
    digest = Credentials(user, Secret(PASSWORD)).cram_md5(b"<17.4@mail.example>")
    name = base64.b64encode(user.encode()).decode()
    assert digest
    return (*credential_forms(), digest.reveal(), name)


def until(seen: Traffic, logins: int) -> None:
    """Waits until a login was tried."""
    end = time.monotonic() + 10
    while seen.logins < logins and time.monotonic() < end:
        time.sleep(0.002)
    assert seen.logins == logins


def shown(error: BaseException) -> str:
    """An exception as a crash screen has it, with the local variables of all frames."""
    return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@pytest.mark.parametrize("way", ["PLAIN", "clear", "PASS", "AUTH"])
def test_cancelling_in_a_login_ends_at_once_and_gives_nothing_away(way: str) -> None:
    case, told = WAYS[way], list[Stage]()

    async def run(port: int, seen: Traffic) -> BaseException:
        task = asyncio.create_task(run_probe(case, port, told))
        await asyncio.to_thread(until, seen, 1)
        since = time.monotonic()
        task.cancel()
        try:
            await task
        except asyncio.CancelledError as error:
            assert time.monotonic() - since < 0.5
            return error
        raise AssertionError

    with serve(case.script) as seen:
        seen.gone.clear()
        text = shown(asyncio.run(run(seen.port, seen)))
        assert seen.gone.wait(5)
    assert "conversation" in text
    assert not any(form in text + repr(told) for form in derived())


@pytest.mark.parametrize("way", WAYS)
def test_a_fault_of_the_program_in_a_login_gives_nothing_away(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, told = WAYS[way], list[Stage]()

    async def breaks(self: Connection, data: memoryview) -> None:
        if any(form.encode() in data.tobytes() for form in derived()[:-1]):
            raise RuntimeError("broken here")
        await send(self, data)

    send = Connection.send
    monkeypatch.setattr(Connection, "send", breaks)
    with serve(case.script) as seen, pytest.raises(RuntimeError, match="broken here") as raised:
        asyncio.run(run_probe(case, seen.port, told))
    text = shown(raised.value)
    assert "capture" not in text
    assert "execute" in text
    assert not any(form in text + repr(told) for form in derived())


@pytest.mark.parametrize("way", ["LOGIN", "CRAM-MD5"])
def test_no_form_of_the_credentials_is_in_the_transcript(way: str) -> None:
    found = diagnose(WAYS[way])
    assert found.traffic.logins == 1
    assert any("(credentials, " in text for text in found.outcome.transcript)
    assert not any(form in found.text for form in derived())


def test_no_login_is_granted_in_tls_that_nobody_vouches_for() -> None:
    async def run() -> Stage:
        mine, other = socket.socketpair()
        with mine, other:
            opened = Connection(mine, 0)
            opened.tls = ssl.create_default_context().wrap_bio(
                ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="mail.example"
            )
            told: list[Stage] = []
            spec, options = Case().arguments(25)
            assert (
                credentials_for(StageLog("smtp", ("login",), told.append), spec, options, opened)
                is None
            )
            return told[0]

    assert asyncio.run(run()).code == "smtp.login.in-clear"


STUCK = {
    "greeting": Case(script=Script(greeting=stay_silent), security=NONE),
    "TLS on another port": Case(script=Script(greeting=stay_silent), options={"deadline": 1.2}),
    "handshake": Case(script=Script(before=stay_silent), security=SSL_TLS),
    "handshake later": Case(script=Script(answers={"STARTTLS": b"220 go on\r\n"})),
}


@pytest.mark.parametrize("where", STUCK)
def test_cancelling_closes_everything(where: str) -> None:
    case = STUCK[where]
    wanted = 2 if where.startswith("TLS") else 1

    async def run(port: int, seen: Traffic) -> None:
        task = asyncio.create_task(run_probe(case, port, []))
        while seen.connections < wanted:
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    with serve(case.script) as seen:
        since = time.monotonic()
        asyncio.run(run(seen.port, seen))
        assert seen.gone.wait(5)
        assert time.monotonic() - since < 2
    gc.collect()  # a socket that was left open would warn now, and warnings are errors


@pytest.fixture
def flood() -> Iterator[int]:
    """The port of a server that greets without an end, as fast as it can."""
    listening = socket.create_server((HOST, 0))

    def serve() -> None:
        accepted, _ = listening.accept()
        with accepted:
            try:
                while True:
                    accepted.sendall(FLOOD)
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    yield listening.getsockname()[1]
    thread.join()
    listening.close()


FLOOD = b"220-A\0\r\n" * 4096


def test_an_endless_answer_takes_no_memory(flood: int) -> None:
    case = Case(security=NONE)
    diagnose(case)  # what is imported late is there now
    tracemalloc.start()
    try:
        outcome = asyncio.run(run_probe(case, flood, []))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert any(stage.code == "smtp.greeting.endless" for stage in outcome.stages)
    assert peak < 2**20


def test_no_more_is_read_than_the_bound() -> None:
    async def run() -> int:
        mine, other = socket.socketpair()
        mine.setblocking(False)
        other.setblocking(False)
        loop = asyncio.get_running_loop()
        sending = asyncio.create_task(loop.sock_sendall(other, bytes(2 * LIMIT)))
        opened = Connection(mine, loop.time() + 20)
        with suppress(TooMuchData):
            while len(await opened.receive()) <= CHUNK:
                pass
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        opened.close()
        other.close()
        return opened.received

    assert LIMIT < asyncio.run(run()) <= LIMIT + CHUNK


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


def test_a_short_password_is_no_reason_to_hide_an_answer() -> None:
    case = Case(script=Script(password="no"), spec={"password": Secret("250")})
    found = diagnose(case)
    assert "535 5.7.8 no" in found["login"].message


def test_after_the_credentials_nothing_unknown_is_shown() -> None:
    case = Case(script=Script(answers={"AUTH": b"what is " + PASSWORD.encode() + b"?\r\n"}))
    found = diagnose(case)
    assert found["login"].code == "smtp.login.garbage"
    assert not any(form in found.text for form in credential_forms())
