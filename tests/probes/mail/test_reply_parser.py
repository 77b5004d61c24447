"""The protocol cores: any bytes, in any pieces, give the same events, and no exception."""

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
from tui.probes.pop3.pop3_reply import Pop3Parser, Pop3Reply, parse_capabilities
from tui.probes.smtp.smtp_reply import SmtpParser, SmtpReply, auth_mechanisms, parse_extensions


def listing() -> Pop3Parser:
    core = Pop3Parser()
    core.expects_list = True
    return core


CORES: list[Callable[[], ReplyParser[Any]]] = [SmtpParser, Pop3Parser, listing]
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


def fed(core: ReplyParser[Any], parts: Sequence[bytes]) -> list[Any]:
    events = []
    for part in parts:
        events += core.feed(part)
        assert len(core.pending) <= LINE_LIMIT
    return events


@pytest.mark.parametrize("make", CORES)
@settings(deadline=None, max_examples=60)
@given(data=BYTES, cuts=st.lists(st.integers(0, 2000), max_size=8))
def test_any_split_gives_the_same(
    make: Callable[[], ReplyParser[Any]], data: bytes, cuts: list[int]
) -> None:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    parts = [data[a:b] for a, b in pairwise(places)]
    whole, split, single = make(), make(), make()
    expected = fed(whole, [data])
    assert fed(split, parts) == expected
    assert fed(single, [bytes([byte]) for byte in data]) == expected
    assert whole.is_idle == split.is_idle == single.is_idle
    for event in expected:
        _read_all(event)
    if any(isinstance(event, BrokenReply) for event in expected):
        assert not whole.feed(b"220 fine\r\n+OK fine\r\n")


def _read_all(event: Any) -> None:
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


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"220-A\r\n" * (REPLY_LINES + 1), BreakKind.ENDLESS),
        (b"220-%b\r\n" % (b"A" * 2000) * 20, BreakKind.OVERSIZED),
        (b"220 " + b"A" * LINE_LIMIT, BreakKind.ENDLESS_LINE),
        (b"220 " + b"A" * LINE_LIMIT + b"\r\n", BreakKind.ENDLESS_LINE),
        (b"+OK\r\n", "pop3"),
        (b"\x15\x03\x01\0\x02\x02\n", "tls"),
        (b"22 short\r\n", "garbage"),
        (b"2200 long\r\n", "garbage"),
        (b"120 low\r\n", "garbage"),
        (b"\r\n", "garbage"),
    ],
)
def test_what_smtp_cannot_be(data: bytes, kind: str) -> None:
    (event,) = SmtpParser().feed(data)
    assert isinstance(event, BrokenReply)
    assert event.kind == kind


def test_the_bounds_are_reached_but_not_passed() -> None:
    most = b"250-A\r\n" * (REPLY_LINES - 1) + b"250 A\r\n"
    (reply,) = SmtpParser().feed(most)
    assert isinstance(reply, SmtpReply)
    assert len(reply.raw) == REPLY_LINES
    (reply,) = SmtpParser().feed(b"250 %b\r\n" % (b"A" * (LINE_LIMIT - 6)))
    assert isinstance(reply, SmtpReply)
    assert reply.flaws == {ReplyFlaw.LONG_LINE}
    core = listing()
    assert not core.feed(b"+OK\r\n" + b"B" * 510 + b"\r\n")
    (event,) = core.feed((b"B" * 510 + b"\r\n") * (REPLY_LIMIT // 512))
    assert isinstance(event, BrokenReply)
    assert event.kind == BreakKind.OVERSIZED


POSTFIX = (
    b"220 mail.example.test ESMTP Postfix\r\n250-mail.example.test\r\n250-PIPELINING\r\n"
    b"250-SIZE 1000000\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n"
    b"250-AUTH=PLAIN LOGIN\r\n"
    b"250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n"
    b"250 CHUNKING\r\n220 2.0.0 Ready to start TLS\r\n"
    b"535 5.7.8 Error: authentication failed: (reason unavailable)\r\n221 2.0.0 Bye\r\n"
)


def test_a_talk_with_postfix() -> None:
    events = SmtpParser().feed(POSTFIX)
    replies = [event for event in events if isinstance(event, SmtpReply)]
    assert [reply.code for reply in replies] == [220, 250, 220, 535, 221]
    offered = parse_extensions(replies[1])
    assert offered["SIZE"] == "1000000"
    assert "SMTPUTF8" in offered
    assert auth_mechanisms(offered) == ("PLAIN", "LOGIN")
    assert replies[3].enhanced == "5.7.8"
    assert not any(reply.flaws for reply in replies)


DOVECOT = (
    b"+OK Dovecot ready.\r\n",
    b"+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nAUTH-RESP-CODE\r\nSTLS\r\n"
    b"SASL PLAIN LOGIN\r\n.\r\n",
    b"-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\r\n",
)


def test_a_talk_with_dovecot() -> None:
    core = Pop3Parser()
    (greeting,) = core.feed(DOVECOT[0])
    core.expects_list = True
    (listed,) = core.feed(DOVECOT[1])
    (refusal,) = core.feed(DOVECOT[2])
    assert isinstance(greeting, Pop3Reply)
    assert isinstance(listed, Pop3Reply)
    assert isinstance(refusal, Pop3Reply)
    assert greeting.is_ok
    assert parse_capabilities(listed)["SASL"] == "PLAIN LOGIN"
    assert "USER" not in parse_capabilities(listed)
    assert (refusal.is_ok, refusal.code) == (False, "AUTH")


def test_a_refusal_ends_where_a_list_was_wanted() -> None:
    core = listing()
    (status,) = core.feed(b"-ERR what\r\n")
    assert isinstance(status, Pop3Reply)
    assert core.is_idle


def test_stuffed_dots_of_a_list() -> None:
    (status,) = listing().feed(b"+OK\r\n..hidden\r\n.\r\n")
    assert isinstance(status, Pop3Reply)
    assert status.listed == (".hidden",)
