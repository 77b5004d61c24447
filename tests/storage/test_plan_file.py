"""Plan files: nothing in one is a secret, and what is read is what was planned."""

import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from tests.settings.factories import Situation, deterministic, edit, situations
from tests.storage.factories import file_names
from tui.credentials.secret import Secret
from tui.errors import Problem
from tui.settings.catalog import Settings
from tui.settings.delivery.account import AccountChoice, NamedAccount
from tui.settings.delivery.account_switch import AccountSwitch
from tui.settings.delivery.activation import Activation
from tui.settings.delivery.status import Queue
from tui.settings.draft import ParsedDraft, is_same_value, parse
from tui.settings.effects import SideEffect
from tui.settings.plan import Change, Plan
from tui.settings.preconditions import Attestation
from tui.settings.snapshot import Snapshot, Stamp
from tui.settings.values import Environment, SecretState, Security, Value
from tui.storage.plan_file import (
    ActivationRow,
    ChangeRow,
    PlanFile,
    parse_changes,
    read_plan,
    to_plan_file,
    write_plan,
)

CANARY = "c4nary-in-the-mine"
EMPTY = PlanFile(1, "corp", "/srv/mail.toml", None, [], [])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def plan_with(*changes: ChangeRow) -> PlanFile:
    return replace(EMPTY, changes=list(changes))


def read_error(path: Path, text: str) -> Problem:
    """Return why a text is not a plan; nothing in it is repeated."""
    path.write_text(text)
    with pytest.raises(Problem) as raised:
        read_plan(path)
    assert (raised.value.code, raised.value.exit_code) == ("plan.broken", 1)
    assert str(path) in raised.value.message
    assert "glidemail plan --out" in raised.value.hint
    assert CANARY not in raised.value.message + raised.value.hint
    return raised.value


# No secret


@pytest.mark.parametrize(
    "kind",
    [
        *(PlanFile, ChangeRow, SideEffect, ActivationRow, Plan, Change, Activation, AccountSwitch),
        *(Snapshot, Stamp, ParsedDraft, Attestation),
    ],
)
def test_what_is_planned_read_or_remembered_has_no_field_that_could_hold_a_secret(
    kind: Any,
) -> None:
    # Building it proves that none is a Secret; none is Any or an object either.
    adapter = TypeAdapter(kind)
    for field in fields(kind):
        with pytest.raises(ValidationError) as raised:
            adapter.validate_python({field.name: Secret(CANARY)})
        assert field.name in {error["loc"][0] for error in raised.value.errors(include_input=False)}


def test_a_row_with_a_secret_in_it_could_not_even_be_declared() -> None:
    @dataclass(frozen=True)
    class Leaking:
        property: str
        after: str | Secret

    for kind in (Leaking, list[Leaking], dict[str, Secret]):
        with pytest.raises(TypeError, match="a Secret has no schema"):
            TypeAdapter(kind)


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_plan_into_which_a_secret_got_all_the_same_is_not_written(path: Path) -> None:
    leaking: Any = Secret(CANARY)
    for plan in (plan_with(ChangeRow("password", None, leaking)), replace(EMPTY, target=leaking)):
        with pytest.raises(PydanticSerializationError) as raised:
            write_plan(path, plan)
        assert CANARY not in str(raised.value)
        assert not path.exists()


def test_a_typed_secret_is_its_state_alone(path: Path) -> None:
    situation = edit(base={"pop3_password": SecretState.KEPT}, password=CANARY, pop3_password="")
    write_plan(path, to_plan_file(situation.review.plan, "corp", "here", None))
    assert CANARY not in path.read_text()
    assert parse_changes(read_plan(path), path) == (
        Change("password", "", SecretState.NEW),
        Change("pop3_password", SecretState.KEPT, SecretState.CLEARED),
    )


# There and back


