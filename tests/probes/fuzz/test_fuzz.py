"""Random and mutated conversations: each ends in time, with a verdict, and takes little memory.

The landing run has a sample; `scripts/grid` runs 100,000 of them.
"""

import asyncio
import ssl
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.probes.factories import credential_forms
from tests.probes.fuzz.mail_peer import VERBS, MailPeer, MailScript
from tests.probes.fuzz.peers import (
    DEADLINE,
    SLACK,
    TlsPeer,
    TlsScript,
    answer,
    connected,
    ends_in_time,
)
from tests.probes.fuzz.seeds import (
    CERTIFICATES,
    POP3,
    SMTP,
    TLS_RECORDS,
)
from tests.probes.fuzz.strategies import EDITS, SIZES, mutated, split, strange
from tests.probes.mail_server import HOST, PASSWORD, USER
from tests.probes.net.factories import trusted_file
from tui.credentials.secret import Secret
from tui.probes.mail.conversation import Command, Conversation, Transcript
from tui.probes.mail.reply_parser import LINE_LIMIT, REPLY_LIMIT, BrokenReply, ReplyParser
from tui.probes.net.connection import (
    CHUNK,
    LIMIT,
    TransportError,
    Verification,
    make_context,
)
from tui.probes.pop3.pop3_probe import Pop3Parser, parse_capabilities, probe_pop3
from tui.probes.server_spec import ProbeOptions, ServerSpec
from tui.probes.smtp.smtp_probe import probe_smtp
from tui.probes.smtp.smtp_reply import SmtpParser, auth_mechanisms, parse_extensions
from tui.probes.stage import ProtocolResult, Stage, StageError, StageResult
from tui.replies.reply import ReplyStage
from tui.settings.values import Security
from tui.terminal.visible import visible
from tui.tls.certificate import parse_certificate

PARSERS: dict[str, Callable[[], ReplyParser[Any]]] = {"smtp": SmtpParser, "pop3": Pop3Parser}
SEEDS = {"smtp": SMTP, "pop3": POP3}
COMMANDS: dict[str, tuple[tuple[str | Secret, ...], ...]] = {
    "smtp": (
        ("EHLO a.example",),
        ("AUTH PLAIN ", Secret(PASSWORD)),
        ("MAIL FROM:<a@b>",),
        ("QUIT",),
    ),
    "pop3": (("CAPA",), ("USER a",), ("PASS ", Secret(PASSWORD)), ("QUIT",)),
}
SHARDS = 8

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all examples; the first is that of the landing run, the same each time."""

    number: int
    examples: int

    def explore(self, check: Callable[..., None], **strategies: st.SearchStrategy[Any]) -> None:
        """Check so many examples, and show the smallest that fails."""
        exploring = settings(
            max_examples=self.examples,
            derandomize=self.number == 0,
            database=None,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        )
        exploring(given(**strategies)(check))()


def shares(landing: int, whole: int) -> list[Any]:
    """Return the share of the landing run, and those of the grid, which are so many in all."""
    grid = [Share(number, whole // SHARDS) for number in range(1, SHARDS + 1)]
    marked = [pytest.param(each, marks=pytest.mark.grid, id=str(each.number)) for each in grid]
    return [pytest.param(Share(0, landing), id="sample"), *marked]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """An event loop for all conversations of a process; the system trusts one authority only.

    To load the usual hundred and more takes longer than most of the conversations.
    """
    with pytest.MonkeyPatch.context() as patch, asyncio.Runner() as runner:
        patch.setenv("SSL_CERT_FILE", str(trusted_file()))
        patch.setenv("SSL_CERT_DIR", str(trusted_file().parent))
        yield runner


def finish(loop: asyncio.Runner, work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of some work, which has to end even if it never suspends."""
    with ends_in_time():
        return loop.run(work)


@pytest.fixture(scope="module")
def peer(loop: asyncio.Runner) -> Iterator[MailPeer]:
    """A mail server in that loop."""
    peer = MailPeer()
    loop.run(peer.start())
    yield peer
    loop.run(peer.stop())


def is_safe(text: str) -> bool:
    """Return whether a text has nothing in it that a terminal must not get."""
    return visible(text) == text


def replies_of(protocol: str) -> st.SearchStrategy[list[bytes]]:
    return st.lists(strange(SEEDS[protocol]), max_size=5)


