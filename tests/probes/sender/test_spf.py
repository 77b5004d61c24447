"""What is said of SPF, asked of a real name server on loopback."""

from collections.abc import Sequence

import pytest

from tests.probes.sender.factories import (
    FOUR,
    GOOD,
    OTHER,
    RELAY,
    SIX,
    USER,
    check,
    check_on_server,
)
from tests.probes.sender.name_server import Zone
from tui.probes.stage import StageResult
from tui.terminal.visible import visible

MANY = [f"{number} m{number}.example." for number in range(11)]
ELEVEN = {f"d{n}.example TXT": f"v=spf1 include:d{n + 1}.example -all" for n in range(1, 12)}
REVERSE = "25.2.0.192.in-addr.arpa PTR"
FINDINGS: list[tuple[str, str | list[str], Zone, tuple[str, ...], str]] = [
    ("by ip4", "v=spf1 ip4:192.0.2.25 -all", {}, (FOUR,), "pass"),
    ("both families", f"v=spf1 ip4:{FOUR} ip6:2001:db8::/32 -all", {}, (FOUR, SIX), "pass"),
    ("one of both", f"v=spf1 ip4:{FOUR} -all", {}, (FOUR, SIX), "some"),
    ("mapped", "v=spf1 ip4:192.0.2.25 -all", {}, (f"::ffff:{FOUR}",), "pass"),
    ("fail", "v=spf1 -all", {}, (FOUR,), "fail"),
    ("softfail", "v=spf1 ~all", {}, (FOUR,), "softfail"),
    ("neutral", "v=spf1 ?all", {}, (FOUR,), "neutral"),
    ("nothing said", "v=spf1", {}, (FOUR,), "neutral"),
    ("by mx", "v=spf1 mx -all", {"mail.corp.example A": FOUR}, (FOUR,), "pass"),
    ("by ptr", "v=spf1 ptr -all", {REVERSE: "relay.corp.example.", "relay.corp.example A": FOUR},
     (FOUR,), "pass"),
    ("by exists", "v=spf1 exists:%{ir}.%{l}._spf.%{d} -all",
     {"25.2.0.192.helpdesk._spf.corp.example A": "127.0.0.2"}, (FOUR,), "pass"),
    ("not by exists", "v=spf1 exists:%{i}._spf.%{d} -all", {}, (FOUR,), "fail"),
    ("by HELO", "v=spf1 exists:%{h}.ok.example -all", {}, (FOUR,), "unknown"),
    ("eleven exchangers", "v=spf1 mx:m.example -all", {"m.example MX": MANY}, (FOUR,), "hosts"),
    ("eleven lookups", "v=spf1 include:d1.example -all", ELEVEN, (FOUR,), "lookups"),
    ("included by none", "v=spf1 include:none.example -all", {}, (FOUR,), "missing"),
    ("loop", "v=spf1 include:corp.example -all", {}, (FOUR,), "loop"),
    ("three void", "v=spf1 a:v1.example a:v2.example mx:v3.example ~all", {}, (FOUR,), "voids"),
    ("two of them", ["v=spf1 +all", "v=spf1 -all"], {}, (FOUR,), "several"),
    ("none", ["v=spf10 +all", "spf2.0/pra +all", "v=spf1+all"], {}, (FOUR,), "none"),
    ("wrong word", "v=spf1 ipv4:192.0.2.25 -all", {}, (FOUR,), "syntax"),
    ("too long", "v=spf1 " + "ip4:198.51.100.1 " * 300 + "-all", {}, (FOUR,), "long"),
    ("by TCP", "v=spf1 " + "ip4:198.51.100.1 " * 50 + f"ip4:{FOUR} -all", {}, (FOUR,), "pass"),
    ("a name that is an escape", f"v=spf1 a:x\\.y.example a:\\065.example ip4:{FOUR} -all", {},
     (FOUR,), "pass"),
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
    [row[1:] for row in FINDINGS],
    ids=[row[0] for row in FINDINGS],
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
    assert visible(found.message) == found.message


def test_the_question_that_failed_is_named() -> None:
    zone = {**GOOD, "corp.example TXT": "v=spf1 a:h.x.example ~all", "h.x.example A": "SERVFAIL"}
    assert "for A of h.x.example" in check(zone)["spf"].message


def test_what_is_missing_from_spf_is_said_with_the_record_to_publish() -> None:
    found = check(GOOD, addresses=(OTHER, SIX))["spf"]
    assert f"doesn't authorize {OTHER}, {SIX} ({RELAY})" in found.message
    assert found.hint.endswith(f": v=spf1 ip4:192.0.2.25 ip4:{OTHER} ip6:{SIX} -all")
    assert f"{RELAY} may send from other addresses" in found.hint
    some = check(GOOD, addresses=(FOUR, SIX))["spf"]
    assert f"authorizes {FOUR}, but not {SIX}" in some.message


def test_a_domain_without_a_record_gets_one_to_start_with() -> None:
    hint = check({**GOOD, "corp.example TXT": []})["spf"].hint
    assert hint.endswith(f": v=spf1 ip4:{FOUR} ~all")


def test_a_file_knows_no_path_and_an_instance_does() -> None:
    other = "ServiceNow's own account would send"
    assert other in check(GOOD)["spf"].hint
    assert other not in check(GOOD, by_servicenow=False)["spf"].hint


def test_spf_asks_for_each_name_once_however_many_addresses_there_are() -> None:
    zone = {**GOOD, "corp.example TXT": "v=spf1 a:h.example -all", "h.example A": OTHER}
    addresses = [f"203.0.113.{number}" for number in range(1, 9)]
    _, server = check_on_server(zone, addresses=addresses)
    assert sorted(set(server.queries)) == sorted(server.queries)


B, C, D = (f"{letter}.spf.service-now.com" for letter in "bcd")
SERVERS: Zone = {
    f"{B} A": ["203.0.113.1", "203.0.113.2"],
    f"{C} A": ["203.0.113.65"],
    f"{C} AAAA": ["2001:db8:c::1"],
    f"{D} A": ["203.0.113.129"],
}
ALL = f"v=spf1 a:{B} a:{C} a:{D}"
SERVICENOW: list[tuple[str, str | list[str], Zone, str, str]] = [
    ("by name", f"{ALL} -all", {}, "pass", f"authorizes all of ServiceNow's mail servers ({B}, "),
    ("by addresses", "v=spf1 ip4:203.0.113.0/24 ip6:2001:db8:c::/48 -all", {}, "pass", D),
    ("by ServiceNow's record", "v=spf1 include:service-now.com -all", {"service-now.com TXT": ALL},
     "pass", B),
    ("none", "v=spf1 mx -all", {}, "fail", f"doesn't authorize {B}, {C}, {D} (ServiceNow's"),
    ("one", f"v=spf1 a:{C} ~all", {}, "some", f"authorizes {C}, but not {B}, {D}"),
    ("one in part", f"{ALL} -all".replace(f"a:{B}", "ip4:203.0.113.2"), {}, "some",
     f"but not all of {B} (1 of 2 addresses)"),
    ("by include of names without a record", f"v=spf1 include:{B} -all", {}, "missing", B),
    ("in an internal DNS", "v=spf1 -all", {f"{D} A": []}, "no-address", f"no address for {D}"),
    ("while DNS fails", "v=spf1 -all", {f"{D} A": "SERVFAIL"}, "servfail", f"A of {D}"),
    ("without a record", [], {}, "none", "has no SPF record"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "zone", "kind", "words"), [x[1:] for x in SERVICENOW], ids=[x[0] for x in SERVICENOW]
)
def test_servicenows_servers_must_be_authorized_where_its_account_sends(
    record: str | list[str], zone: Zone, kind: str, words: str
) -> None:
    known = {**GOOD, **SERVERS, **zone, "corp.example TXT": record}
    found = check(known, by_servicenow=True)["spf"]
    assert found.code == f"sender.spf.{kind}"
    assert words in found.message


def test_servicenows_servers_may_come_to_have_records_instead_of_addresses() -> None:
    zone: Zone = {
        **GOOD,
        **{f"{name} TXT": f"v=spf1 include:in.{name} -all" for name in (B, C, D)},
        **{f"in.{name} TXT": f"v=spf1 ip4:203.0.113.{n}/28" for n, name in enumerate((B, C, D))},
    }
    included = f"v=spf1 include:{B} include:{C} -all"
    found = check({**zone, "corp.example TXT": included}, by_servicenow=True)["spf"]
    assert found.code == "sender.spf.pass"  # the three name one network here
    found = check({**zone, "corp.example TXT": "v=spf1 -all"}, by_servicenow=True)["spf"]
    assert f"v=spf1 include:{B} include:{C} include:{D} -all" in found.hint


@pytest.mark.parametrize("by_servicenow", [None, False, True])
def test_a_relay_of_servicenow_means_its_servers(by_servicenow: bool | None) -> None:
    zone = {**GOOD, **SERVERS, "corp.example TXT": f"{ALL} -all"}
    found = check(zone, by_servicenow=by_servicenow, relay="smtp.service-now.com")["spf"]
    assert found.code == "sender.spf.pass"
    assert "Hybrid Singapore" in found.hint


def test_terms_without_an_ipv6_address_can_fail_an_ipv6_address() -> None:
    record = "v=spf1 a:h1.example a:h2.example a:h3.example ip6:::/0 -all"
    zone = {**GOOD, **{f"h{n}.example A": FOUR for n in (1, 2, 3)}, "corp.example TXT": record}
    assert check(zone)["spf"].code == "sender.spf.pass"
    found = check(zone, addresses=(FOUR, SIX))["spf"]
    assert found.code == "sender.spf.voids"
    assert f"For {SIX}, more than 2 of its terms" in found.message


def test_nobody_is_asked_to_publish_at_a_domain_of_servicenow() -> None:
    zone = {
        **SERVERS,
        "service-now.com MX": "1 m.service-now.com.",
        "service-now.com TXT": "v=spf1 -all",
    }
    hint = check(zone, user="dev1@service-now.com", by_servicenow=True)["spf"].hint
    assert "ServiceNow maintains the record of service-now.com" in hint
    assert "v=spf1" not in hint


PUBLISHED = [
    ("before all", "v=spf1 mx ~all", f"v=spf1 mx a:{B} a:{C} a:{D} ~all"),
    ("before a redirect", "v=spf1 redirect=r.example", f"{ALL} redirect=r.example"),
    ("at the end", "V=spf1  mx", f"V=spf1 mx a:{B} a:{C} a:{D}"),
    ("only what is missing", f"v=spf1 a:{C} a:{D} -all", f"v=spf1 a:{C} a:{D} a:{B} -all"),
    ("before what would refuse it", "v=spf1 -ip4:203.0.113.0/24 mx -all",
     f"{ALL} -ip4:203.0.113.0/24 mx -all"),
    ("unknown modifiers stay", "v=spf1 x=y mx exp=e.example -all",
     f"v=spf1 x=y mx exp=e.example a:{B} a:{C} a:{D} -all"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("record", "published"), [x[1:] for x in PUBLISHED], ids=[x[0] for x in PUBLISHED]
)
def test_the_record_to_publish_keeps_what_is_there_and_works(record: str, published: str) -> None:
    zone = {**GOOD, **SERVERS, "mail.corp.example A": OTHER, "r.example TXT": "v=spf1 -all"}
    hint = check({**zone, "corp.example TXT": record}, by_servicenow=True)["spf"].hint
    assert hint.endswith(f"in place of the present one: {published}")
    after = check({**zone, "corp.example TXT": published}, by_servicenow=True)["spf"]
    assert after.code == "sender.spf.pass"


def test_a_record_that_would_ask_too_often_is_not_proposed() -> None:
    hosts = {f"h{n}.example A": OTHER for n in range(8)}
    record = f"v=spf1 {' '.join(f'a:h{n}.example' for n in range(8))} -all"
    zone = {**GOOD, **SERVERS, f"{C} AAAA": [], **hosts, "corp.example TXT": record}
    hint = check(zone, by_servicenow=True)["spf"].hint
    assert f"Add a:{B} a:{C} a:{D} before `all`." in hint
    assert "in error. It needs more than 10 DNS lookups." in hint
    assert "v=spf1" not in hint


def test_a_long_record_is_proposed_in_strings_of_255_characters() -> None:
    record = f"v=spf1 {' '.join(f'ip4:198.51.100.{n}' for n in range(20, 60))} -all"
    hint = check({**GOOD, **SERVERS, "corp.example TXT": record}, by_servicenow=True)["spf"].hint
    strings = hint.partition(': "')[2].rpartition('"')[0].split('" "')
    assert max(map(len, strings)) <= 255
    joined = "".join(strings)
    assert joined == record.replace(" -all", f" a:{B} a:{C} a:{D} -all")
    assert "has several" in hint
    assert "more than 450 characters" in hint


def test_a_record_too_long_to_show_is_not_shown_in_part() -> None:
    record = f"v=spf1 {' '.join(f'ip4:198.51.100.{n}' for n in range(10, 99))} -all"
    hint = check({**GOOD, "corp.example TXT": record}, addresses=(OTHER, SIX))["spf"].hint
    assert "The whole record would have" in hint
    assert "198.51.100.50" not in hint


def test_the_sender_counts_in_macros_as_it_is_written() -> None:
    zone = {
        **GOOD,
        "corp.example TXT": "v=spf1 exists:%{l}.%{o}.ok.example -all",
        "news.corp.example.ok.example A": "127.0.0.2",
    }
    assert check(zone, user=USER, sender="news@Corp.Example")["spf"].code == "sender.spf.pass"


def test_what_a_relay_sends_from_is_not_guessed_from_its_name() -> None:
    found, server = check_on_server(GOOD, addresses=None)
    assert (found["spf"].result, found["spf"].code) == (StageResult.SKIPPED, "sender.spf.relay")
    assert f"the addresses that {RELAY} sends from, not the instance's" in found["spf"].message
    assert f"Ask the administrators of {RELAY}" in found["spf"].hint
    assert not [each for each in server.queries if each.startswith(RELAY)]
    none = check({"corp.example MX": "10 mail.corp.example."}, addresses=None)["spf"]
    assert none.code == "sender.spf.none"
    assert none.hint.startswith(f"What {RELAY} sends from isn't known here.")
