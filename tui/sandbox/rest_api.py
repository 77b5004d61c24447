"""The instance's Table, Aggregate, Email and Batch APIs (c_TableAPI, email-api)."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tui.sandbox.authenticator import Authenticator
from tui.sandbox.http_messages import (
    ApiError,
    access_error,
    capture_response,
    error_response,
    get_fields,
    html_page,
    missing_record_error,
    read_payload,
    replay_body,
    result_response,
    server_error_page,
)
from tui.sandbox.record_access import RecordAccess, RecordView
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Row, split_list

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

OPEN_PATHS = ("/oauth_token.do", "/oauth_auth.do", "/login.do")
"""Addresses that need no sign-in."""
DEFAULT_LIMIT = 10_000
"""Rows in a response if the request sets no limit."""
EMAIL_ROLE = frozenset({"email_api_send"})
MAX_ADDRESSES = 100
"""Addresses that each of to, cc and bcc of an email may have."""


def make_rest_api(state: SandboxState, authenticator: Authenticator) -> Starlette:
    """Return the application that handles requests whose user is known."""
    return Starlette(
        routes=[
            Route("/oauth_token.do", authenticator.handle_token, methods=["POST"]),
            Route("/oauth_auth.do", authenticator.handle_authorization, methods=["GET", "POST"]),
            Route("/login.do", html_page("Log in", "Log in"), methods=["GET"]),
            Route("/api/now/batch", _handle_batch, methods=["POST"]),
            Route("/api/now/v1/batch", _handle_batch, methods=["POST"]),
            *EmailApi(state).routes,
            *TableApi(state).routes,
        ],
        exception_handlers={
            ApiError: _handle_error,
            404: _handle_unknown_path,
            405: _handle_wrong_method,
        },
    )


def _make_routes(
    *handlers: tuple[str, str, Callable[[Request], Awaitable[Response]]],
) -> list[Route]:
    """Return the routes of handlers, each with its method and path, in all versions."""
    return [
        Route(f"/api/now{version}{path}", handler, methods=[method])
        for version in ("", "/v1", "/v2")
        for method, path, handler in handlers
    ]


class TableApi:
    """Handlers of the Table API and the Aggregate API."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        records, record = "/table/{table}", "/table/{table}/{sys_id}"
        self.routes = _make_routes(
            ("GET", records, self._list),
            ("POST", records, self._create),
            ("GET", record, self._show),
            ("PATCH", record, self._update),
            ("PUT", record, self._update),
            ("DELETE", record, self._delete),
            ("GET", "/stats/{table}", self._count),
        )

    def _open(self, request: Request) -> RecordAccess:
        table: str = request.path_params["table"]
        if not self._state.has_table(table):
            raise ApiError(400, f"Invalid table {table}", f"Table {table} does not exist")
        return RecordAccess(self._state, request.user, table)

    async def _list(self, request: Request) -> Response:
        access, query = self._open(request), request.query_params
        view = RecordView.from_request(request)
        with self._state.lock:
            found = access.query(query.get("sysparm_query", ""))
            start = _parse_number(query, "sysparm_offset", 0)
            limit = _parse_number(query, "sysparm_limit", DEFAULT_LIMIT)
            window = found[start : start + limit]
            # The platform counts and cuts rows before it checks who may see them.
            shown = [access.render(row, view) for row in window if access.is_visible(row)]
        if not shown and request.url.path.startswith("/api/now/v1/"):
            raise missing_record_error()
        return result_response(shown, headers=_page_headers(request, start, limit, len(found)))

    async def _show(self, request: Request) -> Response:
        access = self._open(request)
        with self._state.lock:
            row = access.get(request.path_params["sys_id"])
            return result_response(access.render(row, RecordView.from_request(request)))

    async def _create(self, request: Request) -> Response:
        access, payload = self._open(request), await read_payload(request)
        with self._state.lock:
            row = access.create(payload, _is_display_input(request))
            return _written_response(request, access, row, 201)

    async def _update(self, request: Request) -> Response:
        access, payload = self._open(request), await read_payload(request)
        with self._state.lock:
            sys_id = request.path_params["sys_id"]
            row = access.update(sys_id, payload, _is_display_input(request))
            return _written_response(request, access, row, 200)

    async def _delete(self, request: Request) -> Response:
        access = self._open(request)
        with self._state.lock:
            access.delete(request.path_params["sys_id"])
        return Response(status_code=204)

    async def _count(self, request: Request) -> Response:
        access, query = self._open(request), request.query_params
        if query.get("sysparm_count", "false").lower() != "true":
            return result_response({"stats": {}})
        with self._state.lock:
            count = len(access.query(query.get("sysparm_query", "")))
        return result_response({"stats": {"count": str(count)}})


def _written_response(request: Request, access: RecordAccess, row: Row, status: int) -> Response:
    location = f"{request.base_url}api/now/table/{access.table}/{row['sys_id']}"
    headers = {"Location": location}
    if request.headers.get("x-no-response-body", "").lower() == "true":
        return Response(status_code=204 if status == 200 else status, headers=headers)
    # A user who may write a row but not see it learns only that it was written.
    view = RecordView.from_request(request)
    shown = access.render(row, view) if access.is_visible(row) else {}
    return result_response(shown, status, headers)


