"""The Table API and the Aggregate API (c_TableAPI)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox.access import get_visible, is_visible
from tui.sandbox.encoded_query import parse_query
from tui.sandbox.http_requests import API_VERSIONS, get_base_url, get_user, read_payload
from tui.sandbox.http_responses import ApiError, missing_record_error, result_response
from tui.sandbox.record_changes import create_record, delete_record, update_record
from tui.sandbox.record_view import RecordView
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import TABLES, find_column

DEFAULT_LIMIT = 10_000
"""Rows in a response if the request sets no limit."""


class TableApi:
    """Handlers of the Table API and the Aggregate API.

    Attributes:
        routes: Addresses and their handlers.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.routes = [route for version in API_VERSIONS for route in self._make_routes(version)]

    def _make_routes(self, version: str) -> list[Route]:
        records = f"/api/now{version}/table/{{table}}"
        record = f"{records}/{{sys_id}}"
        return [
            Route(records, self._list, methods=["GET"]),
            Route(records, self._create, methods=["POST"]),
            Route(record, self._show, methods=["GET"]),
            Route(record, self._update, methods=["PATCH", "PUT"]),
            Route(record, self._delete, methods=["DELETE"]),
            Route(f"/api/now{version}/stats/{{table}}", self._count, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        table, query = _get_table(request), request.query_params
        with self._state.lock:
            found = self._find(table, query)
            start = _parse_number(query, "sysparm_offset", 0)
            limit = _parse_number(query, "sysparm_limit", DEFAULT_LIMIT)
            window = found[start : start + limit]
            # The platform counts and cuts rows before it checks who may see them.
            visible = [row for row in window if self._is_visible(request, table, row)]
            shown = [self._view(request).render(self._state, table, row) for row in visible]
        if not shown and request.url.path.startswith("/api/now/v1/"):
            raise missing_record_error()
        return result_response(shown, headers=_page_headers(request, start, limit, len(found)))

    async def _show(self, request: Request) -> Response:
        table = _get_table(request)
        with self._state.lock:
            row = get_visible(self._state, get_user(request), table, request.path_params["sys_id"])
            return result_response(self._view(request).render(self._state, table, row))

    async def _create(self, request: Request) -> Response:
        table, payload = _get_table(request), await read_payload(request)
        with self._state.lock:
            row = create_record(
                self._state, get_user(request), table, payload, _is_display_input(request)
            )
            return self._respond(request, table, row, 201)

    async def _update(self, request: Request) -> Response:
        table, payload = _get_table(request), await read_payload(request)
        sys_id = request.path_params["sys_id"]
        with self._state.lock:
            row = update_record(
                self._state, get_user(request), table, sys_id, payload, _is_display_input(request)
            )
            return self._respond(request, table, row, 200)

    async def _delete(self, request: Request) -> Response:
        table = _get_table(request)
        with self._state.lock:
            delete_record(self._state, get_user(request), table, request.path_params["sys_id"])
        return Response(status_code=204)

    async def _count(self, request: Request) -> Response:
        table, query = _get_table(request), request.query_params
        if query.get("sysparm_count", "false").lower() != "true":
            return result_response({"stats": {}})
        with self._state.lock:
            return result_response({"stats": {"count": str(len(self._find(table, query)))}})

    def _find(self, table: str, query: Mapping[str, str]) -> list[Mapping[str, str]]:
        state = self._state

        def get_type(path: str) -> str | None:
            column = find_column(table, path, state.hidden_columns(table))
            return column.type if column else None

        parsed = parse_query(query.get("sysparm_query", ""), get_type)
        if parsed.invalid and self._is_strict():
            return []
        return parsed.select(
            state.tables.rows(table), lambda row, path: state.tables.value(table, row, path)
        )

    def _is_strict(self) -> bool:
        by_property = self._state.tables.property("glide.invalid_query.returns_no_rows")
        return self._state.switches.returns_no_rows or by_property == "true"

    def _is_visible(self, request: Request, table: str, row: Mapping[str, str]) -> bool:
        return is_visible(self._state, get_user(request), table, row)

    def _view(self, request: Request) -> RecordView:
        return RecordView.from_query(request.query_params, get_base_url(request))

    def _respond(
        self, request: Request, table: str, row: Mapping[str, str], status: int
    ) -> Response:
        headers = {"Location": f"{get_base_url(request)}/api/now/table/{table}/{row['sys_id']}"}
        if request.headers.get("x-no-response-body", "").lower() == "true":
            return Response(status_code=204 if status == 200 else status, headers=headers)
        # A user who may write a row but not see it learns only that it was written.
        if not self._is_visible(request, table, row):
            return result_response({}, status, headers)
        return result_response(self._view(request).render(self._state, table, row), status, headers)


def _get_table(request: Request) -> str:
    table: str = request.path_params["table"]
    if table not in TABLES:
        raise ApiError(400, f"Invalid table {table}", f"Table {table} does not exist")
    return table


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
    here = f"{get_base_url(request)}{request.url.path}"
    pages = {
        name: urlencode({**query, "sysparm_limit": limit, "sysparm_offset": max(0, offset)})
        for name, offset in offsets.items()
        if not (name == "prev" and start == 0) and not (name == "next" and offset >= total)
    }
    links = ",".join(f'<{here}?{page}>;rel="{name}"' for name, page in pages.items())
    return {**headers, "Link": links}
