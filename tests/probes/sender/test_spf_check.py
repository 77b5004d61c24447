"""SPF's check, a case for each rule of RFC 7208, over DNS in memory."""

import asyncio
from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.probes.sender.memory_dns import MemoryDns, Records
from tests.settings.factories import deterministic
from tui.probes.sender.resolver import DnsError
from tui.probes.sender.spf_check import SpfOutcome, check_host
from tui.probes.sender.spf_record import SpfError

FOUR, SIX, OTHER = "203.0.113.9", "2001:db8:5::9", "198.51.100.77"
REVERSE = "9.113.0.203.in-addr.arpa PTR"
SENDER = "ada.byron+bills@shop.example"
HELO = "out.mailer.example"


def outcome(dns: MemoryDns, address: str = FOUR, sender: str = SENDER) -> SpfOutcome:
    return asyncio.run(check_host(dns, ip_address(address), sender, helo=HELO))


def result(record: str | list[str], more: Records, address: str = FOUR) -> str:
    """Return the result's name, or what kept a check from having one."""
    try:
        return outcome(MemoryDns({"shop.example TXT": record, **more}), address).result
    except (SpfError, DnsError) as error:
        return error.kind


def includes(count: int) -> dict[str, str]:
    """Return the records of so many domains, each of which includes the next."""
    zone = {f"i{n}.example TXT": f"v=spf1 include:i{n + 1}.example -all" for n in range(1, count)}
    return zone | {f"i{count}.example TXT": f"v=spf1 ip4:{FOUR} -all"}