def _is_display_input(request: Request) -> bool:
    return request.query_params.get("sysparm_input_display_value", "").lower() == "true"


def _parse_number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else default


def _page_headers(request: Request, start: int, limit: int, total: int) -> dict[str, str]:
    query = dict(request.query_params)
    if query.get("sysparm_no_count", "").lower() == "true":
        return {}
    headers = {"X-Total-Count": str(total)}
    if query.get("sysparm_suppress_pagination_header", "").lower() == "true" or limit == 0:
        return headers
    last = max(0, (total - 1) // limit * limit)
    offsets = {"first": 0, "prev": start - limit, "next": start + limit, "last": last}
    here = request.url.replace(query="")
    pages = {
        name: urlencode({**query, "sysparm_limit": limit, "sysparm_offset": max(0, offset)})
        for name, offset in offsets.items()
        if not (name == "prev" and start == 0) and not (name == "next" and offset >= total)
    }
    links = ",".join(f'<{here}?{page}>;rel="{name}"' for name, page in pages.items())
    return {**headers, "Link": links}


class EmailApi:
    """Handlers of the Email API, which queues messages and reports their state."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = _make_routes(
            ("POST", "/email", self._queue), ("GET", "/email/{sys_id}", self._report)
        )

    async def _queue(self, request: Request) -> Response:
        if not request.user.has_any(EMAIL_ROLE):
            raise access_error("Insert")
        payload = await read_payload(request)
        fields = {
            "type": "send-ready",
            "state": "ready",
            "subject": str(payload.get("subject", "")),
            "recipients": _parse_addresses(payload, "to"),
            "copied": _parse_addresses(payload, "cc"),
            "blind_copied": _parse_addresses(payload, "bcc"),
            "body_text": str(payload.get("text") or payload.get("html") or ""),
        }
        if not (fields["recipients"] or fields["copied"] or fields["blind_copied"]):
            raise ApiError(400, "Bad Request", "No recipient: to, cc or bcc is required")
        with self._state.lock:
            sys_id = self._state.tables.insert("sys_email", request.user.name, fields)
        address = f"/now/v1/email/{sys_id}"
        links = [
            {"rel": "self", "href": address},
            {"rel": "status", "href": f"{address}?sysparm_fields=id,type,state,error"},
        ]
        return result_response({"id": sys_id, "links": links})

    async def _report(self, request: Request) -> Response:
        with self._state.lock:
            row = self._state.tables.get("sys_email", request.path_params["sys_id"])
        if row is None or not request.user.has_any(EMAIL_ROLE):
            # A missing message is a 403 here, unlike in the Table API.
            raise ApiError(403, "Operation Failed", "The record does not exist or is not visible")
        message = {
            "id": row["sys_id"],
            "type": row["type"],
            "state": row["state"],
            "subject": row["subject"],
            "to": split_list(row["recipients"]),
            "cc": split_list(row["copied"]),
            "bcc": split_list(row["blind_copied"]),
            "text": row["body_text"],
            "error": row["error_string"],
        }
        names = get_fields(request) or message
        return result_response({name: message[name] for name in names if name in message})


def _parse_addresses(payload: Mapping[str, Any], name: str) -> str:
    value = payload.get(name) or []
    addresses = [str(one) for one in value] if isinstance(value, list) else split_list(str(value))
    if len(addresses) > MAX_ADDRESSES:
        raise ApiError(400, "Bad Request", f"More than {MAX_ADDRESSES} addresses in {name}")
    return ",".join(addresses)


async def _handle_batch(request: Request) -> Response:
    """Respond to each request in a batch on its own; headers it lacks are those of the batch."""
    batch = await read_payload(request)
    serviced = [await _service(request, part) for part in batch.get("rest_requests", [])]
    return JSONResponse(
        {
            "batch_request_id": str(batch.get("batch_request_id", "")),
            "serviced_requests": serviced,
            "unserviced_requests": [],
        }
    )


async def _service(request: Request, part: Mapping[str, Any]) -> dict[str, Any]:
    path, _, query = str(part["url"]).partition("?")
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    headers |= {item["name"].lower(): item["value"] for item in part.get("headers", [])}
    scope = {
        **request.scope,
        "method": part["method"],
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    receive = replay_body(base64.b64decode(part.get("body", "")), request.receive)
    response = await capture_response(request.app, scope, receive)
    return {
        "id": part["id"],
        "status_code": response.status_code,
        "headers": [{"name": name, "value": value} for name, value in response.headers.items()],
        "body": base64.b64encode(response.body).decode(),
    }


async def _handle_error(request: Request, error: Exception) -> Response:
    return error.response if isinstance(error, ApiError) else server_error_page()


async def _handle_unknown_path(request: Request, _: Exception) -> Response:
    message = f"Requested URI does not represent any resource: {request.url.path}"
    return error_response(400, message, None)


async def _handle_wrong_method(request: Request, _: Exception) -> Response:
    return error_response(405, f"Method {request.method} is not allowed", None)
