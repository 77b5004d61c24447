"""The syntax of SPF records, and which text of a domain is one."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import deterministic
from tui.probes.sender.spf_record import SpfError, SpfRecord, parse_record, select_record
from tui.terminal.visible import visible

VALID = [
    "a/0", "a//0", "a/32//128", "a:h.example/8//16", "A:H.EXAMPLE.", "mx:%{d}/24", "ptr:x.example",
    "ip4:0.0.0.0/0", "ip4:192.0.2.255/24", "ip6:::", "ip6:::1/0", "ip6:2001:db8::192.0.2.1/128",
    "include:_spf.x-y.example", "exists:%{i}", "exists:a.%%", "exists:a%_", "exists:a%-",
    "a:1.2.3.4a", "a:x.xn--p1ai", "a:a--b.c-d", "a:$&!.example", "a:x\\.example",
    "redirect=%{d}", "exp=%{l}.example", "moo=", "m-_.0=x", "ip4=192.0.2.1", "a=b", "all=x",
    "moo=%{c}", "a:b:c.example", "a:b/c.example", "a:b.example/c.example",
]  # fmt: skip
INVALID = [
    "a/", "a//", "a/00", "a/024", "a/33", "a//129", "a//0128", "a/1/2", "a/24/64", "a/-1", "a/+1",
    "a/1.5", "a:", "a:/24", "a:h", "a:h.example/", "a:h.example/x", "a:h.example:25", "a:.", "a:..",
    "a:x.example..", "a:x.-example", "a:x.example-", "a:x.1", "a:192.0.2.1", "a:%{d",
    "a:%{d}x", "a:x.%", "a:x.%%com", "ip4", "ip4:", "ip4:192.0.2", "ip4:192.0.2.1.1",
    "ip4:192.0.02.1", "ip4:192.0.2.1/", "ip4:192.0.2.1/33", "ip4:192.0.2.1/08", "ip4:192.0.2.1//32",
    "ip4:2001:db8::1", "ip4/24", "ip6:192.0.2.1", "ip6:2001:db8::1::", "ip6:::/129", "ip6:::/00",
    "ip6:fe80::1%25eth0", "ip6:[::1]", "ip6::", "all.", "all:", "+", "-", "~?all", "ipv4:192.0.2.1",
    "include", "include:", "include:x", "exists", "exists/24", "exists:x.example/24", "ptr/24",
    "ptr:", "mx:x.example/024", "redirect", "redirect=", "redirect=x", "redirect=x.example/24",
    "exp=", "exp=x", "=", "=x", "1a=x", "moo=%", "moo=%{z}", "moo=\x80", "٣=x", "a:x.example\x00",
    "v=spf1 all2", "-all;", "\u212a",
]  # fmt: skip


@pytest.mark.parametrize("term", VALID)
def test_a_valid_term_is_read(term: str) -> None:
    record = parse_record(f"v=spf1 {term} -all")
    assert [each.kind for each in record.terms][-1] == "all"


@pytest.mark.parametrize("term", INVALID)
def test_an_invalid_term_makes_the_record_invalid(term: str) -> None:
    with pytest.raises(SpfError) as error:
        parse_record(f"v=spf1 {term} -all")
    assert error.value.kind == "syntax"
    assert visible(error.value.words) == error.value.words


def test_the_parts_of_a_term_are_read() -> None:
    (term,) = parse_record("v=spf1 ~a:H.example./24//64").terms
    assert (term.kind, term.result, term.prefix) == ("a", "softfail", (24, 64))
    assert (term.target, term.text) == (("H.example.",), "~a:H.example./24//64")


@pytest.mark.parametrize(
    ("texts", "chosen"),
    [
        (["v=spf1"], "v=spf1"),
        (["x", "V=SPF1 -all"], "V=SPF1 -all"),
        (["v=spf1-all", "v=spf2 -all", " v=spf1 -all", "v=\u017fpf1 -all", ""], None),
        ([], None),
    ],
)
def test_the_text_with_the_version_is_the_record(texts: list[str], chosen: str | None) -> None:
    assert select_record(texts, "x.example") == chosen


def test_a_record_of_thousands_of_characters_is_not_read() -> None:
    assert select_record(["v=spf1 " + "a " * 2000], "x.example")
    with pytest.raises(SpfError, match="4096"):
        select_record(["v=spf1 " + "a " * 2100], "x.example")


@deterministic
@given(
    st.one_of(
        st.lists(st.sampled_from(VALID + INVALID), max_size=8).map(" ".join),
        st.text("aimxpl46:./%{}=~-+?0123456789 \x80", max_size=60),
    )
)
def test_any_text_is_a_record_or_an_error(text: str) -> None:
    try:
        record = parse_record(f"v=spf1 {text}")
    except SpfError:
        return
    assert isinstance(record, SpfRecord)
    assert len(record.terms) <= len(text.split(" "))


@pytest.mark.parametrize(
    "unit", ["a", "/", "/1", "%_", "%{d}", ".", "-", "0", ":", "a.", "=", "::"]
)
@pytest.mark.parametrize("begin", ["a:", "x=", "ip4:", "ip6:", "include:", "redirect=", "a/", ""])
def test_a_long_term_is_read_at_once(begin: str, unit: str) -> None:
    since = time.process_time()
    with pytest.raises(SpfError):
        parse_record(f"v=spf1 {begin}{unit * 20_000}\xff")
    assert time.process_time() - since < 0.5
