"""Rules for instances only."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.settings.factories import (
    ACCOUNT,
    BY_HAND,
    FOR_LEFT,
    FOR_OWN,
    FOR_PROVIDERS,
    LEFT,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    OWN,
    RESTING,
    SENDS,
    USER,
    Situation,
    broken_finding,
    deterministic,
    edit,
    find_all,
    find_blocking,
    find_one,
    instance,
    load,
    make_rows,
    situations,
    with_rows,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings import review
from tui.settings.delivery.account import Account, NamedAccount
from tui.settings.draft import Draft
from tui.settings.rules import instance_limits
from tui.settings.snapshot import Snapshot
from tui.settings.values import Value

CASES = [
    RuleCase(
        "property.locked",
        "port",
        ERROR,
        with_rows(edit(LEGACY, port="587"), locked={"port": "No."}),
        with_rows(edit(LEGACY, port="587"), locked={"pop3_port": "No."}),
    ),
    RuleCase(
        "account.password",
        "password",
        ERROR,
        edit(ON_OWN, SENDS, user="b@corp.example"),
        edit(ON_OWN, SENDS, user="b@corp.example", password="new"),
    ),
    RuleCase(
        "account.password",
        "password",
        ERROR,
        edit(ON_TEST_OWN, SENDS, server="b.example", password=""),
        edit(ON_TEST_OWN, SENDS, user="b@corp.example"),
    ),
    RuleCase(
        "account.password-unseen",
        "password",
        ERROR,
        Situation(FOR_LEFT, SENDS, rows=make_rows(FOR_LEFT)),
        Situation(FOR_LEFT, SENDS, typed={"password": "new"}, rows=make_rows(FOR_LEFT)),
    ),
    RuleCase(
        "account.user",
        "user",
        ERROR,
        edit(FOR_OWN, server=MAIL),
        edit(FOR_OWN, server=MAIL, user=USER),
    ),
    RuleCase("model.unverified", "server", NOTE, load(LEGACY), load(ACCOUNT)),
    RuleCase(
        "password.unverified",
        "password",
        WARNING,
        edit(LEGACY, password="new"),
        edit(ON_OWN, password="new"),
    ),
    RuleCase(
        "password.unverified",
        "pop3_password",
        WARNING,
        edit(LEGACY, pop3_password="new"),
        edit(LEGACY, password="new"),
    ),
    RuleCase(
        "replies.unread",
        "user",
        NOTE,
        load(ON_OWN, user="it@corp.example"),
        load(ON_OWN, user="helpdesk@corp.example"),
    ),
    RuleCase(
        "replies.unread",
        "user",
        WARNING,
        edit(FOR_OWN, server=MAIL, user="it@corp.example"),
        edit(FOR_OWN, server=MAIL, user="HelpDesk@corp.example"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(instance_limits)


@given(situations())
@deterministic
def test_a_locked_property_that_is_changed_blocks_and_says_the_reason(
    situation: Situation,
) -> None:
    looked = situation.review
    changed = set(looked.draft.changed_properties())
    told = {
        each.property: each.message for each in looked.blocking if each.code == "property.locked"
    }
    assert told == dict.fromkeys(changed & situation.locked.keys(), "No.")


def test_an_account_of_ones_own_is_not_made_with_an_error_in_it() -> None:
    assert find_blocking(edit(FOR_OWN, server=MAIL)) == {"account.user"}
    assert find_blocking(edit(FOR_OWN, server=MAIL, user="apikey")) == {"user.not-address"}
    assert find_blocking(edit(FOR_OWN, server=MAIL, user=USER, authenticate="yes")) == {
        "authenticate.password"
    }
    assert not find_blocking(edit(FOR_OWN, server=MAIL, user=USER, display_name="x"))


def make_left_account(**values: Value) -> Situation:
    base: dict[str, Value] = {**SENDS, "test_recipients": (USER,), **values}
    return Situation(FOR_LEFT, base, typed={"password": "new"}, rows=make_rows(FOR_LEFT))


def test_an_account_that_was_left_there_is_not_activated_with_an_error_in_it() -> None:
    assert make_left_account().review.plan.activation
    assert not find_blocking(make_left_account())
    assert find_blocking(replace(make_left_account(), typed={})) == {"account.password-unseen"}
    assert find_blocking(make_left_account(server="127.0.0.1")) == {"host.loopback"}
    assert find_blocking(make_left_account(server="")) == {"server.blank"}
    assert find_blocking(make_left_account(user="")) == {"authenticate.user", "account.user"}


def choose(account: Account, **values: Value) -> Situation:
    facts = instance(OWN, account, test=True, choice=NamedAccount(account.name))
    base: dict[str, Value] = {**SENDS, "test_recipients": (USER,), **values}
    return Situation(facts, base, rows=make_rows(facts))


def test_the_password_of_an_account_made_by_hand_is_not_asked_for() -> None:
    assert not find_all(choose(BY_HAND), "account.password-unseen")
    assert not find_blocking(choose(BY_HAND))


def test_one_that_this_program_made_may_have_sent_before_so_its_password_is_a_warning() -> None:
    found = find_one(choose(LEFT), "account.password-unseen")
    assert found.severity is WARNING
    assert found.message.endswith("Type it, unless the account has sent mail before.")
    typed = replace(choose(LEFT), typed={"password": "new"})
    assert not find_all(typed, "account.password-unseen")


def test_a_named_account_needs_a_user_name_unless_it_has_a_from() -> None:
    without = choose(BY_HAND, user="", authenticate=False)
    assert find_blocking(without) == {"account.user"}
    with_from = choose(BY_HAND, **{"from": USER}, user="", authenticate=False)
    assert not find_all(with_from, "account.user")


def test_what_a_named_account_connects_with_is_judged_before_it_sends() -> None:
    assert find_blocking(choose(BY_HAND, server="127.0.0.1")) == {"host.loopback"}
    there = choose(replace(RESTING, name="Older SMTP"), server="127.0.0.1")
    assert not find_blocking(there)


def test_an_error_in_the_providers_account_is_the_providers() -> None:
    situation = load(FOR_PROVIDERS, user="apikey", server="127.0.0.1", sending_enabled=True)
    assert situation.review.plan.activation
    assert {each.severity for each in situation.review.findings} >= {ERROR}
    assert not find_blocking(situation)


def test_who_reads_the_replies_to_the_providers_account_is_the_providers_matter() -> None:
    assert not find_all(load(FOR_PROVIDERS, user="it@corp.example"), "replies.unread")
    assert not find_all(load(LEGACY, user="it@corp.example"), "replies.unread")
    assert not find_all(load(ON_OWN, user="apikey"), "replies.unread")


def test_the_name_of_the_account_that_is_made_is_said_with_what_it_needs() -> None:
    message = find_one(edit(ON_OWN, SENDS, server="b.example"), "account.password").message
    assert "glidemail b.example" in message
    assert "so type it" in message


def test_an_unclear_way_of_signing_in_counts_as_signing_in() -> None:
    base = Snapshot(
        {**SENDS, "authenticate": "cert"}, broken={"authenticate": broken_finding("authenticate")}
    )
    looked = review.review(Draft(base).edit("server", "b.example"), ON_OWN, "corp")
    assert "account.password" in {each.code for each in looked.blocking}
