"""What DNS says of a sender, asked of a real name server on loopback."""

import asyncio
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import dns.asyncresolver
import pytest
from dns.resolver import NoResolverConfiguration
from hypothesis import given
from hypothesis import strategies as st

from tests.probes.naming import SILENT, NameServer, Zone, naming
from tests.settings.factories import deterministic
from tui.probes.sender import spf
from tui.probes.sender.sender_checks import SenderFinding, domain_of, sender_sense
from tui.probes.sender.spf import PermError
from tui.probes.stage import StageResult
from tui.terminal.visible import visible

USER = "helpdesk@corp.example"
RELAY = "relay.corp.example"
FOUR, SIX = "192.0.2.25", "2001:db8::25"
OTHER = "198.51.100.7"
GOOD: Zone = {
    "corp.example MX": "10 mail.corp.example.",
    "corp.example TXT": ["v=spf1 ip4:192.0.2.25 -all", "some=thing"],
    "_dmarc.corp.example TXT": "v=DMARC1; p=reject",
}
Told = Mapping[str, SenderFinding]


async def ask(
    server: NameServer, *, user: str, sender: str, addresses: Sequence[str], deadline: float
) -> Told:
    found = await sender_sense(
        user=user,
        sender=sender,
        relay=RELAY,
        addresses=addresses,
        deadline=deadline,
        resolver=server.resolver,
    )
    return {finding.code.split(".")[1]: finding for finding in found}


def told(
    zone: Zone,
    *,
    user: str = USER,
    sender: str = "",
    addresses: Sequence[str] = (FOUR,),
    deadline: float = 20.0,
) -> Told:
    """What is found, by its part, where the zone is all that DNS knows."""
    return asked(zone, user=user, sender=sender, addresses=addresses, deadline=deadline)[0]


def asked(
    zone: Zone,
    *,
    user: str = USER,
    sender: str = "",
    addresses: Sequence[str] = (FOUR,),
    deadline: float = 20.0,
) -> tuple[Told, NameServer]:
    async def main() -> tuple[Told, NameServer]:
        async with naming(zone) as server:
            found = await ask(
                server, user=user, sender=sender, addresses=addresses, deadline=deadline
            )
            return found, server

    return asyncio.run(main())


def test_all_is_well() -> None:
    found = told(GOOD)
    assert [finding.code for finding in found.values()] == [
        "sender.login.same",
        "sender.domain.mx",
        "sender.spf.pass",
        "sender.dmarc.aligned",
        "sender.dkim.unknown",
    ]
    assert [finding.verdict for finding in found.values()] == [
        *[StageResult.PASSED] * 4,
        StageResult.SKIPPED,
    ]
    assert found["spf"].message == f"SPF of corp.example names {FOUR} ({RELAY})."
    assert "from other addresses" in found["spf"].hint
    assert "the instance may send from its own" in found["spf"].hint


@pytest.mark.parametrize(
    ("user", "sender", "verdict", "kind"),
    [
        (USER, USER, StageResult.PASSED, "same"),
        (USER, "", StageResult.PASSED, "same"),
        (USER, "HelpDesk@Corp.Example", StageResult.PASSED, "same"),
        (USER, "noreply@corp.example", StageResult.PASSED, "same-domain"),
        (USER, "noreply@CORP.example.", StageResult.PASSED, "same-domain"),
        ("a@bücher.example", "b@xn--bcher-kva.example", StageResult.PASSED, "same-domain"),
        ("relay@other.example", USER, StageResult.WARNED, "other-domain"),
        ("relay@mail.corp.example", USER, StageResult.WARNED, "other-domain"),
        ("a@-", "b@-", StageResult.WARNED, "other-domain"),
        ("apikey", USER, StageResult.SKIPPED, "no-address"),
        ("", USER, StageResult.SKIPPED, "no-address"),
    ],
)
def test_login_is_compared_with_the_sender(
    user: str, sender: str, verdict: StageResult, kind: str
) -> None:
    found = told({}, user=user, sender=sender)["login"]
    assert (found.verdict, found.code) == (verdict, f"sender.login.{kind}")


