"""Which account can be chosen to send, and why another can't."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    BY_HAND,
    GRAPH,
    LEFT,
    MANAGED,
    OWN,
    READER,
    RESTING,
    UNKNOWN,
    instance,
)
from tui.settings.delivery.account import (
    AccountChoice,
    AnyChoice,
    NamedAccount,
    parse_choice,
)
from tui.settings.delivery.account_choice import find_choice_obstacle

CLOUD = replace(BY_HAND, name="Cloud SMTP", uses_oauth=True)
FACTS = instance(OWN, RESTING, BY_HAND, CLOUD, READER)


@pytest.mark.parametrize("name", [BY_HAND.name, RESTING.name])
def test_an_inactive_smtp_account_can_be_chosen_by_its_name(name: str) -> None:
    assert find_choice_obstacle(NamedAccount(name), FACTS) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("corp relay", 'no account called "corp relay" was returned'),
        ("", 'no account called "" was returned'),
        (OWN.name, "Own SMTP is already active"),
        (READER.name, "POP3 is of type pop3, not SMTP"),
        (CLOUD.name, "Cloud SMTP signs in by OAuth: activate it on the instance itself"),
    ],
)
def test_any_other_name_is_refused_with_the_reason(name: str, words: str) -> None:
    found = find_choice_obstacle(NamedAccount(name), FACTS)
    assert found.startswith(words)
    if name != CLOUD.name:
        assert "(inactive SMTP accounts: ServiceNow SMTP, Corp Relay)" in found


def test_a_name_of_several_accounts_is_refused() -> None:
    twins = replace(FACTS, accounts=(*FACTS.accounts, replace(READER, name=BY_HAND.name)))
    found = find_choice_obstacle(NamedAccount(BY_HAND.name), twins)
    assert "several accounts are called Corp Relay" in found
    twins = replace(FACTS, accounts=(*FACTS.accounts, replace(READER, name=OWN.name)))
    for choice in (NamedAccount(BY_HAND.name), AccountChoice.PROVIDERS):
        assert "several accounts are called Own SMTP" in find_choice_obstacle(choice, twins)


def test_where_there_is_none_to_choose_that_is_said() -> None:
    found = find_choice_obstacle(NamedAccount("x"), instance(MANAGED, READER))
    assert found.endswith("(no inactive SMTP account was returned)")


@pytest.mark.parametrize("facts", [GRAPH, UNKNOWN])
def test_where_it_is_not_known_what_sends_none_can_be_chosen(facts: object) -> None:
    there = replace(facts, accounts=(BY_HAND, RESTING))  # type: ignore[type-var]
    for choice in (*list(AccountChoice)[1:], NamedAccount(BY_HAND.name)):
        assert "it isn't certain what sends there" in find_choice_obstacle(choice, there)  # type: ignore[arg-type]
    assert find_choice_obstacle(AccountChoice.IN_FORCE, there) == ""  # type: ignore[arg-type]


def test_own_and_servicenows_are_refused_where_they_send() -> None:
    assert "Own SMTP" in find_choice_obstacle(AccountChoice.OWN, FACTS)
    assert find_choice_obstacle(AccountChoice.OWN, instance(RESTING, LEFT)) == ""
    assert "is already active" in find_choice_obstacle(AccountChoice.PROVIDERS, instance(MANAGED))
    assert "no ServiceNow-configured account" in find_choice_obstacle(
        AccountChoice.PROVIDERS, instance(OWN)
    )


@pytest.mark.parametrize("choice", [*AccountChoice, NamedAccount("own"), NamedAccount("named: ")])
def test_a_choice_is_read_as_it_was_written(choice: AnyChoice) -> None:
    assert parse_choice(str(choice)) == choice


def test_what_is_no_choice_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="Corp Relay"):
        parse_choice("Corp Relay")
