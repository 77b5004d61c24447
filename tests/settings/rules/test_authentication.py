"""Rules for signing in to the outgoing mail server."""

import pytest

from tests.settings.factories import (
    ACCOUNT,
    SIGNING_IN,
    edit,
    load,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import authentication
from tui.settings.values import SecretState

CASES = [
    RuleCase(
        "authenticate.user",
        "user",
        ERROR,
        edit(base={**SIGNING_IN, "user": ""}, port="587"),
        load(**SIGNING_IN),
    ),
    RuleCase(
        "authenticate.password",
        "password",
        ERROR,
        edit(base=SIGNING_IN, password=""),
        load(**SIGNING_IN),
    ),
    RuleCase(
        "authenticate.password",
        "password",
        ERROR,
        load(authenticate=True),
        load(authenticate=False),
    ),
    RuleCase(
        "authenticate.off",
        "authenticate",
        NOTE,
        edit(base=SIGNING_IN, authenticate="no"),
        load(**SIGNING_IN),
    ),
    RuleCase(
        "password.not-kept",
        "password",
        NOTE,
        load(authenticate=True, password=SecretState.NOT_KEPT),
        load(authenticate=True, password=SecretState.KEPT),
    ),
    RuleCase(
        "password.unknown",
        "password",
        NOTE,
        load(ACCOUNT, authenticate=True, password=SecretState.UNKNOWN),
        edit(ACCOUNT, {"authenticate": True, "password": SecretState.UNKNOWN}, password="new"),
    ),
    RuleCase(
        "authenticate.clear",
        "security",
        WARNING,
        edit(base=SIGNING_IN, security="none"),
        edit(base=SIGNING_IN, security="ssl_tls"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(authentication)
