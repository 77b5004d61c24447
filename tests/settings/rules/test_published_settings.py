"""What is offered for a provider's host, and that no published setting is an error."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import (
    ACCOUNT,
    GRAPH,
    HOSTS,
    LEGACY,
    MAIL,
    PLACES,
    PRODUCTION,
    SIGNING_IN,
    TEST,
    TEST_ACCOUNT,
    UNKNOWN,
    UNNAMED,
    USER,
    Situation,
    codes,
    deterministic,
    edit,
    find_all,
    find_one,
    load,
    with_grid,
)
from tests.settings.rules.factories import NOTE, RuleCase, check_case, find_codes
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.mail_provider_list import LIST
from tui.settings.mail_providers import LoginShape, find_pop3_server, find_smtp_server
from tui.settings.review import review
from tui.settings.rules import published_settings
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Security, Value

FROM: dict[str, Any] = {"from": "it@corp.example"}
GMAIL, SENDGRID, SES = "smtp.gmail.com", "smtp.sendgrid.net", "email-smtp.eu-west-1.amazonaws.com"
PLAIN = "mail.hal.ne.jp"
"""Its ports are published without encryption, the login as the part before the @."""
LOCAL = "mail.aikis.or.jp"
"""Its login is the part before the @."""
LOGS_IN: dict[str, Value] = {**SIGNING_IN, "port": 587}
CASES = [
    RuleCase(
        "provider.port",
        "server",
        NOTE,
        edit(server=GMAIL),
        edit(server=GMAIL, port="465", security="ssl_tls"),
    ),
    RuleCase(
        "provider.port",
        "server",
        NOTE,
        edit(server=SES, port="465", security="starttls"),
        edit(server=SES, port="2587", security="starttls"),
    ),
    RuleCase("provider.port", "server", NOTE, edit(server=SENDGRID), edit(server=MAIL)),
    RuleCase("provider.port", "server", NOTE, edit(LEGACY, server=GMAIL), edit(GRAPH)),
    RuleCase(
        "provider.login",
        "user",
        NOTE,
        edit(base=LOGS_IN, server=SENDGRID),
        edit(base=LOGS_IN, server=SENDGRID, user="apikey"),
    ),
    RuleCase(
        "provider.login",
        "user",
        NOTE,
        edit(base=LOGS_IN, server=LOCAL),
        edit(base={**LOGS_IN, "authenticate": False}, server=LOCAL),
    ),
    RuleCase(
        "provider.pop3",
        "pop3_server",
        NOTE,
        edit(server=GMAIL),
        edit(
            server=GMAIL,
            user=USER,
            pop3_server="pop.gmail.com",
            pop3_port="995",
            pop3_security="ssl_tls",
            pop3_user=USER,
        ),
    ),
    RuleCase(
        "provider.pop3",
        "pop3_server",
        NOTE,
        edit(pop3_server="pop.gmail.com"),
        edit(ACCOUNT, pop3_server="pop.gmail.com"),
    ),
    RuleCase(
        "provider.no-pop3",
        "pop3_server",
        NOTE,
        edit(server=SES),
        edit(server=SES, pop3_server="pop.corp.example"),
    ),
]


def get_fix(situation: Situation, code: str) -> Fix:
    fix = find_one(situation, code).fix
    assert fix
    return fix


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.severity}")
def test_a_finding_is_made_where_it_must_and_only_there(case: RuleCase) -> None:
    check_case(case)


def test_every_code_of_these_rules_has_a_case() -> None:
    assert {case.code for case in CASES} == find_codes(published_settings)


def test_the_note_says_ports_login_source_and_date() -> None:
    assert find_one(edit(server="mail.aikis.or.jp"), "provider.port").message == (
        "mail.aikis.or.jp: 587 with STARTTLS; the user is the part before the @ "
        "(Thunderbird's provider list, November 2026)."
    )


@pytest.mark.parametrize(
    ("server", "port", "security", "offered"),
    [
        (GMAIL, "", "", {"port": "465", "security": "ssl_tls"}),
        (GMAIL, "", "starttls", {"port": "587"}),
        (GMAIL, "587", "", {"port": "465", "security": "ssl_tls"}),
        (GMAIL, "465", "starttls", {"port": "587"}),
        (GMAIL, "587", "ssl_tls", {"port": "465"}),
        ("smtp.postmarkapp.com", "", "", {"port": "587", "security": "starttls"}),
        ("a-b.mail.protection.outlook.com", "", "", {"security": "starttls"}),
        (PLAIN, "", "", {"port": "587"}),
    ],
)
def test_one_fix_sets_port_and_security(
    server: str, port: str, security: str, offered: dict[str, str]
) -> None:
    assert get_fix(edit(server=server, port=port, security=security), "provider.port").set == (
        offered
    )


def test_a_fix_says_what_it_sets() -> None:
    assert get_fix(edit(server=GMAIL), "provider.port").label == "Use port 465 and SSL/TLS"
    assert get_fix(edit(server=PLAIN), "provider.port").label == "Use port 587 without encryption"


@pytest.mark.parametrize("security", ["starttls", "ssl_tls"])
def test_a_provider_that_publishes_no_encryption_weakens_none(security: str) -> None:
    situation = edit(server=PLAIN, port="587", security=security)
    assert find_one(situation, "provider.port").fix is None


def test_nothing_is_set_before_the_fix_is_taken() -> None:
    draft = edit(server=GMAIL).draft
    assert draft.changed_properties() == ("server",)


def test_a_login_is_offered_where_the_sender_has_a_field_of_its_own() -> None:
    base = {**LOGS_IN, "server": LOCAL}
    assert get_fix(load(ACCOUNT, **base, **FROM), "provider.login").set == {"user": "helpdesk"}


@pytest.mark.parametrize("facts", [TEST_ACCOUNT, TEST])
def test_where_mail_comes_from_the_user_name_that_becomes_from(facts: TargetFacts) -> None:
    situation = load(facts, **{**LOGS_IN, "server": LOCAL})
    found = find_one(situation, "provider.login")
    assert "Mail comes from the user name" in found.message
    assert found.fix
    assert found.fix.label == f"Use user helpdesk, with From {USER}"
    assert found.fix.set == {"user": "helpdesk", "from": USER}
    after = review(situation.draft.apply_fix(found.fix), facts, "corp")
    assert not [each for each in after.findings if each.severity is Severity.ERROR]


def test_without_a_from_no_login_takes_the_place_of_the_sender() -> None:
    found = find_one(load(LEGACY, **{**LOGS_IN, "server": LOCAL}), "provider.login")
    assert found.fix is None
    assert "Mail comes from the user name" in found.message


@pytest.mark.parametrize("name", ["user", "from"])
def test_no_login_is_offered_while_an_address_does_not_parse(name: str) -> None:
    base = {**LOGS_IN, "server": LOCAL, "port": 2526}
    broken = edit(TEST, base, **{name: " it@corp.example"})
    assert get_fix(broken, "provider.port").set.keys() == {"port"}


def test_port_security_and_login_are_one_fix() -> None:
    situation = load(ACCOUNT, **{**SIGNING_IN, **FROM, "server": SENDGRID, "port": 2526})
    assert get_fix(situation, "provider.port").set == {"port": "587", "user": "apikey"}


def test_a_word_that_is_no_sender_makes_way_for_the_providers() -> None:
    base = {**LOGS_IN, "server": SENDGRID, "user": "AKIA"}
    assert get_fix(load(ACCOUNT, **base), "provider.login").set == {"user": "apikey"}


def test_a_key_is_not_made_up() -> None:
    assert find_one(load(ACCOUNT, **LOGS_IN, **FROM, server=SES), "provider.login").fix is None


def test_the_published_incoming_server_is_one_fix_of_four_properties() -> None:
    fix = get_fix(edit(server=GMAIL, user=USER), "provider.pop3")
    assert fix.label == f"Use pop.gmail.com, port 995 and SSL/TLS, user {USER}"
    assert fix.set == {
        "pop3_server": "pop.gmail.com",
        "pop3_port": "995",
        "pop3_security": "ssl_tls",
        "pop3_user": USER,
    }


def test_the_host_of_both_servers_is_not_set_again() -> None:
    assert get_fix(edit(server=LOCAL, user=USER), "provider.pop3").set == {
        "pop3_port": "995",
        "pop3_security": "ssl_tls",
    }


def test_what_is_derived_is_called_an_assumption() -> None:
    assert "the platform's assumption" in find_one(edit(server=GMAIL), "provider.pop3").message
    assert "check with your provider" in find_one(edit(server=SES), "provider.no-pop3").message
    given = edit(pop3_server="pop.gmail.com")
    assert "assumed" not in find_one(given, "provider.pop3").message


@pytest.mark.parametrize("facts", [GRAPH, UNKNOWN])
def test_a_server_that_may_not_send_is_offered_nothing(facts: TargetFacts) -> None:
    situation = load(facts, server=GMAIL, port=25)
    assert not {code for code in codes(situation) if code.startswith("provider.")}


def test_an_unusual_port_that_is_published_is_not_warned_of() -> None:
    pec = edit(
        server="smtps.pec.aruba.it",
        pop3_server="pop3s.pec.aruba.it",
        pop3_port="993",
        pop3_security="ssl_tls",
    )
    assert "pop3.port" not in codes(pec)
    assert "pop3.port" in codes(edit(pop3_server=MAIL, pop3_port="993", pop3_security="ssl_tls"))


@pytest.mark.parametrize(
    ("server", "user"),
    [(LOCAL, "helpdesk"), (SENDGRID, "apikey"), (SES, "AKIAEXAMPLE"), (PLAIN, "helpdesk")],
)
def test_a_published_login_needs_a_from_where_there_can_be_one(server: str, user: str) -> None:
    finding = find_one(edit(ACCOUNT, server=server, user=user), "user.not-address")
    assert finding.severity is Severity.ERROR
    assert "Set From" in finding.message
    with_from = edit(ACCOUNT, server=server, user=user, **FROM)
    assert find_one(with_from, "user.not-address").severity is NOTE
    legacy = find_one(edit(LEGACY, server=server, user=user), "user.not-address")
    assert legacy.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("server", "user"),
    [
        (GMAIL, "helpdesk"),
        (SENDGRID, "api_key"),
        (LOCAL, "help@desk@x"),
        ("smtp-relay.gmail.com", "helpdesk"),
        ("a-b.mail.protection.outlook.com", "helpdesk"),
        (MAIL, "apikey"),
    ],
)
def test_a_login_that_is_not_published_must_be_an_address(server: str, user: str) -> None:
    finding = find_one(edit(ACCOUNT, server=server, user=user), "user.not-address")
    assert finding.severity is Severity.ERROR


def find_errors(situation: Situation) -> list[Finding]:
    return [each for each in situation.review.findings if each.severity is Severity.ERROR]


def published() -> Iterator[Mapping[str, str]]:
    """Return the settings of every listed provider as texts."""
    for line in LIST.splitlines():
        sending, _, reading = line.partition(" | ")
        for text in sending.split(", "):
            server = find_smtp_server(text.split()[0])
            assert server
            for shape in server.logins:
                user = shape.derive(USER)
                signs_in = "yes" if user else "no"
                for each in server.ports:
                    yield {
                        "server": server.host,
                        "port": str(each.port),
                        "security": each.security,
                        "user": user,
                        "authenticate": signs_in,
                    }
        for text in reading.split(", ") if reading else ():
            server = find_pop3_server(text.split()[0])
            assert server
            for each in server.ports:
                yield {
                    "pop3_server": server.host,
                    "pop3_port": str(each.port),
                    "pop3_security": each.security,
                    "pop3_user": server.derive_login(USER),
                }


@pytest.mark.parametrize("facts", with_grid([UNNAMED, PRODUCTION, LEGACY, ACCOUNT], ACCOUNT))
def test_no_published_setting_is_an_error(facts: TargetFacts) -> None:
    settings = list(published())
    assert len(settings) > 300
    for each in settings:
        typed = {"password": "hunter2"}
        texts = {**each, "from": "it@corp.example"} if facts.has_from else each
        assert not find_errors(Situation(facts, {"server": MAIL}, texts, typed)), each


def test_a_published_setting_is_offered_nothing_more_secure_than_it_has() -> None:
    for each in published():
        if each.get("security") == Security.SSL_TLS:
            assert not find_all(Situation(texts=each), "provider.port")


SERVERS = st.one_of(
    st.sampled_from((*HOSTS, GMAIL, SENDGRID, SES, PLAIN, LOCAL, "smtp-relay.gmail.com")),
    st.text(max_size=30),
    st.builds(
        lambda scheme, host, port: f"{scheme}{host}{port}",
        st.sampled_from(("", "smtps://", "pop3s://", "submission://", "http://a:b@")),
        st.sampled_from((GMAIL, SES, MAIL, "[::1]")),
        st.sampled_from(("", ":25", ":465", ":587", ":995", ":70000", ":x")),
    ),
)


@given(
    st.sampled_from(PLACES),
    SERVERS,
    st.sampled_from(("", "25", "110", "465", "587", "2465", "995", "x")),
    st.sampled_from(("", *Security, "TLS")),
    st.sampled_from(("", USER, "apikey", "a b@c", '"a"@b.example')),
    st.sampled_from(("yes", "no")),
    st.sampled_from(("", "it@corp.example")),
)
@deterministic
def test_any_server_has_findings_whose_fixes_make_no_error(
    facts: TargetFacts,
    server: str,
    port: str,
    security: str,
    user: str,
    authenticate: str,
    sent_from: str,
) -> None:
    base: dict[str, Value] = {"password": SecretState.KEPT}
    texts = {"server": server, "port": port, "security": security, "user": user}
    base["from"] = sent_from
    situation = edit(facts, base, **texts, authenticate=authenticate, pop3_server=server)
    before = {(each.property, each.code) for each in find_errors(situation)}
    for finding in situation.review.findings:
        if finding.fix:
            after = review(situation.draft.apply_fix(finding.fix), facts, "corp")
            errors = {
                (each.property, each.code)
                for each in after.findings
                if each.severity is Severity.ERROR and each.property == finding.property
            }
            # A host behind a scheme may be loopback, which is said as soon as it is a host.
            assert errors - before <= {(finding.property, "host.loopback")}


def test_every_shape_of_login_has_words_or_needs_none() -> None:
    assert all(each.words for each in LoginShape if each is not LoginShape.NONE)