@given(situations())
@deterministic
def test_what_is_written_is_what_is_read(situation: Situation) -> None:
    draft = situation.draft
    for name in parse(draft).broken:
        draft = draft.reset(name)
    plan = replace(situation, texts=draft.texts).review.plan
    facts = situation.facts
    where, made_for = "häuser\x1b\u202e", (facts.environment, facts.choice)
    written = to_plan_file(plan, "corp", where, *made_for)
    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        write_plan(path, written)
        text = path.read_text()
        read = read_plan(path)
    assert read == written
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    changes = parse_changes(read, path)
    assert [each.property for each in changes] == [each.property for each in plan.changes]
    for change, planned in zip(changes, plan.changes, strict=True):
        assert is_same_value(change.after, planned.after)
        assert type(change.after) is type(planned.after)
    assert [each.code for each in read.side_effects] == [each.code for each in plan.side_effects]


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("server", ""),
        ("server", "mail.corp.example"),
        ("port", 25),
        ("port", "25"),
        ("authenticate", True),
        ("security", Security.STARTTLS),
        ("security", "TLS"),
        ("test_recipients", ("a@corp.example", "b@corp.example")),
        ("password", SecretState.NOT_KEPT),
    ],
)
def test_what_was_there_before_is_read_as_it_was(path: Path, name: str, before: Value) -> None:
    write_plan(path, to_plan_file(Plan((Change(name, before, ""),)), "corp", "here", None))
    (change,) = parse_changes(read_plan(path), path)
    assert (change.property, change.before, change.after) == (name, before, "")
    assert type(change.before) is type(before)


@pytest.mark.parametrize("environment", [None, *Environment])
def test_a_plan_says_for_what_it_was_made(path: Path, environment: Environment | None) -> None:
    write_plan(path, replace(EMPTY, environment=environment))
    assert read_plan(path) == replace(EMPTY, environment=environment)
    assert json.loads(path.read_text()) == {
        "schema": 1,
        "profile": "corp",
        "target": "/srv/mail.toml",
        "environment": environment,
        "changes": [],
        "side_effects": [],
        "which": "in force",
        "activation": None,
        "stamps": {},
        "nothing_waited": False,
        "queue": None,
        "switches": [],
    }


def test_a_plan_for_an_instance_says_which_account_and_where_each_row_stood(path: Path) -> None:
    plan = Plan(
        (),
        activation=Activation("glidemail mail.corp.example", "ServiceNow SMTP"),
        stamps={"ServiceNow SMTP": Stamp("3", "2026-01-02 03:04:05", "bob")},
        queue=Queue(5, "2026-01-02 03:04:05", 4),
    )
    write_plan(path, to_plan_file(plan, "corp", "corp.service-now.com", None, AccountChoice.OWN))
    document = json.loads(path.read_text())
    assert document["which"] == "own"
    assert document["activation"] == {
        "account": "glidemail mail.corp.example",
        "instead_of": "ServiceNow SMTP",
    }
    assert document["stamps"] == {"ServiceNow SMTP": ["3", "2026-01-02 03:04:05", "bob"]}
    read = read_plan(path)
    assert read.which is AccountChoice.OWN
    assert read.activation == ActivationRow("glidemail mail.corp.example", "ServiceNow SMTP")
    assert {name: Stamp(*each) for name, each in read.stamps.items()} == plan.stamps


def test_a_plan_says_which_account_was_named_and_which_are_switched(path: Path) -> None:
    switches = (AccountSwitch("Prod IMAP", False), AccountSwitch("Spare POP3", True))
    choice = NamedAccount("Corp Relay")
    write_plan(path, to_plan_file(Plan((), switches=switches), "corp", "here", None, choice))
    document = json.loads(path.read_text())
    assert document["which"] == {"name": "Corp Relay"}
    assert document["switches"][0] == {"name": "Prod IMAP", "active": False}
    read = read_plan(path)
    assert (read.which, tuple(read.switches)) == (choice, switches)


