"""Rules for the mail that is sent."""

from typing import Any

import pytest

from tests.settings.factories import (
    ACCOUNT,
    FOR_LEFT,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    FOR_TEST_PROVIDERS,
    INSTANCES,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    PRODUCTION,
    SENDS,
    TEST,
    TEST_ACCOUNT,
    TEST_LEGACY,
    UNNAMED,
    USER,
    Situation,
    codes,
    edit,
    find_all,
    find_blocking,
    find_one,
    load,
    make_rows,
    with_grid,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import sending
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, Value

FROM: dict[str, Any] = {"from": "it@corp.example"}


def sent_from(address: str) -> dict[str, Any]:
    return {"from": address}


CASES = [
    RuleCase("user.not-address", "user", ERROR, edit(user="apikey"), edit(user=USER)),
    RuleCase(
        "user.not-address",
        "user",
        NOTE,
        edit(ON_TEST_OWN, FROM, user="apikey"),
        edit(ON_TEST_OWN, FROM, user=USER),
    ),
    RuleCase(
        "user.not-address",
        "user",
        NOTE,
        edit(user="a b@c", **FROM),
        edit(user="ops@corp.local", **FROM),
    ),
    RuleCase(
        "user.not-address",
        "user",
        ERROR,
        edit(ON_TEST_OWN, FROM, user="apikey", **sent_from("")),
        edit(ON_TEST_OWN, FROM, user=USER, **sent_from("")),
    ),
    RuleCase(
        "user.not-address",
        "user",
        WARNING,
        edit(LEGACY, server="smtp.sendgrid.net", user="apikey"),
        edit(server="smtp.sendgrid.net", user="apikey"),
    ),
    RuleCase("user.rare", "user", WARNING, edit(user='"it"@corp.example'), edit(user=USER)),
    RuleCase("user.rare", "user", WARNING, edit(user="it@[192.0.2.1]"), edit(user="it@corp")),
    *(
        RuleCase("from.not-address", "from", ERROR, edit(facts, **sent_from(wrong)), edit(facts))
        for facts in (UNNAMED, ON_TEST_OWN, FOR_OWN)
        for wrong in ("it(at)corp.example", "apikey", "it@corp..example")
    ),
    RuleCase(
        "from.not-address",
        "from",
        ERROR,
        load(ON_TEST_OWN, **{"from": "it(at)corp.example"}),
        load(LEGACY, **{"from": "it(at)corp.example"}),
    ),
    *(
        RuleCase(
            code,
            "from",
            WARNING,
            edit(user="apikey", **sent_from(odd)),
            edit(user=odd, **sent_from(odd)),
        )
        for code, odd in (
            ("from.rare", '"it"@corp.example'),
            ("from.special-use", "ops@corp.local"),
            ("from.no-dot", "help@corp"),
        )
    ),
    RuleCase(
        "recipients.rare",
        "test_recipients",
        WARNING,
        edit(test_recipients=f"{USER}, qa@[192.0.2.1]"),
        edit(test_recipients=f"{USER}, qa@corp.example"),
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
    RuleCase(
        "display_name.address",
        "display_name",
        WARNING,
        edit(user=USER, display_name=USER, **FROM),
        edit(user=USER, display_name="IT it@corp.example", **FROM),
    ),
    RuleCase(
        "receiving.on",
        "receiving",
        WARNING,
        edit(base={"receiving": False}, receiving="yes"),
        edit(base={"receiving": True}, receiving="no"),
    ),
    RuleCase(
        "receiving.on",
        "receiving",
        WARNING,
        edit(LEGACY, {"receiving": False}, receiving=""),
        load(LEGACY, receiving=True),
    ),
    RuleCase(
        "receiving.off",
        "receiving",
        WARNING,
        edit(base={"receiving": True}, receiving="no"),
        edit(base={"receiving": False}, receiving="yes"),
    ),
    RuleCase("receiving.off", "receiving", NOTE, load(receiving=False), load()),
    RuleCase(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(TEST, sending_enabled="yes"),
        edit(TEST, sending_enabled="yes", test_recipients=USER),
    ),
    RuleCase(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(
            TEST_ACCOUNT,
            {"sending_enabled": True, "test_recipients": (USER,)},
            test_recipients="",
        ),
        edit(TEST_ACCOUNT, {"sending_enabled": True, "test_recipients": (USER,)}, port="587"),
    ),
    RuleCase(
        "sending.no-recipients",
        "test_recipients",
        WARNING,
        edit(TEST, {"sending_enabled": True}, port="587"),
        edit(PRODUCTION, {"sending_enabled": True}, port="587"),
    ),
    RuleCase(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(FOR_TEST_OWN, {"sending_enabled": True}, server=MAIL, user=USER),
        edit(
            FOR_TEST_OWN,
            {"sending_enabled": True},
            server=MAIL,
            user=USER,
            test_recipients=USER,
        ),
    ),
    RuleCase(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        load(FOR_TEST_PROVIDERS, sending_enabled=True),
        load(FOR_TEST_PROVIDERS, sending_enabled=False),
    ),
    RuleCase("sending.no-recipients", "test_recipients", WARNING, load(TEST_LEGACY), load(TEST)),
    RuleCase(
        "recipients.production",
        "test_recipients",
        WARNING,
        load(PRODUCTION, test_recipients=(USER,)),
        load(TEST, test_recipients=(USER,)),
    ),
    RuleCase(
        "recipients.production",
        "test_recipients",
        WARNING,
        load(UNNAMED, test_recipients=(USER,)),
        load(UNNAMED, test_recipients=()),
    ),
    RuleCase(
        "sending.off",
        "sending_enabled",
        WARNING,
        edit(base={"sending_enabled": True}, sending_enabled="no"),
        edit(base={"sending_enabled": False}, sending_enabled="yes"),
    ),
    RuleCase("sending.off", "sending_enabled", NOTE, load(sending_enabled=False), load()),
    RuleCase(
        "sending.off",
        "sending_enabled",
        WARNING,
        load(ACCOUNT, sending_enabled=False),
        load(ACCOUNT, sending_enabled=True),
    ),
    RuleCase(
        "sending.verify",
        "sending_enabled",
        NOTE,
        edit(server=MAIL),
        edit(base={"sending_enabled": True}, server=MAIL),
    ),
    RuleCase("sending.verify", "sending_enabled", NOTE, edit(port="587"), edit(display_name="x")),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(sending)


def test_a_login_of_one_word_is_right_where_from_stands_by_itself() -> None:
    situation = edit(ON_TEST_OWN, {**SENDS, **FROM}, user="apikey", test_recipients=USER)
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


@pytest.mark.parametrize("sending", [True, ""])
@pytest.mark.parametrize("facts", [FOR_TEST_OWN, FOR_LEFT, FOR_TEST_PROVIDERS])
def test_outside_production_no_account_is_activated_without_recipients(
    facts: TargetFacts, sending: Value
) -> None:
    base: dict[str, Value] = {"sending_enabled": sending} if sending else {}
    texts = {"server": MAIL, "user": USER} if facts is FOR_TEST_OWN else {}
    if facts is FOR_LEFT:
        base |= {"server": MAIL, "user": USER}
    situation = Situation(facts, base, texts, rows=make_rows(facts))
    assert find_blocking(situation) == {"sending.no-recipients"}
    given = Situation(facts, base, {**texts, "test_recipients": USER}, rows=make_rows(facts))
    assert given.review.plan.activation
    assert not find_blocking(given)
    off = Situation(facts, {**base, "sending_enabled": False}, texts, rows=make_rows(facts))
    assert not find_blocking(off)


def test_broken_recipients_do_not_hold_mail_back_when_an_account_is_activated() -> None:
    base: dict[str, Value] = {"sending_enabled": True, "test_recipients": "qa"}
    assert find_blocking(load(FOR_TEST_PROVIDERS, **base)) == {"addresses.syntax"}
    assert not find_blocking(load(FOR_PROVIDERS, **base))


@pytest.mark.parametrize("facts", with_grid(INSTANCES, ON_OWN, ON_TEST_OWN, LEGACY, TEST_LEGACY))
def test_sending_that_was_not_returned_may_be_on(facts: TargetFacts) -> None:
    blank = edit(facts, {"sending_enabled": False}, sending_enabled="")
    assert ("sending.no-recipients" in find_blocking(blank)) is not facts.is_production


def test_sending_that_is_not_known_is_not_taken_for_on() -> None:
    assert "sending.no-recipients" not in codes(edit(TEST, server=MAIL))


def test_recipients_that_are_not_returned_count_as_empty() -> None:
    assert "sending.no-recipients" in codes(load(TEST, sending_enabled=True))
    unread = load(TEST_LEGACY, sending_enabled=True)
    message = find_one(unread, "sending.no-recipients").message
    assert "no test address was returned (missing, or hidden from this user)" in message
    blank = load(TEST_LEGACY, sending_enabled=True, test_recipients="")
    assert "would reach real people" in find_one(blank, "sending.no-recipients").message


def test_an_environment_that_is_not_known_counts_as_production_and_is_said_so() -> None:
    assert UNNAMED.is_production
    assert not TEST.is_production
    assert (
        "because no environment is set"
        in find_one(load(UNNAMED, test_recipients=(USER,)), "recipients.production").message
    )
    assert TargetFacts(environment=Environment.PRODUCTION).is_production


def test_turning_sending_off_is_answered_with_test_recipients() -> None:
    message = find_one(
        edit(base={"sending_enabled": True}, sending_enabled="no"), "sending.off"
    ).message
    assert "stay in the queue" in message
    assert "A test address" in message