HOSTS = [f"m{number}.example" for number in range(11)]
M9 = {"m9.example A": FOUR}
A, B = {"h.example A": [OTHER, FOUR]}, {"h.example AAAA": ["2001:db8:5::1", SIX]}
RULES: list[tuple[str, str | list[str], Records, str, str]] = [
    # Section 2.6 and 8: results
    ("2.6.2 no match and no all is neutral", "v=spf1 ip4:192.0.2.1", {}, FOUR, "neutral"),
    ("2.6.7 a permerror in an included record counts", "v=spf1 include:x.example +all",
     {"x.example TXT": "v=spf1 nonsense"}, FOUR, "syntax"),
    ("2.6.6 DNS that fails is a temperror", "servfail", {}, FOUR, "servfail"),
    ("2.6.6 also far below", "v=spf1 a:h.example +all", {"h.example A": "timeout"}, FOUR,
     "timeout"),
    # Section 3: records
    ("3.1 only US-ASCII", "v=spf1 a:caf\xe9.example -all", {}, FOUR, "syntax"),
    ("3.2 one record", ["v=spf1 -all", "V=SPF1 +all"], {}, FOUR, "several"),
    ("3.2 beside other texts", ["v=verify", "v=spf1 ~all", "\x80"], {}, FOUR, "softfail"),
    # Section 4
    ("4.5 the version ends in a blank or the record", ["v=spf1-all", "v=spf10 -all"], {}, FOUR,
     "none"),
    ("4.5 the version alone", "v=spf1", {}, FOUR, "neutral"),
    ("4.5 the version in capitals", "V=sPf1 ?All", {}, FOUR, "neutral"),
    ("4.5 a tab does not end it", "v=spf1\t-all", {}, FOUR, "none"),
    ("4.6.1 a term behind the match is read too", f"v=spf1 ip4:{FOUR} moo", {}, FOUR, "syntax"),
    ("4.6.1 blanks in any number", "v=spf1   ~all  ", {}, FOUR, "softfail"),
    ("4.6.1 no other white space", "v=spf1 ~all\n", {}, FOUR, "syntax"),
    ("4.6.2 from left to right", f"v=spf1 ?ip4:{FOUR} -all", {}, FOUR, "neutral"),
    ("4.6.2 plus is the same as none", "v=spf1 +all", {}, FOUR, "pass"),
    ("4.6.2 no second sign", "v=spf1 --all", {}, FOUR, "syntax"),
    ("4.6.4 ten lookups", "v=spf1 include:i1.example -all", includes(10), FOUR, "pass"),
    ("4.6.4 eleven lookups", "v=spf1 include:i1.example -all", includes(11), FOUR, "lookups"),
    ("4.6.4 a redirect is a lookup", "v=spf1 include:i1.example redirect=i1.example",
     {"i1.example TXT": "v=spf1 " + "a:h.example " * 5, "h.example A": OTHER}, FOUR, "lookups"),
    ("4.6.4 ip4 and all are none", f"v=spf1 {'ip4:192.0.2.1 ' * 40}~all", {}, FOUR, "softfail"),
    ("4.6.4 two that find nothing", "v=spf1 a:x.example exists:y.example ~all", {}, FOUR,
     "softfail"),
    ("4.6.4 three that find nothing", "v=spf1 a:x.example mx:y.example ptr ~all", {}, FOUR,
     "voids"),
    ("4.6.4 ten exchangers", "v=spf1 mx ~all", {"shop.example MX": HOSTS[:10], **M9}, FOUR, "pass"),
    ("4.6.4 eleven exchangers", "v=spf1 mx ~all", {"shop.example MX": HOSTS, **M9}, FOUR, "hosts"),
    ("4.6.4 the eleventh name of a ptr is left out", "v=spf1 ptr:far.example ~all",
     {REVERSE: [*HOSTS[:10], "m.far.example"], "m.far.example A": FOUR}, FOUR, "softfail"),
    ("4.6.4 a loop ends", "v=spf1 include:b.example",
     {"b.example TXT": "v=spf1 redirect=shop.example"}, FOUR, "loop"),
    ("4.7 redirect after all that does not match", f"v=spf1 redirect=t.example ip4:{OTHER}",
     {"t.example TXT": "v=spf1 ~all"}, FOUR, "softfail"),
    ("4.8 a name that is none matches nothing", f"v=spf1 a:x..example a:{'x' * 64}.example ~all",
     {}, FOUR, "softfail"),
    # Section 5: mechanisms
    ("5.1 all", "v=spf1 -all ip4:203.0.113.9", {}, FOUR, "fail"),
    ("5.1 all takes no domain", "v=spf1 -all:shop.example", {}, FOUR, "syntax"),
    ("5.1 all takes no length", "v=spf1 -all/8", {}, FOUR, "syntax"),
    ("5.1 a redirect beside all is ignored", "v=spf1 ~all redirect=none.example", {}, FOUR,
     "softfail"),
    ("5.2 include that passes", "v=spf1 -include:i1.example +all", includes(1), FOUR, "fail"),
    ("5.2 include that fails is no match", "v=spf1 include:i1.example ~all", includes(1), OTHER,
     "softfail"),
    ("5.2 include of no record", "v=spf1 include:none.example +all", {}, FOUR, "missing"),
    ("5.2 include needs a domain", "v=spf1 include -all", {}, FOUR, "syntax"),
    ("5.2 include takes no length", "v=spf1 include:i1.example/24 -all", {}, FOUR, "syntax"),
    ("5.2 include that fails in DNS", "v=spf1 include:x.example -all", {"x.example TXT": "timeout"},
     FOUR, "timeout"),
    ("5.3 a of the domain", "v=spf1 a -all", {"shop.example A": FOUR}, FOUR, "pass"),
    ("5.3 a of any of several", "v=spf1 a:h.example -all", A, FOUR, "pass"),
    ("5.3 a by IPv6", "v=spf1 a:h.example -all", B, SIX, "pass"),
    ("5.3 a with both lengths", "v=spf1 a:h.example/31//112 -all", A | B, "2001:db8:5::ff", "pass"),
    ("5.3 a with the length of IPv6 alone", "v=spf1 a:h.example//120 -all", A, OTHER, "pass"),
    ("5.3 a with length 0", "v=spf1 a:h.example/0 -all", A, "192.0.2.200", "pass"),
    ("5.3 a without a record of that family", "v=spf1 a:h.example/0//0 ~all", A, SIX, "softfail"),
    ("5.4 mx of the domain", "v=spf1 mx -all", {"shop.example MX": ["m9.example"], **M9}, FOUR,
     "pass"),
    ("5.4 mx is not the domain's own address", "v=spf1 mx -all", {"shop.example A": FOUR}, FOUR,
     "fail"),
    ("5.4 a null MX finds nothing", "v=spf1 mx ~all", {"shop.example MX": [""]}, FOUR, "softfail"),
    ("5.4 mx with a length", "v=spf1 mx/24 -all", {"shop.example MX": ["m9.example"], **M9},
     "203.0.113.200", "pass"),
    ("5.5 ptr below the domain", "v=spf1 ptr -all",
     {REVERSE: ["Mx.Shop.Example"], "mx.shop.example A": FOUR}, FOUR, "pass"),
    ("5.5 ptr that does not lead back", "v=spf1 ptr -all",
     {REVERSE: ["mx.shop.example"], "mx.shop.example A": OTHER}, FOUR, "fail"),
    ("5.5 ptr that only ends alike", "v=spf1 ptr -all",
     {REVERSE: ["mx.workshop.example"], "mx.workshop.example A": FOUR}, FOUR, "fail"),
    ("5.5 ptr that DNS fails at is no match", "v=spf1 ptr ~all", {REVERSE: "servfail"}, FOUR,
     "softfail"),
    ("5.5 a name that DNS fails at is skipped", "v=spf1 ptr:far.example -all",
     {REVERSE: ["x.example", "m.far.example"], "x.example A": "timeout", "m.far.example A": FOUR},
     FOUR, "pass"),
    ("5.6 ip4 network", "v=spf1 ip4:203.0.112.0/23 -all", {}, FOUR, "pass"),
    ("5.6 host bits do not matter", "v=spf1 ip4:203.0.113.255/24 -all", {}, FOUR, "pass"),
    ("5.6 ip4 says nothing of IPv6", "v=spf1 ip4:0.0.0.0/0 -all", {}, SIX, "fail"),
    ("5.6 IPv4 mapped into IPv6 is IPv4", f"v=spf1 ip4:{FOUR} -all", {}, f"::ffff:{FOUR}", "pass"),
    ("5.6 and is not IPv6", "v=spf1 ip6:::/0 -all", {}, f"::ffff:{FOUR}", "fail"),
    ("5.6 ip6 may be written as mapped", f"v=spf1 ip6:::ffff:{FOUR} ~all", {}, FOUR, "softfail"),
    ("5.6 ip6 network", "v=spf1 ip6:2001:DB8:5::/48 -all", {}, SIX, "pass"),
    ("5.7 exists", "v=spf1 exists:%{ir}.%{v}.ok.example -all",
     {"9.113.0.203.in-addr.ok.example A": "127.0.0.2"}, FOUR, "pass"),
    ("5.7 exists asks for A even for IPv6", "v=spf1 exists:h.example -all", A, SIX, "pass"),
    ("5.7 exists of AAAA alone is no match", "v=spf1 exists:h.example ~all", B, SIX, "softfail"),
    # Section 6: modifiers
    ("6 an unknown modifier is ignored", "v=spf1 moo=a/b:%{t} ~all", {}, FOUR, "softfail"),
    ("6 an unknown modifier may be empty and repeated", "v=spf1 x= x= ~all", {}, FOUR, "softfail"),
    ("6 a modifier has a name", "v=spf1 =x ~all", {}, FOUR, "syntax"),
    ("6 its macros are well-formed", "v=spf1 moo=%x ~all", {}, FOUR, "syntax"),
    ("6 redirect once", "v=spf1 redirect=a.example redirect=a.example", {}, FOUR, "syntax"),
    ("6 exp once", "v=spf1 exp=a.example -all exp=a.example", {}, FOUR, "syntax"),
    ("6.1 redirect gives the other's result", "v=spf1 redirect=i1.example", includes(1), OTHER,
     "fail"),
    ("6.1 redirect to no record", "v=spf1 redirect=none.example", {}, FOUR, "missing"),
    ("6.1 redirect evaluates the other domain", "v=spf1 redirect=h.example",
     {"h.example TXT": "v=spf1 a -all", **A}, FOUR, "pass"),
    ("6.1 redirect by macros", "v=spf1 redirect=%{d1r}.spf.%{o1}",
     {"shop.spf.example TXT": "v=spf1 ?all"}, FOUR, "neutral"),
    ("6.2 exp needs a domain", "v=spf1 exp= -all", {}, FOUR, "syntax"),
    # Section 7: macros
    ("7.1 a colon and a slash may be in a name", "v=spf1 a:x:y/24.example/24 -all",
     {"x:y/24.example A": FOUR}, FOUR, "pass"),
    ("7.2 exists by sender", "v=spf1 exists:%{l1+-}.%{o}.u.example -all",
     {"bills.shop.example.u.example A": "127.0.0.2"}, FOUR, "pass"),
    ("7.2 the validated name", "v=spf1 exists:%{p}.ok.example -all",
     {REVERSE: ["z.other.example", "m.shop.example"], "z.other.example A": FOUR,
      "m.shop.example A": FOUR, "m.shop.example.ok.example A": "127.0.0.2"}, FOUR, "pass"),
    ("7.2 no validated name", "v=spf1 exists:%{p}.ok.example -all",
     {"unknown.ok.example A": "127.0.0.2"}, FOUR, "pass"),
    ("7.2 the HELO name", "v=spf1 exists:%{h2}.ok.example -all",
     {"mailer.example.ok.example A": "127.0.0.2"}, FOUR, "pass"),
    ("7.2 c, r and t are for explanations", "v=spf1 exists:%{c}.ok.example -all", {}, FOUR,
     "syntax"),
    ("7.3 a name that is too long loses labels on the left",
     f"v=spf1 a:{'b' * 40}.{'.'.join(['c' * 50] * 4)}.h.example -all",
     {f"{'.'.join(['c' * 50] * 4)}.h.example A": FOUR}, FOUR, "pass"),
    ("7.3 an upper-case macro is escaped", "v=spf1 exists:%{L}.ok.example -all",
     {"ada.byron%2bbills.ok.example A": "127.0.0.2"}, FOUR, "pass"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "more", "address", "expected"),
    [row[1:] for row in RULES],
    ids=[row[0] for row in RULES],
)
def test_each_rule_of_spf(
    record: str | list[str], more: Records, address: str, expected: str
) -> None:
    assert result(record, more, address) == expected


