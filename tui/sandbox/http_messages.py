"""HTTP requests and responses of the instance: reading, errors in its words, pages, capturing."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope

Middleware: TypeAlias = Callable[[ASGIApp], ASGIApp]

RATE_LIMIT_SECONDS = 60
"""Seconds after which requests over the limit are taken again."""


@dataclass(eq=False)
class ApiError(Exception):
    """An error of the REST API that ends a request.

    Attributes:
        detail: None is sent as null.
    """

    status: int
    message: str
    detail: str | None = None

    @property
    def response(self) -> Response:
        """The response that carries this error."""
        return error_response(self.status, self.message, self.detail)


def get_fields(request: Request) -> tuple[str, ...]:
    """Return the names in `sysparm_fields`; none means all fields."""
    return tuple(filter(None, request.query_params.get("sysparm_fields", "").split(",")))


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


def error_response(
    status: int, message: str, detail: str | None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error in the shape of the REST API."""
    body = {"error": {"message": message, "detail": detail}, "status": "failure"}
    return JSONResponse(body, status, headers)


def result_response(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a result in the shape of the REST API."""
    return JSONResponse({"result": value}, status, headers)


def missing_record_error() -> ApiError:
    """Return the error for a record that is missing or hidden from the user."""
    return ApiError(
        404, "No Record found", "Record doesn't exist or ACL restricts the record retrieval"
    )


def access_error(operation: str) -> ApiError:
    """Return the error for an Insert, Update or Delete that the user's roles don't allow."""
    detail = f"ACL Exception {operation} Failed due to security constraints"
    return ApiError(403, "Operation Failed", detail)


def query_error() -> ApiError:
    """Return the error for a query that the user's rights don't allow."""
    detail = "Field(s) present in the query do not have permission to be read"
    return ApiError(403, "Insufficient rights to query records", detail)


def rate_limit_error() -> Response:
    """Return a 429; no header says how many requests remain (inbound-REST-API-rate-limiting)."""
    headers = {
        "Retry-After": str(RATE_LIMIT_SECONDS),
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Reset": str(int(time.time()) + RATE_LIMIT_SECONDS),
        "X-RateLimit-Rule": "5f1a1d5dc3a01200e5f1f3cb5bd3ae4d",
    }
    return error_response(429, "Rate limit exceeded", "Rate limit exceeded for this rule", headers)


def html_page(title: str, text: str, status: int = 200) -> Response:
    """Return a page for a browser."""
    return HTMLResponse(
        f"<html><head><title>{title}</title></head><body><h1>{text}</h1></body></html>", status
    )


def hibernation_page() -> Response:
    """Return what a hibernating developer instance sends for every request: a page, with 200."""
    return html_page("Instance Hibernating page", "Your instance is hibernating")


def server_error_page() -> Response:
    """Return what a proxy in front of a dead instance sends."""
    return html_page("500 Internal Server Error", "500 Internal Server Error", 500)


def login_redirect() -> Response:
    """Return a redirect to the login page."""
    return Response(status_code=302, headers={"Location": "/login.do"})


def error_with_status_200() -> Response:
    """Return an error body whose status says that all is well."""
    return error_response(200, "Transaction cancelled: maximum execution time exceeded", None)


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
        ClientDisconnect: The application sent nothing.
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
        raise ClientDisconnect
    response = Response(bytes(body), start["status"])
    response.raw_headers = list(start.get("headers", []))
    return response
