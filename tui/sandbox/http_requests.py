"""What the handlers of the REST API read from a request."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from tui.sandbox.access import User
from tui.sandbox.http_responses import ApiError

API_VERSIONS = ("", "/v1", "/v2")
"""What may follow `/api/now` in an address."""


def get_user(request: Request) -> User:
    """Return the user who signed in."""
    user: User = request.state.user
    return user


def get_base_url(request: Request) -> str:
    """Return the address of the instance as the request names it."""
    return f"{request.url.scheme}://{request.url.netloc}"


def get_fields(query: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names in `sysparm_fields`; none means all fields."""
    return tuple(name for name in query.get("sysparm_fields", "").split(",") if name)


async def read_payload(request: Request) -> Mapping[str, Any]:
    """Return the JSON object of a write; of a list only the first record (c_RESTAPI).

    Raises:
        ApiError: A header that a write needs is missing, or the body is not a record.
    """
    for name in ("Accept", "Content-Type"):
        if not request.headers.get(name):
            raise ApiError(400, "Bad Request", f"The header {name} is required")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise ApiError(400, "Exception while reading request", str(error)) from error
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        raise ApiError(400, "Exception while reading request", "The payload is no record")
    return body
