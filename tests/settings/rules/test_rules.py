"""What each rule says, where it must and where it must not."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given

from tests.settings.factories import (
    ACCOUNT,
    FOR_LEFT,
    FOR_OWN,
    FOR_PROVIDERS,
    FOR_TEST_OWN,
    FOR_TEST_PROVIDERS,
    GRAPH,
    INSTANCES,
    LEGACY,
    ON_MANAGED,
    ON_OWN,
    ON_TEST_OWN,
    PRODUCTION,
    SECRETS,
    TEST,
    TEST_ACCOUNT,
    TEST_LEGACY,
    UNKNOWN,
    UNNAMED,
    Situation,
    broken_finding,
    codes,
    deterministic,
    edit,
    find_all,
    find_one,
    load,
    make_rows,
    situations,
    with_rows,
)
from tui.settings import review
from tui.settings.catalog import catalog
from tui.settings.draft import Draft
from tui.settings.findings import Severity
from tui.settings.parse import email_address as addresses
from tui.settings.parse import host as hosts
from tui.settings.parse import value as kinds
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import Model, TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
ON_LOOPBACK = TargetFacts(model=Model.ACCOUNT, on_loopback=True)
SEPARATE_FROM = TargetFacts(model=Model.ACCOUNT, sent_from="it@corp.example")
MAIL = "mail.corp.example"
USER = "helpdesk@corp.example"
SIGNING_IN: Mapping[str, Value] = {
    "authenticate": True,
    "user": USER,
    "password": SecretState.KEPT,
    "security": Security.STARTTLS,
}
SENDS: Mapping[str, Value] = {
    "server": MAIL,
    "authenticate": True,
    "user": USER,
    "password": SecretState.UNKNOWN,
    "security": Security.STARTTLS,
    "sending_enabled": True,
}
"""An own account as an instance gives it."""


@dataclass(frozen=True)
class Row:
    """A code, where it must appear and as what, and where it must not."""

    code: str
    property: str
    severity: Severity
    must: Situation
    must_not: Situation


ROWS = [
    # texts that are no value
    Row("text.control", "server", ERROR, edit(server="a\x00b"), edit(server="ab")),
    Row("host.blanks", "server", ERROR, edit(server=f" {MAIL}"), edit(server=MAIL)),
    Row("host.several", "server", ERROR, edit(server="a b"), edit(server=MAIL)),
    Row("host.scheme", "pop3_server", ERROR, edit(pop3_server="pop://a"), edit(server=MAIL)),
    Row("host.user", "server", ERROR, edit(server="a@b/x"), edit(server=USER)),
    Row("host.address", "server", ERROR, edit(server=USER), edit(server=f"smtp://{USER}")),
    Row("host.port", "server", ERROR, edit(server="a:25"), edit(server="2001:db8::25")),
    Row("host.path", "server", ERROR, edit(server="a/b"), edit(server=MAIL)),
    Row("host.brackets", "server", ERROR, edit(server="[::1]"), edit(server="::1")),
    Row("host.zone", "server", ERROR, edit(server="fe80::1%1"), edit(server="fe80::1")),
    Row("host.label", "server", ERROR, edit(server="a..b"), edit(server="a.b.")),
    Row("host.bad-address", "server", ERROR, edit(server="1.2.3"), edit(server="192.0.2.3")),
    Row("port.blanks", "port", ERROR, edit(port=" 25"), edit(port="25")),
    Row("port.number", "port", ERROR, edit(port="smtp"), edit(port="25")),
    Row("port.range", "pop3_port", ERROR, edit(pop3_port="0"), edit(pop3_port="65535")),
    Row("security.word", "security", ERROR, edit(security="TLS"), edit(security="starttls")),
    Row("switch.word", "authenticate", ERROR, edit(authenticate="x"), edit(authenticate="no")),
    Row("address.blanks", "user", ERROR, edit(user=f"{USER} "), edit(user=USER)),
    Row("address.named", "user", ERROR, edit(user=f"Help <{USER}>"), edit(user=USER)),
    Row("address.several", "user", ERROR, edit(user=f"{USER},{USER}"), edit(user=USER)),
    Row(
        "addresses.separator",
        "test_recipients",
        ERROR,
        edit(test_recipients=f"{USER};{USER}"),
        edit(test_recipients=f"{USER},{USER}"),
    ),
    Row(
        "addresses.empty",
        "test_recipients",
        ERROR,
        edit(test_recipients=f"{USER},"),
        edit(test_recipients=""),
    ),
    Row(
        "addresses.syntax",
        "test_recipients",
        ERROR,
        edit(test_recipients="qa"),
        edit(test_recipients=USER),
    ),
    # hosts of a sort
    Row("host.loopback", "server", WARNING, edit(server="localhost"), edit(server=MAIL)),
    Row(
        "host.loopback",
        "server",
        ERROR,
        edit(TEST_ACCOUNT, server="127.0.0.1"),
        edit(TEST_ACCOUNT, server=MAIL),
    ),
    Row(
        "host.loopback",
        "pop3_server",
        ERROR,
        edit(LEGACY, pop3_server="::1"),
        edit(LEGACY, pop3_server=""),
    ),
    Row(
        "host.loopback",
        "server",
        WARNING,
        edit(ON_LOOPBACK, server="localhost"),
        edit(ON_LOOPBACK, server=MAIL),
    ),
    Row(
        "host.provider",
        "server",
        WARNING,
        load(server="relay.service-now.com"),
        load(server="relay.service-now.com.example"),
    ),
    Row("host.link-local", "server", WARNING, edit(server="fe80::1"), edit(server="10.0.0.1")),
    Row("host.private", "server", WARNING, edit(server="10.0.0.1"), edit(server="fe80::1")),
    Row("host.private", "server", WARNING, edit(server="fd00::1"), edit(server="8.8.8.8")),
    Row(
        "host.documentation",
        "server",
        WARNING,
        edit(server="198.51.100.7"),
        edit(server="10.0.0.1"),
    ),
    Row(
        "host.documentation",
        "server",
        WARNING,
        edit(server="2001:db8::1"),
        edit(server="fd00::1"),
    ),
    Row("host.private", "server", WARNING, edit(server="10.0.0.1"), edit(server="192.0.2.1")),
    Row("host.shared", "server", WARNING, edit(server="100.64.0.1"), edit(server="100.128.0.1")),
    Row("host.trailing-dot", "server", WARNING, edit(server=f"{MAIL}."), edit(server=MAIL)),
    Row("host.no-dot", "server", WARNING, edit(server="mail"), edit(server="2001:db8::1")),
    Row(
        "host.international",
        "server",
        NOTE,
        edit(server="bücher.example"),
        edit(server="xn--bcher-kva.example"),
    ),
    Row(
        "text.invisible",
        "display_name",
        WARNING,
        edit(display_name="Help\u200bDesk"),
        edit(display_name="Hëlp Desk"),
    ),
    Row(
        "text.invisible",
        "user",
        WARNING,
        edit(user="help\u202edesk@corp.example"),
        edit(user=USER),
    ),
    # secrets
    Row("secret.control", "password", ERROR, edit(password="a\nb"), edit(password="a b")),
    Row("secret.invisible", "password", WARNING, edit(password="a\u200b"), edit(password="é")),
    Row("secret.blanks", "pop3_password", WARNING, edit(pop3_password=" a"), edit(password="a")),
    Row("secret.long", "password", NOTE, edit(password="a" * 41), edit(password="a" * 40)),
    Row(
        "secret.long",
        "password",
        ERROR,
        edit(ACCOUNT, password="a" * 41),
        edit(TargetFacts(model=Model.ACCOUNT, secret_limit=255), password="a" * 41),
    ),
    Row(
        "secret.long",
        "password",
        NOTE,
        edit(LEGACY, password="a" * 41),
        edit(LEGACY, password="a" * 40),
    ),
    # server
    Row("server.blank", "server", NOTE, load(), load(server=MAIL)),
    Row("server.blank", "server", WARNING, load(server=""), load(server=MAIL)),
    Row(
        "server.blank",
        "server",
        WARNING,
        edit(base={"server": MAIL}, server=""),
        edit(base={"server": ""}, server=MAIL),
    ),
    Row(
        "server.blank",
        "server",
        WARNING,
        edit(LEGACY, {"server": MAIL}, server=""),
        edit(LEGACY, {"server": MAIL}, server="b.example"),
    ),
    Row("server.blank", "server", ERROR, load(ACCOUNT), load(ACCOUNT, server=MAIL)),
    Row("server.blank", "server", NOTE, load(LEGACY), load(GRAPH)),
    Row("server.blank", "server", WARNING, load(LEGACY, server=""), load(UNKNOWN, server="")),
    Row(
        "secret.new-host",
        "server",
        WARNING,
        edit(ON_TEST_OWN, SENDS, server="b.example"),
        edit(ON_OWN, SENDS, server="b.example"),
    ),
    Row(
        "secret.new-host",
        "server",
        WARNING,
        edit(base={"server": MAIL, "password": SecretState.KEPT}, server="b.example"),
        edit(
            base={"server": MAIL, "password": SecretState.KEPT}, server="b.example", password="new"
        ),
    ),
    Row(
        "secret.new-host",
        "pop3_server",
        WARNING,
        edit(base={"server": MAIL, "password": SecretState.UNKNOWN}, pop3_server="pop.example"),
        edit(base={"server": MAIL, "password": SecretState.NOT_KEPT}, pop3_server="pop.example"),
    ),
    # sender
    Row("user.not-address", "user", ERROR, edit(user="apikey"), edit(user=USER)),
    Row(
        "user.not-address",
        "user",
        WARNING,
        edit(SEPARATE_FROM, user="apikey"),
        edit(SEPARATE_FROM, user=USER),
    ),
    Row(
        "user.special-use",
        "user",
        WARNING,
        edit(user="ops@corp.local"),
        edit(user="ops@corp.example"),
    ),
    Row("user.no-dot", "user", WARNING, edit(user="help@corp"), edit(user=USER)),
    Row(
        "display_name.encoded",
        "display_name",
        NOTE,
        edit(display_name="Häuser"),
        edit(display_name="Hauser"),
    ),
    Row(
        "display_name.blanks",
        "display_name",
        WARNING,
        edit(display_name=" Help"),
        edit(display_name="Help"),
    ),
    Row(
        "display_name.address",
        "display_name",
        WARNING,
        edit(user=USER, display_name="Boss <boss@corp.example>"),
        edit(user=USER, display_name="Help Helpdesk@Corp.example"),
    ),
    # authentication
    Row(
        "authenticate.user",
        "user",
        ERROR,
        edit(base={**SIGNING_IN, "user": ""}, port="587"),
        load(**SIGNING_IN),
    ),
    Row(
        "authenticate.password",
        "password",
        ERROR,
        edit(base=SIGNING_IN, password=""),
        load(**SIGNING_IN),
    ),
    Row(
        "authenticate.password",
        "password",
        ERROR,
        load(authenticate=True),
        load(authenticate=False),
    ),
    Row(
        "authenticate.off",
        "authenticate",
        NOTE,
        edit(base=SIGNING_IN, authenticate="no"),
        load(**SIGNING_IN),
    ),
    Row(
        "password.not-kept",
        "password",
        NOTE,
        load(authenticate=True, password=SecretState.NOT_KEPT),
        load(authenticate=True, password=SecretState.KEPT),
    ),
    Row(
        "password.unknown",
        "password",
        NOTE,
        load(ACCOUNT, authenticate=True, password=SecretState.UNKNOWN),
        edit(ACCOUNT, {"authenticate": True, "password": SecretState.UNKNOWN}, password="new"),
    ),
    Row(
        "authenticate.clear",
        "security",
        WARNING,
        edit(base=SIGNING_IN, security="none"),
        edit(base=SIGNING_IN, security="ssl_tls"),
    ),
    # port and security
    Row("port.incoming", "port", WARNING, edit(port="110"), edit(port="25")),
    Row("port.incoming", "port", WARNING, edit(port="993"), edit(pop3_port="995")),
    Row(
        "port.implicit-tls",
        "security",
        WARNING,
        edit(port="465", security="starttls"),
        edit(port="465", security="ssl_tls"),
    ),
    Row(
        "port.submission",
        "security",
        WARNING,
        edit(port="587"),
        edit(port="587", security="starttls"),
    ),
    Row(
        "port.plain-first",
        "port",
        WARNING,
        edit(security="ssl_tls"),
        edit(security="ssl_tls", port="465"),
    ),
    # sending
    Row(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(TEST, sending_enabled="yes"),
        edit(TEST, sending_enabled="yes", test_recipients=USER),
    ),
    Row(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(
            TEST_ACCOUNT,
            {"sending_enabled": True, "test_recipients": (USER,)},
            test_recipients="",
        ),
        edit(TEST_ACCOUNT, {"sending_enabled": True, "test_recipients": (USER,)}, port="587"),
    ),
    Row(
        "sending.no-recipients",
        "test_recipients",
        WARNING,
        edit(TEST, {"sending_enabled": True}, port="587"),
        edit(PRODUCTION, {"sending_enabled": True}, port="587"),
    ),
    Row(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        edit(FOR_TEST_OWN, {"sending_enabled": True}, server=MAIL, user=USER),
        edit(
            FOR_TEST_OWN,
            {"sending_enabled": True},
            server=MAIL,
            user=USER,
            test_recipients=USER,
        ),
    ),
    Row(
        "sending.no-recipients",
        "test_recipients",
        ERROR,
        load(FOR_TEST_PROVIDERS, sending_enabled=True),
        load(FOR_TEST_PROVIDERS, sending_enabled=False),
    ),
    Row("sending.no-recipients", "test_recipients", WARNING, load(TEST_LEGACY), load(TEST)),
    Row(
        "recipients.production",
        "test_recipients",
        WARNING,
        load(PRODUCTION, test_recipients=(USER,)),
        load(TEST, test_recipients=(USER,)),
    ),
    Row(
        "recipients.production",
        "test_recipients",
        WARNING,
        load(UNNAMED, test_recipients=(USER,)),
        load(UNNAMED, test_recipients=()),
    ),
    Row(
        "sending.off",
        "sending_enabled",
        WARNING,
        edit(base={"sending_enabled": True}, sending_enabled="no"),
        edit(base={"sending_enabled": False}, sending_enabled="yes"),
    ),
    Row("sending.off", "sending_enabled", NOTE, load(sending_enabled=False), load()),
    Row(
        "sending.verify",
        "sending_enabled",
        NOTE,
        edit(server=MAIL),
        edit(base={"sending_enabled": True}, server=MAIL),
    ),
    Row("sending.verify", "sending_enabled", NOTE, edit(port="587"), edit(display_name="x")),
    # incoming
    Row("pop3.port", "pop3_port", WARNING, edit(pop3_port="993"), edit(pop3_port="995")),
    Row(
        "pop3.port-security",
        "pop3_security",
        WARNING,
        edit(pop3_port="995"),
        edit(pop3_port="995", pop3_security="ssl_tls"),
    ),
    Row(
        "pop3.port-security",
        "pop3_port",
        WARNING,
        edit(pop3_security="ssl_tls"),
        edit(pop3_security="starttls"),
    ),
    Row(
        "pop3.clear",
        "pop3_security",
        NOTE,
        edit(server=MAIL),
        edit(server=MAIL, pop3_security="starttls"),
    ),
    Row("pop3.clear", "pop3_security", NOTE, edit(pop3_server=MAIL), load()),
    Row(
        "pop3.user",
        "pop3_user",
        WARNING,
        edit(server=MAIL, user="apikey"),
        edit(server=MAIL, user="apikey", pop3_user="helpdesk"),
    ),
    # an instance only
    Row(
        "property.locked",
        "port",
        ERROR,
        with_rows(edit(LEGACY, port="587"), locked={"port": "No."}),
        with_rows(edit(LEGACY, port="587"), locked={"pop3_port": "No."}),
    ),
    Row(
        "account.password",
        "password",
        ERROR,
        edit(ON_OWN, SENDS, user="b@corp.example"),
        edit(ON_OWN, SENDS, user="b@corp.example", password="new"),
    ),
    Row(
        "account.password",
        "password",
        ERROR,
        edit(ON_TEST_OWN, SENDS, server="b.example", password=""),
        edit(ON_TEST_OWN, SENDS, user="b@corp.example"),
    ),
    Row(
        "account.password-unseen",
        "password",
        ERROR,
        Situation(FOR_LEFT, SENDS, rows=make_rows(FOR_LEFT)),
        Situation(FOR_LEFT, SENDS, typed={"password": "new"}, rows=make_rows(FOR_LEFT)),
    ),
    Row(
        "account.user",
        "user",
        ERROR,
        edit(FOR_OWN, server=MAIL),
        edit(FOR_OWN, server=MAIL, user=USER),
    ),
    Row("model.unverified", "server", NOTE, load(LEGACY), load(ACCOUNT)),
    Row(
        "password.unverified",
        "password",
        WARNING,
        edit(LEGACY, password="new"),
        edit(ON_OWN, password="new"),
    ),
    Row(
        "password.unverified",
        "pop3_password",
        WARNING,
        edit(LEGACY, pop3_password="new"),
        edit(LEGACY, password="new"),
    ),
    Row(
        "replies.unread",
        "user",
        NOTE,
        load(ON_OWN, user="it@corp.example"),
        load(ON_OWN, user="helpdesk@corp.example"),
    ),
    Row(
        "replies.unread",
        "user",
        WARNING,
        edit(FOR_OWN, server=MAIL, user="it@corp.example"),
        edit(FOR_OWN, server=MAIL, user="HelpDesk@corp.example"),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.severity}")
def test_a_rule_speaks_where_it_must(row: Row) -> None:
    assert (row.property, row.severity) in {
        (each.property, each.severity) for each in find_all(row.must, row.code)
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.severity}")
def test_a_rule_is_silent_where_it_must_be(row: Row) -> None:
    assert row.severity not in {
        each.severity for each in find_all(row.must_not, row.code) if each.property == row.property
    }


def written_codes() -> Iterator[str]:
    """Every text in the modules that make findings which looks like a code."""
    rules = Path(review.__file__).parent / "rules"
    modules = [
        *map(Path, (addresses.__file__, hosts.__file__, kinds.__file__)),
        *rules.glob("*.py"),
    ]
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z0-9_]+\.[a-z0-9-]+", text):
                yield text


def test_every_code_has_a_row() -> None:
    no_codes = {"servicenow.com", "localhost.localdomain"}
    not_from_a_draft = {"secret.in-text"}  # a draft holds no text of a secret: test_kinds.py
    assert {row.code for row in ROWS} == set(written_codes()) - no_codes - not_from_a_draft


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.severity}")
def test_a_finding_is_about_its_property_and_says_something(row: Row) -> None:
    for finding in find_all(row.must, row.code):
        assert finding.property in finding.about or finding.code in {"pop3.user", "pop3.clear"}
        assert finding.about <= set(catalog())
        assert finding.message[-1] in ".?"


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


# a rule whose need is broken is skipped


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


# what refuses a save


def blocking(situation: Situation) -> set[str]:
    return {each.code for each in situation.review.blocking}


def test_an_error_in_what_is_typed_blocks() -> None:
    assert blocking(edit(server="a b")) == {"host.several"}


def test_warnings_and_notes_do_not_block() -> None:
    situation = edit(base=SIGNING_IN, server="localhost", port="110", security="none")
    assert {each.severity for each in situation.review.findings} >= {WARNING, NOTE}
    assert not blocking(situation)


@pytest.mark.parametrize(
    "base",
    [
        {"server": "a b"},
        {"user": "apikey"},
        {"port": 0},
        {"authenticate": True},
        {"test_recipients": ("x",)},
    ],
)
def test_an_old_error_is_shown_and_does_not_block_an_unrelated_change(
    base: Mapping[str, Value],
) -> None:
    situation = edit(PRODUCTION, base, display_name="Help Desk")
    assert any(each.severity is ERROR for each in situation.review.findings)
    assert not blocking(situation)


@pytest.mark.parametrize(
    ("base", "texts", "code"),
    [
        ({"authenticate": True, "password": SecretState.KEPT}, {"authenticate": ""}, None),
        ({"user": USER, "password": SecretState.KEPT}, {"authenticate": "yes"}, None),
        ({"user": USER}, {"authenticate": "yes"}, "authenticate.password"),
        ({"password": SecretState.KEPT}, {"authenticate": "yes"}, "authenticate.user"),
        ({**SIGNING_IN}, {"user": ""}, "authenticate.user"),
        ({**SIGNING_IN}, {"password": ""}, "authenticate.password"),
        ({"server": "a b"}, {"server": "a  b"}, "host.several"),
    ],
)
def test_an_error_blocks_the_change_it_depends_on(
    base: Mapping[str, Value], texts: dict[str, str], code: str | None
) -> None:
    assert blocking(edit(PRODUCTION, base, **texts)) == ({code} if code else set())


def test_a_value_of_the_wrong_type_blocks_only_its_own_change() -> None:
    base = Snapshot({"port": "25 "}, broken={"port": broken_finding("port")})
    unrelated = review.review(Draft(base).edit("display_name", "x"), UNNAMED, "corp")
    assert [each.code for each in unrelated.findings if each.severity is ERROR] == ["file.type"]
    assert not unrelated.blocking
    mended = review.review(Draft(base).edit("port", "587"), UNNAMED, "corp")
    assert not mended.blocking
    assert mended.plan.changes[0].after == 587


def test_findings_of_the_reading_are_among_the_others() -> None:
    base = Snapshot(findings=(broken_finding("spare", "file.unknown-key"),))
    looked = review.review(Draft(base), UNNAMED, "corp")
    assert "file.unknown-key" in {each.code for each in looked.findings}


# what an instance refuses


@given(situations())
@deterministic
def test_a_locked_property_that_is_changed_blocks_and_says_the_reason(
    situation: Situation,
) -> None:
    looked = situation.review
    changed = set(looked.draft.changed())
    told = {
        each.property: each.message for each in looked.blocking if each.code == "property.locked"
    }
    assert told == dict.fromkeys(changed & situation.locked.keys(), "No.")


def test_an_account_of_ones_own_is_not_made_with_an_error_in_it() -> None:
    assert blocking(edit(FOR_OWN, server=MAIL)) == {"account.user"}
    assert blocking(edit(FOR_OWN, server=MAIL, user="apikey")) == {"user.not-address"}
    assert blocking(edit(FOR_OWN, server=MAIL, user=USER, authenticate="yes")) == {
        "authenticate.password"
    }
    assert not blocking(edit(FOR_OWN, server=MAIL, user=USER, display_name="x"))


def left(**values: Value) -> Situation:
    base: dict[str, Value] = {**SENDS, "test_recipients": (USER,), **values}
    return Situation(FOR_LEFT, base, typed={"password": "new"}, rows=make_rows(FOR_LEFT))


def test_an_account_that_was_left_there_is_not_activated_with_an_error_in_it() -> None:
    assert left().review.plan.activation
    assert not blocking(left())
    assert blocking(replace(left(), typed={})) == {"account.password-unseen"}
    assert blocking(left(server="127.0.0.1")) == {"host.loopback"}
    assert blocking(left(server="")) == {"server.blank"}
    assert blocking(left(user="")) == {"authenticate.user", "account.user"}


def test_an_error_in_the_providers_account_is_the_providers() -> None:
    situation = load(FOR_PROVIDERS, user="apikey", server="127.0.0.1", sending_enabled=True)
    assert situation.review.plan.activation
    assert {each.severity for each in situation.review.findings} >= {ERROR}
    assert not blocking(situation)


@pytest.mark.parametrize("sending", [True, ""])
@pytest.mark.parametrize("facts", [FOR_TEST_OWN, FOR_LEFT, FOR_TEST_PROVIDERS])
def test_outside_production_no_account_is_activated_without_recipients(
    facts: TargetFacts, sending: Value
) -> None:
    base: dict[str, Value] = {"sending_enabled": sending} if sending else {}
    texts = {"server": MAIL, "user": USER} if facts is FOR_TEST_OWN else {}
    if facts is FOR_LEFT:
        base |= {"server": MAIL, "user": USER}
    situation = Situation(facts, base, texts, rows=make_rows(facts))
    assert blocking(situation) == {"sending.no-recipients"}
    given = Situation(facts, base, {**texts, "test_recipients": USER}, rows=make_rows(facts))
    assert given.review.plan.activation
    assert not blocking(given)
    off = Situation(facts, {**base, "sending_enabled": False}, texts, rows=make_rows(facts))
    assert not blocking(off)


def test_broken_recipients_do_not_hold_mail_back_when_an_account_is_activated() -> None:
    base: dict[str, Value] = {"sending_enabled": True, "test_recipients": "qa"}
    assert blocking(load(FOR_TEST_PROVIDERS, **base)) == {"addresses.syntax"}
    assert not blocking(load(FOR_PROVIDERS, **base))


@pytest.mark.parametrize("facts", INSTANCES)
def test_sending_that_was_not_returned_may_be_on(facts: TargetFacts) -> None:
    blank = edit(facts, {"sending_enabled": False}, sending_enabled="")
    assert ("sending.no-recipients" in blocking(blank)) is not facts.is_production


def test_on_an_account_that_is_edited_in_place_an_old_error_does_not_block() -> None:
    base: dict[str, Value] = {**SENDS, "user": "apikey", "test_recipients": (USER,)}
    assert blocking(edit(ON_TEST_OWN, base, port="587")) == set()
    assert blocking(edit(ON_TEST_OWN, base, user="key")) == {"user.not-address"}


def test_a_login_of_one_word_is_right_where_from_stands_by_itself() -> None:
    apart = replace(ON_TEST_OWN, sent_from="it@corp.example")
    situation = edit(apart, SENDS, user="apikey", test_recipients=USER)
    assert not blocking(situation)
    assert "it@corp.example" in find_one(situation, "replies.unread").message
    assert find_one(situation, "replies.unread").severity is NOTE


def test_who_reads_the_replies_to_the_providers_account_is_the_providers_matter() -> None:
    assert not find_all(load(FOR_PROVIDERS, user="it@corp.example"), "replies.unread")
    assert not find_all(load(LEGACY, user="it@corp.example"), "replies.unread")
    assert not find_all(load(ON_OWN, user="apikey"), "replies.unread")


def test_a_password_that_is_too_long_counts_by_the_dictionary_of_the_instance() -> None:
    longer = replace(ON_OWN, secret_limit=64)
    assert "holds 64" in find_one(edit(longer, SENDS, password="a" * 65), "secret.long").message
    assert blocking(edit(longer, SENDS, password="a" * 65)) == {"secret.long"}
    assert not blocking(edit(longer, SENDS, password="a" * 64))
    assert not blocking(edit(TEST_LEGACY, SENDS, password="a" * 65))


def test_what_is_wrong_with_the_providers_account_is_said_and_blocks_nothing() -> None:
    situation = edit(ON_MANAGED, {"server": "relay.service-now.com"}, test_recipients="")
    assert find_one(situation, "host.provider").severity is WARNING
    assert not blocking(situation)


def test_a_property_that_was_not_returned_is_not_called_unset() -> None:
    assert "hidden from this user" in find_one(load(LEGACY), "server.blank").message
    assert "Not set" in find_one(load(), "server.blank").message


def test_the_name_of_the_account_that_is_made_is_said_with_what_it_needs() -> None:
    message = find_one(edit(ON_OWN, SENDS, server="b.example"), "account.password").message
    assert "glidemail b.example" in message
    assert "Type it" in message


def test_an_unclear_way_of_signing_in_counts_as_signing_in() -> None:
    base = Snapshot(
        {**SENDS, "authenticate": "cert"}, broken={"authenticate": broken_finding("authenticate")}
    )
    looked = review.review(Draft(base).edit("server", "b.example"), ON_OWN, "corp")
    assert "account.password" in {each.code for each in looked.blocking}


# the design's bullets that are more than one row


def test_nothing_that_is_unspecified_is_written_because_of_a_default() -> None:
    assert load().review.plan.changes == ()
    assert edit(port="").review.plan.changes == ()
    assert [each.property for each in edit(port="25").review.plan.changes] == ["port"]


def test_an_account_with_a_blank_server_is_sent_to_sending_enabled() -> None:
    assert "turn sending off" in find_one(load(ACCOUNT), "server.blank").message


def test_host_and_port_in_one_text_are_taken_apart_by_the_fix() -> None:
    fix = find_one(edit(server=f"{MAIL}:587"), "host.port").fix
    assert fix is not None
    assert fix.set == {"server": MAIL, "port": "587"}
    fix = find_one(edit(pop3_server=f"{MAIL}:995"), "host.port").fix
    assert fix is not None
    assert fix.set == {"pop3_server": MAIL, "pop3_port": "995"}


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


def test_a_port_that_is_not_given_is_25() -> None:
    assert load().review.parsed.settings.port == 25
    assert "port.plain-first" in codes(edit(security="ssl_tls"))


def test_sending_that_is_not_known_is_not_taken_for_on() -> None:
    assert "sending.no-recipients" not in codes(edit(TEST, server=MAIL))


def test_recipients_that_are_not_returned_count_as_empty() -> None:
    assert "sending.no-recipients" in codes(load(TEST, sending_enabled=True))


def test_an_environment_that_is_not_known_counts_as_production_and_is_said_so() -> None:
    assert UNNAMED.is_production
    assert not TEST.is_production
    assert (
        "as nothing else is said"
        in find_one(load(UNNAMED, test_recipients=(USER,)), "recipients.production").message
    )
    assert TargetFacts(environment=Environment.PRODUCTION).is_production


def test_turning_sending_off_is_answered_with_test_recipients() -> None:
    message = find_one(
        edit(base={"sending_enabled": True}, sending_enabled="no"), "sending.off"
    ).message
    assert "piles up" in message
    assert "Test recipients" in message


def test_no_finding_repeats_a_secret() -> None:
    situation = edit(
        ACCOUNT, SIGNING_IN, password=" hunter2\n\u200b" * 9, pop3_password=" hunter2 "
    )
    assert len([each for each in situation.review.findings if each.code.startswith("secret.")]) >= 5
    assert "hunter2" not in repr(situation.review)


def test_a_secret_that_nobody_typed_has_no_shape_to_judge() -> None:
    base: Mapping[str, Value] = dict.fromkeys(SECRETS, SecretState.KEPT)
    assert not {code for code in codes(load(ACCOUNT, **base)) if code.startswith("secret.")}


@pytest.mark.parametrize("mark", [each.mark for each in Severity])
def test_a_severity_is_one_character_too(mark: str) -> None:
    assert len(mark) == 1
    assert len({each.mark for each in Severity}) == len(Severity)


@pytest.mark.parametrize("port", ["110", "143", "993", "995"])
def test_a_port_for_reading_mail_is_no_port_for_sending_it(port: str) -> None:
    assert f"{port} is a port for reading" in find_one(edit(port=port), "port.incoming").message


@pytest.mark.parametrize("port", ["25", "143", "465", "587", "993"])
def test_a_port_of_another_protocol_is_no_pop_port(port: str) -> None:
    assert f"{port} is a port of" in find_one(edit(pop3_port=port), "pop3.port").message


@pytest.mark.parametrize("port", ["", "25", "587"])
def test_a_port_that_speaks_in_clear_first_is_not_for_implicit_tls(port: str) -> None:
    fix = find_one(edit(port=port, security="ssl_tls"), "port.plain-first").fix
    assert fix is not None
    assert fix.set == {"port": "465"}


@pytest.mark.parametrize("domain", ["localhost", "corp.test", "corp.LOCAL", "mail.invalid"])
def test_a_domain_for_special_use_is_no_error(domain: str) -> None:
    situation = edit(user=f"ops@{domain}", test_recipients=f"qa@{domain}")
    assert find_one(situation, "user.special-use").severity is WARNING
    assert not situation.review.blocking


def test_a_domain_for_special_use_is_looked_at_all_the_same() -> None:
    assert find_all(edit(user="o ps@corp.local"), "user.not-address")
    assert find_all(edit(user="ops@corp..local"), "user.not-address")


@pytest.mark.parametrize("name", ["server", "user", "display_name", "test_recipients", "pop3_user"])
@pytest.mark.parametrize("part", ["x", "a@", "a.", "a,", ":", "<", "@.", "-", "1.", " "])
def test_a_long_text_is_looked_at_in_one_go(name: str, part: str) -> None:
    situation = Situation(TEST, texts={name: part * 50_000})
    assert situation.review.draft.changed() == (name,)
