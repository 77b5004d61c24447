"""The JSON schema accepts what is exported, and little else."""

import json
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.settings.factories import deterministic
from tests.storage.factories import VALUES, values
from tui.settings.catalog import catalog
from tui.settings.snapshot import Snapshot
from tui.settings.values import Environment, Value
from tui.storage.settings_file import EXPORT_TABLE, SENDER, export_text, json_schema, json_text

SCHEMA: dict[str, Any] = json.loads(json_text(json_schema()))

TYPES: Mapping[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


def equals(value: object, other: object) -> bool:
    """Return whether two JSON values are the same: true is not 1."""
    return type(value) is type(other) and value == other


def has_type(value: object, name: str) -> bool:
    return type(value) is TYPES[name]


def members_fit(value: object, shapes: Mapping[str, Any]) -> bool:
    return not isinstance(value, dict) or all(
        accepts(shapes[key], each) for key, each in value.items() if key in shapes
    )


KEYWORDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$schema": lambda value, given: True,
    "title": lambda value, given: True,
    "description": lambda value, given: True,
    "type": has_type,
    "const": equals,
    "enum": lambda value, given: any(equals(value, each) for each in given),
    "anyOf": lambda value, given: any(accepts(each, value) for each in given),
    "minimum": lambda value, given: type(value) is not int or value >= given,
    "maximum": lambda value, given: type(value) is not int or value <= given,
    "items": lambda value, given: (
        not isinstance(value, list) or all(accepts(given, each) for each in value)
    ),
    "properties": members_fit,
    "required": lambda value, given: not isinstance(value, dict) or value.keys() >= set(given),
}
"""What each keyword asks for; one that ours does not use yet is an error, and not ignored."""


def accepts(shape: Mapping[str, Any], value: object) -> bool:
    """Return whether a schema accepts a JSON value."""
    return all(KEYWORDS[keyword](value, given) for keyword, given in shape.items())


def takes(name: str, value: object) -> bool:
    """Return whether a document may have that value."""
    return accepts(SCHEMA, {name: value})


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(values(), texts, texts, st.sampled_from((None, *Environment)))
@deterministic
def test_every_export_is_accepted(
    given_: dict[str, Value], name: str, origin: str, environment: Environment | None
) -> None:
    text = export_text(Snapshot({**given_, "display_name": name}), origin, environment)
    assert accepts(SCHEMA, tomllib.loads(text))


@pytest.mark.parametrize("name", VALUES)
def test_every_property_may_be_left_out_or_be_blank_and_is_described(name: str) -> None:
    about = SCHEMA["properties"][name]
    assert takes(name, "")
    assert about["title"] == catalog()[name].declared.label
    assert "\n" not in about["description"]


def test_it_names_every_property_and_the_export_and_nothing_else() -> None:
    assert list(SCHEMA["properties"]) == [*catalog(), SENDER, EXPORT_TABLE]
    assert accepts(SCHEMA, {})
    assert accepts(SCHEMA, {"somebody's own": {"server": 1}})
    assert not accepts(SCHEMA, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server", 25),
        ("server", None),
        ("server", ["mail.corp.example"]),
        ("port", 0),
        ("port", 65536),
        ("port", "25"),
        ("port", True),
        ("port", 25.0),
        ("pop3_port", -1),
        ("security", "TLS"),
        ("security", False),
        ("authenticate", "true"),
        ("authenticate", 1),
        ("authenticate", None),
        ("sending_enabled", None),
        ("sending_enabled", "yes"),
        ("test_recipients", "a@corp.example"),
        ("test_recipients", [1]),
        ("password", "hunter2"),
        ("password", "new"),
        ("password", "unset"),
        ("pop3_password", True),
        (EXPORT_TABLE, {}),
        (EXPORT_TABLE, "here"),
        (EXPORT_TABLE, {"origin": 1}),
        (EXPORT_TABLE, {"origin": "here", "environment": "test"}),
    ],
)
def test_a_value_that_no_file_should_hold_is_not_accepted(name: str, value: object) -> None:
    assert not takes(name, value)


def test_all_the_values_that_a_file_can_hold_are_accepted() -> None:
    for port in (1, 65535):
        assert takes("port", port)
    assert takes("test_recipients", [])
    assert takes(EXPORT_TABLE, {"origin": ""})
