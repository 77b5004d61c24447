"""The parsers: any bytes, in any pieces, give the same events, and no exception."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.probes.mail.reply_parser import (
    LINE_LIMIT,
    REPLY_LIMIT,
    REPLY_LINES,
    BreakKind,
    BrokenReply,
    ReplyFlaw,
    ReplyParser,
    protocol_of,
)
from tui.probes.pop3.pop3_probe import Pop3Parser, Pop3Reply, parse_capabilities
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply, auth_mechanisms, parse_extensions


def listing() -> Pop3Parser:
    """Return a parser that expects a list."""
    parser = Pop3Parser()
    parser.expects_list = True
    return parser


PARSERS: list[Callable[[], ReplyParser[Any]]] = [SmtpParser, Pop3Parser, listing]


PIECES = st.sampled_from(
    [
        *(b"220 ", b"250-", b"250 ", b"354", b"+OK", b"-ERR [AUTH] ", b"+ ", b"* OK"),
        *(
            b"\r\n",
            b"\n",
            b"\r",
            b".\r\n",
            b"..\r\n",
            b"\0",
            b"\x1b[2J",
            b"\xff\xfe",
            b"AUTH=PLAIN",
        ),
        *(b"\xe2\x80\xae", b"5.7.8 ", b"A" * 600, b"B" * LINE_LIMIT, b"250-C\r\n" * 90),
    ]
)


BYTES = st.one_of(
    st.binary(max_size=300), st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join)
)


def feed_all(parser: ReplyParser[Any], parts: Sequence[bytes]) -> list[Any]:
    events = []
    for part in parts:
        events += parser.feed(part)
        assert len(parser.pending) <= LINE_LIMIT
    return events


@pytest.mark.parametrize("make", PARSERS)
@settings(deadline=None, max_examples=60)
@given(data=BYTES, cuts=st.lists(st.integers(0, 2000), max_size=8))
def test_any_split_gives_the_same(
    make: Callable[[], ReplyParser[Any]], data: bytes, cuts: list[int]
) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[a:b] for a, b in pairwise(places)]
    whole, split, single = make(), make(), make()
    expected = feed_all(whole, [data])
    assert feed_all(split, parts) == expected
    assert feed_all(single, [bytes([byte]) for byte in data]) == expected
    assert whole.is_idle == split.is_idle == single.is_idle
    for event in expected:
        _read_properties(event)
    if any(isinstance(event, BrokenReply) for event in expected):
        assert not whole.feed(b"220 fine\r\n+OK fine\r\n")


def _read_properties(event: Any) -> None:
    match event:
        case SmtpReply():
            assert 200 <= event.code <= 599
            assert isinstance(event.text + event.enhanced, str)
            assert auth_mechanisms(parse_extensions(event)) is not None
        case Pop3Reply():
            assert event.is_ok + event.is_challenge + event.raw[0].startswith("-ERR") == 1
            assert isinstance(event.text + event.code, str)
            assert parse_capabilities(event) is not None
        case BrokenReply():
            assert event.kind


@given(st.binary(max_size=40))
def test_whatever_speaks_has_a_name(begun: bytes) -> None:
    assert protocol_of(begun)


def test_the_bounds_are_reached_but_not_passed() -> None:
    most = b"250-A\r\n" * (REPLY_LINES - 1) + b"250 A\r\n"
    (reply,) = SmtpParser().feed(most)
    assert isinstance(reply, SmtpReply)
    assert len(reply.raw) == REPLY_LINES
    (reply,) = SmtpParser().feed(b"250 %b\r\n" % (b"A" * (LINE_LIMIT - 6)))
    assert isinstance(reply, SmtpReply)
    assert reply.flaws == {ReplyFlaw.LONG_LINE}
    parser = listing()
    assert not parser.feed(b"+OK\r\n" + b"B" * 510 + b"\r\n")
    (event,) = parser.feed((b"B" * 510 + b"\r\n") * (REPLY_LIMIT // 512))
    assert isinstance(event, BrokenReply)
    assert event.kind == BreakKind.OVERSIZED
