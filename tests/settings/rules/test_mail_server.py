"""Rules for the outgoing mail server."""

import pytest

from tests.settings.factories import (
    ACCOUNT,
    GRAPH,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    SENDS,
    UNKNOWN,
    edit,
    find_one,
    load,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import mail_server
from tui.settings.values import SecretState

CASES = [
    RuleCase("server.blank", "server", NOTE, load(), load(server=MAIL)),
    RuleCase("server.blank", "server", WARNING, load(server=""), load(server=MAIL)),
    RuleCase(
        "server.blank",
        "server",
        WARNING,
        edit(base={"server": MAIL}, server=""),
        edit(base={"server": ""}, server=MAIL),
    ),
    RuleCase(
        "server.blank",
        "server",
        WARNING,
        edit(LEGACY, {"server": MAIL}, server=""),
        edit(LEGACY, {"server": MAIL}, server="b.example"),
    ),
    RuleCase("server.blank", "server", ERROR, load(ACCOUNT), load(ACCOUNT, server=MAIL)),
    RuleCase("server.blank", "server", NOTE, load(LEGACY), load(GRAPH)),
    RuleCase("server.blank", "server", WARNING, load(LEGACY, server=""), load(UNKNOWN, server="")),
    RuleCase(
        "secret.new-host",
        "server",
        WARNING,
        edit(ON_TEST_OWN, SENDS, server="b.example"),
        edit(ON_OWN, SENDS, server="b.example"),
    ),
    RuleCase(
        "secret.new-host",
        "server",
        WARNING,
        edit(base={"server": MAIL, "password": SecretState.KEPT}, server="b.example"),
        edit(
            base={"server": MAIL, "password": SecretState.KEPT}, server="b.example", password="new"
        ),
    ),
    RuleCase(
        "secret.new-host",
        "pop3_server",
        WARNING,
        edit(base={"server": MAIL, "password": SecretState.UNKNOWN}, pop3_server="pop.example"),
        edit(base={"server": MAIL, "password": SecretState.NOT_KEPT}, pop3_server="pop.example"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(mail_server)


def test_an_account_with_a_blank_server_is_sent_to_sending_enabled() -> None:
    assert "turn sending off" in find_one(load(ACCOUNT), "server.blank").message


def test_a_property_that_was_not_returned_is_not_called_unset() -> None:
    assert "hidden from this user" in find_one(load(LEGACY), "server.blank").message
    assert "Not set" in find_one(load(), "server.blank").message