@pytest.mark.parametrize("sender", ["", "helpdesk", "a@", "a@[192.0.2.1]", "a@192.0.2.1", "a@b c"])
def test_sender_without_a_domain_asks_nothing(sender: str) -> None:
    found, server = asked(GOOD, user="apikey", sender=sender)
    assert list(found) == ["login", "domain"]
    assert (found["domain"].verdict, found["domain"].code) == (
        StageResult.SKIPPED,
        "sender.domain.none",
    )
    assert not server.asked


@pytest.mark.parametrize(
    ("zone", "verdict", "kind"),
    [
        ({"corp.example MX": ["20 b.example.", "10 a.example."]}, StageResult.PASSED, "mx"),
        ({"corp.example MX": "0 ."}, StageResult.WARNED, "null-mx"),
        ({"corp.example A": FOUR}, StageResult.PASSED, "address"),
        ({"corp.example AAAA": SIX}, StageResult.PASSED, "address"),
        ({"corp.example TXT": "v=spf1 -all"}, StageResult.WARNED, "no-mail"),
        ({"www.corp.example A": FOUR}, StageResult.WARNED, "no-mail"),
        ({"example TXT": "other"}, StageResult.FAILED, "missing"),
        ({"corp.example MX": "SERVFAIL"}, StageResult.SKIPPED, "servfail"),
        ({"corp.example MX": "REFUSED"}, StageResult.SKIPPED, "servfail"),
        ({"corp.example MX": "NOTIMP"}, StageResult.SKIPPED, "servfail"),
    ],
)
def test_where_replies_go(zone: Zone, verdict: StageResult, kind: str) -> None:
    found = told(zone)["domain"]
    assert (found.verdict, found.code) == (verdict, f"sender.domain.{kind}")
    assert found.hint or verdict is StageResult.PASSED


def test_replies_go_to_the_first_choice() -> None:
    zone = {"corp.example MX": [f"{10 * number} m{number}.example." for number in (4, 2, 3, 1)]}
    message = told(zone)["domain"].message
    assert message == ("Replies to corp.example go to m1.example, m2.example, m3.example and more.")


def test_domain_that_does_not_exist_is_asked_no_further_about() -> None:
    found = told({})
    assert found["spf"].code == "sender.spf.not-reached"
    assert found["dmarc"].code == "sender.dmarc.not-reached"
    assert found["spf"].verdict is found["dmarc"].verdict is StageResult.SKIPPED


def deep(count: int) -> dict[str, str]:
    """Domains that include each other, so many of them, and the last one lets FOUR send."""
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
    ("include", "v=spf1 include:d1.example -all", deep(1), (FOUR,), "pass"),
    ("include fails", "v=spf1 include:d1.example ~all", deep(1), (OTHER,), "softfail"),
    ("ten includes", "v=spf1 include:d1.example -all", deep(10), (FOUR,), "pass"),
    ("eleven includes", "v=spf1 include:d1.example -all", deep(11), (FOUR,), "lookups"),
    ("eleven hosts", "v=spf1 " + "a:h.example " * 11 + "-all", {"h.example A": OTHER}, (FOUR,),
     "lookups"),
    ("included by none", "v=spf1 include:none.example -all", {}, (FOUR,), "missing"),
    ("redirect", "v=spf1 redirect=d1.example", deep(1), (FOUR,), "pass"),
    ("redirect fails", "v=spf1 redirect=d1.example", deep(1), (OTHER,), "fail"),
    ("redirect counts", "v=spf1 " + "a:h.example " * 10 + "redirect=d1.example",
     deep(1) | {"h.example A": OTHER}, (FOUR,), "lookups"),
    ("redirect to no name", "v=spf1 redirect=localhost", {}, (FOUR,), "syntax"),
    ("redirect behind all", "v=spf1 redirect=d1.example ~all", deep(1), (FOUR,), "softfail"),
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
    found = told({**GOOD, **zone, "corp.example TXT": record}, addresses=addresses)["spf"]
    skipped = ("unknown", "internal", "no-address", "servfail")
    verdict = {"pass": StageResult.PASSED, **dict.fromkeys(skipped, StageResult.SKIPPED)}
    assert (found.code, found.verdict) == (
        f"sender.spf.{kind}",
        verdict.get(kind, StageResult.WARNED),
    )
    assert found.hint


