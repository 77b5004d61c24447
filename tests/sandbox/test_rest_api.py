"""The Table, Aggregate, Email and Batch APIs, and addresses that lead nowhere."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_property,
    find_row,
    get_property_path,
    read_error,
    read_names,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account


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


EMAIL = "/api/now/email"


BODY: dict[str, Any] = {"to": ["a@corp.example"], "subject": "Test", "text": "Hello."}


@pytest.mark.parametrize("version", ["", "/v1"])
def test_a_message_is_queued_and_followed(sandbox: Sandbox, version: str) -> None:
    with sign_in(sandbox, "sender") as sender:
        queued = read_result(sender.post(f"/api/now{version}/email", json=BODY))
        sys_id = queued["id"]
        assert queued["links"] == [
            {"rel": "self", "href": f"/now/v1/email/{sys_id}"},
            {
                "rel": "status",
                "href": f"/now/v1/email/{sys_id}?sysparm_fields=id,type,state,error",
            },
        ]
        made = find_row(sandbox, "sys_email", sys_id=sys_id)
        assert (made["type"], made["sys_created_by"]) == ("send-ready", "sender")
        fields = {"sysparm_fields": "id,type,state,error"}
        path = f"/api/now{version}/email/{sys_id}"
        told = {"id": sys_id, "type": "send-ready", "state": "ready", "error": ""}
        assert read_result(sender.get(path, params=fields)) == told
        sandbox.change("sys_email_account", own_account(sandbox), password="wrong")
        sandbox.deliver()
        told |= {"type": "send-failed", "state": "error"}
        told["error"] = "535 5.7.8 Authentication credentials invalid"
        assert read_result(sender.get(path, params=fields)) == told


def test_all_of_a_message_is_told(sandbox: Sandbox, admin: httpx2.Client) -> None:
    body = {**BODY, "to": "a@corp.example, b@corp.example", "bcc": ["c@corp.example"]}
    sys_id = read_result(admin.post(EMAIL, json=body))["id"]
    told = read_result(admin.get(f"{EMAIL}/{sys_id}"))
    assert told["to"] == ["a@corp.example", "b@corp.example"]
    assert (told["cc"], told["bcc"]) == ([], ["c@corp.example"])
    assert (told["subject"], told["text"]) == ("Test", "Hello.")


@pytest.mark.parametrize("name", ["mail.admin", "reader", "nobody"])
def test_who_may_not_send_is_refused(sandbox: Sandbox, name: str) -> None:
    before = sandbox.rows("sys_email")
    with sign_in(sandbox, name) as somebody:
        assert read_error(somebody.post(EMAIL, json=BODY))[0] == 403
        assert read_error(somebody.get(f"{EMAIL}/{before[0]['sys_id']}"))[0] == 403
    assert sandbox.rows("sys_email") == before


@pytest.mark.parametrize(
    "change",
    [{"to": []}, {"to": None}, {"to": ["a@b.example"] * 101}, {"cc": ["a@b.example"] * 101}],
)
def test_a_message_needs_some_recipients_but_not_too_many(
    sandbox: Sandbox, admin: httpx2.Client, change: dict[str, Any]
) -> None:
    before = len(sandbox.rows("sys_email"))
    assert read_error(admin.post(EMAIL, json={**BODY, **change}))[0] == 400
    read_result(admin.post(EMAIL, json={**BODY, "to": ["a@b.example"] * 100}))
    assert len(sandbox.rows("sys_email")) == before + 1


def test_a_missing_message_is_forbidden(admin: httpx2.Client) -> None:
    assert read_error(admin.get(f"{EMAIL}/{'0' * 32}"))[0] == 403


def test_a_batch_is_answered_one_by_one(sandbox: Sandbox, admin: httpx2.Client) -> None:
    body = base64.b64encode(json.dumps({"value": "other"}).encode()).decode()
    json_type = [{"name": "Content-Type", "value": "application/json"}]
    where = get_property_path(sandbox, "instance_name")
    missing = f"{PROPERTIES}/{'0' * 32}"
    requests = [
        {"id": "1", "method": "PATCH", "url": where, "headers": json_type, "body": body},
        {"id": "2", "method": "GET", "url": missing},
        {"id": "3", "method": "GET", "url": f"{where}?sysparm_fields=value"},
    ]
    answer = admin.post(
        "/api/now/v1/batch", json={"batch_request_id": 7, "rest_requests": requests}
    )
    told = answer.json()
    assert (told["batch_request_id"], told["unserviced_requests"]) == ("7", [])
    assert [one["status_code"] for one in told["serviced_requests"]] == [200, 404, 200]
    last = json.loads(base64.b64decode(told["serviced_requests"][2]["body"]))
    assert last == {"result": {"value": "other"}}


def test_an_address_that_leads_nowhere_is_an_error(admin: httpx2.Client) -> None:
    status, message, detail = read_error(admin.get("/api/now/tables/sys_properties"))
    assert status == 400
    assert message.startswith("Requested URI does not represent any resource")
    assert detail is None


def test_a_method_that_is_none_is_an_error(admin: httpx2.Client) -> None:
    assert read_error(admin.put(PROPERTIES, json={}))[0] == 405
