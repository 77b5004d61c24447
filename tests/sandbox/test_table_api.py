"""Lists, counts and errors of the Table API."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_property,
    get_property_path,
    read_error,
    read_names,
    read_result,
)
from tests.sandbox.sandbox import Sandbox


def get_page_offsets(response: httpx2.Response) -> dict[str, int]:
    """The offset of each page that an answer links to."""
    found = re.findall(r'<([^>]*)>;rel="(\w+)"', response.headers["Link"])
    return {rel: int(parse_qs(urlsplit(url).query)["sysparm_offset"][0]) for url, rel in found}


def test_all_values_are_texts(admin: httpx2.Client) -> None:
    for row in read_result(admin.get(ACCOUNTS)):
        assert all(isinstance(value, str) for value in row.values())
        assert re.fullmatch("[0-9a-f]{32}", row["sys_id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["sys_created_on"])


def test_one_row_comes_alone(sandbox: Sandbox, admin: httpx2.Client) -> None:
    row = find_property(sandbox, "instance_name")
    found = read_result(admin.get(f"{PROPERTIES}/{row['sys_id']}"))
    assert (found["name"], found["value"]) == ("instance_name", "sandbox")


def test_pages_follow_each_other(sandbox: Sandbox, admin: httpx2.Client) -> None:
    total = len(sandbox.rows("sys_properties"))
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        answer = admin.get(
            PROPERTIES,
            params={"sysparm_query": "ORDERBYname", "sysparm_limit": 7, "sysparm_offset": offset},
        )
        assert answer.headers["X-Total-Count"] == str(total)
        assert get_page_offsets(answer)["first"] == 0
        assert get_page_offsets(answer)["last"] == (total - 1) // 7 * 7
        assert get_page_offsets(answer).get("prev") == (offset - 7 if offset else None)
        seen += read_names(answer)
        offset = get_page_offsets(answer).get("next")
    assert seen == sorted(row["name"] for row in sandbox.rows("sys_properties"))


@pytest.mark.parametrize(
    ("parameter", "has_count"),
    [("sysparm_suppress_pagination_header", True), ("sysparm_no_count", False)],
)
def test_headers_of_pages_can_be_left_out(
    admin: httpx2.Client, parameter: str, has_count: bool
) -> None:
    answer = admin.get(PROPERTIES, params={parameter: "true", "sysparm_limit": 2})
    assert len(read_result(answer)) == 2
    assert "Link" not in answer.headers
    assert ("X-Total-Count" in answer.headers) == has_count


@pytest.mark.parametrize(("version", "status"), [("", 200), ("v1/", 404), ("v2/", 200)])
def test_no_rows_are_an_error_in_the_first_version_only(
    admin: httpx2.Client, version: str, status: int
) -> None:
    path = f"/api/now/{version}table/sys_properties"
    assert read_names(admin.get(path, params={"sysparm_query": "name=glide.war"})) == ["glide.war"]
    answer = admin.get(path, params={"sysparm_query": "name=nothing"})
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"result": []}
        assert answer.headers["X-Total-Count"] == "0"
    else:
        assert read_error(answer)[1] == "No Record found"


def test_rows_can_be_counted(sandbox: Sandbox, admin: httpx2.Client) -> None:
    path = "/api/now/stats/sys_email"
    query = {"sysparm_query": "type=send-ready", "sysparm_count": "true"}
    queued = sum(row["type"] == "send-ready" for row in sandbox.rows("sys_email"))
    assert read_result(admin.get(path, params=query)) == {"stats": {"count": str(queued)}}
    assert read_result(admin.get(path)) == {"stats": {}}


def test_what_is_missing_may_be_hidden(admin: httpx2.Client) -> None:
    assert read_error(admin.get(f"{PROPERTIES}/{'0' * 32}")) == (
        404,
        "No Record found",
        "Record doesn't exist or ACL restricts the record retrieval",
    )


def test_a_table_that_is_none_is_named(admin: httpx2.Client) -> None:
    status, message, _ = read_error(admin.get("/api/now/table/sys_nothing"))
    assert (status, message) == (400, "Invalid table sys_nothing")


def test_an_answer_can_be_without_the_record(sandbox: Sandbox, admin: httpx2.Client) -> None:
    headers = {"X-no-response-body": "true"}
    answer = admin.patch(get_property_path(sandbox), json={"value": "a@b.example"}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert find_property(sandbox, "glide.email.test.user")["value"] == "a@b.example"
    answer = admin.post(PROPERTIES, json={"name": "new"}, headers=headers)
    assert (answer.status_code, answer.content) == (201, b"")
    assert find_property(sandbox, "new")
