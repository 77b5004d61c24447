"""A document of settings: what is in it, what is wrong in it, and an export read back."""

import json
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.settings.factories import NATIVE, PLACES, SECRETS, TEST, deterministic
from tests.storage.factories import VALUES, File, files, values
from tui.errors import Problem
from tui.settings.catalog import catalog
from tui.settings.draft import Draft, is_same_value, parse
from tui.settings.findings import Finding, Severity
from tui.settings.import_document import Export, import_document
from tui.settings.snapshot import Origin, Snapshot
from tui.settings.target_facts import TargetFacts
from tui.settings.values import Environment, SecretState, Security, Value
from tui.storage.settings_file import (
    HEADER,
    export_text,
    json_text,
    parse_document,
    parse_snapshot,
    to_native,
    toml_value,
)
from tui.terminal.visible import visible

PATH = Path("/somewhere/settings.toml")
CANARY = "c4nary-in-the-mine"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def read_snapshot(text: str) -> Snapshot:
    return parse_snapshot(text, PATH)


def only_finding(text: str) -> Finding:
    """The one thing that reading a document says."""
    snapshot = read_snapshot(text)
    (finding,) = (*snapshot.broken.values(), *snapshot.findings)
    return finding


def document_error(text: str) -> Problem:
    """Return why a document is not imported."""
    with pytest.raises(Problem) as raised:
        parse_document(text, PATH)
    return raised.value


def test_an_empty_document_specifies_nothing() -> None:
    assert read_snapshot("") == read_snapshot(HEADER) == Snapshot()


@given(files())
@deterministic
def test_every_value_is_read_in_its_native_type_and_where_it_stands(file: File) -> None:
    snapshot = read_snapshot(file.text)
    assert snapshot.values.keys() == snapshot.origins.keys() == file.values.keys()
    assert snapshot.broken == {}
    for name, value in file.values.items():
        assert is_same_value(snapshot.value(name), value)
        assert type(snapshot.value(name)) is type(value)
        origin = snapshot.origins[name]
        assert origin.name == str(PATH)
        assert origin.line is not None
        assert name in file.text.split("\n")[origin.line - 1]


def test_an_empty_list_is_blank() -> None:
    assert read_snapshot("test_recipients = []\n").values == {"test_recipients": ""}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('port = "587"', "a whole number"),
        ("port = true", "a whole number"),
        ("port = 587.0", "a whole number"),
        ("authenticate = 1", "true or false"),
        ('authenticate = "true"', "true or false"),
        ("server = 25", "text in quotes"),
        ('user = ["a@corp.example"]', "text in quotes"),
        ("security = true", "text in quotes"),
        ("display_name = 2020-01-01", "text in quotes"),
        ("pop3_user = { a = 1 }", "text in quotes"),
        ('test_recipients = "a@corp.example"', "a list of texts"),
        ('test_recipients = ["a@corp.example", 1]', "a list of texts"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_in_its_file_and_line_and_all_else_works(
    line: str, words: str
) -> None:
    snapshot = read_snapshot(f'# ours\n\n{line}\npop3_server = "pop.corp.example"\n')
    name = line.partition(" ")[0]
    assert snapshot.broken.keys() == {name}
    assert snapshot.findings == ()
    assert snapshot.broken[name] == Finding(
        name,
        Severity.ERROR,
        "file.type",
        f"Line 3: it must be {words}.",
        about=frozenset({name}),
    )
    assert isinstance(snapshot.value(name), str)
    assert snapshot.value("pop3_server") == "pop.corp.example"


@pytest.mark.parametrize("table", ["[server]\na = 1\n", "server.a = 1\n", "[server.a]\n"])
def test_a_table_in_the_place_of_a_value_is_an_error_in_its_line(table: str) -> None:
    assert only_finding(table).message == "Line 1: it must be text in quotes."
    assert read_snapshot(table).origins == {"server": Origin(str(PATH), 1)}


def test_a_value_of_the_right_type_that_means_nothing_is_left_to_the_rules() -> None:
    snapshot = read_snapshot('port = 70000\nsecurity = "TLS"\nserver = "http://x"\n')
    assert (snapshot.broken, snapshot.findings) == ({}, ())
    assert parse(Draft(snapshot)).broken.keys() == {"port", "security", "server"}


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("sever", 'Did you mean "server"?'),
        ('"glide.email.server"', 'Did you mean "server"?'),
        ('"glide.smtp.encryption"', 'Did you mean "security"?'),
        ("Port", 'Did you mean "port"?'),
        ("glide.email.server", 'Did you mean "server"?'),
        ("colour", ""),
    ],
)
def test_an_unknown_key_is_a_warning_with_its_line_that_guesses_what_was_meant(
    key: str, hint: str
) -> None:
    finding = only_finding(f"port = 25\n{key} = 1\n")
    assert (finding.property, finding.severity) == (key.strip('"'), Severity.WARNING)
    assert (finding.code, finding.about) == ("file.unknown-key", frozenset())
    assert finding.message.startswith("Line 2: this isn't a property: it is kept")
    assert finding.message.endswith(hint or "no effect.")


