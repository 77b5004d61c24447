"""Reading, replaying and capturing ASGI requests and responses."""

from collections.abc import Callable
from typing import TypeAlias

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope

Middleware: TypeAlias = Callable[[ASGIApp], ASGIApp]


class ClientDisconnectedError(Exception):
    """The client closed the connection, or the server is stopping."""


def decode_headers(scope: Scope) -> dict[str, str]:
    """Return the headers of a request by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def read_body(receive: Receive) -> bytes:
    """Return the whole body of a request.

    Raises:
        ClientDisconnectedError: The client left before the end of the body.
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnectedError
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def replay_body(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that starts over with a body that was read before."""
    is_replayed = False

    async def replay() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def wait_for_disconnect(receive: Receive) -> None:
    """Return once the client closes the connection or the server stops."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def capture_response(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return the whole response of an application instead of sending it.

    Raises:
        ClientDisconnectedError: The application sent nothing.
    """
    start: Message | None = None
    body = bytearray()

    async def send(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    if start is None:
        raise ClientDisconnectedError
    response = Response(bytes(body), start["status"])
    response.raw_headers = list(start.get("headers", []))
    return response
