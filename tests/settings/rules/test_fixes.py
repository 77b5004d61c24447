"""A fix settles its finding and never does what a person must do."""

import pytest
from hypothesis import given

from tests.settings.factories import (
    MAIL,
    Situation,
    deterministic,
    edit,
    find_one,
    situations,
    with_rows,
)
from tui.settings.draft import Draft, ParsedDraft, parse
from tui.settings.findings import Finding
from tui.settings.parse.value import parse_value
from tui.settings.review import review
from tui.settings.values import Security

STRENGTH = (Security.NONE, Security.STARTTLS, Security.SSL_TLS)


def find_fixable(situation: Situation) -> list[Finding]:
    return [each for each in situation.review.findings if each.fix]


def apply_fix(situation: Situation, finding: Finding) -> Draft:
    assert finding.fix
    return situation.draft.apply_fix(finding.fix)


def before_and_after(situation: Situation, finding: Finding) -> tuple[ParsedDraft, ParsedDraft]:
    return parse(situation.draft), parse(apply_fix(situation, finding))


@given(situations())
@deterministic
def test_every_fix_parses(situation: Situation) -> None:
    entries = situation.draft.entries
    for finding in find_fixable(situation):
        assert finding.fix
        assert finding.fix.label
        for name, text in finding.fix.set.items():
            parse_value(entries[name], text)


@given(situations())
@deterministic
def test_a_fix_makes_its_finding_go_away(situation: Situation) -> None:
    for finding in find_fixable(situation):
        looked = review(apply_fix(situation, finding), situation.facts, "corp")
        left = {(each.property, each.code) for each in looked.findings}
        assert (finding.property, finding.code) not in left


@given(situations())
@deterministic
def test_a_fix_changes_something_and_only_what_it_says(situation: Situation) -> None:
    for finding in find_fixable(situation):
        assert finding.fix
        draft, after = situation.draft, apply_fix(situation, finding)
        moved = {name for name in draft.entries if draft.value(name) != after.value(name)}
        assert moved
        assert moved <= finding.fix.set.keys()


@given(situations())
@deterministic
def test_no_fix_turns_sending_on(situation: Situation) -> None:
    for finding in find_fixable(situation):
        before, after = before_and_after(situation, finding)
        assert after.settings.sending_enabled is before.settings.sending_enabled


@given(situations())
@deterministic
def test_no_fix_empties_or_shortens_the_test_recipients(situation: Situation) -> None:
    for finding in find_fixable(situation):
        before, after = before_and_after(situation, finding)
        assert set(before.settings.test_recipients) <= set(after.settings.test_recipients)
        if "test_recipients" in before.broken:
            assert situation.draft.text("test_recipients")
            assert apply_fix(situation, finding).text("test_recipients")


@pytest.mark.parametrize("name", ["security", "pop3_security"])
@given(situation=situations())
@deterministic
def test_no_fix_weakens_encryption(name: str, situation: Situation) -> None:
    for finding in find_fixable(situation):
        before, after = before_and_after(situation, finding)
        if name not in before.broken:
            assert STRENGTH.index(after.value(name)) >= STRENGTH.index(before.value(name))


@given(situations())
@deterministic
def test_no_fix_touches_a_secret(situation: Situation) -> None:
    for finding in find_fixable(situation):
        assert finding.fix
        assert not any(situation.draft.entries[name].is_secret for name in finding.fix.set)
        assert apply_fix(situation, finding).secrets.keys() == situation.draft.secrets.keys()


@given(situations())
@deterministic
def test_no_fix_changes_what_is_locked(situation: Situation) -> None:
    for finding in find_fixable(situation):
        assert finding.fix
        assert finding.fix.set.keys().isdisjoint(situation.locked)


def test_what_a_fix_would_settle_is_said_where_it_is_locked_too() -> None:
    situation = with_rows(edit(port="587"), locked={"security": "No."})
    assert find_one(situation, "port.submission").fix is None
    assert find_one(edit(port="587"), "port.submission").fix is not None


