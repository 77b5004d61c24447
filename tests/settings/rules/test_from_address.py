"""Rules for the sender of the mail."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    ON_TEST_OWN,
    SENDS,
    USER,
    edit,
    find_all,
    find_blocking,
    find_one,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import from_address
from tui.settings.target_facts import Model, TargetFacts

SEPARATE_FROM = TargetFacts(model=Model.ACCOUNT, sent_from="it@corp.example")
CASES = [
    RuleCase("user.not-address", "user", ERROR, edit(user="apikey"), edit(user=USER)),
    RuleCase(
        "user.not-address",
        "user",
        WARNING,
        edit(SEPARATE_FROM, user="apikey"),
        edit(SEPARATE_FROM, user=USER),
    ),
    RuleCase(
        "user.special-use",
        "user",
        WARNING,
        edit(user="ops@corp.local"),
        edit(user="ops@corp.example"),
    ),
    RuleCase("user.no-dot", "user", WARNING, edit(user="help@corp"), edit(user=USER)),
    RuleCase(
        "display_name.encoded",
        "display_name",
        NOTE,
        edit(display_name="Häuser"),
        edit(display_name="Hauser"),
    ),
    RuleCase(
        "display_name.blanks",
        "display_name",
        WARNING,
        edit(display_name=" Help"),
        edit(display_name="Help"),
    ),
    RuleCase(
        "display_name.address",
        "display_name",
        WARNING,
        edit(user=USER, display_name="Boss <boss@corp.example>"),
        edit(user=USER, display_name="Help Helpdesk@Corp.example"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(from_address)


def test_a_login_of_one_word_is_right_where_from_stands_by_itself() -> None:
    apart = replace(ON_TEST_OWN, sent_from="it@corp.example")
    situation = edit(apart, SENDS, user="apikey", test_recipients=USER)
    assert not find_blocking(situation)
    assert "it@corp.example" in find_one(situation, "replies.unread").message
    assert find_one(situation, "replies.unread").severity is NOTE


@pytest.mark.parametrize("domain", ["localhost", "corp.test", "corp.LOCAL", "mail.invalid"])
def test_a_domain_for_special_use_is_no_error(domain: str) -> None:
    situation = edit(user=f"ops@{domain}", test_recipients=f"qa@{domain}")
    assert find_one(situation, "user.special-use").severity is WARNING
    assert not situation.review.blocking


def test_a_domain_for_special_use_is_looked_at_all_the_same() -> None:
    assert find_all(edit(user="o ps@corp.local"), "user.not-address")
    assert find_all(edit(user="ops@corp..local"), "user.not-address")
