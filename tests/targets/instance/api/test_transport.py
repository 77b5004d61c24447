"""One request: it ends in time, goes to one host, and is honest about how far it got."""

import asyncio
import gc
import gzip
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.targets.instance.api.factories import (
    HEAD,
    WELCOME,
    Action,
    ClientBench,
    create,
    do_nothing,
    identity,
    read,
    update,
    update_secret,
)
from tests.targets.instance.api.fakes import (
    HOST,
    Handler,
    ServerLog,
    answer,
    close_after,
    free_port,
    listen,
    records_response,
    send_endlessly,
    serve,
    stay_silent_after,
    web_page,
)
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import InstanceProblem


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientBench:
    return ClientBench(tmp_path, monkeypatch)


CUTS: list[tuple[bytes | Handler, str]] = [
    (close_after(b""), "cut"),
    (close_after(b"HTTP/1.1 20"), "cut"),
    (close_after(b"HTTP/1.1 200 OK\r\nContent-Len"), "cut"),
    (close_after(HEAD + b'{"result"'), "cut-short"),
    (close_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"), "cut-short"),
    (close_after(b"220 mail.example ESMTP\r\n\r\n"), "not-http"),
    (close_after(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 50_000), "not-http"),
    (close_after(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "not-http"),
    (send_endlessly(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), "too-large"),
    (answer(b" " * (2**21 + 1)), "too-large"),
    (answer(gzip.compress(b" " * 2**23), headers="Content-Encoding: gzip\r\n"), "too-large"),
    (answer({"error": {"message": "no"}}, 500), "server-error"),
    (web_page("Your instance is hibernating"), "hibernating"),
]


@pytest.mark.parametrize(("odd", "code"), CUTS, ids=range(len(CUTS)))
@pytest.mark.parametrize("do", [read, update, update_secret, create])
def test_an_answer_that_breaks_off_or_has_no_end(
    bench: ClientBench, odd: bytes | Handler, code: str, do: "Action[object]"
) -> None:
    problem = bench.problem(do, odd)
    assert (problem.code, problem.uncertain) == (f"instance.{code}", do is not read)
    assert len(bench.requests) == 1


@pytest.mark.parametrize(
    ("slow", "words"),
    [
        (stay_silent_after(), "no answer"),
        (stay_silent_after(b"HTTP/1.1 200"), "no answer"),
        (stay_silent_after(HEAD), "not complete"),
        (send_endlessly(HEAD, b"x", every=0.01), "not complete"),
        (send_endlessly(b"HTTP/1.1 200 OK\r\nA: ", b"x", every=0.01), "no answer"),
        (send_endlessly(b"", b"HTTP/1.1 103 Early\r\n\r\n", every=0.01), "no answer"),
    ],
)
def test_one_deadline_holds_for_a_whole_request(
    bench: ClientBench, slow: Handler, words: str
) -> None:
    problem = bench.problem(update, slow, deadline=0.15)
    assert (problem.code, problem.uncertain) == ("instance.timeout", True)
    assert words in problem.message
    assert len(bench.requests) == 1


def test_what_only_says_that_it_is_packed_is_nothing(bench: ClientBench) -> None:
    odd = answer(b"x", headers="Content-Encoding: gzip\r\n")
    assert bench.problem(read, odd).code == "instance.empty"


def test_what_was_packed_unasked_is_read(bench: ClientBench) -> None:
    packed = gzip.compress(b'{"result": []}')
    assert bench.run(read, answer(packed, headers="Content-Encoding: GZip\r\n")).records == ()
    assert bench.served.got[-1].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("kind", "code", "words", "hint"),
    [
        ("expired", "certificate-expired", " expired on 20", "clock"),
        ("other name", "certificate-name", "no addresses, only the names other.example", "url"),
        ("unknown", "certificate-unknown-issuer", "not trusted here and not sent", "ca_file"),
        ("self-signed", "certificate-self-signed", "is self-signed (", "ca_file"),
    ],
)
def test_a_certificate_that_is_not_right_is_sent_nothing(
    bench: ClientBench, kind: str, code: str, words: str, hint: str
) -> None:
    problem = bench.problem(do_nothing, welcome=WELCOME, kind=kind)
    assert problem.code == f"instance.{code}"
    assert words in problem.message
    assert hint in problem.hint
    assert not bench.served.got


def test_the_file_is_trusted_beside_the_system(bench: ClientBench) -> None:
    assert bench.run(read, records_response(), kind="system").records == ()


def test_without_the_file_its_authority_is_unknown(bench: ClientBench) -> None:
    async def main() -> None:
        async with serve(WELCOME) as bench.served, Client(bench.served.url, identity()) as client:
            await client.sign_in()

    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    assert raised.value.code == "instance.certificate-unknown-issuer"


async def _speaks_no_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    await close_after(b"HTTP/1.1 400 Bad Request\r\n\r\n")(reader, writer)


async def _hears_and_closes(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(1)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (_speaks_no_tls, "tls"),
        (_hears_and_closes, "tls"),
        (stay_silent_after(), "connect-timeout"),
    ],
)
def test_a_port_that_speaks_no_tls(bench: ClientBench, act: Handler, code: str) -> None:
    async def main() -> None:
        async with (
            listen(act, None) as port,
            bench.client(f"https://{HOST}:{port}", deadline=0.3) as client,
        ):
            await client.sign_in()

    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    assert raised.value.code == f"instance.{code}"
    gc.collect()  # what was only forgotten would warn now


