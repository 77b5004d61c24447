"""POP3 and IMAP accounts that a plan activates and deactivates."""

from dataclasses import replace

import pytest
from hypothesis import given

from tests.settings.factories import (
    BY_HAND,
    MANAGED,
    ON_MANAGED,
    ON_OWN,
    OTHER_STAMP,
    OWN,
    READER,
    RESTING,
    STAMP,
    Situation,
    deterministic,
    edit,
    instance,
    load,
    situations,
)
from tui.settings.delivery.account import Account
from tui.settings.delivery.account_switch import (
    AccountSwitch,
    find_switch_obstacle,
    plan_switches,
)
from tui.settings.plan import Plan

IMAP = replace(READER, name="Prod IMAP", type="imap", user="orders@corp.example", active=True)
SPARE = replace(READER, name="Spare POP3", active=False, stamp=OTHER_STAMP)
GRAPH = replace(READER, name="Graph", type="g1", label="Microsoft Graph (Receive)")
ACCOUNTS = (OWN, RESTING, BY_HAND, IMAP, SPARE, GRAPH)
ON_TEST = instance(*ACCOUNTS, test=True, receiving=True)


def switch(facts: object = ON_TEST, /, **accounts: bool) -> Plan:
    """Return the plan for accounts, by their names with a line for a blank."""
    names = {name.replace("_", " "): active for name, active in accounts.items()}
    return Situation(facts, switches=names).review.plan  # type: ignore[arg-type]


def test_what_stops_reading_stops_first_and_what_starts_to_starts_last() -> None:
    plan = switch(Spare_POP3=True, Prod_IMAP=False)
    assert plan.switches == (AccountSwitch("Prod IMAP", False), AccountSwitch("Spare POP3", True))
    assert plan.stamps == {"Prod IMAP": STAMP, "Spare POP3": OTHER_STAMP}
    assert plan


def test_what_is_so_already_is_no_change() -> None:
    assert not switch(Prod_IMAP=True, Spare_POP3=False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Own SMTP", "Own SMTP is an SMTP account: only one of those is active at a time"),
        ("Corp Relay", "Corp Relay is an SMTP account"),
        ("Graph", "Graph is of type Microsoft Graph (Receive): change it on the instance itself"),
        ("IMAP", 'no account called "IMAP" was returned (POP3 and IMAP accounts: Prod IMAP, Spare'),
        ("", 'no account called "" was returned'),
    ],
)
def test_another_account_is_not_switched_and_that_is_said(name: str, words: str) -> None:
    assert find_switch_obstacle(name, ACCOUNTS).startswith(words)
    assert not Situation(ON_TEST, switches={name: True}).review.plan
    assert not Situation(ON_TEST, switches={name: False}).review.plan


def test_where_two_accounts_have_one_name_neither_is_switched() -> None:
    twins = (*ACCOUNTS, replace(OWN, name="Prod IMAP", active=False))
    assert "several accounts are called Prod IMAP" in find_switch_obstacle("Prod IMAP", twins)
    assert plan_switches({"Prod IMAP": False}, twins) == ()


@pytest.mark.parametrize("account", [replace(READER, managed=True), replace(IMAP, uses_oauth=True)])
def test_one_that_may_not_be_edited_can_be_switched(account: Account) -> None:
    assert find_switch_obstacle(account.name, (account,)) == ""


@given(situations())
@deterministic
def test_a_switch_never_touches_what_sends_and_the_other_way_round(situation: Situation) -> None:
    plan, facts = situation.review.plan, situation.facts
    alone = replace(situation, switches={}).review.plan
    assert (plan.changes, plan.activation) == (alone.changes, alone.activation)
    types = {each.name: each.type for each in facts.accounts}
    assert all(types[each.name] in ("pop3", "imap") for each in plan.switches)
    if plan.activation:
        names = {plan.activation.account, plan.activation.instead_of}
        assert names.isdisjoint(each.name for each in plan.switches)


def test_a_switch_alone_needs_no_attestation_and_releases_nothing() -> None:
    review = Situation(ON_TEST, switches={"Prod IMAP": False}).review
    assert (review.preconditions, review.plan.queue, review.plan.confirmations) == ((), None, ())


def test_in_production_the_host_is_typed_for_a_switch_too() -> None:
    facts = instance(*ACCOUNTS)
    (confirmation,) = Situation(facts, switches={"Prod IMAP": False}).review.plan.confirmations
    assert (confirmation.code, confirmation.word) == ("confirm.production", "corp")


def test_on_a_test_instance_an_account_like_productions_takes_its_name_to_start() -> None:
    resting = replace(IMAP, active=False)
    facts = instance(MANAGED, resting, SPARE, test=True)
    plan = Situation(facts, switches={"Prod IMAP": True, "Spare POP3": True}).review.plan
    (confirmation,) = plan.confirmations
    assert (confirmation.code, confirmation.word) == ("confirm.reader", "Prod IMAP")
    assert '"prod" is in its name' in confirmation.reason


@pytest.mark.parametrize(
    ("receiving", "begin"),
    [
        (True, "Spare POP3 is activated. Email receiving is on: the instance reads and deletes"),
        (False, "Spare POP3 is activated. Email receiving is off. When on, the instance reads"),
        (None, "Spare POP3 is activated. If email receiving is on, the instance reads and deletes"),
    ],
)
def test_what_starts_to_read_deletes_and_whether_it_does_now_is_said(
    receiving: bool | None, begin: str
) -> None:
    plan = switch(replace(ON_TEST, receiving=receiving), Spare_POP3=True)
    (effect,) = (each for each in plan.side_effects if each.code == "reader.started")
    assert effect.message.startswith(begin)
    assert effect.message.endswith("the mailbox helpdesk on pop.corp.example.")


@pytest.mark.parametrize("receiving", [True, False, None])
def test_what_is_no_longer_read_is_said(receiving: bool | None) -> None:
    plan = switch(replace(ON_TEST, receiving=receiving), Prod_IMAP=False)
    (effect,) = (each for each in plan.side_effects if each.code == "reader.stopped")
    words = (
        "the mailbox orders@corp.example on pop.corp.example is no longer read by this instance."
    )
    assert words in effect.message
    assert effect.message.endswith("it isn't read now either.") is (receiving is False)


def test_replies_that_nothing_reads_any_more_are_said() -> None:
    facts, base = replace(ON_OWN, accounts=(OWN, READER, SPARE)), {"user": OWN.user}
    stop = Situation(facts, base, switches={READER.name: False}).review.plan
    assert "reader.replies" in {each.code for each in stop.side_effects}
    swap = Situation(facts, base, switches={READER.name: False, SPARE.name: True}).review.plan
    assert "reader.replies" not in {each.code for each in swap.side_effects}


def test_an_account_that_the_draft_stops_is_not_found_any_more() -> None:
    codes = {each.code for each in load(ON_TEST).review.findings}
    assert "receiving.production-account" in codes
    stopped = Situation(ON_TEST, switches={"Prod IMAP": False}).review
    assert "receiving.production-account" not in {each.code for each in stopped.findings}


def test_a_switch_stands_beside_other_edits() -> None:
    plan = replace(
        edit(ON_MANAGED, {"sending_enabled": True}, sending_enabled="no"),
        switches={READER.name: False},
    ).review.plan
    assert [each.property for each in plan.changes] == ["sending_enabled"]
    assert plan.switches == (AccountSwitch(READER.name, False),)