@pytest.mark.parametrize("protocol", ["smtp", "pop3"])
@pytest.mark.parametrize("share", shares(25, 16_000))
def test_parsers_take_any_bytes_however_they_are_split(share: Share, protocol: str) -> None:
    def check(replies: list[bytes], sizes: tuple[int, ...], expects_list: bool) -> None:
        data = b"".join(replies)
        whole, parted = PARSERS[protocol](), PARSERS[protocol]()
        whole.expects_list = parted.expects_list = expects_list
        events = []
        for piece in split(data, sizes):
            events += parted.feed(piece)
            assert len(parted.pending) <= LINE_LIMIT
        assert events == whole.feed(data)
        for event in events:
            if isinstance(event, BrokenReply):
                assert len(event.excerpt) <= 4 * LINE_LIMIT
                continue
            assert sum(map(len, event.raw)) <= 4 * REPLY_LIMIT
            assert is_safe(event.quote)
            assert isinstance(event.to_refusal(ReplyStage.LOGIN).codes, frozenset)
            offered = parse_extensions(event) if protocol == "smtp" else parse_capabilities(event)
            assert len(auth_mechanisms(offered)) <= REPLY_LIMIT

    share.explore(check, replies=replies_of(protocol), sizes=SIZES, expects_list=st.booleans())


@pytest.mark.parametrize("protocol", ["smtp", "pop3"])
@pytest.mark.parametrize("share", shares(15, 8_000))
def test_a_conversation_ends_with_a_reply_or_an_explanation(
    share: Share, protocol: str, loop: asyncio.Runner
) -> None:
    def check(replies: list[bytes], sizes: tuple[int, ...]) -> None:
        check_lines(finish(loop, converse(protocol, replies, sizes)))

    share.explore(check, replies=replies_of(protocol), sizes=SIZES)


async def converse(protocol: str, replies: list[bytes], sizes: tuple[int, ...]) -> tuple[str, ...]:
    """Talk with a peer until it fails or all is said, and return the transcript."""
    transcript = Transcript()
    with connected() as (connection, other):
        peer = asyncio.create_task(answer(other, replies, sizes))
        talk: Conversation[Any] = Conversation(
            protocol, "mail.example port 25", connection, PARSERS[protocol](), transcript
        )
        since, failure = time.monotonic(), None
        try:
            await talk.read_reply()
            for parts in COMMANDS[protocol]:
                await talk.execute(Command(*parts), expects_list=parts == ("CAPA",))
        except StageError as error:
            failure = error
        assert failure is None or (failure.kind and failure.message)
        assert time.monotonic() - since < DEADLINE + SLACK
        assert connection.received <= LIMIT + CHUNK
        peer.cancel()
        await asyncio.gather(peer, return_exceptions=True)
    return transcript.lines


def check_lines(transcript: tuple[str, ...]) -> None:
    """Check that a transcript is safe to show, of a limited size, and holds no password."""
    assert len(transcript) <= 301
    assert all(len(line) < 400 and is_safe(line) for line in transcript)
    assert not any(form in "\n".join(transcript) for form in credential_forms())


@cache
def client_contexts() -> tuple[ssl.SSLContext, ...]:
    """Return contexts that verify strictly, as usual, and not at all."""
    return tuple(make_context(each, trusted_file()) for each in Verification)


TLS_SCRIPTS = st.builds(
    TlsScript,
    edits=st.lists(st.tuples(st.integers(0, 4), EDITS), max_size=2).map(tuple),
    cut=st.just(2**30) | st.integers(0, 5000),
    says=st.lists(strange(SMTP), max_size=3).map(tuple),
    notifies=st.booleans(),
    after=st.just(b"") | strange(SMTP),
    sizes=SIZES,
    legacy=st.booleans(),
)


async def use_tls_line(script: TlsScript | bytes, which: int) -> int:
    """Do a handshake, say something and listen until the end; return what was received."""
    total = 0
    with connected() as (connection, other):
        work = (
            answer(other, [script], ())
            if isinstance(script, bytes)
            else TlsPeer(other, script).serve()
        )
        peer = asyncio.create_task(work)
        since = time.monotonic()
        try:
            await connection.start_tls(client_contexts()[which], HOST)
            await connection.send(memoryview(b"EHLO a.example\r\n"))
            while True:
                received = await connection.receive()
                assert received
                total += len(received)
        except TransportError as error:
            failure = error
        assert is_safe(failure.why)
        assert time.monotonic() - since < DEADLINE + SLACK
        assert connection.received <= LIMIT + CHUNK
        peer.cancel()
        await asyncio.gather(peer, return_exceptions=True)
    return total


@pytest.mark.parametrize("share", shares(20, 16_000))
def test_the_tls_line_ends_whatever_comes(share: Share, loop: asyncio.Runner) -> None:
    def check(script: TlsScript | bytes, which: int) -> None:
        finish(loop, use_tls_line(script, which))

    records = st.lists(strange(TLS_RECORDS), max_size=4).map(b"".join)
    share.explore(check, script=TLS_SCRIPTS | records, which=st.integers(0, 2))