def test_what_is_missing_from_spf_is_told_as_it_is_written() -> None:
    found = told(GOOD, addresses=(OTHER, SIX))["spf"]
    assert f"does not name {OTHER}, {SIX} ({RELAY})" in found.message
    assert f"have ip4:{OTHER} ip6:{SIX} added" in found.hint
    some = told(GOOD, addresses=(FOUR, SIX))["spf"]
    assert f"names {FOUR}, but not {SIX}" in some.message


def test_spf_asks_for_each_name_once_however_many_addresses_there_are() -> None:
    zone = {**GOOD, **deep(9), "corp.example TXT": "v=spf1 include:d1.example -all"}
    _, server = asked(zone, addresses=[f"198.51.100.{number}" for number in range(1, 9)])
    assert sorted(set(server.asked)) == sorted(server.asked)


DMARC: list[tuple[str, Zone, str, str]] = [
    ("reject", {}, USER, "aligned"),
    ("none", {"_dmarc.corp.example TXT": "v=DMARC1;p=none"}, USER, "none"),
    ("above", {"_dmarc.corp.example TXT": [], "_dmarc.example TXT": "v=DMARC1; p=reject"}, USER,
     "aligned"),
    ("nowhere", {"_dmarc.corp.example TXT": []}, USER, "no-policy"),
    ("several", {"_dmarc.corp.example TXT": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, USER,
     "no-policy"),
    ("no version", {"_dmarc.corp.example TXT": "p=reject; v=DMARC1"}, USER, "no-policy"),
    ("other version", {"_dmarc.corp.example TXT": "v=dmarc1; p=reject"}, USER, "no-policy"),
    ("no p", {"_dmarc.corp.example TXT": "v=DMARC1"}, USER, "no-policy"),
    ("wrong p", {"_dmarc.corp.example TXT": "v=DMARC1; p=deny"}, USER, "no-policy"),
    ("no p, but rua", {"_dmarc.corp.example TXT": "v=DMARC1; rua=mailto:x@corp.example"}, USER,
     "none"),
    ("p twice", {"_dmarc.corp.example TXT": "v=DMARC1; p=reject; p=none"}, USER, "aligned"),
    ("wrong sp", {"_dmarc.corp.example TXT": "v=DMARC1; p=reject; sp=x"}, USER, "no-policy"),
    ("test", {"_dmarc.corp.example TXT": "v=DMARC1; p=quarantine; t=y"}, USER, "none"),
    ("spf fails", {"corp.example TXT": "v=spf1 -all"}, USER, "unproven"),
    ("no spf", {"corp.example TXT": []}, USER, "unproven"),
    ("other domain", {}, "relay@other.example", "unaligned"),
    ("other domain, none", {"_dmarc.corp.example TXT": "v=DMARC1; p=none"}, "relay@other.example",
     "none"),
    ("below", {}, "relay@mail.corp.example", "unproven"),
    ("below, strict", {"_dmarc.corp.example TXT": "v=DMARC1; p=reject; aspf=s"},
     "relay@mail.corp.example", "unaligned"),
    ("one organisation each", {"_dmarc.mail.corp.example TXT": "v=DMARC1; p=none; psd=n"},
     "relay@mail.corp.example", "unaligned"),
    ("public suffix", {"_dmarc.example TXT": "v=DMARC1; p=none; psd=y"},
     "relay@other.example", "unaligned"),
    ("no address", {}, "apikey", "aligned"),
    ("servfail", {"_dmarc.corp.example TXT": "SERVFAIL"}, USER, "servfail"),
    ("servfail above", {"_dmarc.example TXT": "SERVFAIL"}, USER, "servfail"),
    ("blanks", {"_dmarc.corp.example TXT": " v = DMARC1 ;; p = Reject ; "}, USER, "aligned"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "user", "kind"), [row[1:] for row in DMARC], ids=[row[0] for row in DMARC]
)
def test_dmarc(zone: Zone, user: str, kind: str) -> None:
    found = told({**GOOD, **zone}, user=user, sender=USER)["dmarc"]
    skipped, passed = ("servfail",), ("none", "aligned")
    verdict = dict.fromkeys(skipped, StageResult.SKIPPED) | dict.fromkeys(
        passed, StageResult.PASSED
    )
    assert (found.code, found.verdict) == (
        f"sender.dmarc.{kind}",
        verdict.get(kind, StageResult.WARNED),
    )


def test_dmarc_says_where_the_policy_stands_and_what_receivers_do() -> None:
    below = "helpdesk@it.corp.example"
    zone = {"it.corp.example MX": "1 m.example.", "_dmarc.corp.example TXT": "v=DMARC1; p=none"}
    found = told({**zone, "_dmarc.corp.example TXT": "v=DMARC1; p=none; sp=reject"}, user=below)
    message = found["dmarc"].message
    assert "of it.corp.example is reject (at _dmarc.corp.example)" in message
    assert "receivers refuse the mail" in message
    zone["_dmarc.it.corp.example TXT"] = "v=DMARC1; p=quarantine; sp=reject"
    message = told(zone, user=below)["dmarc"].message
    assert "is quarantine (at _dmarc.it.corp.example)" in message
    assert "receivers put aside as spam the mail" in message
    spoiled = {**GOOD, "_dmarc.corp.example TXT": ["v=DMARC1; p=none", "v=DMARC1"]}
    assert "several records at _dmarc.corp.example" in told(spoiled)["dmarc"].message


def test_dmarc_walks_up_no_more_than_eight_names() -> None:
    domain = "a.b.c.d.e.f.g.h.corp.example"
    _, server = asked({f"{domain} MX": "1 m.example."}, user=f"x@{domain}")
    walked = [name for name in server.asked if name.startswith("_dmarc.")]
    labels = domain.split(".")
    assert walked == [
        f"_dmarc.{name} TXT"
        for name in (domain, *(".".join(labels[-count:]) for count in range(7, 0, -1)))
    ]


@pytest.mark.parametrize(
    ("psd", "last"), [("n", "_dmarc.mail.corp.example"), ("y", "_dmarc.corp.example")]
)
def test_dmarc_walks_no_further_than_it_is_told(psd: str, last: str) -> None:
    zone = {
        "mail.corp.example MX": "1 m.example.",
        f"{last} TXT": f"v=DMARC1; p=none; psd={psd}",
        "_dmarc.example TXT": "v=DMARC1; p=reject",
    }
    found, server = asked(zone, user="x@mail.corp.example")
    assert [name for name in server.asked if name.startswith("_dmarc.")][-1] == f"{last} TXT"
    assert f"(at {last})" in found["dmarc"].message


def test_dkim_is_never_a_pass() -> None:
    zone = {**GOOD, "default._domainkey.corp.example TXT": "v=DKIM1; p=MIIB"}
    found, server = asked(zone)
    assert found["dkim"].verdict is StageResult.SKIPPED
    assert not [name for name in server.asked if "_domainkey" in name]


def test_name_servers_that_are_silent_or_not_there_are_told_apart() -> None:
    silent = dict.fromkeys(
        ("corp.example MX", "corp.example TXT", "_dmarc.corp.example TXT"), SILENT
    )
    parts = ("domain", "spf", "dmarc")
    found = told(silent, deadline=0.2)
    assert {found[part].code for part in parts} == {f"sender.{part}.timeout" for part in parts}

    async def nowhere() -> Told:
        async with naming({}) as server:
            resolver = server.resolver
        resolver.nameservers = []
        found = await sender_sense(
            user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9, resolver=resolver
        )
        return {finding.code.split(".")[1]: finding for finding in found}

    found = asyncio.run(nowhere())
    assert {found[part].code for part in parts} == {f"sender.{part}.no-dns" for part in parts}
    assert all(found[part].verdict is StageResult.SKIPPED for part in parts)
    assert all("not tested" in found[part].message for part in parts)


def test_machine_without_name_servers_tests_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def unset() -> None:
        raise NoResolverConfiguration

    monkeypatch.setattr(dns.asyncresolver, "Resolver", unset)
    found = asyncio.run(
        sender_sense(user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9)
    )
    assert [finding.code for finding in found[1:4]] == [
        f"sender.{part}.no-dns" for part in ("domain", "spf", "dmarc")
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"search ns-" + b"a" * 66 + b".svc.cluster.local\nnameserver 127.0.0.1\n",
        b"search .home\nnameserver 127.0.0.1\n",
        b"nameserver localhost\n",
        "# Büro\nnameserver 127.0.0.1\n".encode("latin-1"),
    ],
)
def test_odd_dns_settings_are_the_outcome_of_each_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: bytes
) -> None:
    settings = tmp_path / "resolv.conf"
    settings.write_bytes(text)
    read = dns.asyncresolver.Resolver
    monkeypatch.setattr(dns.asyncresolver, "Resolver", lambda: read(str(settings)))
    found = asyncio.run(
        sender_sense(user=USER, sender="", relay=RELAY, addresses=(FOUR,), deadline=9)
    )
    assert [finding.code for finding in found[1:4]] == [
        f"sender.{part}.settings" for part in ("domain", "spf", "dmarc")
    ]
    assert all("/etc/resolv.conf" in finding.hint for finding in found[1:4])


