"""What of a document is taken into a draft, and what is left out of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import PLACES, PRODUCTION, TEST, UNNAMED, bases, deterministic
from tui.settings.draft import Draft, is_same_value, parse
from tui.settings.import_document import Export, import_document
from tui.settings.snapshot import Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value

KEPT = SecretState.KEPT
USER, QA = "helpdesk@corp.example", ("qa@corp.example",)
STRENGTH = (Security.NONE, Security.STARTTLS, Security.SSL_TLS)
EXPORTS = st.sampled_from(
    [None, *(Export("corp", each) for each in (None, *Environment))],
)


def import_values(
    base: dict[str, Value],
    values: dict[str, Value],
    facts: TargetFacts = TEST,
    export: Export | None = None,
) -> tuple[tuple[str, ...], dict[str, str]]:
    draft, held = import_document(Draft(Snapshot(base)), values, facts, export)
    return draft.changed_properties(), {each.property: each.reason for each in held}


def test_what_a_document_says_is_taken() -> None:
    values: dict[str, Value] = {"server": "mail.corp.example", "port": 587, "authenticate": True}
    draft, held = import_document(Draft(Snapshot()), values, TEST)
    assert {name: draft.value(name) for name in draft.changed_properties()} == values
    assert held == ()


def test_what_a_document_does_not_say_is_left_alone() -> None:
    base: dict[str, Value] = {"server": "mail.corp.example", "user": USER, "test_recipients": QA}
    assert import_values(base, {"port": 587}) == (("port",), {})
    assert import_values(base, {}) == ((), {})


def test_what_a_document_blanks_is_blanked() -> None:
    assert import_values(
        {"server": "mail.corp.example", "port": 587}, {"server": "", "port": ""}
    ) == (
        ("server", "port"),
        {},
    )


def test_what_is_there_already_is_no_change() -> None:
    base: dict[str, Value] = {"sending_enabled": True, "port": 587, "password": KEPT}
    assert import_values(base, dict(base)) == ((), {})


def test_a_document_never_turns_sending_on() -> None:
    for base in ({}, {"sending_enabled": False}):
        changed, held = import_values(dict[str, Value](base), {"sending_enabled": True})
        assert changed == ()
        assert held == {"sending_enabled": "a document never turns sending on"}


@pytest.mark.parametrize("value", [True, ""])
def test_a_document_never_turns_receiving_on_or_leaves_it_to_the_platform(value: Value) -> None:
    changed, held = import_values({"receiving": False}, {"receiving": value})
    assert changed == ()
    assert "a document never turns receiving on" in held["receiving"]


def test_a_document_can_turn_receiving_off() -> None:
    assert import_values({"receiving": True}, {"receiving": False}) == (("receiving",), {})


def test_a_document_can_turn_sending_off() -> None:
    assert import_values({"sending_enabled": True}, {"sending_enabled": False}) == (
        ("sending_enabled",),
        {},
    )


@pytest.mark.parametrize("blank", ["", ()])
def test_a_document_never_empties_the_test_recipients(blank: Value) -> None:
    changed, held = import_values({"test_recipients": QA}, {"test_recipients": blank})
    assert changed == ()
    assert list(held) == ["test_recipients"]


def test_a_document_can_replace_the_test_recipients() -> None:
    values: dict[str, Value] = {"test_recipients": ("qb@corp.example",)}
    assert import_values({"test_recipients": QA}, values) == (("test_recipients",), {})


@pytest.mark.parametrize("name", ["security", "pop3_security"])
@pytest.mark.parametrize("now", [Security.STARTTLS, Security.SSL_TLS, "TLS"])
@pytest.mark.parametrize("value", [Security.NONE, ""])
def test_a_document_never_weakens_encryption(name: str, now: Value, value: Value) -> None:
    changed, held = import_values({name: now}, {name: value})
    assert changed == ()
    assert list(held) == [name]


@pytest.mark.parametrize("name", ["security", "pop3_security"])
def test_a_document_can_strengthen_encryption(name: str) -> None:
    assert import_values({name: Security.NONE}, {name: Security.SSL_TLS}) == ((name,), {})
    assert import_values({}, {name: Security.STARTTLS}) == ((name,), {})
    assert import_values({}, {name: Security.NONE}) == ((name,), {})


def test_a_document_brings_no_secret_and_says_so_where_one_is_missing() -> None:
    assert import_values({}, {"password": KEPT}) == (
        (),
        {"password": "a document never contains a secret"},
    )
    assert import_values({"password": SecretState.NOT_KEPT}, {"password": KEPT}) == ((), {})


BOUND = ("sending_enabled", "test_recipients", "receiving", "user", "from")


@pytest.mark.parametrize(
    ("facts", "exported"),
    [
        (TEST, Environment.PRODUCTION),
        (TEST, None),
        (PRODUCTION, Environment.NON_PRODUCTION),
        (UNNAMED, Environment.NON_PRODUCTION),
    ],
)
def test_another_environments_export_leaves_out_what_belongs_to_an_environment(
    facts: TargetFacts, exported: Environment | None
) -> None:
    base: dict[str, Value] = {"sending_enabled": True}
    values: dict[str, Value] = {
        "server": "mail.corp.example",
        "sending_enabled": False,
        "test_recipients": QA,
        "receiving": False,
        "user": USER,
        "from": "it@corp.example",
    }
    changed, held = import_values(base, values, facts, Export("corp", exported))
    assert changed == ("server",)
    assert sorted(held) == sorted(BOUND)
    assert set(held.values()) == {"it was exported from another environment"}


@pytest.mark.parametrize(
    ("facts", "exported"),
    [
        (TEST, Environment.NON_PRODUCTION),
        (PRODUCTION, Environment.PRODUCTION),
        (PRODUCTION, None),
        (UNNAMED, None),
    ],
)
def test_an_export_of_the_same_environment_brings_them(
    facts: TargetFacts, exported: Environment | None
) -> None:
    values: dict[str, Value] = {"sending_enabled": False, "test_recipients": QA, "user": USER}
    values |= {"receiving": False, "from": "it@corp.example"}
    changed, held = import_values({}, values, facts, Export("corp", exported))
    assert sorted(changed) == sorted(BOUND)
    assert held == {}


@given(bases(), bases(), st.sampled_from(PLACES), EXPORTS)
@deterministic
def test_no_document_turns_a_switch_on_empties_recipients_or_weakens_encryption(
    base: Snapshot, document: Snapshot, facts: TargetFacts, export: Export | None
) -> None:
    before = parse(Draft(base)).settings
    after = parse(import_document(Draft(base), document.values, facts, export)[0]).settings
    assert before.sending_enabled or not after.sending_enabled
    assert before.receiving or not after.receiving
    assert not (before.receiving is False and after.receiving is None)
    assert after.test_recipients or not before.test_recipients
    for name in ("security", "pop3_security"):
        weakest = min(STRENGTH.index(getattr(before, name)), 1)
        assert STRENGTH.index(getattr(after, name)) >= weakest


@given(bases(), bases(), st.sampled_from(PLACES), EXPORTS)
@deterministic
def test_every_difference_is_taken_or_held_back_with_a_reason(
    base: Snapshot, document: Snapshot, facts: TargetFacts, export: Export | None
) -> None:
    draft, held = import_document(Draft(base), document.values, facts, export)
    left_out = {each.property for each in held}
    assert all(each.reason for each in held)
    for name, value in document.values.items():
        if name in left_out:
            assert name not in draft.changed_properties()
        elif not draft.entries[name].is_secret:
            assert is_same_value(draft.value(name), value)
    assert set(draft.changed_properties()) <= document.values.keys()
    assert not draft.secrets


@pytest.mark.parametrize("blank", ["", ()])
def test_broken_test_recipients_are_not_emptied(blank: Value) -> None:
    changed, held = import_values({"test_recipients": ("x",)}, {"test_recipients": blank})
    assert (changed, list(held)) == ((), ["test_recipients"])


@pytest.mark.parametrize("before", [False, True])
def test_a_document_never_leaves_sending_to_the_platform(before: bool) -> None:
    changed, held = import_values({"sending_enabled": before}, {"sending_enabled": ""})
    assert (changed, list(held)) == ((), ["sending_enabled"])


@given(base=bases(), other=bases(), facts=st.sampled_from(PLACES), export=EXPORTS)
@deterministic
def test_a_document_never_changes_what_is_locked(
    base: Snapshot, other: Snapshot, facts: TargetFacts, export: Export | None
) -> None:
    locked = {"port": "No.", "pop3_server": "No."}
    draft, held = import_document(Draft(replace(base, locked=locked)), other.values, facts, export)
    assert {"port", "pop3_server"}.isdisjoint(draft.changed_properties())
    moved = {name for name in ("port", "pop3_server") if name in other.values}
    different = {name for name in moved if not is_same_value(other.values[name], base.value(name))}
    assert {each.property for each in held if each.reason == "No."} == different
