"""A probe leaves nothing behind, and sends nothing to a server whose certificate is rejected."""

import asyncio
import gc
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from tests.probes.factories import NONE, SSL_TLS, Case, diagnose, run_probe
from tests.probes.mail_server import HOST, Script, Traffic, serve, stay_silent

STUCK = {
    "greeting": Case(script=Script(greeting=stay_silent), security=NONE),
    "TLS on another port": Case(script=Script(greeting=stay_silent), options={"deadline": 1.5}),
    "handshake": Case(script=Script(before=stay_silent), security=SSL_TLS),
    "handshake later": Case(script=Script(answers={"STARTTLS": b"220 go on\r\n"})),
}


@pytest.mark.parametrize("where", STUCK)
def test_cancelling_closes_everything(where: str) -> None:
    case = STUCK[where]
    connections = 2 if where.startswith("TLS") else 1

    async def run(port: int, traffic: Traffic) -> None:
        task = asyncio.create_task(run_probe(case, port, []))
        while traffic.connections < connections:
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    with serve(case.script) as traffic:
        since = time.monotonic()
        asyncio.run(run(traffic.port, traffic))
        assert traffic.gone.wait(5)
        assert time.monotonic() - since < 10  # the deadline is twice as far
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


@pytest.mark.parametrize("kind", ["expired", "stranger", "strict-only", "expired-and-not-strict"])
def test_a_rejected_certificate_is_sent_no_credentials(kind: str) -> None:
    found = diagnose(Case(script=Script(certificate=kind)))
    assert found.traffic.connections == (2 if "strict" in kind else 1)
    refused = kind != "strict-only"
    assert found.traffic.logins == (0 if refused else 1)
    assert (b"AUTH" in found.traffic.secure) is not refused
    assert found["login"].result == ("skipped" if refused else "passed")