def test_dns_is_loaded_only_when_it_is_asked() -> None:
    code = "import sys, tui.probes.sender.sender_checks; sys.exit('dns' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_one_part_that_fails_leaves_the_others() -> None:
    found = told({**GOOD, "corp.example TXT": SILENT}, deadline=0.5)
    assert found["spf"].code == "sender.spf.timeout"
    assert found["domain"].code == "sender.domain.mx"
    assert found["dmarc"].code == "sender.dmarc.unproven"


def test_international_domain_is_asked_for_as_dns_has_it() -> None:
    ascii_name = "xn--bcher-kva.example"
    zone = {
        f"{ascii_name} MX": "1 m.example.",
        f"{ascii_name} TXT": f"v=spf1 ip4:{FOUR} -all",
        f"_dmarc.{ascii_name} TXT": "v=DMARC1; p=reject",
    }
    found = told(zone, user="hilfe@BÜCHER.example")
    assert found["spf"].code == "sender.spf.pass"
    assert found["dmarc"].code == "sender.dmarc.aligned"
    assert domain_of("hilfe@bücher.example") == ascii_name


@pytest.mark.parametrize("hostile", ["\x1b]0;x\x07", "\x9b31m", "\u202e", "é" * 9, "x" * 3000])
def test_hostile_answers_are_shown_and_cut(hostile: str) -> None:
    zone = {
        "corp.example MX": "10 mail.corp.example.",
        "corp.example TXT": f"v=spf1 {hostile} -all",
        "_dmarc.corp.example TXT": f"v=DMARC1; p=reject; {hostile}; psd={hostile}",
    }
    for finding in told(zone).values():
        for text in (finding.message, finding.hint):
            assert visible(text) == text
            assert len(text) < 600
    assert told(zone)["spf"].code == "sender.spf.syntax"