@pytest.mark.parametrize(
    "part",
    [
        {"switches": [{"name": "Prod IMAP"}]},
        {"switches": [{"name": "Prod IMAP", "active": "yes"}]},
        {"switches": [{"name": "Prod IMAP", "active": True, "type": "smtp"}]},
        {"which": {"name": 1}},
        {"which": "Corp Relay"},
    ],
)
def test_a_plan_with_another_account_or_switch_than_there_can_be_is_refused(
    path: Path, part: dict[str, Any]
) -> None:
    write_plan(path, EMPTY)
    path.write_text(json.dumps({**json.loads(path.read_text()), **part}))
    with pytest.raises(Problem, match="a glidemail plan"):
        read_plan(path)


@pytest.mark.parametrize(
    ("queue", "nothing_waited"),
    [(None, False), (Queue(), False), (Queue(2, "", 1), False), (Queue(2, "", 0), True)],
)
def test_a_plan_says_whether_mail_waited_that_it_could_have_sent(
    path: Path, queue: Queue | None, nothing_waited: bool
) -> None:
    write_plan(path, to_plan_file(Plan((), queue=queue), "corp", "here", None))
    read = read_plan(path)
    assert read.nothing_waited is nothing_waited
    assert read.planned_queue == queue


def test_a_plan_of_an_earlier_version_says_only_whether_the_queue_was_empty(path: Path) -> None:
    write_plan(path, EMPTY)
    document = json.loads(path.read_text())
    del document["queue"]
    for nothing_waited, queue in ((True, Queue(0, "", 0)), (False, None)):
        path.write_text(json.dumps({**document, "nothing_waited": nothing_waited}))
        assert read_plan(path).planned_queue == queue


def test_a_plan_from_before_there_were_instances_is_read(path: Path) -> None:
    write_plan(path, EMPTY)
    document = json.loads(path.read_text())
    for key in ("which", "activation", "stamps", "nothing_waited", "queue", "switches"):
        del document[key]
    path.write_text(json.dumps(document))
    assert read_plan(path) == EMPTY


def test_a_plan_is_for_its_owner_only_and_replaces_a_plan_without_a_trace(path: Path) -> None:
    write_plan(path, EMPTY)
    assert path.stat().st_mode & 0o777 == 0o600
    write_plan(path, replace(EMPTY, profile="other"))
    assert read_plan(path).profile == "other"
    assert file_names(path) == ["plan.json"]


@pytest.mark.parametrize("text", ["", "my only copy", "{}", "[]", '{"schema": 2}'])
def test_any_other_file_is_not_replaced(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(Problem, match=r"plan\.broken"):
        write_plan(path, EMPTY)
    assert path.read_text() == text
    assert file_names(path) == ["plan.json"]


def test_a_missing_plan_is_told_apart(path: Path) -> None:
    with pytest.raises(Problem, match=r"file\.missing"):
        read_plan(path)


# Broken ones


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"schema": CANARY}, "schema"),
        ({"schema": 2}, "schema"),
        ({"schema": True}, "schema"),
        ({"schema": 1.0}, "schema"),
        ({"profile": [CANARY]}, "profile"),
        ({"target": None}, "target"),
        ({"environment": CANARY}, "environment"),
        ({"changes": CANARY}, "changes"),
        ({"changes": [CANARY]}, "changes.0"),
        ({"changes": [{"property": "port", "before": None}]}, "changes.0.after"),
        ({"changes": [{"property": "port", "before": None, "after": {"a": CANARY}}]}, "changes.0"),
        ({"changes": [{"property": "port", "before": None, "after": 25.0}]}, "changes.0.after"),
        ({"changes": [{"property": "port", "before": [[CANARY]], "after": 1}]}, "changes.0"),
        (
            {"changes": [{"property": "a", "before": 1, "after": 1, "more": CANARY}]},
            "changes.0.more",
        ),
        ({"side_effects": [{"code": "a", "message": [CANARY]}]}, "side_effects.0.message"),
        ({"secrets": {"password": CANARY}}, "secrets"),
        ({"which": CANARY}, "which"),
        ({"which": None}, "which"),
        ({"activation": CANARY}, "activation"),
        ({"activation": {"account": CANARY}}, "activation.instead_of"),
        ({"activation": {"account": "", "instead_of": "", "secret": CANARY}}, "activation.secret"),
        ({"stamps": [CANARY]}, "stamps"),
        ({"stamps": {"row": [CANARY]}}, "stamps.row"),
        ({"stamps": {"row": ["1", "2", 3]}}, "stamps.row.2"),
        ({"stamps": {"row": ["1", "2", "3", CANARY]}}, "stamps.row"),
        ({"nothing_waited": CANARY}, "nothing_waited"),
    ],
)
def test_a_broken_plan_is_refused_with_the_place_and_never_the_value(
    path: Path, change: dict[str, object], place: str
) -> None:
    write_plan(path, EMPTY)
    document = json.loads(path.read_text()) | change
    assert f"isn't a glidemail plan: {place}" in read_error(path, json.dumps(document)).message


