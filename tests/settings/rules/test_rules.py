"""What all rules have in common, and the findings of texts that do not parse."""

import pytest

from tests.settings.factories import (
    MAIL,
    SIGNING_IN,
    TEST,
    USER,
    Situation,
    codes,
    edit,
    load,
    with_grid,
)
from tests.settings.rules.factories import ERROR, RuleCase, check_case, find_codes
from tui.settings.catalog import catalog
from tui.settings.findings import Severity
from tui.settings.parse import host, value
from tui.settings.values import SecretState

CASES = [
    RuleCase("text.control", "server", ERROR, edit(server="a\x00b"), edit(server="ab")),
    RuleCase("host.blanks", "server", ERROR, edit(server=f" {MAIL}"), edit(server=MAIL)),
    RuleCase("host.several", "server", ERROR, edit(server="a b"), edit(server=MAIL)),
    RuleCase("host.scheme", "pop3_server", ERROR, edit(pop3_server="pop://a"), edit(server=MAIL)),
    RuleCase("host.user", "server", ERROR, edit(server="a@b/x"), edit(server=USER)),
    RuleCase("host.address", "server", ERROR, edit(server=USER), edit(server=f"smtp://{USER}")),
    RuleCase("host.port", "server", ERROR, edit(server="a:25"), edit(server="2001:db8::25")),
    RuleCase("host.path", "server", ERROR, edit(server="a/b"), edit(server=MAIL)),
    RuleCase("host.brackets", "server", ERROR, edit(server="[::1]"), edit(server="::1")),
    RuleCase("host.zone", "server", ERROR, edit(server="fe80::1%1"), edit(server="fe80::1")),
    RuleCase("host.label", "server", ERROR, edit(server="a..b"), edit(server="a.b.")),
    RuleCase("host.bad-address", "server", ERROR, edit(server="1.2.3"), edit(server="192.0.2.3")),
    RuleCase("port.blanks", "port", ERROR, edit(port=" 25"), edit(port="25")),
    RuleCase("port.number", "port", ERROR, edit(port="smtp"), edit(port="25")),
    RuleCase("port.range", "pop3_port", ERROR, edit(pop3_port="0"), edit(pop3_port="65535")),
    RuleCase("security.word", "security", ERROR, edit(security="TLS"), edit(security="starttls")),
    RuleCase("switch.word", "authenticate", ERROR, edit(authenticate="x"), edit(authenticate="no")),
    RuleCase("address.blanks", "user", ERROR, edit(user=f"{USER} "), edit(user=USER)),
    RuleCase("address.named", "user", ERROR, edit(user=f"Help <{USER}>"), edit(user=USER)),
    RuleCase("address.several", "user", ERROR, edit(user=f"{USER},{USER}"), edit(user=USER)),
    RuleCase(
        "addresses.separator",
        "test_recipients",
        ERROR,
        edit(test_recipients=f"{USER};{USER}"),
        edit(test_recipients=f"{USER},{USER}"),
    ),
    RuleCase(
        "addresses.empty",
        "test_recipients",
        ERROR,
        edit(test_recipients=f"{USER},"),
        edit(test_recipients=""),
    ),
    RuleCase(
        "addresses.quoted",
        "test_recipients",
        ERROR,
        edit(test_recipients='"a,b"@corp.example'),
        edit(test_recipients='"a b"@corp.example'),
    ),
    RuleCase(
        "addresses.syntax",
        "test_recipients",
        ERROR,
        edit(test_recipients="qa"),
        edit(test_recipients=USER),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_text_that_does_not_parse_is_a_finding(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_the_parsers_has_a_case() -> None:
    no_codes = {"servicenow.com", "localhost.localdomain"}
    # A draft holds no text of a secret: tests/settings/parse/test_value.py has this one.
    not_from_a_draft = {"secret.in-text"}
    codes = find_codes(host, value) - no_codes - not_from_a_draft
    assert {case.code for case in CASES} == codes


def test_findings_stand_in_the_catalogs_order_the_heavy_ones_first() -> None:
    findings = edit(
        server="localhost", user="apikey", port="110", pop3_port="993", display_name=" Häuser"
    ).review.findings
    places = [
        (list(catalog()).index(each.property), list(Severity).index(each.severity))
        for each in findings
    ]
    assert len(places) > 5
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("whole", "need", "text", "code"),
    [
        (edit(port="465"), "security", "TLS", "port.implicit-tls"),
        (edit(security="ssl_tls"), "port", "x", "port.plain-first"),
        (edit(pop3_port="995"), "pop3_security", "x", "pop3.port-security"),
        (edit(base=SIGNING_IN, security="none"), "authenticate", "x", "authenticate.clear"),
        (edit(authenticate="yes"), "user", " ", "authenticate.user"),
        (edit(sending_enabled="yes"), "test_recipients", "x", "sending.no-recipients"),
        (edit(display_name="a@b.example"), "user", "<a@b>", "display_name.address"),
        (edit(server=MAIL), "server", "a b", "pop3.clear"),
        (edit(server=MAIL, user="apikey"), "pop3_user", "\x00", "pop3.user"),
        (load(), "server", "a b", "server.blank"),
        (edit(server="mail"), "server", "mail:25", "host.no-dot"),
        (
            edit(base={"server": MAIL, "password": SecretState.KEPT}, server="b.example"),
            "pop3_server",
            "a b",
            "secret.new-host",
        ),
    ],
)
def test_a_rule_is_skipped_when_what_it_needs_is_broken(
    whole: Situation, need: str, text: str, code: str
) -> None:
    assert code in codes(whole)
    spoilt = Situation(whole.facts, whole.base, {**whole.texts, need: text}, whole.typed)
    assert need in spoilt.review.parsed.broken
    assert code not in codes(spoilt)


def test_a_broken_property_says_only_why_it_is_broken() -> None:
    looked = edit(server="localhost:25").review
    assert [each.code for each in looked.findings if each.property == "server"] == ["host.port"]
    assert looked.draft.text("server") == "localhost:25"


@pytest.mark.parametrize("name", ["server", "user", "display_name", "test_recipients", "pop3_user"])
@pytest.mark.parametrize(
    "part", with_grid(["x", "a@", "a.", "a,", ":", "<", "@.", "-", "1.", " "], "x", "a@")
)
def test_a_long_text_is_looked_at_in_one_go(name: str, part: str) -> None:
    situation = Situation(TEST, texts={name: part * 50_000})
    assert situation.review.draft.changed_properties() == (name,)
