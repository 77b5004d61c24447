"""A plan shows what changes and writes nothing but its file."""

import json
from pathlib import Path

import pytest

from tests.cli.factories import CHANGE, write_plan
from tests.cli.house import House, assert_harmless


def test_a_plan_says_what_changes_and_what_follows_and_saves_nothing(house: House) -> None:
    planned = house.call("plan", *CHANGE)
    assert planned.code == 2
    assert "Mail server - -> mail.corp.example" in planned.words
    assert "Port 25 (default) -> 587" in planned.words
    assert "The POP3 server changes too: none -> mail.corp.example." in planned.words
    assert not house.settings.exists()


def test_a_plan_with_an_error_fails_and_is_not_written(house: House) -> None:
    path = house.root / "plan.json"
    assert house.call("plan", "--set", "server=http://x/").code == 1
    assert house.call("plan", "--set", "server=http://x/", "--out", str(path)).code == 1
    assert not path.exists()


def test_a_plan_never_replaces_a_file_that_is_none(house: House) -> None:
    path = house.write("my only copy", house.root / "notes.txt")
    assert house.call("plan", *CHANGE, "--out", str(path)).code == 1
    assert path.read_text() == "my only copy"


def test_plan_answers_with_changes_and_side_effects(house: House) -> None:
    house.write('server = "old.corp.example"\npop3_password = "not kept"\n')
    planned = house.call(
        *("plan", "--json", "--set", "server=new.corp.example", "--set", "sending_enabled=yes"),
        *("--set", "pop3_password=", "--secrets-stdin"),
        stdin=b"password=x\n",
    )
    answer = planned.answer()
    assert planned.code == 2
    assert answer["changes"] == [
        {"property": "server", "before": "old.corp.example", "after": "new.corp.example"},
        {"property": "password", "effect": "new"},
        {"property": "pop3_password", "effect": "cleared"},
        {"property": "sending_enabled", "before": None, "after": True},
    ]
    assert {each["code"] for each in answer["side_effects"]} == {
        *("pop3.server", "pop3.password", "sending.on")
    }
    assert all(each.keys() == {"code", "message"} for each in answer["side_effects"])


def test_a_plan_file_is_json_of_schema_1(house: House) -> None:
    document = json.loads(Path(write_plan(house)).read_text())
    assert document["schema"] == 1
    assert document["profile"] == "default"
    assert document["target"] == str(house.settings)
    assert {"property": "port", "before": None, "after": 587} in document["changes"]


@pytest.mark.parametrize("where", [".", "/", "missing/plan.json", "missing/below/plan.json"])
def test_a_plan_is_written_to_a_named_file_in_a_folder_that_is_there(
    house: House, where: str
) -> None:
    refused = house.run("plan", *CHANGE, "--out", where)
    assert_harmless(refused)
    assert refused.code == 1
    assert list(house.root.iterdir()) == []


def test_a_path_with_a_blank_is_quoted_in_what_to_type(house: House) -> None:
    told = house.call("plan", *CHANGE, "--out", str(house.root / "my plan.json"))
    assert f"glidemail apply '{house.root}/my plan.json'" in told.words


def test_a_secret_that_a_document_asks_for_is_said_once(house: House) -> None:
    document = house.write('password = "not kept"\n', house.root / "document.toml")
    told = house.call("plan", "--from", str(document)).words
    assert "a document never contains a secret; give it with --secrets-stdin." in told
