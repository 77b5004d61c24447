"""The Table API and the Aggregate API (c_TableAPI)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tui.sandbox import writing
from tui.sandbox.access import User
from tui.sandbox.answers import Refused, no_record, result
from tui.sandbox.query import parse
from tui.sandbox.reading import View
from tui.sandbox.schema import TABLES
from tui.sandbox.tables import column_at
from tui.sandbox.world import SandboxState

LIMIT = 10_000
"""How many rows come where a request does not say."""

VERSIONS = ("", "/v1", "/v2")


class TableApi:
    """Reads and writes rows over HTTP.

    Attributes:
        routes: where it is found.
    """

    def __init__(self, world: SandboxState) -> None:
        self._world = world
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
        with self._world.lock:
            found = self._found(table, query)
            start, limit = (
                _number(query, "sysparm_offset", 0),
                _number(query, "sysparm_limit", LIMIT),
            )
            window = found[start : start + limit]
            # Rows are counted and cut before anybody asks who may see them.
            seen = [row for row in window if self._sees(request, table, row)]
            shown = [self._view(request).show(self._world, table, row) for row in seen]
        if not shown and request.url.path.startswith("/api/now/v1/"):
            raise no_record()
        return result(shown, headers=_page_headers(request, start, limit, len(found)))

    async def _row(self, request: Request) -> Response:
        table = _table(request)
        with self._world.lock:
            row = writing.visible(
                self._world, user_of(request), table, request.path_params["sys_id"]
            )
            return result(self._view(request).show(self._world, table, row))

    async def _create(self, request: Request) -> Response:
        table, body = _table(request), await body_of(request)
        with self._world.lock:
            row = writing.create(self._world, user_of(request), table, body, _as_display(request))
            return self._written(request, table, row, 201)

    async def _update(self, request: Request) -> Response:
        table, body = _table(request), await body_of(request)
        sys_id = request.path_params["sys_id"]
        with self._world.lock:
            row = writing.update(
                self._world, user_of(request), table, sys_id, body, _as_display(request)
            )
            return self._written(request, table, row, 200)

    async def _delete(self, request: Request) -> Response:
        table = _table(request)
        with self._world.lock:
            writing.delete(self._world, user_of(request), table, request.path_params["sys_id"])
        return Response(status_code=204)

    async def _count(self, request: Request) -> Response:
        table, query = _table(request), request.query_params
        if query.get("sysparm_count", "false").lower() != "true":
            return result({"stats": {}})
        with self._world.lock:
            return result({"stats": {"count": str(len(self._found(table, query)))}})

    def _found(self, table: str, query: Mapping[str, str]) -> list[Mapping[str, str]]:
        world = self._world

        def type_of(path: str) -> str | None:
            column = column_at(table, path, world.hidden(table))
            return column.type if column else None

        parsed = parse(query.get("sysparm_query", ""), type_of)
        if parsed.invalid and self._is_strict():
            return []
        return parsed.select(
            world.tables.rows(table), lambda row, path: world.tables.value(table, row, path)
        )

    def _is_strict(self) -> bool:
        by_property = self._world.tables.property("glide.invalid_query.returns_no_rows")
        return self._world.switches.returns_no_rows or by_property == "true"

    def _sees(self, request: Request, table: str, row: Mapping[str, str]) -> bool:
        return writing.is_visible(self._world, user_of(request), table, row)

    def _view(self, request: Request) -> View:
        return View.of(request.query_params, address_of(request))

    def _written(
        self, request: Request, table: str, row: Mapping[str, str], status: int
    ) -> Response:
        headers = {"Location": f"{address_of(request)}/api/now/table/{table}/{row['sys_id']}"}
        if request.headers.get("x-no-response-body", "").lower() == "true":
            return Response(status_code=204 if status == 200 else status, headers=headers)
        # Whoever may write a row but not see it gets no more than that it was done.
        if not self._sees(request, table, row):
            return result({}, status, headers)
        return result(self._view(request).show(self._world, table, row), status, headers)


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
            raise Refused(400, "Bad Request", f"The header {name} is required")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Refused(400, "Exception while reading request", str(error)) from error
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        raise Refused(400, "Exception while reading request", "The payload is no record")
    return body


def _table(request: Request) -> str:
    table: str = request.path_params["table"]
    if table not in TABLES:
        raise Refused(400, f"Invalid table {table}", f"Table {table} does not exist")
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
