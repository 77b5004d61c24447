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


def test_host_and_port_in_one_text_are_taken_apart_by_the_fix() -> None:
    fix = find_one(edit(server=f"{MAIL}:587"), "host.port").fix
    assert fix is not None
    assert fix.set == {"server": MAIL, "port": "587"}
    fix = find_one(edit(pop3_server=f"{MAIL}:995"), "host.port").fix
    assert fix is not None
    assert fix.set == {"pop3_server": MAIL, "pop3_port": "995"}
