"""SPF, asked of a real name server on loopback."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probes.sender.factories import FOUR, GOOD, OTHER, RELAY, SIX, check, check_on_server
from tests.probes.sender.name_server import Zone
from tests.settings.factories import deterministic
from tui.probes.sender.spf import SpfError, parse_record
from tui.probes.stage import StageResult
from tui.terminal.visible import visible


def chain(count: int) -> dict[str, str]:
    """Return domains that include one another, so many of them; the last one lets FOUR send."""
    zone = {
        f"d{number}.example TXT": f"v=spf1 include:d{number + 1}.example -all"
        for number in range(1, count)
    }
    return zone | {f"d{count}.example TXT": f"v=spf1 ip4:{FOUR} -all"}


MANY = {f"10 m{number}.example." for number in range(11)}


SPF: list[tuple[str, str | list[str], Zone, tuple[str, ...], str]] = [
    ("by ip4", "v=spf1 ip4:192.0.2.25 -all", {}, (FOUR,), "pass"),
    ("by network", "v=spf1 ip4:192.0.2.0/24 -all", {}, (FOUR,), "pass"),
    ("by ip6", "v=spf1 ip6:2001:db8::/32 -all", {}, (SIX,), "pass"),
    ("both", f"v=spf1 ip4:{FOUR} ip6:{SIX} -all", {}, (FOUR, SIX), "pass"),
    ("one of both", f"v=spf1 ip4:{FOUR} -all", {}, (FOUR, SIX), "some"),
    ("mapped", "v=spf1 ip4:192.0.2.25 -all", {}, (f"::ffff:{FOUR}",), "pass"),
    ("capitals", "V=SPF1 IP4:192.0.2.25 -ALL", {}, (FOUR,), "pass"),
    ("fail", "v=spf1 -all", {}, (FOUR,), "fail"),
    ("softfail", "v=spf1 ~all", {}, (FOUR,), "softfail"),
    ("neutral", "v=spf1 ?all", {}, (FOUR,), "neutral"),
    ("nothing said", "v=spf1", {}, (FOUR,), "neutral"),
    ("everybody", "v=spf1 +all", {}, (FOUR,), "pass"),
    ("first that matches", f"v=spf1 -ip4:{FOUR} +all", {}, (FOUR,), "fail"),
    ("own address", "v=spf1 a -all", {"corp.example A": FOUR}, (FOUR,), "pass"),
    ("own network", "v=spf1 a/24 -all", {"corp.example A": "192.0.2.1"}, (FOUR,), "pass"),
    ("own ip6", "v=spf1 a//64 -all", {"corp.example AAAA": "2001:db8::1"}, (SIX,), "pass"),
    ("other host", "v=spf1 a:h.example -all", {"h.example A": [OTHER, FOUR]}, (FOUR,), "pass"),
    ("exchanger", "v=spf1 mx -all", {"mail.corp.example A": FOUR}, (FOUR,), "pass"),
    ("not exchanger", "v=spf1 mx -all", {"mail.corp.example A": OTHER}, (FOUR,), "fail"),
    ("eleven exchangers", "v=spf1 mx:m.example -all", {"m.example MX": sorted(MANY)}, (FOUR,),
     "hosts"),
    ("ten exchangers", "v=spf1 mx:m.example ~all", {"m.example MX": sorted(MANY)[1:]}, (FOUR,),
     "softfail"),
    ("include", "v=spf1 include:d1.example -all", chain(1), (FOUR,), "pass"),
    ("include fails", "v=spf1 include:d1.example ~all", chain(1), (OTHER,), "softfail"),
    ("ten includes", "v=spf1 include:d1.example -all", chain(10), (FOUR,), "pass"),
    ("eleven includes", "v=spf1 include:d1.example -all", chain(11), (FOUR,), "lookups"),
    ("eleven hosts", "v=spf1 " + "a:h.example " * 11 + "-all", {"h.example A": OTHER}, (FOUR,),
     "lookups"),
    ("included by none", "v=spf1 include:none.example -all", {}, (FOUR,), "missing"),
    ("redirect", "v=spf1 redirect=d1.example", chain(1), (FOUR,), "pass"),
    ("redirect fails", "v=spf1 redirect=d1.example", chain(1), (OTHER,), "fail"),
    ("redirect counts", "v=spf1 " + "a:h.example " * 10 + "redirect=d1.example",
     chain(1) | {"h.example A": OTHER}, (FOUR,), "lookups"),
    ("redirect to no name", "v=spf1 redirect=localhost", {}, (FOUR,), "syntax"),
    ("redirect behind all", "v=spf1 redirect=d1.example ~all", chain(1), (FOUR,), "softfail"),
    ("redirect to none", "v=spf1 redirect=none.example", {}, (FOUR,), "missing"),
    ("loop", "v=spf1 include:corp.example -all", {}, (FOUR,), "loop"),
    ("redirect loop", "v=spf1 redirect=corp.example", {}, (FOUR,), "loop"),
    ("wide loop", "v=spf1 include:w.example -all",
     {"w.example TXT": "v=spf1 include:corp.example"}, (FOUR,), "loop"),
    ("two void", "v=spf1 a:v1.example a:v2.example ~all", {}, (FOUR,), "softfail"),
    ("three void", "v=spf1 a:v1.example a:v2.example mx:v3.example ~all", {}, (FOUR,), "voids"),
    ("exists", "v=spf1 exists:%{i}._spf.corp.example -all", {}, (FOUR,), "unknown"),
    ("ptr", "v=spf1 ptr -all", {}, (FOUR,), "unknown"),
    ("macro in include", "v=spf1 include:%{d}.x.example -all", {}, (FOUR,), "unknown"),
    ("macro in redirect", "v=spf1 redirect=%{d}.x.example", {}, (FOUR,), "unknown"),
    ("included exists", "v=spf1 include:e.example -all",
     {"e.example TXT": "v=spf1 exists:%{i}.e.example -all"}, (FOUR,), "unknown"),
    ("named before exists", f"v=spf1 ip4:{FOUR} exists:%{{i}}.e.example -all", {}, (FOUR,), "pass"),
    ("named behind exists", f"v=spf1 exists:%{{i}}.e.example ip4:{FOUR} -all", {}, (FOUR,), "pass"),
    ("refused either way", "v=spf1 -exists:%{i}.e.example -all", {}, (FOUR,), "fail"),
    ("unknown modifier", f"v=spf1 moo=x/y ip4:{FOUR} exp=why.corp.example -all", {}, (FOUR,),
     "pass"),
    ("two of them", ["v=spf1 +all", "v=spf1 -all"], {}, (FOUR,), "several"),
    ("none", ["v=spf10 +all", "spf2.0/pra +all", "v=spf1+all"], {}, (FOUR,), "none"),
    ("wrong word", "v=spf1 ipv4:192.0.2.25 -all", {}, (FOUR,), "syntax"),
    ("wrong address", "v=spf1 ip4:192.0.2.256 -all", {}, (FOUR,), "syntax"),
    ("wrong family", "v=spf1 ip4:2001:db8::1 -all", {}, (FOUR,), "syntax"),
    ("wrong prefix", "v=spf1 ip4:192.0.2.0/33 -all", {}, (FOUR,), "syntax"),
    ("wrong cidr", "v=spf1 a/33 -all", {}, (FOUR,), "syntax"),
    ("no name", "v=spf1 include: -all", {}, (FOUR,), "syntax"),
    ("one label", "v=spf1 a:localhost -all", {}, (FOUR,), "syntax"),
    ("two redirects", "v=spf1 redirect=a.example redirect=b.example", {}, (FOUR,), "syntax"),
    ("behind the match", f"v=spf1 ip4:{FOUR} nonsense", {}, (FOUR,), "syntax"),
    ("tab", "v=spf1 ip4:192.0.2.25\t-all", {}, (FOUR,), "syntax"),
    ("macro that is none", "v=spf1 include:%d.example -all", {}, (FOUR,), "syntax"),
    ("too long", "v=spf1 " + "ip4:198.51.100.1 " * 300 + "-all", {}, (FOUR,), "long"),
    ("by TCP", "v=spf1 " + "ip4:198.51.100.1 " * 50 + f"ip4:{FOUR} -all", {}, (FOUR,), "pass"),
    ("name that is none", f"v=spf1 a:a..example a:{'a' * 64}.example ~all", {}, (FOUR,),
     "softfail"),
    ("internal", "v=spf1 -all", {}, ("10.0.0.1", "fd00::1", "127.0.0.1"), "internal"),
    ("internal and not", f"v=spf1 ip4:{FOUR} -all", {}, ("10.0.0.1", FOUR), "pass"),
    ("no address", "v=spf1 -all", {}, (), "no-address"),
    ("no address, syntax", "v=spf1 x", {}, (), "syntax"),
    ("include servfail", "v=spf1 include:x.example -all", {"x.example TXT": "SERVFAIL"}, (FOUR,),
     "servfail"),
    ("servfail", "SERVFAIL", {}, (FOUR,), "servfail"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "zone", "addresses", "kind"),
    [row[1:] for row in SPF],
    ids=[row[0] for row in SPF],
)
def test_spf(record: str | list[str], zone: Zone, addresses: Sequence[str], kind: str) -> None:
    found = check({**GOOD, **zone, "corp.example TXT": record}, addresses=addresses)["spf"]
    skipped = ("unknown", "internal", "no-address", "servfail")
    result = {"pass": StageResult.PASSED, **dict.fromkeys(skipped, StageResult.SKIPPED)}
    assert (found.code, found.result) == (
        f"sender.spf.{kind}",
        result.get(kind, StageResult.WARNED),
    )
    assert found.hint


def test_what_is_missing_from_spf_is_told_as_it_is_written() -> None:
    found = check(GOOD, addresses=(OTHER, SIX))["spf"]
    assert f"does not name {OTHER}, {SIX} ({RELAY})" in found.message
    assert f"have ip4:{OTHER} ip6:{SIX} added" in found.hint
    some = check(GOOD, addresses=(FOUR, SIX))["spf"]
    assert f"names {FOUR}, but not {SIX}" in some.message


def test_spf_asks_for_each_name_once_however_many_addresses_there_are() -> None:
    zone = {**GOOD, **chain(9), "corp.example TXT": "v=spf1 include:d1.example -all"}
    _, server = check_on_server(zone, addresses=[f"198.51.100.{number}" for number in range(1, 9)])
    assert sorted(set(server.queries)) == sorted(server.queries)


TERMS = st.sampled_from(
    [
        *("all", "-all", "~all", "?all", "a", "mx", "ptr", "a:h.example", "mx:m.example"),
        *("include:i.example", "include:corp.example", "redirect=i.example", "redirect=%{d}.x"),
        *("exists:%{i}.e.example", "ip4:192.0.2.0/24", "-ip4:192.0.2.25", "ip6:::/0", "exp=x.y"),
        *("a/0//0", "mx//128", "include:%{d}.x", "x=y", "ip4:1", "include:", "v=spf1", "a:" * 9),
    ]
)


RECORDS = st.one_of(
    st.lists(TERMS, max_size=14).map(" ".join),
    st.text(max_size=60),
    st.text("aimxp:./%{}=~-+?0123456789 ", max_size=60),
)


@deterministic
@given(RECORDS)
def test_any_record_is_read_or_in_error(record: str) -> None:
    read = try_to_parse(record)
    if isinstance(read, SpfError):
        assert (read.kind, visible(read.words)) == ("syntax", read.words)
    else:
        assert len(read[0]) <= len(record.split(" "))
        assert not read[1] or "redirect=" in record.casefold()


def try_to_parse(record: str) -> "tuple[tuple[object, ...], str] | SpfError":
    try:
        return parse_record(f"v=spf1 {record}")
    except SpfError as error:
        return error


@pytest.mark.parametrize("char", ["a", "/", "%_", "%{d}", ".", "-", "0", ":", "a.", "=", "a="])
def test_record_without_end_is_read_at_once(char: str) -> None:
    for begin in ("a:", "x=", "ip4:", "include:", "redirect=", "ptr:", ""):
        with pytest.raises(SpfError):
            parse_record(f"v=spf1 {begin}{char * 2000}\xff")


def test_no_record_asks_more_than_the_limits_allow() -> None:
    @deterministic
    @given(RECORDS, RECORDS)
    def holds(record: str, inner: str) -> None:
        zone: dict[str, str | bytes | list[str | bytes]] = {
            "corp.example TXT": f"v=spf1 {record}".encode(errors="replace"),
            "corp.example MX": "10 mail.corp.example.",
            "i.example TXT": f"v=spf1 {inner}".encode(errors="replace"),
            "h.example A": OTHER,
            "m.example MX": [f"{number} m{number}.example." for number in range(10)],
        }
        found, server = check_on_server(zone, addresses=(FOUR, SIX))
        assert re.fullmatch(r"sender\.spf\.[a-z-]+", found["spf"].code)
        # Ten terms for each address, of which one asks for ten hosts; then MX, TXT and DMARC.
        assert len(server.queries) + len(server.tcp_queries) <= 2 * 10 * 11 + 9

    holds()
