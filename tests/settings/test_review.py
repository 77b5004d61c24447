"""What blocks a save."""

from collections.abc import Mapping

import pytest
from hypothesis import given

from tests.settings.factories import (
    LEGACY,
    ON_OWN,
    ON_TEST_OWN,
    PRODUCTION,
    SENDS,
    SIGNING_IN,
    TEST,
    UNNAMED,
    USER,
    Situation,
    broken_finding,
    deterministic,
    edit,
    find_blocking,
    load,
    situations,
)
from tests.settings.rules.factories import ERROR, NOTE, WARNING
from tui.settings import review
from tui.settings.catalog import catalog
from tui.settings.draft import Draft
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import SecretState, Value


def test_an_error_in_what_is_typed_blocks() -> None:
    assert find_blocking(edit(server="a b")) == {"host.several"}


def test_warnings_and_notes_do_not_block() -> None:
    situation = edit(base=SIGNING_IN, server="localhost", port="110", security="none")
    assert {each.severity for each in situation.review.findings} >= {WARNING, NOTE}
    assert not find_blocking(situation)


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
    assert not find_blocking(situation)


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
    assert find_blocking(edit(PRODUCTION, base, **texts)) == ({code} if code else set())


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


def test_on_an_account_that_is_edited_in_place_an_old_error_does_not_block() -> None:
    base: dict[str, Value] = {**SENDS, "user": "apikey", "test_recipients": (USER,)}
    assert find_blocking(edit(ON_TEST_OWN, base, port="587")) == set()
    assert find_blocking(edit(ON_TEST_OWN, base, user="key")) == {"user.not-address"}


@given(situations())
@deterministic
def test_what_blocks_a_save_is_said_at_a_property(situation: Situation) -> None:
    assert {each.property for each in situation.review.blocking} <= set(catalog())


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        (TEST, ("Mail server", "User email", "Authenticate")),
        (LEGACY, ("Mail server", "User email", "Authenticate")),
        (ON_OWN, ("Server", "User name", "Authentication")),
    ],
)
def test_a_property_has_the_label_of_what_is_worked_on(
    facts: TargetFacts, labels: tuple[str, ...]
) -> None:
    looked = load(facts).review
    assert tuple(map(looked.label, ("server", "user", "authenticate"))) == labels
    assert looked.label("test_recipients") == "Test address"
    assert looked.label("pop3_server") == "POP3 server"