@pytest.mark.parametrize(
    "step", [211, pytest.param(1, marks=pytest.mark.grid)], ids=["sample", "every byte"]
)
@pytest.mark.parametrize("legacy", [False, True], ids=["TLS 1.3", "TLS 1.2"])
def test_the_tls_line_may_end_at_any_byte(loop: asyncio.Runner, legacy: bool, step: int) -> None:
    whole = TlsScript(says=(b"220 hello\r\n",), notifies=True, legacy=legacy)
    assert finish(loop, use_tls_line(whole, 0)) == 11
    for cut in range(0, 2600, step):
        assert finish(loop, use_tls_line(replace(whole, cut=cut), cut % 3)) in (0, 11)


@pytest.mark.parametrize("share", shares(60, 24_000))
def test_any_certificate_is_read_or_is_none(share: Share) -> None:
    def check(der: bytes) -> None:
        found = parse_certificate(der)
        if found is not None:
            shown = repr(found)
            assert len(shown) < 8000
            assert is_safe(shown)

    share.explore(check, der=mutated(CERTIFICATES, 3) | st.binary(max_size=200))


def probe_scripts(protocol: str) -> st.SearchStrategy[MailScript]:
    return st.builds(
        MailScript,
        protocol=st.just(protocol),
        replies=st.dictionaries(
            st.sampled_from(VERBS[protocol]), strange(SEEDS[protocol]), max_size=3
        ),
        lines=st.just(60) | st.just(60) | st.integers(0, 12),
        sizes=SIZES,
        aborts=st.booleans(),
    )


@pytest.mark.parametrize("protocol", ["smtp", "pop3"])
@pytest.mark.parametrize("share", shares(6, 6_000))
def test_a_whole_probe_ends_with_a_verdict_for_every_stage(
    share: Share, protocol: str, loop: asyncio.Runner, peer: MailPeer
) -> None:
    def check(
        script: MailScript,
        security: Security,
        on_other_port: bool,
        cleartext: bool,
        authenticate: bool,
    ) -> None:
        implicit = (security is Security.SSL_TLS) != on_other_port
        peer.script = replace(script, implicit=implicit)
        spec = ServerSpec(
            server=HOST,
            port=peer.port,
            security=security,
            user=USER,
            password=Secret(PASSWORD),
            authenticate=authenticate,
        )
        options = ProbeOptions(
            cleartext=cleartext,
            recipient="someone@mail.example",
            ca_file=trusted_file(),
            deadline=DEADLINE,
        )
        reported: list[Stage] = []
        run = probe_smtp if protocol == "smtp" else probe_pop3
        since = time.monotonic()
        outcome = finish(loop, settle(run(spec, options, reported.append)))
        assert time.monotonic() - since < 2 * DEADLINE + SLACK
        check_outcome(protocol, outcome, reported)

    share.explore(
        check,
        script=probe_scripts(protocol),
        security=st.sampled_from(Security),
        on_other_port=st.sampled_from((False,) * 9 + (True,)),
        cleartext=st.booleans(),
        authenticate=st.booleans(),
    )


async def settle(probing: Coroutine[Any, Any, ProtocolResult]) -> ProtocolResult:
    """Return what a probe finds, once its peer is done as well."""
    outcome = await probing
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=DEADLINE)
    return outcome


def check_outcome(protocol: str, outcome: ProtocolResult, reported: list[Stage]) -> None:
    """Check that every stage has one verdict, and that all of it is safe to show."""
    stages = outcome.stages
    assert tuple(reported) == stages
    assert len({stage.name for stage in stages}) == len(stages)
    assert len(stages) == (11 if protocol == "smtp" else 8)
    assert all(isinstance(stage.result, StageResult) for stage in stages)
    assert all(stage.message for stage in stages)
    assert all(is_safe(stage.message) and is_safe(stage.hint) for stage in stages)
    assert all(len(stage.message) + len(stage.hint) < 4000 for stage in stages)
    check_lines(outcome.transcript)


FLOOD = 2**21


@pytest.mark.parametrize(
    "unit", [b"250-x\r\n", b"2", b"250 ok\r\n", b"\0" * 4096 + b"\n"], ids=range(4)
)
@pytest.mark.parametrize("in_tls", [False, True], ids=["unencrypted", "in TLS"])
def test_a_flood_takes_little_memory(loop: asyncio.Runner, unit: bytes, in_tls: bool) -> None:
    flood = unit * (FLOOD // len(unit))
    work: Coroutine[Any, Any, object] = (
        use_tls_line(TlsScript(says=tuple(split(flood, [2**16] * 32))), 0)
        if in_tls
        else converse("smtp", [flood], ())
    )
    finish(loop, use_tls_line(TlsScript(), 0))  # what is loaded once does not count
    tracemalloc.start()
    try:
        finish(loop, work)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < FLOOD + 2**21
