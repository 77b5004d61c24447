"""Errors and pages in the platform's words, payloads of writes, and replayed messages."""

import asyncio
import time
from collections.abc import Iterable

import httpx2
import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from tests.sandbox.factories import (
    PROPERTIES,
    get_property_path,
    read_error,
    read_result,
)
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.http_messages import capture_response, replay_body, wait_for_disconnect


def test_a_rate_limit_says_when_but_not_how_many_remain(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sandbox.switches.rate_limited = True
    answer = admin.get(PROPERTIES)
    assert read_error(answer)[:2] == (429, "Rate limit exceeded")
    assert int(answer.headers["Retry-After"]) == 60
    assert 0 < int(answer.headers["X-RateLimit-Reset"]) - time.time() <= 61
    assert {"X-RateLimit-Limit", "X-RateLimit-Rule"} <= {
        name.title().replace("Ratelimit", "RateLimit") for name in answer.headers
    }
    assert "X-RateLimit-Remaining" not in answer.headers


def test_an_error_can_come_with_200(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.error_on_200 = True
    status, message, _ = read_error(admin.get(PROPERTIES))
    assert status == 200
    assert "Transaction cancelled" in message


def test_of_several_records_only_the_first_is_taken(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(PROPERTIES, json=[{"name": "first"}, {"name": "second"}])
    assert read_result(answer)["name"] == "first"
    assert not [one for one in sandbox.rows("sys_properties") if one["name"] == "second"]


@pytest.mark.parametrize("header", ["Accept", "Content-Type"])
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_write_needs_both_headers(
    sandbox: Sandbox, admin: httpx2.Client, header: str, method: str
) -> None:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    headers[header] = ""
    where = PROPERTIES if method == "POST" else get_property_path(sandbox)
    answer = admin.request(method, where, content=b'{"value": "moved"}', headers=headers)
    assert read_error(answer)[0] == 400
    assert not [one for one in sandbox.rows("sys_properties") if one["value"] == "moved"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_no_record_is_refused(sandbox: Sandbox, admin: httpx2.Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    assert (
        read_error(admin.patch(get_property_path(sandbox), content=body, headers=headers))[0] == 400
    )


DISCONNECT: Message = {"type": "http.disconnect"}


def make_receive(messages: Iterable[Message]) -> Receive:
    queue = iter(messages)

    async def receive() -> Message:
        return next(queue)

    return receive


def make_request(body: bytes, more_body: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more_body}


async def leave_unanswered(scope: Scope, receive: Receive, send: Send) -> None:
    await wait_for_disconnect(receive)


def test_a_body_is_replayed_before_what_follows() -> None:
    replayed = replay_body(b"ab", make_receive([DISCONNECT]))
    assert asyncio.run(Request({"type": "http"}, replayed).body()) == b"ab"
    assert asyncio.run(replayed()) == DISCONNECT  # type: ignore[arg-type]


def test_a_response_that_was_never_sent_cannot_be_captured() -> None:
    with pytest.raises(ClientDisconnect):
        asyncio.run(capture_response(leave_unanswered, {}, make_receive([DISCONNECT])))