@pytest.mark.parametrize(
    "text", ["", CANARY, f'"{CANARY}"', f'["{CANARY}"]', f'{{"schema": 1, "{CANARY}', "[" * 50_000]
)
def test_what_is_no_plan_at_all_is_refused(path: Path, text: str) -> None:
    read_error(path, text)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ChangeRow("nonsense", None, CANARY), "nonsense: this isn't a property"),
        (ChangeRow("port", None, CANARY), "port: the value has the wrong type"),
        (ChangeRow("port", None, True), "port: the value has the wrong type"),
        (ChangeRow("port", None, [CANARY]), "port: the value has the wrong type"),
        (ChangeRow("authenticate", None, 1), "authenticate: the value has the wrong type"),
        (ChangeRow("test_recipients", None, CANARY), "test_recipients: the value has the wrong"),
        (ChangeRow("server", None, [CANARY]), "server: the value has the wrong type"),
        (ChangeRow("password", None, 1), "password: a plan can only say what happens to a secret"),
        (ChangeRow("password", None, CANARY), "password: a plan can only say"),
        (ChangeRow("password", CANARY, "new"), "password: a plan can only say"),
        (ChangeRow("password", None, "kept"), "password: a plan can only say"),
        (ChangeRow("pop3_password", "kept", "unset"), "pop3_password: a plan can only say"),
    ],
)
def test_a_change_that_no_property_can_have_is_refused(
    path: Path, row: ChangeRow, words: str
) -> None:
    with pytest.raises(Problem) as raised:
        parse_changes(plan_with(row), path)
    assert raised.value.code == "plan.broken"
    assert f"{path}: {words}" in raised.value.message
    assert CANARY not in raised.value.message + raised.value.hint


def test_a_property_that_changes_twice_is_refused(path: Path) -> None:
    with pytest.raises(Problem, match="is there twice"):
        parse_changes(plan_with(ChangeRow("port", None, 25), ChangeRow("port", 25, 26)), path)


def test_the_properties_are_those_of_the_declaration_that_is_given(path: Path) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Fewer(Settings):
        port: int = 25  # declared anew without a Property, it is none

    plan = plan_with(ChangeRow("port", None, 25))
    assert parse_changes(plan, path) == (Change("port", "", 25),)
    with pytest.raises(Problem, match="isn't a property"):
        parse_changes(plan, path, Fewer)


def test_a_switch_that_is_off_is_not_blank(path: Path) -> None:
    changes = (Change("authenticate", False, True), Change("sending_enabled", True, False))
    write_plan(path, to_plan_file(Plan(changes), "default", "/x", None))
    assert parse_changes(read_plan(path), path) == changes


@pytest.mark.parametrize("name", [".", "..", "/", "missing/plan.json"])
def test_a_plan_needs_a_name_in_a_folder_that_is_there(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Problem):
        write_plan(Path(name), to_plan_file(Plan(()), "default", "/x", None))
    assert list(tmp_path.iterdir()) == []
