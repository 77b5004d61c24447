"""Nothing is sent before a greeting is whole, and a silent server is waited for."""

import threading
import time

import pytest

from tests.probes.factories import NONE, SSL_TLS, STARTTLS, Case, check_invariants, diagnose
from tests.probes.mail_server import (
    Act,
    Script,
    Talk,
    greet_late,
    greet_slowly,
    hang_up,
    pop3_script,
    stay_silent,
)
from tests.sampling import sample
from tui.probes.server_spec import ServerSpec
from tui.probes.stage import StageResult
from tui.settings.values import Security

DEADLINE = 2.4
"""A silent server is waited for 1.6 seconds of it; after 0.2 seconds it is slow."""
PAUSE = 0.3
QUICK = {"deadline": DEADLINE}


def smtp(*parts: bytes, **script: object) -> Script:
    """Return an SMTP server that pauses between the parts of its greeting."""
    return Script(greeting=greet_slowly(PAUSE, *parts), **script)  # type: ignore[arg-type]


def pop3(*parts: bytes) -> Script:
    """Return a POP3 server that pauses between the parts of its greeting."""
    return pop3_script(greeting=greet_slowly(PAUSE, *parts))


TEASER, REST = b"220-mail.example ESMTP\r\n", b"220 mail.example ESMTP\r\n"
SLOW = {
    "a teaser first, as postscreen has it": Case(script=smtp(TEASER, REST), security=NONE),
    "two teasers": Case(script=smtp(TEASER, TEASER, REST), security=NONE),
    "half a line first": Case(script=smtp(b"22", b"0 mail.example\r\n")),
    "a line without its end": Case(script=smtp(REST[:-1], b"\n"), security=NONE),
    "nothing at first": Case(script=smtp(b"", REST)),
    "nothing for long": Case(
        script=Script(greeting=greet_slowly(DEADLINE / 2, b"", REST)), security=NONE
    ),
    "in TLS": Case(script=smtp(TEASER, REST, implicit=True), security=SSL_TLS),
    "half of POP3": Case(script=pop3(b"+OK rea", b"dy\r\n"), security=NONE),
    "no POP3 at first": Case(script=pop3(b"", b"+OK ready\r\n")),
}


@pytest.mark.parametrize("case", SLOW.values(), ids=SLOW)
def test_nothing_is_sent_before_the_whole_greeting(case: Case) -> None:
    slow = Case(script=case.script, security=case.security, options=QUICK)
    found = diagnose(slow)
    assert found["greeting"].kind == "late", found.text
    assert found.traffic.connections == 1
    check_invariants(slow, found)


@pytest.mark.parametrize(
    ("certificate", "result"),
    [("expired-and-not-strict", StageResult.FAILED), ("strict-only", StageResult.WARNED)],
)
def test_every_further_connection_awaits_its_greeting(
    certificate: str, result: StageResult
) -> None:
    case = Case(script=smtp(TEASER, REST, certificate=certificate), options=QUICK)
    found = diagnose(case)
    assert found["certificate"].result is result
    assert found.traffic.connections == 2
    check_invariants(case, found)


def test_a_further_connection_is_waited_for_longer_than_for_a_connection() -> None:
    """Its greeting takes longer than a third of the deadline, as the first does."""
    script = Script(greeting=greet_slowly(1.0, b"", REST), certificate="strict-only")
    case = Case(script=script, options={"deadline": 2.8})
    found = diagnose(case)
    assert found["certificate"].code == "smtp.certificate.strict-only", found.text
    assert found.traffic.early == b""


def note_time(times: list[float], then: Act = stay_silent) -> Act:
    """Note when a connection comes."""

    async def act(talk: Talk) -> None:
        times.append(time.monotonic())
        await then(talk)

    return act


@pytest.mark.parametrize(("make", "security"), [(Script, NONE), (pop3_script, STARTTLS)])
def test_tls_is_tried_on_a_silent_server_only_at_the_end(
    make: type[Script], security: Security
) -> None:
    times: list[float] = []
    script = make(greeting=note_time(times))
    case = Case(script=script, security=security, options={"deadline": 1.5})
    found = diagnose(case)
    assert found["greeting"].kind == "silent"
    assert len(times) == found.traffic.connections == 2
    assert times[1] - times[0] > 0.7
    assert "= one more connection, to see whether TLS is expected" in found.outcome.transcript


@pytest.mark.parametrize("make", sample([Script, pop3_script], 2))
def test_tls_is_tried_sooner_on_a_port_for_it(
    make: type[Script], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServerSpec, "is_tls_port", True)
    since = time.monotonic()
    found = diagnose(Case(script=make(implicit=True), security=NONE, options={"deadline": 12.0}))
    assert found["greeting"].kind == "tls-port"
    assert time.monotonic() - since < 8


@pytest.mark.parametrize("make", [Script, pop3_script])
def test_a_server_that_gives_up_its_silence_may_have_waited_for_tls(make: type[Script]) -> None:
    async def close_first(talk: Talk) -> None:
        if talk.number == 1:
            await greet_slowly(PAUSE, b"", b"")(talk)
            raise EOFError

    script = make(before=close_first, implicit=True)
    found = diagnose(Case(script=script, security=NONE, options=QUICK))
    assert found["greeting"].kind == "tls-port"
    assert found.traffic.connections == 2


@pytest.mark.parametrize("script", [Script(greeting=hang_up), pop3_script(greeting=hang_up)])
def test_a_server_that_hangs_up_at_once_is_left_alone(script: Script) -> None:
    found = diagnose(Case(script=script, security=NONE))
    assert found["greeting"].kind == "cut"
    assert found.traffic.connections == 1


def test_a_port_for_tls_is_not_tried_once_a_greeting_has_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ServerSpec, "is_tls_port", True)
    found = diagnose(Case(script=smtp(b"2", REST[1:]), security=NONE, options=QUICK))
    assert found["greeting"].kind == "late"
    assert found.traffic.connections == 1
    assert found.traffic.early == b""


@pytest.mark.parametrize("beginning", [b"2", TEASER, b"\r\n"])
def test_a_second_connection_that_is_greeted_gets_no_tls(beginning: bytes) -> None:
    """One of several servers behind an address may hang, and the next may speak."""

    async def speak(talk: Talk) -> None:
        if talk.number == 2:
            await talk.say(beginning)
            talk.traffic.early += await talk.reader.read()
            raise EOFError
        await talk.rest()

    found = diagnose(Case(script=Script(greeting=speak), security=NONE, options={"deadline": 0.9}))
    assert found["greeting"].kind == "silent"
    assert found.traffic.connections == 2
    assert found.traffic.early == b""


def test_a_greeting_that_comes_while_tls_is_tried_counts() -> None:
    greeting = greet_late(threading.Event())
    found = diagnose(Case(script=Script(greeting=greeting), security=NONE, options=QUICK))
    assert found["greeting"].kind == "late"
    assert "at last" in found["greeting"].message
    assert found.traffic.connections == 2


@pytest.mark.parametrize(
    "script", [Script(greeting=TEASER), Script(greeting=b"2"), pop3_script(greeting=b"+OK re")]
)
def test_a_greeting_without_an_end_is_only_waited_for(script: Script) -> None:
    case = Case(script=script, security=NONE, options={"deadline": 0.5})
    found = diagnose(case)
    assert found["greeting"].kind == "unfinished"
    assert found["quit"].result is StageResult.SKIPPED
    assert found.traffic.connections == 1
    assert found.traffic.clear == b""
    check_invariants(case, found)