def test_hostile_names_are_shown_and_cut() -> None:
    zone = {"corp.example MX": [r"10 \027\155\226\128\174x.example.", "20 " + "a." * 120]}
    found = told(zone, user="x\x1b@corp.example", sender="y\u202e" + "z" * 500 + "@corp.example")
    for finding in found.values():
        assert visible(finding.message) == finding.message
        assert len(finding.message) < 600


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
    read = read_or_not(record)
    if isinstance(read, PermError):
        assert (read.kind, visible(read.words)) == ("syntax", read.words)
    else:
        assert len(read[0]) <= len(record.split(" "))
        assert not read[1] or "redirect=" in record.casefold()


def read_or_not(record: str) -> "tuple[tuple[object, ...], str] | PermError":
    try:
        return spf.parsed(f"v=spf1 {record}")
    except PermError as error:
        return error


@pytest.mark.parametrize("char", ["a", "/", "%_", "%{d}", ".", "-", "0", ":", "a.", "=", "a="])
def test_record_without_end_is_read_at_once(char: str) -> None:
    for begin in ("a:", "x=", "ip4:", "include:", "redirect=", "ptr:", ""):
        with pytest.raises(PermError):
            spf.parsed(f"v=spf1 {begin}{char * 2000}\xff")


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
        found, server = asked(zone, addresses=(FOUR, SIX))
        assert re.fullmatch(r"sender\.spf\.[a-z-]+", found["spf"].code)
        # Ten terms for each address, of which one asks for ten hosts; then MX, TXT and DMARC.
        assert len(server.asked) + len(server.again) <= 2 * 10 * 11 + 9

    holds()
