"""Reading, replaying and capturing what passes between server and application."""

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from tui.sandbox.asgi import (
    ClientDisconnectedError,
    capture_response,
    read_body,
    replay_body,
    wait_for_disconnect,
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


def test_a_body_is_read_to_its_end() -> None:
    pieces = [make_request(b"a", more_body=True), make_request(b"b"), DISCONNECT]
    assert asyncio.run(read_body(make_receive(pieces))) == b"ab"


def test_a_body_that_is_cut_off_is_not_used() -> None:
    with pytest.raises(ClientDisconnectedError):
        asyncio.run(read_body(make_receive([make_request(b"a", more_body=True), DISCONNECT])))


def test_a_body_is_replayed_before_what_follows() -> None:
    replayed = replay_body(b"ab", make_receive([DISCONNECT]))
    assert asyncio.run(read_body(replayed)) == b"ab"
    assert asyncio.run(replayed()) == DISCONNECT  # type: ignore[arg-type]


def test_a_response_that_was_never_sent_cannot_be_captured() -> None:
    with pytest.raises(ClientDisconnectedError):
        asyncio.run(capture_response(leave_unanswered, {}, make_receive([DISCONNECT])))