def test_the_table_of_an_export_is_no_unknown_key_and_any_other_table_is() -> None:
    assert read_snapshot('[exported]\norigin = "x"\n') == Snapshot()
    assert only_finding('[other]\nserver = "x"\n').property == "other"


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize(
    "value",
    [f'"{CANARY}"', f'["{CANARY}"]', f'{{ a = "{CANARY}" }}', '"new"', '"unknown"', "1", "true"],
)
def test_a_secret_in_a_file_is_an_error_with_its_line_and_is_not_taken(
    name: str, value: str
) -> None:
    snapshot = read_snapshot(f"port = 25\n{name} = {value}\n")
    finding = snapshot.broken[name]
    assert snapshot.value(name) is SecretState.NOT_KEPT
    assert (finding.severity, finding.code) == (Severity.ERROR, "secret.in-text")
    assert finding.message.startswith("Line 2: only ")
    assert finding.about == {name}
    assert CANARY not in repr(snapshot)
    assert CANARY not in repr(document_error(f"{name} = {value}\n"))


def test_a_document_that_is_no_toml_is_not_read() -> None:
    with pytest.raises(Problem, match=r"toml\.syntax"):
        read_snapshot("server = \n")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("port = 25\nsever = 1\n", "file.unknown-key"),
        ("port = 25\nserver = 1\n", "file.type"),
        ('port = 25\npassword = "x"\n', "secret.in-text"),
    ],
)
def test_a_document_with_anything_odd_in_it_is_refused_as_a_whole(text: str, code: str) -> None:
    problem = document_error(text)
    assert (problem.code, problem.exit_code) == (code, 1)
    assert f"{PATH}, line 2: " in problem.message
    assert problem.message.endswith(f"({text.splitlines()[1].partition(' ')[0]}).")


@pytest.mark.parametrize(
    ("table", "export"),
    [
        ("", None),
        ('[exported]\norigin = "x"\n', Export("x", None)),
        ('[exported]\norigin = "x"\nenvironment = ""\n', Export("x", None)),
        *(
            (f'[exported]\norigin = "x"\nenvironment = "{each}"\n', Export("x", each))
            for each in Environment
        ),
    ],
)
def test_a_document_says_where_it_was_exported_from(table: str, export: Export | None) -> None:
    assert parse_document(f"port = 25\n{table}", PATH).export == export


@pytest.mark.parametrize(
    "table",
    [
        "exported = 1",
        "exported = []",
        "[exported]",
        '[exported]\nenvironment = "production"',
        '[exported]\norigin = "x"\nenvironment = "test"',
        '[exported]\norigin = "x"\nenvironment = ["production"]',
    ],
)
def test_a_document_that_does_not_say_so_is_refused(table: str) -> None:
    problem = document_error(f"{table}\n")
    assert problem.code == "file.exported"
    assert str(PATH) in problem.message


@pytest.mark.parametrize("text", ["sender = 1", 'sender = ""', 'sender = " "', "sender = []"])
def test_a_sender_that_names_nothing_is_refused(text: str) -> None:
    problem = document_error(f"{text}\n")
    assert problem.code == "file.sender"
    assert "servicenow" in problem.hint


