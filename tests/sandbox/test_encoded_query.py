"""Encoded queries find what a plain reading of them finds."""

from collections.abc import Callable

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.factories import PROPERTIES, read_names, read_result
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.encoded_query import parse_query
from tui.sandbox.tables import Row

TYPES = {"name": "string", "count": "integer", "active": "boolean", "on": "glide_date_time"}


ROWS = (
    {"name": "alpha", "count": "2", "active": "true", "on": "2026-01-02 00:00:00"},
    {"name": "Beta", "count": "10", "active": "false", "on": "2026-01-01 00:00:00"},
    {"name": "", "count": "", "active": "true", "on": ""},
    {"name": "a^b", "count": "-1", "active": "", "on": "2025-12-31 23:59:59"},
)


law = settings(deadline=None, derandomize=True, max_examples=50)


MODEL: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, text: value == text,
    "!=": lambda value, text: value != text,
    "LIKE": lambda value, text: text in value,
    "STARTSWITH": lambda value, text: value[: len(text)] == text,
    "ENDSWITH": lambda value, text: text == "" or value[-len(text) :] == text,
    "IN": lambda value, text: value in text.split(","),
    "ISEMPTY": lambda value, text: not value,
}


def find_names(encoded: str, rows: tuple[Row, ...] = ROWS) -> list[str]:
    query = parse_query(encoded, TYPES.get)
    return [row["name"] for row in query.select(rows, lambda row, name: row[name])]


texts = st.text(alphabet="abAB.^", max_size=3)


conditions = st.tuples(
    st.sampled_from(["name", "active"]),
    st.sampled_from(["=", "!=", "LIKE", "STARTSWITH", "ENDSWITH", "IN", "ISEMPTY"]),
    texts.map(lambda text: text.strip("^")),
)


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("", ["alpha", "Beta", "", "a^b"]),
        ("name=alpha", ["alpha"]),
        ("name=ALPHA", ["alpha"]),
        ("name!=alpha", ["Beta", "", "a^b"]),
        ("nameINalpha,beta", ["alpha", "Beta"]),
        ("nameNOT INalpha,beta", ["", "a^b"]),
        ("nameLIKEet", ["Beta"]),
        ("nameCONTAINSet", ["Beta"]),
        ("nameNOT LIKEet", ["alpha", "", "a^b"]),
        ("nameSTARTSWITHa", ["alpha", "a^b"]),
        ("nameENDSWITHA", ["alpha", "Beta"]),
        ("nameISEMPTY", [""]),
        ("nameISNOTEMPTY", ["alpha", "Beta", "a^b"]),
        ("name=", [""]),
        ("count>2", ["Beta"]),
        ("count>=2", ["alpha", "Beta"]),
        ("count<2", ["a^b"]),
        ("count<=2", ["alpha", "a^b"]),
        ("on>2026-01-01 00:00:00", ["alpha"]),
        ("active=true^name=alpha", ["alpha"]),
        ("name=alpha^ORname=beta", ["alpha", "Beta"]),
        ("active=true^name=alpha^ORname=beta", ["alpha"]),
        ("name=beta^NQname=alpha", ["alpha", "Beta"]),
        ("name=a^^b", ["a^b"]),
        ("ORDERBYname", ["", "a^b", "alpha", "Beta"]),
        ("ORDERBYDESCcount", ["Beta", "alpha", "a^b", ""]),
        ("name!=^ORDERBYactive^ORDERBYDESCname", ["a^b", "Beta", "alpha"]),
        ("name=alpha^EQ", ["alpha"]),
    ],
)
def test_a_query_finds_rows_in_order(encoded: str, expected: list[str]) -> None:
    assert find_names(encoded) == expected
    assert not parse_query(encoded, TYPES.get).invalid