def test_a_chain_of_fixes_comes_to_an_end() -> None:
    situation = edit(server=" smtp://bücher.example.:465/x", authenticate="yes", port="587")
    draft = situation.draft
    for _ in range(9):
        looked = review(draft, situation.facts, "corp")
        fixes = [each.fix for each in looked.findings if each.fix]
        if not fixes:
            break
        draft = draft.apply_fix(fixes[0])
    assert not fixes
    assert draft.text("server") == "xn--bcher-kva.example"
    assert (draft.text("port"), draft.text("security")) == ("465", "ssl_tls")


STARTTLS, SSL_TLS = "starttls", "ssl_tls"


@pytest.mark.parametrize(
    ("text", "port", "security"),
    [
        (f"{MAIL}:587", "587", STARTTLS),
        (f"{MAIL}:465", "465", SSL_TLS),
        (f"{MAIL}:25", "25", None),
        (f"{MAIL}:2525", "2525", None),
        (f"smtps://{MAIL}", "465", SSL_TLS),
        (f"SMTPS://{MAIL}/", "465", SSL_TLS),
        (f"smtps://{MAIL}:2465", "2465", SSL_TLS),
        (f"smtps://ops:pw@{MAIL}", "465", SSL_TLS),
        (f"submissions://{MAIL}", "465", SSL_TLS),
        (f"submission://{MAIL}", "587", STARTTLS),
        (f"smtp://{MAIL}:587", "587", STARTTLS),
        (f"smtp://{MAIL}:465", "465", SSL_TLS),
        (f"smtp://{MAIL}", None, None),
        (f"https://{MAIL}", None, None),
        (f"pop3s://{MAIL}", None, None),
    ],
)
def test_a_scheme_and_a_port_say_the_security_of_the_outgoing_server(
    text: str, port: str | None, security: str | None
) -> None:
    fix = next(each.fix for each in edit(server=text).review.findings if each.fix)
    expected = {"server": MAIL, "port": port, "security": security}
    assert fix.set == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("text", "port", "security"),
    [
        (f"{MAIL}:995", "995", SSL_TLS),
        (f"{MAIL}:110", "110", None),
        (f"pop3s://{MAIL}", "995", SSL_TLS),
        (f"pop3s://{MAIL}:1995", "1995", SSL_TLS),
        (f"pop3://{MAIL}:995", "995", SSL_TLS),
        (f"pop3://{MAIL}:110", "110", None),
        (f"pop3://{MAIL}", None, None),
        (f"smtps://{MAIL}", None, None),
    ],
)
def test_a_scheme_and_a_port_say_the_security_of_the_pop3_server(
    text: str, port: str | None, security: str | None
) -> None:
    fix = next(
        each.fix
        for each in edit(pop3_server=text).review.findings
        if each.property == "pop3_server" and each.fix
    )
    expected = {"pop3_server": MAIL, "pop3_port": port, "pop3_security": security}
    assert fix.set == {name: value for name, value in expected.items() if value}


def test_the_label_of_such_a_fix_says_all_that_it_sets() -> None:
    fix = find_one(edit(server=f"smtps://{MAIL}"), "host.scheme").fix
    assert fix is not None
    assert fix.label == f"Use {MAIL}, port 465 and SSL/TLS"


def test_a_port_in_the_text_does_not_weaken_the_security_that_is_set() -> None:
    fix = find_one(edit(server=f"{MAIL}:587", security="ssl_tls"), "host.port").fix
    assert fix is not None
    assert fix.set == {"server": MAIL, "port": "587"}
    assert fix.label == f"Use {MAIL} and port 587"


def test_a_security_that_does_not_parse_is_replaced() -> None:
    fix = find_one(edit(server=f"{MAIL}:587", security="TLS please"), "host.port").fix
    assert fix is not None
    assert fix.set["security"] == "starttls"
