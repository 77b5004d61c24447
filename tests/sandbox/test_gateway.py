"""Modes and delays, and how a person switches them."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import fields

import httpx2
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from tests.sandbox.factories import (
    PROPERTIES,
    find_property,
    get_property_path,
    make_sandbox,
    open_client,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.gateway import Gateway
from tui.sandbox.sandbox_state import Switches

SWITCHES = "/sandbox/switches"


@pytest.mark.parametrize(
    ("mode", "status", "text"),
    [("hibernating", 200, "Your instance is hibernating"), ("broken", 500, "<html>")],
)
def test_a_mode_answers_a_page(
    sandbox: Sandbox, admin: httpx2.Client, mode: str, status: int, text: str
) -> None:
    sandbox.switches.change({mode: True})
    answer = admin.get(PROPERTIES)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert text in answer.text


def test_everything_can_lead_to_the_sign_in_page(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.login_redirect = True
    answer = admin.get(PROPERTIES)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/login.do")
    sandbox.switches.login_redirect = False
    assert "Log in" in admin.get("/login.do").text


@pytest.mark.parametrize(
    "mode", ["rate_limited", "hibernating", "broken", "error_on_200", "login_redirect"]
)
def test_a_mode_leaves_everything_as_it_is(
    sandbox: Sandbox, admin: httpx2.Client, mode: str
) -> None:
    before = find_property(sandbox, "instance_name")
    sandbox.switches.change({mode: True})
    admin.patch(f"{PROPERTIES}/{before['sys_id']}", json={"value": "moved"})
    assert find_property(sandbox, "instance_name") == before


def test_answers_can_be_slow(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.slow_seconds = 0.1
    start = time.monotonic()
    assert admin.get(PROPERTIES).status_code == 200
    assert time.monotonic() - start >= 0.1


def test_readers_wait_while_caches_are_rebuilt_and_writers_do_not(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    where = f"{PROPERTIES}/{find_property(sandbox, 'instance_name')['sys_id']}"
    sandbox.switches.flush_seconds = 600
    for value in ("one", "two"):
        assert admin.patch(where, json={"value": value}).status_code == 200
    with pytest.raises(httpx2.ReadTimeout):
        admin.get(where, timeout=0.2)


def test_readers_get_the_new_value_once_caches_are_rebuilt(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sandbox.switches.flush_seconds = 0.1
    where = f"{PROPERTIES}/{find_property(sandbox, 'instance_name')['sys_id']}"
    start = time.monotonic()
    assert admin.patch(where, json={"value": "two"}).status_code == 200
    assert read_result(admin.get(where))["value"] == "two"
    assert time.monotonic() - start >= 0.1


def test_whoever_never_answers_has_heard_the_request(sandbox: Sandbox) -> None:
    sandbox.switches.never_answers = True
    with sign_in(sandbox) as impatient:
        impatient.timeout = httpx2.Timeout(0.2)
        with pytest.raises(httpx2.ReadTimeout):
            impatient.get(PROPERTIES)
    assert [(one.path, one.status) for one in sandbox.recorded] == [(PROPERTIES, 0)]


def test_switches_are_read_and_changed_without_a_sign_in(sandbox: Sandbox) -> None:
    with open_client(sandbox) as anybody:
        assert set(anybody.get(SWITCHES).json()) == {field.name for field in fields(Switches)}
        answer = anybody.patch(SWITCHES, json={"hibernating": True, "slow_seconds": 0})
        assert answer.json()["hibernating"] is True
        assert sandbox.switches.hibernating
        assert anybody.get(SWITCHES).json() == sandbox.switches.as_json()
        assert "hibernating" in anybody.get(PROPERTIES).text
        assert anybody.delete(SWITCHES).status_code == 405
    assert [one.path for one in sandbox.recorded] == [PROPERTIES]


@pytest.mark.parametrize("is_whole", [True, False])
def test_only_a_request_that_comes_whole_is_carried_out(sandbox: Sandbox, is_whole: bool) -> None:
    start = {"type": "http.request", "body": b'{"broken": ', "more_body": True}
    end = {"type": "http.request", "body": b"true}"} if is_whole else {"type": "http.disconnect"}
    pieces: Iterator[Message] = iter([start, end])
    sent: list[Message] = []

    async def receive() -> Message:
        return next(pieces)

    async def send(message: Message) -> None:
        sent.append(message)

    gateway = Gateway(sandbox._state, sandbox._authenticator, PlainTextResponse("unused"))
    scope = {"type": "http", "method": "PATCH", "path": SWITCHES, "headers": []}
    asyncio.run(gateway(scope, receive, send))
    assert sandbox.switches.broken == is_whole
    assert bool(sent) == is_whole


def test_a_slow_write_does_not_delay_the_end() -> None:
    with make_sandbox(slow_write_seconds=600) as sandbox, sign_in(sandbox) as admin:
        with pytest.raises(httpx2.ReadTimeout):
            admin.patch(get_property_path(sandbox), json={"value": ""}, timeout=0.1)
        start = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - start < 10
