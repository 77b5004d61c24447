"""Rules for incoming mail."""

import pytest

from tests.settings.factories import (
    MAIL,
    edit,
    find_one,
    load,
)
from tests.settings.rules.factories import NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import incoming_mail

CASES = [
    RuleCase("pop3.port", "pop3_port", WARNING, edit(pop3_port="993"), edit(pop3_port="995")),
    RuleCase(
        "pop3.port-security",
        "pop3_security",
        WARNING,
        edit(pop3_port="995"),
        edit(pop3_port="995", pop3_security="ssl_tls"),
    ),
    RuleCase(
        "pop3.port-security",
        "pop3_port",
        WARNING,
        edit(pop3_security="ssl_tls"),
        edit(pop3_security="starttls"),
    ),
    RuleCase(
        "pop3.clear",
        "pop3_security",
        NOTE,
        edit(server=MAIL),
        edit(server=MAIL, pop3_security="starttls"),
    ),
    RuleCase("pop3.clear", "pop3_security", NOTE, edit(pop3_server=MAIL), load()),
    RuleCase(
        "pop3.user",
        "pop3_user",
        WARNING,
        edit(server=MAIL, user="apikey"),
        edit(server=MAIL, user="apikey", pop3_user="helpdesk"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(incoming_mail)


@pytest.mark.parametrize("port", ["25", "143", "465", "587", "993"])
def test_a_port_of_another_protocol_is_no_pop_port(port: str) -> None:
    assert f"{port} is a port of" in find_one(edit(pop3_port=port), "pop3.port").message
