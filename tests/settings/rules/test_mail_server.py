"""Rules for the mail servers."""

import pytest

from tests.settings.factories import (
    ACCOUNT,
    GRAPH,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    SENDS,
    SIGNING_IN,
    UNKNOWN,
    codes,
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
    assert {case.code for case in CASES} == find_codes(mail_server)


def test_an_account_with_a_blank_server_is_sent_to_sending_enabled() -> None:
    assert "turn email sending off" in find_one(load(ACCOUNT), "server.blank").message


def test_a_property_that_was_not_returned_is_not_called_unset() -> None:
    assert "hidden from this user" in find_one(load(LEGACY), "server.blank").message
    assert "Not set" in find_one(load(), "server.blank").message


def test_a_port_that_is_not_given_is_25() -> None:
    assert load().review.parsed.settings.port == 25
    assert "port.plain-first" in codes(edit(security="ssl_tls"))


@pytest.mark.parametrize("port", ["110", "143", "993", "995"])
def test_a_port_for_reading_mail_is_no_port_for_sending_it(port: str) -> None:
    assert f"{port} is for reading" in find_one(edit(port=port), "port.incoming").message


@pytest.mark.parametrize("port", ["", "25", "587"])
def test_a_port_that_speaks_in_clear_first_is_not_for_implicit_tls(port: str) -> None:
    fix = find_one(edit(port=port, security="ssl_tls"), "port.plain-first").fix
    assert fix is not None
    assert fix.set == {"port": "465"}


@pytest.mark.parametrize("port", ["25", "143", "465", "587", "993"])
def test_a_port_of_another_protocol_is_no_pop_port(port: str) -> None:
    assert f"{port} is for " in find_one(edit(pop3_port=port), "pop3.port").message
