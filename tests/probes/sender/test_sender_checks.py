"""What DNS says of a sender, asked of a real name server on loopback."""

import asyncio
import re

import pytest

from tests.probes.sender.factories import FOUR, GOOD, RELAY, SIX, USER, check, check_on_server
from tests.probes.sender.name_server import SILENT, Zone
from tui.probes.sender.sender_checks import domain_of
from tui.probes.stage import StageResult
from tui.terminal.visible import visible


def test_all_is_well() -> None:
    found = check(GOOD)
    assert [finding.code for finding in found.values()] == [
        "sender.login.same",
        "sender.domain.mx",
        "sender.spf.pass",
        "sender.dmarc.aligned",
        "sender.dkim.unknown",
    ]
    assert [finding.result for finding in found.values()] == [
        *[StageResult.PASSED] * 4,
        StageResult.SKIPPED,
    ]
    assert found["spf"].message == f"SPF of corp.example authorizes {FOUR} ({RELAY})."
    assert "may send from other addresses" in found["spf"].hint


@pytest.mark.parametrize(
    ("user", "sender", "result", "kind"),
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
    user: str, sender: str, result: StageResult, kind: str
) -> None:
    found = check({}, user=user, sender=sender)["login"]
    assert (found.result, found.code) == (result, f"sender.login.{kind}")


@pytest.mark.parametrize("sender", ["", "helpdesk", "a@", "a@[192.0.2.1]", "a@192.0.2.1", "a@b c"])
def test_sender_without_a_domain_asks_nothing(sender: str) -> None:
    found, server = check_on_server(GOOD, user="apikey", sender=sender)
    assert list(found) == ["login", "domain"]
    assert (found["domain"].result, found["domain"].code) == (
        StageResult.SKIPPED,
        "sender.domain.none",
    )
    assert not server.queries


@pytest.mark.parametrize(
    ("zone", "result", "kind"),
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
def test_where_replies_go(zone: Zone, result: StageResult, kind: str) -> None:
    found = check(zone)["domain"]
    assert (found.result, found.code) == (result, f"sender.domain.{kind}")
    assert found.hint or result is StageResult.PASSED


def test_replies_go_to_the_first_choice() -> None:
    zone = {"corp.example MX": [f"{10 * number} m{number}.example." for number in (4, 2, 3, 1)]}
    message = check(zone)["domain"].message
    assert message == ("Replies to corp.example go to m1.example, m2.example, m3.example and more.")


def test_domain_that_does_not_exist_is_asked_no_further_about() -> None:
    found = check({})
    assert found["spf"].code == "sender.spf.not-reached"
    assert found["dmarc"].code == "sender.dmarc.not-reached"
    assert found["spf"].result is found["dmarc"].result is StageResult.SKIPPED


def test_dkim_is_never_a_pass() -> None:
    zone = {**GOOD, "default._domainkey.corp.example TXT": "v=DKIM1; p=MIIB"}
    found, server = check_on_server(zone)
    assert found["dkim"].result is StageResult.SKIPPED
    assert not [name for name in server.queries if "_domainkey" in name]


def test_one_part_that_fails_leaves_the_others() -> None:
    found = check({**GOOD, "corp.example TXT": SILENT}, deadline=0.5)
    assert found["spf"].code == "sender.spf.timeout"
    assert found["domain"].code == "sender.domain.mx"
    assert found["dmarc"].code == "sender.dmarc.unproven"


PARTS = {
    "login": "_compare",
    "domain": "_check_replies",
    "spf": "check_spf",
    "dmarc": "check_dmarc",
    "dkim": "_explain_dkim",
}


@pytest.mark.parametrize("fault", [RuntimeError, RecursionError, UnicodeError, TimeoutError])
@pytest.mark.parametrize("part", PARTS)
def test_a_fault_of_the_program_in_a_part_leaves_the_others(
    part: str, fault: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(*_: object) -> None:
        raise fault("what came from outside")

    whole = check(GOOD)
    monkeypatch.setattr(f"tui.probes.sender.sender_checks.{PARTS[part]}", break_off)
    found = check(GOOD)
    assert (found[part].code, found[part].result) == (f"sender.{part}.fault", StageResult.SKIPPED)
    assert fault.__name__ in found[part].message
    assert "outside" not in found[part].message
    for other in whole.keys() - {part} - ({"dmarc"} if part == "spf" else set()):
        assert found[other] == whole[other]
    if part == "spf":  # which DMARC builds on
        assert found["dmarc"].code == "sender.dmarc.unproven"


def test_a_fault_in_the_words_is_the_outcome_of_each_part_that_needs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_off(_: str) -> str:
        raise ValueError

    monkeypatch.setattr("tui.probes.sender.sender_checks.show", break_off)
    found = check(GOOD)
    assert [found[part].code for part in ("login", "domain", "spf", "dmarc", "dkim")] == [
        *("sender.login.fault", "sender.domain.fault", "sender.spf.pass"),
        *("sender.dmarc.aligned", "sender.dkim.unknown"),
    ]


def test_a_cancellation_is_no_fault_of_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancel(*_: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr("tui.probes.sender.sender_checks._compare", cancel)
    with pytest.raises(asyncio.CancelledError):
        check(GOOD)


@pytest.mark.parametrize(
    ("user", "sender"),
    [(USER, USER), (USER, "a@corp.example"), (USER, "a@b.example"), ("apikey", USER), ("", USER)],
)
def test_settings_are_compared_without_a_claim_that_anything_was_done(
    user: str, sender: str
) -> None:
    finding = check(GOOD, user=user, sender=sender)["login"]
    assert finding.is_about_settings
    assert not re.search(r"logs? in|logged|sent|sends\b|accepted", finding.message)
    assert ("The settings send as" in finding.message) is ("@" in user)


def test_international_domain_is_asked_for_as_dns_has_it() -> None:
    ascii_name = "xn--bcher-kva.example"
    zone = {
        f"{ascii_name} MX": "1 m.example.",
        f"{ascii_name} TXT": f"v=spf1 ip4:{FOUR} -all",
        f"_dmarc.{ascii_name} TXT": "v=DMARC1; p=reject",
    }
    found = check(zone, user="hilfe@BÜCHER.example")
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
    for finding in check(zone).values():
        for text in (finding.message, finding.hint):
            assert visible(text) == text
            assert len(text) < 600
    assert check(zone)["spf"].code == "sender.spf.syntax"


def test_hostile_names_are_shown_and_cut() -> None:
    zone = {"corp.example MX": [r"10 \027\155\226\128\174x.example.", "20 " + "a." * 120]}
    found = check(zone, user="x\x1b@corp.example", sender="y\u202e" + "z" * 500 + "@corp.example")
    for finding in found.values():
        assert visible(finding.message) == finding.message
        assert len(finding.message) < 600


def test_a_fault_of_one_part_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tui.probes.sender.sender_checks.check_spf", breaks)
    found = check(GOOD)
    assert (found["spf"].code, found["spf"].result) == ("sender.spf.fault", StageResult.SKIPPED)
    assert "This is a bug in glidemail: ZeroDivisionError" in found["spf"].message
    assert found["domain"].code == "sender.domain.mx"
    assert found["dmarc"].code == "sender.dmarc.unproven"