def failure_at(bench: ClientBench, url: str) -> InstanceProblem:
    async def main() -> None:
        async with bench.client(url) as client:
            await client.sign_in()

    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    return raised.value


def test_nobody_listens(bench: ClientBench) -> None:
    problem = failure_at(bench, f"https://{HOST}:{free_port()}")
    assert problem.code == "instance.connection-refused"


def test_a_name_that_is_not_known(bench: ClientBench, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    problem = failure_at(bench, "https://nowhere.example")
    assert problem.code == "instance.unknown-host"
    assert problem.message == (
        "nowhere.example: the name can't be resolved (Name or service not known)."
    )


def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path, words in ((tmp_path / "missing.pem", "No such file"), (empty, "no certificates")):

        async def main(path: Path = path) -> None:
            async with Client("https://dev1.example", identity(), ca_file=path):
                pass

        with pytest.raises(InstanceProblem, match=words) as raised:
            asyncio.run(main())
        assert raised.value.code == "instance.ca-file"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(bench: ClientBench, status: int) -> None:
    async def main() -> tuple[InstanceProblem, ServerLog]:
        async with serve(WELCOME) as other:
            there = answer(status=status, headers=f"Location: {other.url}/api\r\n")
            async with serve(WELCOME, there) as here, bench.client(here.url) as client:
                await client.sign_in()
                with pytest.raises(InstanceProblem) as raised:
                    await update(client)
                return raised.value, other

    problem, other = asyncio.run(main())
    assert (problem.code, problem.uncertain) == ("instance.moved", True)
    assert other.connections == 0


def test_no_netrc_is_read(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine {HOST} login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    bench.run(read, records_response(), who=identity("api-key"))
    for got in bench.served.got:
        assert "authorization" not in got.headers


@pytest.mark.parametrize(
    "slow",
    [stay_silent_after(), stay_silent_after(b"HTTP/1.1 200"), stay_silent_after(HEAD + b"{")],
)
def test_cancelling_closes_the_connection_at_once(bench: ClientBench, slow: Handler) -> None:
    async def main() -> None:
        async with serve(WELCOME, slow) as served, bench.client(served.url) as client:
            await client.sign_in()
            served.asked.clear()
            task = asyncio.create_task(update(client))
            await served.asked.wait()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            assert task.cancelled()
            await asyncio.wait_for(served.gone.wait(), 2)

    asyncio.run(main())


def test_cancelling_while_it_connects_closes_the_connection(bench: ClientBench) -> None:
    heard, gone = asyncio.Event(), asyncio.Event()

    async def act(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        heard.set()
        await reader.read()
        gone.set()

    async def main() -> None:
        async with (
            listen(act, None) as port,
            bench.client(f"https://{HOST}:{port}") as client,
        ):
            task = asyncio.create_task(client.sign_in())
            await heard.wait()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await asyncio.wait_for(gone.wait(), 2)

    asyncio.run(main())
    gc.collect()  # what was only forgotten would warn now