def test_a_local_file_with_a_sender_has_a_note_and_keeps_it() -> None:
    snapshot = parse_snapshot('port = 25\nsender = "servicenow"\n', PATH)
    (found,) = snapshot.findings
    assert (found.code, found.severity) == ("file.sender", Severity.NOTE)
    assert found.message.startswith("Line 2: the key sender is only for an instance")
    assert snapshot.values == {"port": 25}


@given(values(), texts, texts, st.sampled_from((None, *Environment)))
@deterministic
def test_an_export_is_read_back_as_it_was(
    given_: dict[str, Value], name: str, origin: str, environment: Environment | None
) -> None:
    snapshot = Snapshot({**given_, "display_name": name})
    text = export_text(snapshot, origin, environment, name)
    found = parse_document(text, PATH)
    document, export = found.snapshot, found.export
    assert document.values == snapshot.values
    assert [type(each) for each in document.values.values()] == [
        type(each) for each in snapshot.values.values()
    ]
    assert export == Export(origin, environment)
    assert found.sender == (name if name.strip() else "")
    assert all(visible(line) == line for line in text.split("\n"))


@given(values(), st.sampled_from(PLACES))
@deterministic
def test_adopting_an_export_where_it_came_from_changes_nothing(
    given_: dict[str, Value], place: TargetFacts
) -> None:
    snapshot = Snapshot(given_)
    text = export_text(snapshot, "here", place.environment)
    found = parse_document(text, PATH)
    draft, held = import_document(Draft(snapshot), found.snapshot.values, place, found.export)
    assert (draft.changed_properties(), held) == ((), ())


def test_an_export_is_adopted_where_nothing_is_specified_but_for_what_is_not_safe() -> None:
    every: dict[str, Value] = {
        **{name: options[0] for name, options in VALUES.items()},
        "security": Security.STARTTLS,
        "from": "it@corp.example",
    }
    text = export_text(Snapshot(every), "there", Environment.NON_PRODUCTION)
    found = parse_document(text, PATH)
    draft, held = import_document(Draft(Snapshot()), found.snapshot.values, TEST, found.export)
    left_out = {each.property for each in held}
    assert left_out == {"sending_enabled", "receiving", *SECRETS}
    assert set(draft.changed_properties()) == every.keys() - left_out
    assert all(is_same_value(draft.value(name), every[name]) for name in draft.changed_properties())


@given(texts)
@example('"\\ \x1b[2J\x7f\x9b\u2028\u202e\u200b')
@example("Z" + "\u0301" * 9)
@deterministic
def test_any_text_is_written_so_that_it_is_read_back_and_can_be_seen(text: str) -> None:
    written = toml_value(text)
    assert tomllib.loads(f"v = {written}") == {"v": text}
    assert visible(written) == written


@given(st.sampled_from([each for options in NATIVE.values() for each in options]))
@deterministic
def test_any_native_value_is_written_so_that_it_is_read_back(value: Value) -> None:
    assert tomllib.loads(f"v = {toml_value(value)}")["v"] == to_native(value)


@given(st.dictionaries(texts, st.one_of(texts, st.integers(), st.booleans(), st.none())))
@example({"\x7f": "\x7f\x9b\u2028\u202e"})
@deterministic
def test_json_is_in_printable_ascii_and_reads_back(answer: dict[str, object]) -> None:
    text = json_text(answer)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text) == answer


def test_what_writers_get_is_of_their_own_types() -> None:
    assert type(to_native(Security.STARTTLS)) is type(to_native(SecretState.KEPT)) is str
    assert to_native(("a", "b")) == ["a", "b"]
    assert to_native(True) is True
    assert to_native(25) == 25
    assert all(entry.name in VALUES for entry in catalog().values())


def test_a_list_with_an_empty_text_in_it_has_the_wrong_type() -> None:
    assert only_finding('test_recipients = ["a@corp.example", ""]\n').code == "file.type"
    assert only_finding('test_recipients = [""]\n').code == "file.type"


def test_of_many_unknown_keys_the_first_are_named_and_the_others_counted() -> None:
    before = time.process_time()
    found = read_snapshot("".join(f"key_{number} = 1\n" for number in range(10_000))).findings
    assert time.process_time() - before < 2
    assert [each.property for each in found] == [f"key_{number}" for number in range(21)]
    assert found[-1].message == (
        "Line 21: this isn't a property, and neither are the 9979 unknown keys after it."
    )
