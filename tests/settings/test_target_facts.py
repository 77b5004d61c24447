"""What follows from the facts about a target."""

from dataclasses import replace

import pytest

from tests.settings.factories import (
    FOR_LEFT,
    FOR_OWN,
    FOR_PROVIDERS,
    GRAPH,
    LEGACY,
    ON_MANAGED,
    ON_OWN,
    OWN,
    PLACES,
    PROVIDERS_OWN,
    READER,
    RESTING,
    TEST,
    UNKNOWN,
    UNNAMED,
    instance,
)
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment


def test_only_a_non_production_environment_does_not_count_as_production() -> None:
    assert TargetFacts(environment=None).is_production
    assert TargetFacts(environment=Environment.PRODUCTION).is_production
    assert not TargetFacts(environment=Environment.NON_PRODUCTION).is_production


def test_a_target_without_a_model_is_a_file() -> None:
    assert UNNAMED.is_file
    assert TEST.is_file
    assert not any(facts.is_file for facts in PLACES if facts.model)


def test_incoming_settings_are_derived_unless_something_else_sends() -> None:
    assert UNNAMED.derives_incoming
    assert LEGACY.derives_incoming
    assert not any(facts.derives_incoming for facts in (ON_OWN, FOR_OWN, GRAPH, UNKNOWN))


@pytest.mark.parametrize(
    ("facts", "sender"),
    [
        (ON_OWN, OWN.name),
        (ON_MANAGED, PROVIDERS_OWN),
        (instance(RESTING, READER), ""),
        (UNNAMED, ""),
    ],
)
def test_the_sender_is_the_active_smtp_account(facts: TargetFacts, sender: str) -> None:
    assert facts.sender == sender


def test_the_own_account_awaits_sending_while_another_or_none_sends() -> None:
    assert FOR_OWN.awaits_own
    assert FOR_LEFT.awaits_own
    assert not replace(FOR_OWN, accounts=(OWN,), managed=False).awaits_own
    assert not replace(FOR_OWN, model=LEGACY.model).awaits_own
    assert not any(facts.awaits_own for facts in (ON_OWN, ON_MANAGED, FOR_PROVIDERS, UNNAMED))


def test_whose_account_the_settings_belong_to_is_known_for_an_instance_only() -> None:
    assert UNNAMED.settings_are_servicenows is None
    assert ON_MANAGED.settings_are_servicenows is True
    assert FOR_PROVIDERS.settings_are_servicenows is True
    assert ON_OWN.settings_are_servicenows is False
    assert FOR_OWN.settings_are_servicenows is False
