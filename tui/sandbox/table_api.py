"""The Table API and the Aggregate API (c_TableAPI)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox import record_changes
from tui.sandbox.access import User
from tui.sandbox.encoded_query import parse_query
from tui.sandbox.http_responses import ApiError, record_not_found, result_response
from tui.sandbox.record_view import RecordView
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import TABLES
from tui.sandbox.tables import find_column

LIMIT = 10_000
"""How many rows come where a request does not say."""

VERSIONS = ("", "/v1", "/v2")


class TableApi:
    """Reads and writes rows over HTTP.

    Attributes:
        routes: where it is found.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = [
            route
            for version in VERSIONS
            for route in (
                Route(f"/api/now{version}/table/{{table}}", self._rows, methods=["GET"]),
                Route(f"/api/now{version}/table/{{table}}", self._create, methods=["POST"]),
                Route(f"/api/now{version}/table/{{table}}/{{sys_id}}", self._row, methods=["GET"]),
                Route(
                    f"/api/now{version}/table/{{table}}/{{sys_id}}",
                    self._update,
                    methods=["PATCH", "PUT"],
                ),
                Route(
                    f"/api/now{version}/table/{{table}}/{{sys_id}}",
                    self._delete,
                    methods=["DELETE"],
                ),
                Route(f"/api/now{version}/stats/{{table}}", self._count, methods=["GET"]),
            )
        ]

    async def _rows(self, request: Request) -> Response:
        table, query = _table(request), request.query_params
        with self._state.lock:
            found = self._found(table, query)
            start, limit = (
                _number(query, "sysparm_offset", 0),
                _number(query, "sysparm_limit", LIMIT),
            )
            window = found[start : start + limit]
            # Rows are counted and cut before anybody asks who may see them.
            seen = [row for row in window if self._sees(request, table, row)]
            shown = [self._view(request).show(self._state, table, row) for row in seen]
        if not shown and request.url.path.startswith("/api/now/v1/"):
            raise record_not_found()
        return result_response(shown, headers=_page_headers(request, start, limit, len(found)))

    async def _row(self, request: Request) -> Response:
        table = _table(request)
        with self._state.lock:
            row = record_changes.get_visible(
                self._state, user_of(request), table, request.path_params["sys_id"]
            )
            return result_response(self._view(request).show(self._state, table, row))

    async def _create(self, request: Request) -> Response:
        table, body = _table(request), await body_of(request)
        with self._state.lock:
            row = record_changes.create_record(
                self._state, user_of(request), table, body, _as_display(request)
            )
            return self._written(request, table, row, 201)

    async def _update(self, request: Request) -> Response:
        table, body = _table(request), await body_of(request)
        sys_id = request.path_params["sys_id"]
        with self._state.lock:
            row = record_changes.update_record(
                self._state, user_of(request), table, sys_id, body, _as_display(request)
            )
            return self._written(request, table, row, 200)

    async def _delete(self, request: Request) -> Response:
        table = _table(request)
        with self._state.lock:
            record_changes.delete_record(
                self._state, user_of(request), table, request.path_params["sys_id"]
            )
        return Response(status_code=204)

    async def _count(self, request: Request) -> Response:
        table, query = _table(request), request.query_params
        if query.get("sysparm_count", "false").lower() != "true":
            return result_response({"stats": {}})
        with self._state.lock:
            return result_response({"stats": {"count": str(len(self._found(table, query)))}})

    def _found(self, table: str, query: Mapping[str, str]) -> list[Mapping[str, str]]:
        state = self._state

        def type_of(path: str) -> str | None:
            column = find_column(table, path, state.hidden(table))
            return column.type if column else None

        parsed = parse_query(query.get("sysparm_query", ""), type_of)
        if parsed.invalid and self._is_strict():
            return []
        return parsed.select(
            state.tables.rows(table), lambda row, path: state.tables.value(table, row, path)
        )

    def _is_strict(self) -> bool:
        by_property = self._state.tables.property("glide.invalid_query.returns_no_rows")
        return self._state.switches.returns_no_rows or by_property == "true"

    def _sees(self, request: Request, table: str, row: Mapping[str, str]) -> bool:
        return record_changes.is_visible(self._state, user_of(request), table, row)

    def _view(self, request: Request) -> RecordView:
        return RecordView.of(request.query_params, address_of(request))

    def _written(
        self, request: Request, table: str, row: Mapping[str, str], status: int
    ) -> Response:
        headers = {"Location": f"{address_of(request)}/api/now/table/{table}/{row['sys_id']}"}
        if request.headers.get("x-no-response-body", "").lower() == "true":
            return Response(status_code=204 if status == 200 else status, headers=headers)
        # Whoever may write a row but not see it gets no more than that it was done.
        if not self._sees(request, table, row):
            return result_response({}, status, headers)
        return result_response(self._view(request).show(self._state, table, row), status, headers)


def user_of(request: Request) -> User:
    """Who signed in for a request."""
    user: User = request.state.user
    return user


def address_of(request: Request) -> str:
    """The address of the instance, as the request names it."""
    return f"{request.url.scheme}://{request.url.netloc}"


async def body_of(request: Request) -> Mapping[str, Any]:
    """The JSON object of a write; of a list only the first record (c_RESTAPI).

    Raises:
        Refused: a header is missing that a write needs, or there is no such object.
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


def _table(request: Request) -> str:
    table: str = request.path_params["table"]
    if table not in TABLES:
        raise ApiError(400, f"Invalid table {table}", f"Table {table} does not exist")
    return table


def _as_display(request: Request) -> bool:
    return request.query_params.get("sysparm_input_display_value", "").lower() == "true"


def _number(query: Mapping[str, str], name: str, default: int) -> int:
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
    here = f"{address_of(request)}{request.url.path}"
    pages = {
        name: urlencode({**query, "sysparm_limit": limit, "sysparm_offset": max(0, offset)})
        for name, offset in offsets.items()
        if not (name == "prev" and start == 0) and not (name == "next" and offset >= total)
    }
    links = ",".join(f'<{here}?{page}>;rel="{name}"' for name, page in pages.items())
    return {**headers, "Link": links}
