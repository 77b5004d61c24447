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
    ("servfail above", {"_dmarc.example TXT": "SERVFAIL"}, USER, "servfail"),
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
    assert "receivers refuse the mail" in message
    zone["_dmarc.it.corp.example TXT"] = "v=DMARC1; p=quarantine; sp=reject"
    message = check(zone, user=below)["dmarc"].message
    assert "is quarantine (at _dmarc.it.corp.example)" in message
    assert "receivers put aside as spam the mail" in message
    spoiled = {**GOOD, "_dmarc.corp.example TXT": ["v=DMARC1; p=none", "v=DMARC1"]}
    assert "several records at _dmarc.corp.example" in check(spoiled)["dmarc"].message


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
