"""Rules for port and security of the outgoing mail server."""

import pytest

from tests.settings.factories import (
    codes,
    edit,
    find_one,
    load,
)
from tests.settings.rules.factories import WARNING, RuleCase, check_case, find_codes
from tui.settings.rules import port_and_security

CASES = [
    RuleCase("port.incoming", "port", WARNING, edit(port="110"), edit(port="25")),
    RuleCase("port.incoming", "port", WARNING, edit(port="993"), edit(pop3_port="995")),
    RuleCase(
        "port.implicit-tls",
        "security",
        WARNING,
        edit(port="465", security="starttls"),
        edit(port="465", security="ssl_tls"),
    ),
    RuleCase(
        "port.submission",
        "security",
        WARNING,
        edit(port="587"),
        edit(port="587", security="starttls"),
    ),
    RuleCase(
        "port.plain-first",
        "port",
        WARNING,
        edit(security="ssl_tls"),
        edit(security="ssl_tls", port="465"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(port_and_security)


def test_a_port_that_is_not_given_is_25() -> None:
    assert load().review.parsed.settings.port == 25
    assert "port.plain-first" in codes(edit(security="ssl_tls"))


@pytest.mark.parametrize("port", ["110", "143", "993", "995"])
def test_a_port_for_reading_mail_is_no_port_for_sending_it(port: str) -> None:
    assert f"{port} is a port for reading" in find_one(edit(port=port), "port.incoming").message


@pytest.mark.parametrize("port", ["", "25", "587"])
def test_a_port_that_speaks_in_clear_first_is_not_for_implicit_tls(port: str) -> None:
    fix = find_one(edit(port=port, security="ssl_tls"), "port.plain-first").fix
    assert fix is not None
    assert fix.set == {"port": "465"}