@pytest.mark.parametrize(
    ("encoded", "expected"),
    [
        ("nmae=alpha", ["alpha", "Beta", "", "a^b"]),
        ("nmae=alpha^active=false", ["Beta"]),
        ("name alpha", ["alpha", "Beta", "", "a^b"]),
        ("count>many^name=alpha", ["alpha"]),
        ("name=alpha^ORnmae=beta", ["alpha"]),
        ("nmae=alpha^ORname=beta", ["Beta"]),
        ("name=alpha^ORDERBYnmae", ["alpha"]),
    ],
)
def test_an_invalid_part_is_ignored_and_told(encoded: str, expected: list[str]) -> None:
    assert find_names(encoded) == expected
    assert parse_query(encoded, TYPES.get).invalid


@law
@given(
    rows=st.lists(st.fixed_dictionaries({"name": texts, "active": texts}), max_size=5),
    queries=st.lists(
        st.lists(st.lists(conditions, min_size=1, max_size=2), min_size=1, max_size=3),
        min_size=1,
        max_size=2,
    ),
)
def test_conditions_and_alternatives_mean_what_they_say(
    rows: list[dict[str, str]], queries: list[list[list[tuple[str, str, str]]]]
) -> None:
    encoded = "^NQ".join(
        "^".join(
            "^OR".join(
                f"{name}{operator}{text.replace('^', '^^')}" for name, operator, text in group
            )
            for group in query
        )
        for query in queries
    )
    expected = [
        row
        for row in rows
        if any(
            all(
                any(
                    MODEL[operator](row[name].lower(), text.lower())
                    for name, operator, text in group
                )
                for group in query
            )
            for query in queries
        )
    ]
    query = parse_query(encoded, TYPES.get)
    assert not query.invalid
    assert query.select(rows, lambda row, name: row[name]) == expected


@law
@given(st.text(max_size=30))
def test_no_text_is_too_strange_for_a_query(encoded: str) -> None:
    parse_query(encoded, TYPES.get).select(ROWS, lambda row, name: row[name])


@law
@given(st.lists(st.integers(-50, 50).map(str), max_size=6), st.booleans())
def test_numbers_are_sorted_as_numbers(counts: list[str], descending: bool) -> None:
    query = parse_query("ORDERBYDESCcount" if descending else "ORDERBYcount", TYPES.get)
    rows = [{"count": count} for count in counts]
    expected = sorted(counts, key=int, reverse=descending)
    assert [row["count"] for row in query.select(rows, lambda row, name: row[name])] == expected


def test_names_are_found_over_http(admin: httpx2.Client) -> None:
    query = "nameINinstance_name,glide.war,glide.missing^ORDERBYDESCname"
    assert read_names(admin.get(PROPERTIES, params={"sysparm_query": query})) == [
        "instance_name",
        "glide.war",
    ]


def test_a_path_walks_a_reference(admin: httpx2.Client) -> None:
    answer = admin.get(
        "/api/now/table/sys_user_has_role",
        params={"sysparm_query": "user.user_name=mail.admin", "sysparm_fields": "role.name"},
    )
    assert read_result(answer) == [{"role.name": "email_account_admin"}]


@pytest.mark.parametrize("how", ["ignored", "switch", "property"])
def test_an_invalid_part_finds_the_rest_or_nothing(
    sandbox: Sandbox, admin: httpx2.Client, how: str
) -> None:
    if how == "property":
        name = "glide.invalid_query.returns_no_rows"
        sandbox.insert("sys_properties", name=name, value="true", type="boolean")
    sandbox.switches.returns_no_rows = how == "switch"
    query = {"sysparm_query": "nmae=x^name=instance_name"}
    expected = ["instance_name"] if how == "ignored" else []
    assert read_names(admin.get(PROPERTIES, params=query)) == expected


def test_a_secret_is_not_found_by_its_text(sandbox: Sandbox, admin: httpx2.Client) -> None:
    secret = next(row["password"] for row in sandbox.rows("sys_email_account"))
    for query in (f"password={secret}", f"passwordSTARTSWITH{secret[:3]}", "passwordISEMPTY"):
        answer = admin.get("/api/now/table/sys_email_account", params={"sysparm_query": query})
        assert read_result(answer) == []
