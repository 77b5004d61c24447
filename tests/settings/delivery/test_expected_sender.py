"""What a document expects to send, and what it takes for that to send."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    BY_HAND,
    GRAPH,
    LEGACY,
    MANAGED,
    ON_MANAGED,
    ON_OWN,
    OWN,
    PLACES,
    READER,
    RESTING,
    UNKNOWN,
    instance,
)
from tui.settings.catalog import catalog
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.delivery.expected_sender import (
    SenderComparison,
    compare_sender,
    find_sender_name,
    name_sender,
)
from tui.settings.target_facts import TargetFacts

SAME = SenderComparison()
FACTS = instance(OWN, RESTING, BY_HAND, READER)
CLOUD = replace(OWN, name="Graph Send", type="g2", label="Microsoft Graph (Send)")
BY_GRAPH = replace(GRAPH, accounts=(CLOUD, READER, BY_HAND))


@pytest.mark.parametrize(
    ("expected", "facts"),
    [
        ("servicenow", ON_MANAGED),
        (MANAGED.name, ON_MANAGED),
        (OWN.name, ON_OWN),
        ("properties", LEGACY),
        (CLOUD.name, BY_GRAPH),
    ],
)
def test_where_it_sends_there_is_no_difference(expected: str, facts: TargetFacts) -> None:
    assert compare_sender(expected, facts) == SAME


@pytest.mark.parametrize(
    ("expected", "choice"),
    [
        ("servicenow", AccountChoice.PROVIDERS),
        (RESTING.name, NamedAccount(RESTING.name)),
        (BY_HAND.name, NamedAccount(BY_HAND.name)),
    ],
)
def test_an_inactive_one_is_chosen_so_that_it_is_activated(
    expected: str, choice: AccountChoice | NamedAccount
) -> None:
    assert compare_sender(expected, FACTS) == SenderComparison(choice)
    none_active = replace(LEGACY, accounts=(RESTING, BY_HAND))
    assert compare_sender(expected, none_active) == SenderComparison(choice)


@pytest.mark.parametrize(
    ("expected", "facts", "words"),
    [
        ("properties", FACTS, "Own SMTP is active, and a document never deactivates"),
        ("servicenow", instance(OWN), "no ServiceNow-configured account was returned"),
        ("Nothing", FACTS, 'no account called "Nothing" was returned'),
        (READER.name, FACTS, "not SMTP"),
        ("servicenow", UNKNOWN, "what sends there isn't known"),
        (OWN.name, replace(UNKNOWN, accounts=(OWN, replace(OWN, name="b"))), "isn't known"),
        (BY_HAND.name, BY_GRAPH, "isn't an SMTP account"),
    ],
)
def test_one_that_cannot_be_chosen_is_said_with_the_reason(
    expected: str, facts: TargetFacts, words: str
) -> None:
    found = compare_sender(expected, facts)
    assert words in found.obstacle
    assert found.choice is AccountChoice.IN_FORCE


@pytest.mark.parametrize("facts", [*(each for each in PLACES if not each.is_file), BY_GRAPH])
def test_what_is_said_of_what_sends_is_no_difference_where_it_was_said(facts: TargetFacts) -> None:
    there = replace(facts, choice=AccountChoice.IN_FORCE)
    if said := name_sender(there):
        assert compare_sender(said, there) == SAME
    else:
        assert there.model is UNKNOWN.model or not find_sender_name(there)


@pytest.mark.parametrize("name", ["servicenow", "properties"])
def test_an_account_whose_name_means_something_else_is_not_named(name: str) -> None:
    assert name_sender(instance(replace(OWN, name=name))) == ""


def test_no_property_has_the_name_of_the_key() -> None:
    assert not {"sender", "exported"} & catalog().keys()