EXPLANATIONS: list[tuple[str, str, Records, str]] = [
    ("a text", "exp=why.example", {"why.example TXT": "See %{d}."}, "See shop.example."),
    ("every macro", "exp=why.example",
     {"why.example TXT": "%{s} %{l} %{o} %{d} %{i} %{v} %{h} %{c} %{r} %%%_%-"},
     f"{SENDER} ada.byron+bills shop.example shop.example {FOUR} in-addr {HELO} {FOUR} "
     "unknown % %20"),
    ("by macros", "exp=%{l1r+}.why.example", {"ada.byron.why.example TXT": "Hi"}, "Hi"),
    ("none", "", {}, ""),
    ("no text", "exp=why.example", {}, ""),
    ("two texts", "exp=why.example", {"why.example TXT": ["A", "B"]}, ""),
    ("not ASCII", "exp=why.example", {"why.example TXT": "caf\xe9"}, ""),
    ("a macro that is none", "exp=why.example", {"why.example TXT": "100%"}, ""),
    ("DNS fails", "exp=why.example", {"why.example TXT": "timeout"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("modifier", "more", "expected"),
    [x[1:] for x in EXPLANATIONS],
    ids=[x[0] for x in EXPLANATIONS],
)
def test_a_fail_is_explained_or_not(modifier: str, more: Records, expected: str) -> None:
    found = outcome(MemoryDns({"shop.example TXT": f"v=spf1 {modifier} -all", **more}))
    assert (found.result, found.explanation) == ("fail", expected)


def test_the_explanation_is_that_of_the_record_that_fails() -> None:
    zone = {
        "shop.example TXT": "v=spf1 include:in.example redirect=to.example exp=own.example",
        "in.example TXT": "v=spf1 exp=in.why.example -all",
        "to.example TXT": "v=spf1 exp=to.why.example -all",
        "own.example TXT": "own",
        "in.why.example TXT": "included",
        "to.why.example TXT": "redirected",
    }
    assert outcome(MemoryDns(zone)).explanation == "redirected"
    del zone["to.why.example TXT"]
    assert outcome(MemoryDns(zone)).explanation == ""


def test_only_a_fail_looks_for_an_explanation() -> None:
    dns = MemoryDns({"shop.example TXT": "v=spf1 ~all exp=why.example"})
    assert outcome(dns).result == "softfail"
    assert dns.queries == ["shop.example TXT"]


def test_the_term_that_matched_is_known() -> None:
    dns = MemoryDns({"shop.example TXT": f"v=spf1 a ~ip4:{FOUR}/25 -all", "shop.example A": OTHER})
    assert outcome(dns).term == f"~ip4:{FOUR}/25"


@pytest.mark.parametrize("domain", ["shop", "", "a..example", f"{'x' * 64}.example", "x." * 130])
def test_a_domain_that_cannot_be_one_has_no_result_and_asks_nothing(domain: str) -> None:
    dns = MemoryDns({})
    assert outcome(dns, sender=f"ada@{domain}").result == "none"
    assert not dns.queries


def test_a_sender_without_a_local_part_is_the_postmaster() -> None:
    zone = {"shop.example TXT": "v=spf1 exists:%{l}.ok.example -all"}
    dns = MemoryDns({**zone, "postmaster.ok.example A": "127.0.0.2"})
    assert outcome(dns, sender="@shop.example").result == "pass"


def test_what_depends_on_an_unknown_helo_name_is_unknown() -> None:
    dns = MemoryDns({"shop.example TXT": f"v=spf1 ip4:{OTHER} exists:%{{h}}.ok.example -all"})
    for address, expected in ((FOUR, "unknown"), (OTHER, "pass")):
        found = asyncio.run(check_host(dns, ip_address(address), SENDER))
        assert found.result == expected


TERMS = st.sampled_from(
    [
        *("a", "-mx", "ptr", "a:%{d}", "mx:%{p}.x.example", "exists:%{i}.e.example", "~all"),
        *("include:shop.example", "include:b.example", "redirect=b.example", "exp=%{p}.example"),
        *("ip4:203.0.113.9", "-ip6:::/0", "include:%{l}.b.example", "ptr:%{ir}.example", "x=%{c}"),
    ]
)
RECORD = st.lists(TERMS, max_size=14).map(lambda terms: " ".join(["v=spf1", *terms]))


@deterministic
@given(RECORD, RECORD, st.sampled_from([FOUR, SIX]))
def test_every_check_ends_within_the_limits(own: str, other: str, address: str) -> None:
    zone: Records = {
        "shop.example TXT": own,
        "b.example TXT": other,
        "ada.byron+bills.b.example TXT": other,
        "shop.example MX": HOSTS[:10],
        REVERSE: HOSTS[:10],
        "shop.example A": OTHER,
    }
    dns = MemoryDns(zone)
    with suppress(SpfError):
        assert outcome(dns, address).result != "none"
    # Ten terms with at most ten hosts each, the records, the names of a ptr, an explanation.
    assert len(dns.queries) <= 10 * 11 + 11 + 11 + 1
