"""The rules about an instance as a whole, and that nothing without an effect is judged."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    ACCOUNT,
    FOR_OWN,
    GRAPH,
    INSTANCES,
    LEGACY,
    MANAGED,
    ON_MANAGED,
    ON_OWN,
    ON_TEST_OWN,
    OWN,
    READER,
    RESTING,
    SENDS,
    TEST,
    TEST_ACCOUNT,
    TEST_LEGACY,
    UNKNOWN,
    USER,
    Situation,
    bases,
    broken_finding,
    codes,
    deterministic,
    edit,
    find_all,
    find_blocking,
    find_one,
    instance,
    load,
    make_rows,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, find_codes
from tui.presentation.target_text import CHOICE_HINTS
from tui.settings.catalog import catalog
from tui.settings.delivery.account import Account, AccountChoice
from tui.settings.delivery.status import Model
from tui.settings.draft import Draft
from tui.settings.review import review
from tui.settings.rules import instance_state
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Value

ON, OFF, UNTOLD = True, False, None
CLONED = Account(
    name="Prod IMAP",
    type="imap",
    active=True,
    server="imap.corp.example",
    user="orders@corp.example",
    sys_id="0a1b",
)
SERVICENOWS = replace(
    CLONED,
    name="ServiceNow POP3",
    type="pop3",
    managed=True,
    server="pop.service-now.com",
    user="dev1@service-now.com",
)
READING = {"receiving.production-account", "receiving.active-account"}


def on_test(*readers: Account, receiving: bool | None = ON, **more: object) -> TargetFacts:
    return instance(MANAGED, *readers, test=True, receiving=receiving, name="dev1", **more)


def reading_findings(facts: TargetFacts) -> set[str]:
    return codes(load(facts, **SENDS)) & READING


@pytest.mark.parametrize(
    ("more", "is_found"),
    [
        ({"name": "Prod SMTP"}, True),
        ({"server": "smtp.prod.corp.example"}, True),
        ({}, False),
        ({"name": "Non-prod SMTP"}, False),
        ({"name": "Prod SMTP", "managed": True}, False),
        ({"name": "Prod SMTP", "active": False}, False),
    ],
)
def test_productions_smtp_account_on_a_clone_is_warned_of(
    more: dict[str, Any], is_found: bool
) -> None:
    facts = instance(replace(OWN, **more), test=True)
    assert ("sending.production-account" in codes(load(facts, **SENDS))) is is_found
    in_production = instance(replace(OWN, **more))
    assert "sending.production-account" not in codes(load(in_production, **SENDS))


def test_what_a_plan_replaces_is_not_warned_of() -> None:
    accounts = (replace(OWN, name="Prod SMTP"), replace(MANAGED, active=False))
    for choice, is_found in ((AccountChoice.IN_FORCE, True), (AccountChoice.PROVIDERS, False)):
        facts = instance(*accounts, test=True, choice=choice)
        found = codes(load(facts, **SENDS))
        assert ("sending.production-account" in found) is is_found


def test_every_code_of_these_rules_is_tested_here() -> None:
    assert find_codes(instance_state) == {
        *READING,
        "sending.production-account",
        "environment.contradiction",
        "model.no-effect",
    }


# which environment it is


@pytest.mark.parametrize("facts", [ACCOUNT, LEGACY, GRAPH, replace(UNKNOWN, environment=None)])
@pytest.mark.parametrize("says", [True, False, None])
def test_production_counts_if_the_profile_says_so(facts: TargetFacts, says: bool | None) -> None:
    assert replace(facts, says_production=says).is_production


@pytest.mark.parametrize("facts", [TEST_ACCOUNT, TEST_LEGACY, UNKNOWN])
@pytest.mark.parametrize("says", [True, False, None])
def test_production_counts_if_the_instance_says_so(facts: TargetFacts, says: bool | None) -> None:
    told = replace(facts, says_production=says)
    assert told.is_production is (says is True)
    production = Environment.PRODUCTION if says else Environment.NON_PRODUCTION
    assert told.counted_environment is production


@pytest.mark.parametrize(
    ("facts", "says"), [(TEST_ACCOUNT, True), (UNKNOWN, True), (ACCOUNT, False), (LEGACY, False)]
)
def test_a_contradiction_comes_before_any_other_finding(facts: TargetFacts, says: bool) -> None:
    situation = load(replace(facts, says_production=says), server="localhost", display_name=" a")
    first = situation.review.findings[0]
    assert (first.code, first.severity) == ("environment.contradiction", WARNING)
    assert "glide.installation.production" in first.message
    assert "counts as production" in first.message


@pytest.mark.parametrize(
    ("facts", "says"),
    [(TEST_ACCOUNT, False), (TEST_ACCOUNT, None), (ACCOUNT, True), (ACCOUNT, None)],
)
def test_what_agrees_or_is_not_known_is_no_contradiction(
    facts: TargetFacts, says: bool | None
) -> None:
    assert not find_all(load(replace(facts, says_production=says)), "environment.contradiction")


def test_an_instance_that_says_production_is_confirmed_as_one_and_has_its_rules() -> None:
    told = replace(ON_TEST_OWN, says_production=True)
    made = edit(told, {**SENDS, "test_recipients": (USER,)}, port="2525").review
    (confirmation,) = (c for c in made.plan.confirmations if c.code == "confirm.production")
    assert "glide.installation.production" in confirmation.reason
    assert "recipients.production" in {each.code for each in made.findings}
    assert "sending.no-recipients" not in codes(load(told, **SENDS))


# what reads mail there


def test_productions_account_on_a_clone_is_an_error_that_says_how_to_stop_it() -> None:
    facts = on_test(CLONED, url="https://dev1.example")
    found = find_one(load(facts, **SENDS), "receiving.production-account")
    assert found.severity is ERROR
    assert found.about == {"receiving"}, "it must not block a change to something else"
    for words in (
        "Prod IMAP",
        "the mailbox orders@corp.example on imap.corp.example",
        "deletes what it reads",
        "https://dev1.example/sys_email_account.do?sys_id=0a1b",
    ):
        assert words in found.message


def test_the_command_that_stops_it_comes_before_its_form() -> None:
    facts = on_test(CLONED, hints=CHOICE_HINTS)
    words = "with apply --deactivate NAME (^P on the screen), or clear Active in its form"
    found = find_one(load(facts, **SENDS), "receiving.production-account")
    assert f"Deactivate it {words}" in found.message
    other = on_test(replace(CLONED, name="Orders"), hints=CHOICE_HINTS)
    found = find_one(load(other, **SENDS), "receiving.active-account")
    assert f"deactivate the account {words}" in found.message


@pytest.mark.parametrize("facts", [TEST_LEGACY, TEST_ACCOUNT, UNKNOWN, GRAPH])
def test_an_account_that_reads_is_found_whatever_sends(facts: TargetFacts) -> None:
    here = replace(facts, accounts=(CLONED,), receiving=ON, environment=Environment.NON_PRODUCTION)
    assert reading_findings(here) == {"receiving.production-account"}


@pytest.mark.parametrize(
    ("name", "server", "user"),
    [
        ("Production POP3", "pop.corp.example", "helpdesk"),
        ("IMAP", "imap-prod.corp.example", "helpdesk"),
        ("IMAP", "prodmail.corp.example", "helpdesk"),
        ("IMAP", "imap.corp.example", "servicenow.PROD@corp.example"),
        ("ServiceNow POP3", "pop.service-now.com", "corpprod@service-now.com"),
    ],
)
def test_a_name_of_production_is_a_sign(name: str, server: str, user: str) -> None:
    facts = on_test(replace(CLONED, name=name, server=server, user=user))
    assert reading_findings(facts) == {"receiving.production-account"}


@pytest.mark.parametrize(
    "name", ["Non-Prod IMAP", "nonprod imap", "preprod", "pre-production", "Products", "IMAP"]
)
def test_another_active_account_is_a_warning(name: str) -> None:
    facts = on_test(replace(CLONED, name=name))
    found = find_one(load(facts, **SENDS), "receiving.active-account")
    assert found.severity is WARNING
    assert name in found.message
    assert "orders@corp.example" in found.message


@pytest.mark.parametrize("user", ["helpdesk@corp.example", "orders@eu.corp.example", "helpdesk"])
def test_a_mailbox_where_mail_comes_from_is_a_sign_and_that_is_said(user: str) -> None:
    reader = replace(READER, server="pop.corp.example", user=user)
    facts = instance(OWN, RESTING, reader, test=True, receiving=ON)
    found = find_one(load(facts, **SENDS), "receiving.production-account")
    assert "corp.example, the domain that this instance sends from" in found.message
    test = replace(facts, accounts=(OWN, replace(reader, name="Test POP3")))
    assert reading_findings(test) == {"receiving.active-account"}
    other = replace(facts, accounts=(OWN, replace(reader, server="pop.b.example", user="a@b.c")))
    assert reading_findings(other) == {"receiving.active-account"}


@pytest.mark.parametrize(
    "facts",
    [
        on_test(CLONED, receiving=OFF),
        on_test(replace(CLONED, active=False)),
        on_test(SERVICENOWS),
        on_test(),
        instance(OWN, CLONED, receiving=ON),
        on_test(CLONED, says_production=True),
        TEST,
    ],
)
def test_no_account_is_warned_of_that_reads_nothing_or_reads_where_it_should(
    facts: TargetFacts,
) -> None:
    assert not reading_findings(facts)


def test_servicenows_account_of_another_instance_is_a_warning() -> None:
    other = replace(SERVICENOWS, user="corp@service-now.com")
    assert reading_findings(on_test(other)) == {"receiving.active-account"}


@pytest.mark.parametrize("text", ["yes", ""])
def test_receiving_is_not_turned_on_where_it_reads_productions_mail(text: str) -> None:
    off = on_test(CLONED, receiving=OFF)
    turned_on = edit(off, {**SENDS, "receiving": False, "test_recipients": (USER,)}, receiving=text)
    assert find_blocking(turned_on) == {"receiving.production-account"}
    assert find_one(turned_on, "receiving.production-account").property == "receiving"
    turned_off = edit(on_test(CLONED), {**SENDS, "receiving": True}, receiving="no")
    assert not {each.code for each in turned_off.review.alerts}


def test_it_is_said_if_receiving_is_not_known() -> None:
    found = find_one(
        load(on_test(CLONED, receiving=UNTOLD), **SENDS), "receiving.production-account"
    )
    assert "If receiving is enabled" in found.message


# what has no effect


@pytest.mark.parametrize("facts", [GRAPH, UNKNOWN])
def test_one_note_says_that_the_properties_are_not_judged(facts: TargetFacts) -> None:
    wrong = load(facts, server="localhost", port=110, user="apikey", authenticate=True)
    (found,) = (each for each in wrong.review.findings if each.property == "server")
    assert (found.code, found.severity) == ("model.no-effect", NOTE)


@pytest.mark.parametrize("facts", [ON_OWN, replace(TEST_LEGACY, accounts=(READER,))])
def test_one_note_says_that_accounts_read_mail(facts: TargetFacts) -> None:
    given = load(facts, **SENDS, pop3_server="localhost", pop3_port=25, pop3_user="a")
    found = [each for each in given.review.findings if each.property.startswith("pop3_")]
    assert [each.code for each in found] == ["model.no-effect"]


def test_a_login_by_oauth_needs_neither_user_nor_password() -> None:
    oauth = replace(ON_OWN, uses_oauth=True)
    base: dict[str, Value] = {"server": "smtp.gmail.com", "authenticate": True}
    base["password"] = SecretState.UNSET
    situation = Situation(oauth, base)
    found = {each.property for each in situation.review.findings}
    assert not found & {"user", "password", "authenticate"}
    assert "token" in find_one(situation, "authenticate.clear").message


def test_an_account_of_its_own_reads_mail_and_nothing_follows_without_a_sender() -> None:
    facts = replace(LEGACY, accounts=(READER,), receiving=ON)
    effects = edit(facts, SENDS, server="b.example").review.plan.side_effects
    assert not [each for each in effects if each.code.startswith("pop3.")]
    derived = edit(replace(facts, accounts=()), SENDS, server="b.example").review
    assert [each for each in derived.plan.side_effects if each.code == "pop3.server"]


def test_a_broken_value_without_effect_hides_no_warning() -> None:
    base = {**SENDS, "pop3_server": "a b"}
    situation = edit(ON_TEST_OWN, base, server="b.example")
    assert "secret.new-host" in codes(situation)


def test_a_text_that_does_not_parse_is_never_saved() -> None:
    assert edit(GRAPH, port="x").review.blocking


SENDERS = (
    *INSTANCES,
    replace(ON_OWN, uses_oauth=True),
    replace(ON_MANAGED, model=Model.OTHER_SENDER),
    replace(FOR_OWN, model=Model.UNDETERMINED),
    replace(TEST_LEGACY, accounts=(READER, CLONED)),
    replace(LEGACY, accounts=(RESTING, READER)),
)


@given(st.sampled_from(SENDERS), bases(), st.sets(st.sampled_from(tuple(catalog()))))
@deterministic
def test_what_has_no_effect_is_not_judged(
    facts: TargetFacts, base: Snapshot, unreadable: set[str]
) -> None:
    broken = {name: broken_finding(name) for name in unreadable}
    loaded = replace(base, broken=broken, rows=make_rows(facts))
    found = review(Draft(loaded), facts, "corp").findings
    entries = catalog()
    judged = [
        each
        for each in found
        if each.property in entries and not facts.has_effect(entries[each.property])
    ]
    assert {each.code for each in judged} <= {"model.no-effect"}
    assert {each.severity for each in judged} <= {NOTE}
    assert len(judged) <= 1


@pytest.mark.parametrize("facts", SENDERS)
def test_what_sends_decides_which_properties_have_an_effect(facts: TargetFacts) -> None:
    entries = catalog()
    count = {name for name, entry in entries.items() if facts.has_effect(entry)}
    assert {"sending_enabled", "test_recipients", "receiving"} <= count
    account = {name for name, entry in entries.items() if entry.declared.account}
    match facts.model:
        case Model.ACCOUNT:
            assert "server" in count
            assert not {name for name in count if name.startswith("pop3_")}
        case Model.NO_ACTIVE_ACCOUNT:
            assert account - {"from"} <= count
            assert "from" not in count
            assert ("pop3_server" in count) is not any(a.reads_mail for a in facts.accounts)
        case _:
            assert len(count) == 3


def test_a_local_file_has_every_effect() -> None:
    assert all(TEST.has_effect(entry) for entry in catalog().values())
