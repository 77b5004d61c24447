"""From a name to a connection: names, addresses, and what each of them does."""

import asyncio
import errno
import gc
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from tests.probes.factories import NONE, Case, run_probe
from tests.probes.mail_server import HOST, serve
from tui.probes.net.dial import wire_name
from tui.probes.stage import ProtocolResult, Stage, StageResult
from tui.threads import Loop

ELSEWHERE = "192.0.2.7"


SIX = "2001:db8::7"


HANGS = "hangs"


class Network(Loop):
    """A loop with only these names and addresses.

    Attributes:
        names: what a name resolves to; an exception is raised, and HANGS never answers.
        addresses: what connecting to an address raises, or HANGS, or which address answers in
            its place; the rest is real.
    """

    names: Any = ()
    addresses: Mapping[str, OSError | str] = {}

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> Any:
        if isinstance(self.names, BaseException):
            raise self.names
        if self.names == HANGS:
            await asyncio.sleep(60)
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [
            (family[":" in each], socket.SOCK_STREAM, 6, "", (each, port)) for each in self.names
        ]

    async def sock_connect(self, sock: Any, address: Any) -> None:
        match self.addresses.get(address[0]):
            case OSError() as error:
                raise error
            case str() as other if other == HOST:
                await super().sock_connect(sock, (other, address[1]))
            case None:
                await super().sock_connect(sock, address)
            case _:
                await asyncio.sleep(60)


def probe_over(
    names: Any, addresses: Mapping[str, OSError | str] | None = None, **changed: Any
) -> ProtocolResult:
    """Probe a server over such a network."""

    def network() -> Network:
        made = Network()
        made.names, made.addresses = names, addresses or {}
        return made

    spec = {"server": "mail.example"} | changed
    case = Case(security=NONE, spec=spec, options={"deadline": 0.9})
    with serve(case.script) as traffic, asyncio.Runner(loop_factory=network) as runner:
        return runner.run(run_probe(case, traffic.port, []))


def find_stage(outcome: ProtocolResult, name: str) -> Stage:
    return next(each for each in outcome.stages if each.name == name)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "unknown-host"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "no-dns"),
        (UnicodeError("label too long"), "unknown-host"),
        ((), "unknown-host"),
        (HANGS, "timeout"),
    ],
)
def test_a_name_that_is_none(names: Any, code: str) -> None:
    outcome = probe_over(names)
    found = find_stage(outcome, "resolve")
    assert (found.code, found.result) == (f"smtp.resolve.{code}", StageResult.FAILED)
    assert "mail.example" in found.message
    assert found.hint
    rest = outcome.stages[1:]
    assert len(rest) == 10
    assert {each.result for each in rest} == {StageResult.SKIPPED}
    assert all("resolve failed" in each.message for each in rest[:-1])


FAILURES: list[tuple[tuple[str, ...], dict[str, OSError | str], str]] = [
    ((ELSEWHERE,), {ELSEWHERE: ConnectionRefusedError(errno.ECONNREFUSED, "no")}, "refused"),
    ((ELSEWHERE,), {ELSEWHERE: OSError(errno.EHOSTUNREACH, "no")}, "unreachable"),
    ((ELSEWHERE,), {ELSEWHERE: OSError(errno.ENETUNREACH, "no")}, "unreachable"),
    ((ELSEWHERE,), {ELSEWHERE: PermissionError(errno.EPERM, "no")}, "not-allowed"),
    ((ELSEWHERE,), {ELSEWHERE: OSError(errno.EMFILE, "too many files")}, "failed"),
    ((ELSEWHERE,), {ELSEWHERE: HANGS}, "timeout"),
    ((ELSEWHERE,), {ELSEWHERE: TimeoutError(errno.ETIMEDOUT, "no")}, "timeout"),
    ((SIX,), {SIX: OSError(errno.ENETUNREACH, "no")}, "no-ipv6"),
    (
        (SIX, ELSEWHERE),
        {SIX: OSError(errno.ENETUNREACH, "no"), ELSEWHERE: ConnectionRefusedError(111, "no")},
        "refused",
    ),
    (
        (SIX, ELSEWHERE),
        {SIX: OSError(errno.EHOSTUNREACH, "no"), ELSEWHERE: ConnectionRefusedError(111, "no")},
        "failed",
    ),
]


