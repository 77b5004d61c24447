"""Settings are shown with their sources, as a document, and as JSON."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.cli.factories import PROPERTIES, SETTLED
from tests.cli.house import House


def show(house: House, *argv: str) -> Any:
    return house.call("show", "--json", *argv).answer()


LONG = "a-host-name-of-some-length.with-a-long-part-in-it.corp-with-a-long-name.example"


def test_a_first_start_shows_every_property_and_writes_nothing(house: House) -> None:
    shown = house.run("show")
    assert (shown.code, shown.err) == (0, "")
    assert "Mail server          -     not set" in shown.out
    assert "POP3 port            110   default" in shown.out
    assert list(house.root.iterdir()) == []


def test_settings_in_a_place_that_is_no_text_are_exported_and_planned(house: House) -> None:
    place = os.fsdecode(os.fsencode(house.root) + b"/\xff")
    exported = house.run("show", "--toml", "--set", "port=587", XDG_CONFIG_HOME=place).out
    document = house.write(exported, house.root / "export.toml")
    plan = str(house.root / "plan.json")
    house.run("plan", "--from", str(document), "--out", plan, XDG_CONFIG_HOME=place)
    assert house.run("apply", plan, *SETTLED).code == 5
    result = house.run("apply", plan, *SETTLED, XDG_CONFIG_HOME=place)
    assert (result.code, result.err) == (0, "")
    assert "port = 587" in Path(place, "glidemail", "default.toml").read_text()


def test_show_answers_with_native_types_and_sources(house: House) -> None:
    house.write(
        'server = "mail.corp.example"\nport = 587\nauthenticate = true\npassword = "not kept"\n'
        'test_recipients = ["a@b.example", "c@d.example"]\n'
    )
    answer = show(house, "--set", "display_name=Help")
    assert list(answer["properties"]) == PROPERTIES
    assert answer["properties"]["server"] == {
        "value": "mail.corp.example",
        "source": f"{house.settings}, line 1",
    }
    assert answer["properties"]["port"]["value"] == 587
    assert answer["properties"]["authenticate"]["value"] is True
    assert answer["properties"]["sending_enabled"] == {"value": None, "source": "not set"}
    assert answer["properties"]["test_recipients"]["value"] == ["a@b.example", "c@d.example"]
    assert answer["properties"]["security"] == {"value": "none", "source": "default"}
    assert answer["properties"]["display_name"] == {"value": "Help", "source": "--set"}
    assert answer["properties"]["password"]["state"] == "not kept"
    assert "value" not in answer["properties"]["password"]
    assert answer["derived"] == {
        "pop3": {
            "server": {"value": "mail.corp.example", "from": "same as outgoing"},
            "user": {"value": None, "from": "no user email"},
            "password": {"state": "not kept", "from": "same as outgoing"},
            "port": {"value": 110, "from": "default"},
            "security": {"value": "none", "from": "default"},
        },
        "in_effect": True,
        "readers": [],
    }


def test_the_schema_names_every_property(house: House) -> None:
    schema = json.loads(house.call("show", "--schema").out)
    names = [name for name in schema["properties"] if name not in ("sender", "exported")]
    assert names == PROPERTIES


def test_the_source_of_a_table_is_its_line(house: House) -> None:
    house.write("port = 25\n\n[server]\nname = 1\n")
    shown = house.call("show")
    assert "line 3" in shown.out
    assert shown.words.count(str(house.settings)) == 1


def test_an_export_with_a_secret_in_it_is_read_back(house: House) -> None:
    house.write('pop3_password = "not kept"\n')
    argv = ("show", "--toml", "--set", "pop3_password=", "--password-stdin")
    document = house.write(house.call(*argv, stdin=b"x").out, house.root / "export.toml")
    written = tomllib.loads(document.read_text())
    assert (written["password"], written["pop3_password"]) == ("not kept", "")
    assert house.call("plan", "--from", str(document)).code == 2


@pytest.mark.parametrize("word", ["unset", "cleared", "kept"])
def test_a_name_that_reads_like_the_state_of_a_secret_is_shown(house: House, word: str) -> None:
    house.write(f'display_name = "{word}"\npop3_user = "{word}"\nserver = "m.example"\n')
    shown = house.call("show").words
    assert f"Display name {word} line 1" in shown
    assert f"POP3 user {word} set here" in shown


def test_one_answer_has_one_form(house: House) -> None:
    assert house.call("show", "--toml", "--json").code == 64


def test_a_long_value_leaves_its_source_in_the_column(house: House) -> None:
    house.write(f'port = 25\nserver = "{LONG}"\n')
    lines = house.call("show").out.splitlines()
    server = next(line for line in lines if "Mail server" in line and "a-host" in line)
    port = next(line for line in lines if line.split()[:2] == ["Port", "25"])
    assert server.index("line 2") == port.index("line 1")
    assert "…" in server
