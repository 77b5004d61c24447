"""Rules for every property of a kind."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.settings.factories import (
    ACCOUNT,
    LEGACY,
    MAIL,
    ON_MANAGED,
    ON_OWN,
    SECRETS,
    SENDS,
    SIGNING_IN,
    TEST_ACCOUNT,
    TEST_LEGACY,
    USER,
    codes,
    edit,
    find_blocking,
    find_one,
    load,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING, RuleCase, check_case, find_codes
from tui.settings.delivery.status import Model
from tui.settings.rules import any_value
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Value

ON_LOOPBACK = TargetFacts(model=Model.ACCOUNT, on_loopback=True)
ODD = {
    "byte-order-mark": "\ufeffa",
    "blanks": "a\u00a0",
    "line-end": "a\r",
    "invisible": "a\u200bb",
    "special-blank": "a\u2009b",
    "replacement": "a\ufffdb",
    "misread": "Ã¼ber",
    "quotes": "'a b'",
    "escapes": "a%40b",
}
CASES = [
    RuleCase("host.loopback", "server", WARNING, edit(server="localhost"), edit(server=MAIL)),
    RuleCase(
        "host.loopback",
        "server",
        ERROR,
        edit(TEST_ACCOUNT, server="127.0.0.1"),
        edit(TEST_ACCOUNT, server=MAIL),
    ),
    RuleCase(
        "host.loopback",
        "pop3_server",
        ERROR,
        edit(LEGACY, pop3_server="::1"),
        edit(LEGACY, pop3_server=""),
    ),
    RuleCase(
        "host.loopback",
        "server",
        WARNING,
        edit(ON_LOOPBACK, server="localhost"),
        edit(ON_LOOPBACK, server=MAIL),
    ),
    RuleCase(
        "host.provider",
        "server",
        WARNING,
        load(server="relay.service-now.com"),
        load(server="relay.service-now.com.example"),
    ),
    RuleCase("host.link-local", "server", WARNING, edit(server="fe80::1"), edit(server="10.0.0.1")),
    RuleCase("host.private", "server", WARNING, edit(server="10.0.0.1"), edit(server="fe80::1")),
    RuleCase("host.private", "server", WARNING, edit(server="fd00::1"), edit(server="8.8.8.8")),
    RuleCase(
        "host.documentation",
        "server",
        WARNING,
        edit(server="198.51.100.7"),
        edit(server="10.0.0.1"),
    ),
    RuleCase(
        "host.documentation",
        "server",
        WARNING,
        edit(server="2001:db8::1"),
        edit(server="fd00::1"),
    ),
    RuleCase("host.private", "server", WARNING, edit(server="10.0.0.1"), edit(server="192.0.2.1")),
    RuleCase(
        "host.shared", "server", WARNING, edit(server="100.64.0.1"), edit(server="100.128.0.1")
    ),
    RuleCase("host.trailing-dot", "server", WARNING, edit(server=f"{MAIL}."), edit(server=MAIL)),
    RuleCase("host.no-dot", "server", WARNING, edit(server="mail"), edit(server="2001:db8::1")),
    RuleCase(
        "host.international",
        "server",
        NOTE,
        edit(server="bücher.example"),
        edit(server="xn--bcher-kva.example"),
    ),
    RuleCase(
        "text.invisible",
        "display_name",
        WARNING,
        edit(display_name="Help\u200bDesk"),
        edit(display_name="Hëlp Desk"),
    ),
    RuleCase(
        "text.invisible",
        "user",
        WARNING,
        edit(user="help\u202edesk@corp.example"),
        edit(user=USER),
    ),
    RuleCase("secret.control", "password", ERROR, edit(password="a\nb"), edit(password="a b")),
    *(
        RuleCase(f"secret.{code}", "password", WARNING, edit(password=odd), edit(password="é a"))
        for code, odd in ODD.items()
    ),
    RuleCase(
        "secret.blanks", "pop3_password", WARNING, edit(pop3_password=" a"), edit(password="a")
    ),
    RuleCase("secret.not-ascii", "password", NOTE, edit(password="é"), edit(password="e")),
    RuleCase("secret.long", "password", NOTE, edit(password="a" * 41), edit(password="a" * 40)),
    RuleCase(
        "secret.long",
        "password",
        ERROR,
        edit(ACCOUNT, password="a" * 41),
        edit(TargetFacts(model=Model.ACCOUNT, secret_limit=255), password="a" * 41),
    ),
    RuleCase(
        "secret.long",
        "password",
        NOTE,
        edit(LEGACY, password="a" * 41),
        edit(LEGACY, password="a" * 40),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(any_value) | {
        *(f"secret.{code}" for code in ODD),
        "secret.not-ascii",
    }


def test_no_finding_tells_how_long_a_secret_is() -> None:
    for situation in (edit(ACCOUNT, password="a" * 977), edit(password=" " * 977)):
        assert "977" not in repr(situation.review.findings)


def test_the_name_on_the_wire_is_shown() -> None:
    assert (
        "xn--bcher-kva.example"
        in find_one(edit(server="bücher.example"), "host.international").message
    )


def test_characters_that_do_not_show_are_named() -> None:
    message = find_one(edit(display_name="a\u200b\u202eb"), "text.invisible").message
    assert "U+200B ZERO WIDTH SPACE" in message
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in message
    assert "\u200b" not in message


def test_no_finding_repeats_a_secret() -> None:
    situation = edit(LEGACY, SIGNING_IN, password=" hunter2\n\u200b" * 9, pop3_password=" hunter2 ")
    assert len([each for each in situation.review.findings if each.code.startswith("secret.")]) >= 5
    assert "hunter2" not in repr(situation.review)


def test_a_secret_that_nobody_typed_has_no_shape_to_judge() -> None:
    base: Mapping[str, Value] = dict.fromkeys(SECRETS, SecretState.KEPT)
    assert not {code for code in codes(load(ACCOUNT, **base)) if code.startswith("secret.")}


def test_a_password_that_is_too_long_counts_by_the_dictionary_of_the_instance() -> None:
    longer = replace(ON_OWN, secret_limit=64)
    assert "holds 64" in find_one(edit(longer, SENDS, password="a" * 65), "secret.long").message
    assert find_blocking(edit(longer, SENDS, password="a" * 65)) == {"secret.long"}
    assert not find_blocking(edit(longer, SENDS, password="a" * 64))
    assert not find_blocking(edit(TEST_LEGACY, SENDS, password="a" * 65))


def test_no_limit_of_a_password_is_stated_that_was_not_read() -> None:
    found = find_one(edit(ON_OWN, SENDS, password="a" * 41), "secret.long")
    assert "default limit" in found.message
    assert "Can't read the limit of this instance" in found.message
    assert (
        "Can't read the limit of this instance"
        not in find_one(edit(password="a" * 41), "secret.long").message
    )


def test_what_is_wrong_with_the_providers_account_is_said_and_blocks_nothing() -> None:
    situation = edit(ON_MANAGED, {"server": "relay.service-now.com"}, test_recipients="")
    assert find_one(situation, "host.provider").severity is WARNING
    assert not find_blocking(situation)
