"""A message that is sent over HTTP, and what is told of it."""

from typing import Any

import httpx2
import pytest

from tests.sandbox.factories import find_row, read_error, read_result, sign_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

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
