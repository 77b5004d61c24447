"""DMARC, asked of a real name server on loopback."""

import pytest

from tests.probes.sender.factories import GOOD, USER, check, check_on_server
from tests.probes.sender.name_server import Zone
from tui.probes.stage import StageResult

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
    ("servfail above its own", {"_dmarc.example TXT": "SERVFAIL"}, USER, "aligned"),
    ("servfail above", {"_dmarc.corp.example TXT": [], "_dmarc.example TXT": "SERVFAIL"}, USER,
     "servfail"),
    ("servfail above, other domain", {"_dmarc.example TXT": "SERVFAIL"}, "a@mail.corp.example",
     "servfail"),
    ("wrong np", {"_dmarc.corp.example TXT": "v=DMARC1; p=reject; np=x"}, USER, "no-policy"),
    ("np of a domain that exists", {"_dmarc.corp.example TXT": "v=DMARC1; p=none; np=reject"}, USER,
     "none"),
    ("wrong p, rua that is none", {"_dmarc.corp.example TXT": "v=DMARC1; p=x; rua=corp"}, USER,
     "no-policy"),
    ("wrong p, one rua of two", {"_dmarc.corp.example TXT": "v=DMARC1; p=x; rua=x, mailto:a@b!9m"},
     USER, "none"),
    ("psd=y of its own", {"_dmarc.corp.example TXT": "v=DMARC1; p=reject; psd=y"},
     "a@mail.corp.example", "unaligned"),
    ("blanks", {"_dmarc.corp.example TXT": " v = DMARC1 ;; p = Reject ; "}, USER, "aligned"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "user", "kind"), [row[1:] for row in DMARC], ids=[row[0] for row in DMARC]
)
def test_dmarc(zone: Zone, user: str, kind: str) -> None:
    found = check({**GOOD, **zone}, user=user, sender=USER)["dmarc"]
    skipped, passed = ("servfail",), ("none", "aligned")
    result = dict.fromkeys(skipped, StageResult.SKIPPED) | dict.fromkeys(passed, StageResult.PASSED)
    assert (found.code, found.result) == (
        f"sender.dmarc.{kind}",
        result.get(kind, StageResult.WARNED),
    )


def test_dmarc_says_where_the_policy_stands_and_what_receivers_do() -> None:
    below = "helpdesk@it.corp.example"
    zone = {"it.corp.example MX": "1 m.example.", "_dmarc.corp.example TXT": "v=DMARC1; p=none"}
    found = check({**zone, "_dmarc.corp.example TXT": "v=DMARC1; p=none; sp=reject"}, user=below)
    message = found["dmarc"].message
    assert "of it.corp.example is reject (at _dmarc.corp.example)" in message
    assert "receivers reject mail that fails it" in message
    zone["_dmarc.it.corp.example TXT"] = "v=DMARC1; p=quarantine; sp=reject"
    message = check(zone, user=below)["dmarc"].message
    assert "is quarantine (at _dmarc.it.corp.example)" in message
    assert "receivers treat mail that fails it as spam" in message
    spoiled = {**GOOD, "_dmarc.corp.example TXT": ["v=DMARC1; p=none", "v=DMARC1"]}
    assert "_dmarc.corp.example has several records" in check(spoiled)["dmarc"].message


def test_dmarc_walks_up_no_more_than_eight_names() -> None:
    domain = "a.b.c.d.e.f.g.h.corp.example"
    _, server = check_on_server({f"{domain} MX": "1 m.example."}, user=f"x@{domain}")
    walked = [name for name in server.queries if name.startswith("_dmarc.")]
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
    found, server = check_on_server(zone, user="x@mail.corp.example")
    assert [name for name in server.queries if name.startswith("_dmarc.")][-1] == f"{last} TXT"
    assert f"(at {last})" in found["dmarc"].message


def test_a_policy_of_its_own_ends_the_walk() -> None:
    _, server = check_on_server(GOOD)
    assert [name for name in server.queries if name.startswith("_dmarc.")] == [
        "_dmarc.corp.example TXT"
    ]


OLDER: list[tuple[str, str, Zone, str]] = [
    ("policy between domain and organization", "a@x.y.corp.example",
     {"_dmarc.y.corp.example TXT": "v=DMARC1; p=none"},
     "only look at _dmarc.x.y.corp.example and _dmarc.corp.example"),
    ("policy of a registry", "a@corp.co.uk",
     {"_dmarc.co.uk TXT": "v=DMARC1; p=none; psd=y"}, "look at _dmarc.corp.co.uk and"),
    ("percentage", "a@corp.example", {"_dmarc.corp.example TXT": "v=DMARC1; p=none; pct=5"},
     "RFC 9989 has no pct"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("user", "zone", "words"), [x[1:] for x in OLDER], ids=[x[0] for x in OLDER]
)
def test_what_differs_for_receivers_of_the_older_dmarc_is_said(
    user: str, zone: Zone, words: str
) -> None:
    found = check({f"{user[2:]} MX": "1 m.example.", **zone}, user=user)["dmarc"]
    assert found.code == "sender.dmarc.none"
    assert words in found.hint
    assert "RFC" not in check(GOOD)["dmarc"].hint


def test_another_alignment_under_the_older_dmarc_is_said() -> None:
    zone: Zone = {
        "a.corp.co.uk MX": "1 m.example.",
        "_dmarc.a.corp.co.uk TXT": "v=DMARC1; p=reject",
    }
    found = check(zone, user="x@b.corp.co.uk", sender="x@a.corp.co.uk")["dmarc"]
    assert found.code == "sender.dmarc.unaligned"
    assert "count the two domains as aligned" in found.hint


@pytest.mark.parametrize("domain", ["co.uk", "github.io", "kobe.jp"])
def test_a_public_suffix_without_a_policy_is_named(domain: str) -> None:
    found = check({f"{domain} MX": "1 m.example."}, user=f"a@{domain}")["dmarc"]
    assert (found.code, found.result) == ("sender.dmarc.public-suffix", StageResult.WARNED)
