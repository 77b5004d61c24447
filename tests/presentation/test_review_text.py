"""A review in words: properties, findings, changes, and one property explained."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.settings.factories import (
    FOR_OWN,
    LEGACY,
    MAIL,
    ON_OWN,
    ON_TEST_OWN,
    PRODUCTION,
    SENDS,
    SIGNING_IN,
    TEST,
    UNKNOWN,
    USER,
    Situation,
    edit,
    load,
)
from tui.presentation.review_text import (
    alert_lines,
    change_lines,
    explanation_lines,
    finding_lines,
    fix_words,
    follower_rows,
    incoming_lines,
    plan_lines,
    property_lines,
)
from tui.presentation.value_text import value_in_effect
from tui.settings.catalog import Group, catalog
from tui.settings.draft import Draft
from tui.settings.findings import Finding, Fix, Severity
from tui.settings.import_document import SkippedValue
from tui.settings.preconditions import Attestation, Condition
from tui.settings.review import Review, review
from tui.settings.values import Security

WHEN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def squeeze(lines: Iterable[str]) -> str:
    """Return lines as one, however they were wrapped and aligned."""
    return " ".join(" ".join(lines).split())


def explain(looked: Review, name: str) -> str:
    return squeeze(explanation_lines(catalog()[name], looked))


def test_every_property_stands_below_its_group_with_a_mark() -> None:
    looked = edit(TEST, {"user": "me"}, server="a b", display_name="Help Desk").review
    lines = list(property_lines(looked, {"server": "--set"}))
    assert [line for line in lines if not line.startswith(" ")] == [each.value for each in Group]
    marks = {line[2:].strip().split("  ")[0]: line[1] for line in lines if line.startswith(" ")}
    assert len(marks) == len(catalog())
    assert marks["Mail server"] == "x"
    assert marks["Display name"] == "*"
    assert marks["Port"] == " "
    assert any(line.endswith("--set") and "a b" in line for line in lines)


def test_no_typed_secret_and_no_password_in_a_host_is_shown() -> None:
    looked = edit(server="smtp://me:hunter2@a.example", password="hunter3").review
    words = squeeze([*property_lines(looked, {}), *plan_lines(looked, ())])
    words += explain(looked, "server") + explain(looked, "password")
    assert "smtp://…@a.example" in words
    assert "-> a new one (never shown)" in words
    assert "hunter" not in words


def test_incoming_settings_are_derived_or_those_of_the_accounts_that_read() -> None:
    file, account, unknown = (
        list(incoming_lines(load(facts, server=MAIL).review)) for facts in (TEST, ON_OWN, UNKNOWN)
    )
    assert file[0] == "Incoming mail (POP3), derived"
    assert squeeze(file[1:2]) == f"POP3 server {MAIL} same as outgoing"
    assert account[0] == unknown[0] == "Incoming mail: POP3/IMAP accounts"
    assert squeeze(account[1:2]) == "POP3 active, pop3 pop.corp.example as helpdesk"
    assert "no POP3 or IMAP account is visible" in squeeze(unknown)
    assert "there may be accounts that this user can't see" in squeeze(unknown)
    assert not [line for line in (*account, *unknown) if MAIL in line]


def test_nothing_follows_from_a_property_without_effect() -> None:
    on_account, file = load(ON_OWN, server=MAIL).review, load(server=MAIL).review
    assert list(follower_rows(file, "server"))
    assert not list(follower_rows(on_account, "server"))
    assert value_in_effect(file, "pop3_server")
    assert value_in_effect(on_account, "pop3_server") is None


def test_a_contradicted_environment_comes_before_the_plan() -> None:
    told = replace(ON_TEST_OWN, says_production=True)
    first, *_ = plan_lines(edit(told, SENDS, port="2525").review, ())
    assert first.startswith("   ! Environment: The profile says non-production")
    assert list(alert_lines(load(ON_OWN).review)) == []


def test_a_plan_that_leaves_everything_out_does_not_say_that_nothing_differs() -> None:
    lines = list(plan_lines(load().review, [SkippedValue("server", "no")]))
    assert "Nothing changes." not in squeeze(lines)
    assert "Nothing would be written: the differences are left out." in squeeze(lines)


def test_a_finding_has_its_mark_and_what_to_type() -> None:
    looked = load().review
    fix = Fix("use them", {"server": "a b", "port": "587"})
    found = Finding("port", Severity.WARNING, "a.b", "It is odd.", fix)
    lines = list(finding_lines(looked, [found]))
    assert lines[0] == "   ! Port: It is odd."
    assert squeeze(lines[1:]) == "fix: use them (--set 'server=a b' --set port=587)"
    assert fix_words(fix) == "--set 'server=a b' --set port=587"


def test_a_finding_of_an_unknown_name_shows_it_short_and_as_text() -> None:
    found = Finding(f"\x1b[31m{'x' * 100}", Severity.NOTE, "a.b", "No.")
    words = squeeze(finding_lines(load().review, [found]))
    assert "\x1b" not in words
    assert "x" * 100 not in words


def test_changes_are_shown_before_and_after() -> None:
    base = {**SIGNING_IN, "display_name": "Help Desk"}
    looked = edit(TEST, base, port="587", display_name="", password="").review
    assert [squeeze([line]) for line in change_lines(looked)] == [
        "Display name Help Desk -> blank",
        "Password kept -> cleared",
        "Port 25 (default) -> 587",
    ]
    assert list(change_lines(load().review)) == ["  Nothing changes."]


def test_another_account_that_is_to_send_is_a_change() -> None:
    looked = edit(FOR_OWN, server=MAIL, user=USER, password="x").review
    assert looked.plan.activation is not None
    assert f"-> {looked.plan.activation.account}" in list(change_lines(looked))[-1]


def test_a_plan_says_what_is_still_asked_for() -> None:
    draft = edit(LEGACY, server=MAIL).draft
    attested = Attestation(Condition.OWN_SERVER, MAIL, "", "ada", WHEN, 25)
    looked = review(draft, LEGACY, "corp", [attested])
    words = squeeze(plan_lines(looked, ()))
    assert "[x] own-server" in words
    assert "[ ] reachable" in words
    assert "[ ] corp" in words
    assert "[x] corp" in squeeze(plan_lines(looked, (), ["corp"]))
    prompted = squeeze(plan_lines(looked, (), asking=True))
    assert "[x] own-server" in prompted
    assert "[ ]" not in prompted


@pytest.mark.parametrize("asking", [False, True])
def test_a_plan_of_a_file_reminds_and_asks_for_nothing(asking: bool) -> None:
    lines = list(plan_lines(edit(PRODUCTION, server=MAIL).review, (), asking=asking))
    title = lines.index("Before you change these settings (KB0521756)")
    assert lines[title + 1 :] == [f"   - {each.statement}" for each in Condition]
    assert "KB0521756" not in squeeze(plan_lines(edit(PRODUCTION, display_name="x").review, ()))


def test_what_a_document_was_not_allowed_says_what_to_do() -> None:
    skipped = [SkippedValue(name, "No") for name in ("user", "password", "port")]
    looked = Situation(locked={"port": "No"}).review
    words = squeeze(plan_lines(looked, skipped))
    assert "No; ask for it with --set user=…." in words
    assert "Password: No; give it with --secrets-stdin." in words
    assert "Port: No" in words
    assert "--set port" not in words


def test_an_explanation_says_what_can_be_done_about_a_property() -> None:
    looked = load().review
    assert "Change it: glidemail -p corp apply --set port=VALUE" in explain(looked, "port")
    assert "Give it: glidemail -p corp apply --password-stdin" in explain(looked, "password")
    assert "apply --secrets-stdin" in explain(looked, "pop3_password")
    default = review(Draft(looked.draft.base), TEST, "default")
    assert "Change it: glidemail apply --set port=VALUE" in explain(default, "port")


def test_an_explanation_of_a_locked_property_gives_the_reason_alone() -> None:
    words = explain(Situation(locked={"port": "Its record is hidden."}).review, "port")
    assert "It can't be changed here. Its record is hidden." in words
    assert "--set" not in words


def test_an_explanation_has_the_findings_of_its_property_alone() -> None:
    looked = edit(server="a b").review
    assert "No problems found." in explain(looked, "port")
    assert "x Mail server:" in explain(looked, "server")
    assert "typed here, not saved; was: not set" in explain(looked, "server")


def test_what_follows_from_a_property_and_what_it_follows_are_told() -> None:
    looked = load(server=MAIL).review
    assert list(follower_rows(looked, "server")) == [("POP3 server", f"{MAIL}, same as outgoing")]
    assert not list(follower_rows(looked, "port"))
    inherited = value_in_effect(looked, "pop3_server")
    assert inherited is not None
    assert inherited.value == MAIL
    assert value_in_effect(looked, "server") is None


def test_an_explanation_says_what_to_type_for_a_connection_security() -> None:
    words = explain(load(security=Security.SSL_TLS).review, "security")
    assert "value SSL/TLS" in words
    assert "to type none (None), starttls (STARTTLS), ssl_tls (SSL/TLS)" in words
