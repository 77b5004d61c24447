"""The Batch API: several requests in one, each on its own and none a transaction."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tui.sandbox.asgi import capture_response, replay_body
from tui.sandbox.http_requests import read_payload


async def handle_batch(request: Request) -> Response:
    """Respond to each request in a batch; headers it lacks are those of the batch."""
    batch = await read_payload(request)
    return JSONResponse(
        {
            "batch_request_id": str(batch.get("batch_request_id", "")),
            "serviced_requests": [
                await _service(request, part) for part in batch.get("rest_requests", [])
            ],
            "unserviced_requests": [],
        }
    )


async def _service(request: Request, part: Mapping[str, Any]) -> dict[str, Any]:
    path, _, query = str(part["url"]).partition("?")
    scope = {
        **request.scope,
        "method": part["method"],
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": _merge_headers(request, part),
    }
    receive = replay_body(base64.b64decode(part.get("body", "")), request.receive)
    response = await capture_response(request.app, scope, receive)
    return {
        "id": part["id"],
        "status_code": response.status_code,
        "headers": [
            {"name": name.decode(), "value": value.decode()} for name, value in response.raw_headers
        ],
        "body": base64.b64encode(response.body).decode(),
    }


def _merge_headers(request: Request, part: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    own = {item["name"].lower(): item["value"] for item in part.get("headers", [])}
    batch = {name: value for name, value in request.headers.items() if name != "content-length"}
    return [(name.encode(), value.encode()) for name, value in {**batch, **own}.items()]
