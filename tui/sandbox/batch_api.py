"""The Batch API: several requests in one, each for itself and none a transaction."""

import base64
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope

from tui.sandbox.http_responses import HttpAnswer
from tui.sandbox.table_api import body_of


async def call_app(app: ASGIApp, scope: Scope, body: bytes) -> HttpAnswer:
    """The whole answer of an application to one request."""
    status, headers, parts = 500, [], bytearray()

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", []))
        else:
            parts.extend(message.get("body", b""))

    await app(scope, replay_body(body), send)
    return HttpAnswer(status, headers, bytes(parts))


def replay_body(body: bytes) -> Receive:
    """What gives an application a body that was read before."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def handle_batch(request: Request) -> Response:
    """Answers each of the requests in a batch; headers they lack are those of the batch."""
    body = await body_of(request)
    return JSONResponse(
        {
            "batch_request_id": str(body.get("batch_request_id", "")),
            "serviced_requests": [
                await _serviced(request, inner) for inner in body.get("rest_requests", [])
            ],
            "unserviced_requests": [],
        }
    )


async def _serviced(request: Request, inner: MutableMapping[str, Any]) -> dict[str, Any]:
    path, _, query = str(inner["url"]).partition("?")
    scope = {
        **request.scope,
        "method": inner["method"],
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": _headers(request, inner),
    }
    answer = await call_app(request.app, scope, base64.b64decode(inner.get("body", "")))
    return {
        "id": inner["id"],
        "status_code": answer.status,
        "headers": [
            {"name": name.decode(), "value": value.decode()} for name, value in answer.headers
        ],
        "body": base64.b64encode(answer.body).decode(),
    }


def _headers(request: Request, inner: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    given = {item["name"].lower(): item["value"] for item in inner.get("headers", [])}
    kept = {name: value for name, value in request.headers.items() if name != "content-length"}
    return [(name.encode(), value.encode()) for name, value in {**kept, **given}.items()]