@pytest.mark.parametrize(("names", "addresses", "code"), FAILURES)
def test_addresses_that_do_not_answer(
    names: tuple[str, ...], addresses: dict[str, OSError | str], code: str
) -> None:
    found = find_stage(probe_over(names, addresses), "connect")
    assert (found.code, found.result) == (f"smtp.connect.{code}", StageResult.FAILED)
    assert all(name in found.message for name in names)
    assert " ms)" in found.message
    assert found.hint


def test_the_first_address_that_works_is_used_and_the_others_are_told() -> None:
    outcome = probe_over(
        (ELSEWHERE, HOST), {ELSEWHERE: ConnectionRefusedError(errno.ECONNREFUSED, "no")}
    )
    found = find_stage(outcome, "connect")
    assert (found.code, found.result) == ("smtp.connect.some-addresses", StageResult.WARNED)
    assert f"{ELSEWHERE} refused" in found.message
    assert f"{HOST} answers" in found.message
    assert find_stage(outcome, "greeting").result is StageResult.PASSED


def test_an_address_that_hangs_holds_the_others_up_for_a_moment_only() -> None:
    found = find_stage(probe_over((ELSEWHERE, HOST), {ELSEWHERE: HANGS}), "connect")
    assert f"{ELSEWHERE} didn't answer" in found.message
    assert found.milliseconds < 280  # 300 is the time for one


def test_of_two_that_work_one_is_used_and_the_other_closed() -> None:
    outcome = probe_over((HOST, ELSEWHERE), {ELSEWHERE: HOST})
    found = find_stage(outcome, "connect")
    assert found.result is StageResult.PASSED
    assert f"{HOST} answers" in found.message
    assert f"{ELSEWHERE} answers" in found.message
    gc.collect()  # one that was left open would warn now, and warnings are errors


def test_no_ipv6_here_is_no_fault_of_the_server() -> None:
    found = find_stage(probe_over((SIX, HOST), {SIX: OSError(errno.ENETUNREACH, "no")}), "connect")
    assert found.result is StageResult.PASSED
    assert "this machine has no IPv6" in found.message


def test_more_addresses_than_anybody_has() -> None:
    outcome = probe_over((HOST, *(f"192.0.2.{n}" for n in range(40))), dict.fromkeys([""], HANGS))
    assert "and 33 more" in find_stage(outcome, "resolve").message


def test_cancelling_while_connecting() -> None:
    case = Case(security=NONE, spec={"server": "mail.example"})

    async def run() -> None:
        task = asyncio.create_task(run_probe(case, 25, []))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(asyncio.all_tasks()) == 1

    def network() -> Network:
        made = Network()
        made.names, made.addresses = (ELSEWHERE, SIX), {ELSEWHERE: HANGS, SIX: HANGS}
        return made

    with asyncio.Runner(loop_factory=network) as runner:
        runner.run(run())


@pytest.mark.parametrize(
    ("server", "name"),
    [("Mail.Example.", "Mail.Example"), ("bücher.example", "xn--bcher-kva.example"), (SIX, SIX)],
)
def test_names_as_they_go_over_the_wire(server: str, name: str) -> None:
    assert wire_name(server) == name


@pytest.mark.parametrize("server", ["", ".", ".example", "a b", "a\0b", "x" * 300, "\ud800", "-ü-"])
def test_servers_that_are_none(server: str) -> None:
    outcome = probe_over((HOST,), server=server)
    assert find_stage(outcome, "resolve").code == "smtp.resolve.no-name"
