"""The HTTP client of one instance: one attempt per request, to one host, no secret repeated."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias
from urllib.parse import quote, urlencode

import httpx2

from tui.credentials.secret import Secret
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.line import Line
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    not_a_result,
    result_of,
)

URL_LIMIT = 2048
"""URLs are shorter than this, in characters: longer ones are a known problem there."""
PAGE = 200
"""The most rows that one request asks for."""
PAGES = 10
"""The most requests that one reading of all rows makes."""
_JSON = {"Content-Type": "application/json"}

Row: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows that were read.

    Attributes:
        total: how many rows match, those included that access rules hide; None where not told.
    """

    rows: tuple[Row, ...]
    total: int | None


class Client:
    """Asks one instance, as one identity.

    Each request is made once: nothing is repeated or followed, and after a refused sign-in
    nothing more is sent. Every method that asks raises InstanceProblem.

    Args:
        url: `https://` and the instance's host.
        ca_file: certificates that are trusted beside the system's, in PEM.
        deadline: for a whole request, in seconds.
        transport: what carries the requests instead of the network.

    Raises:
        InstanceProblem: the url or the identity cannot be used.
    """

    def __init__(
        self,
        url: str,
        identity: Identity,
        *,
        ca_file: Path | None = None,
        deadline: float = 30.0,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._line = Line(url, identity, ca_file, deadline, transport)
        self._signed_in = False

    async def __aenter__(self) -> Self:
        await self._line.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.__aexit__()

    @property
    def host(self) -> str:
        """The instance's host."""
        return self._line.base.host

    async def sign_in(self) -> None:
        """Asks for the first time, alone, so that a wrong secret costs one attempt.

        Who may not read that table is signed in all the same.

        Raises:
            SignInRefused: the instance refuses the secret: forget it.
        """
        await self._line.get_ready()
        try:
            await self._page("sys_properties", "name=instance_name", ["name"], 0, 1, display=False)
        except InstanceProblem as problem:
            if problem.code != "instance.forbidden":
                raise
        self._signed_in = True

    async def rows(
        self,
        table: str,
        query: str,
        fields: Sequence[str],
        *,
        limit: int | None = None,
        display: bool = False,
    ) -> Page:
        """Reads the rows that an encoded query finds; it should name an order.

        Args:
            limit: the most rows that are wanted; without one, all are read.
            display: give what people see in place of what is stored.

        Raises:
            ValueError: the URL would be too long: ask for less at once.
        """
        self._check_signed_in()
        wanted = PAGES * PAGE if limit is None else limit
        rows: list[Row] = []
        total = None
        for offset in range(0, wanted, PAGE):
            size = min(PAGE, wanted - offset)
            page = await self._page(table, query, fields, offset, size, display)
            rows += page.rows
            total = page.total
            # The server cuts a page before access rules thin it out: a short one may have more.
            if len(page.rows) < size if total is None else total <= offset + size:
                break
        else:
            if limit is None:
                raise InstanceProblem(
                    "instance.too-many-rows",
                    f"{self.host}, {table}: more than {wanted} rows match.",
                    "Report these words: no such table should have so many.",
                )
        return Page(tuple(rows), total)

    async def count(self, table: str, query: str) -> int | None:
        """How many rows match, those included that access rules hide; None where not told."""
        self._check_signed_in()
        return (await self._page(table, query, ["sys_id"], 0, 1, display=False)).total

    async def update(self, table: str, sys_id: str, values: Mapping[str, str]) -> None:
        """Changes columns of one record to stored values."""
        asked, answer = await self._write("PATCH", table, sys_id, Secret(json.dumps(dict(values))))
        result_of(asked, answer, dict)

    async def update_secret(self, table: str, sys_id: str, column: str, secret: Secret) -> None:
        """Changes one encrypted column of one record, and nothing else.

        The platform encrypts only what is given as a display value, which holds for a whole
        request; the record is not sent back.
        """
        body = Secret(json.dumps({column: secret.reveal()}))
        asked, answer = await self._write("PATCH", table, sys_id, body, secret)
        if not answer.is_success or answer.body.strip():
            result_of(asked, answer, dict)

    async def create(self, table: str, values: Mapping[str, str]) -> str:
        """Makes a record and gives its sys_id."""
        asked, answer = await self._write("POST", table, "", Secret(json.dumps(dict(values))))
        sys_id = result_of(asked, answer, dict).get("sys_id")
        if not isinstance(sys_id, str) or not sys_id:
            raise not_a_result(asked, answer)
        return sys_id

    async def _page(
        self,
        table: str,
        query: str,
        fields: Sequence[str],
        offset: int,
        size: int,
        display: bool,
    ) -> Page:
        parameters = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(fields),
            "sysparm_limit": str(size),
            "sysparm_offset": str(offset),
            "sysparm_display_value": str(display).lower(),
            "sysparm_exclude_reference_link": "true",
        }
        asked = self._line.asked(table)
        answer = await self._line.send(asked, "GET", self._path(table, "", parameters))
        try:
            rows = [_row(each) for each in result_of(asked, answer, list)]
        except InstanceProblem as problem:
            # Version 1 of the Table API says so where no row matches.
            if problem.code == "instance.not-found":
                return Page((), 0)
            raise
        if None in rows:
            raise not_a_result(asked, answer)
        told = answer.headers.get("x-total-count", "")
        total = int(told) if re.fullmatch("[0-9]{1,12}", told) else None
        return Page(tuple(row for row in rows if row is not None), total)

    async def _write(
        self, method: str, table: str, sys_id: str, body: Secret, secret: Secret | None = None
    ) -> tuple[RequestContext, Response]:
        self._check_signed_in()
        parameters = {
            "sysparm_fields": "sys_id",
            "sysparm_display_value": "false",
            "sysparm_exclude_reference_link": "true",
        }
        headers = _JSON
        if secret:
            parameters["sysparm_input_display_value"] = "true"
            headers = _JSON | {"X-no-response-body": "true"}
        asked = self._line.asked(table, writes=True, secret=secret)
        if method == "PATCH" and not re.fullmatch("[0-9A-Za-z_-]{1,64}", sys_id):
            raise InstanceProblem(
                "instance.odd-id",
                f"{self.host}, {table}: the record has an id that is none. Nothing was written.",
                "See that the URL is the instance's own; else report these words.",
            )
        path = self._path(table, sys_id, parameters)
        return asked, await self._line.send(asked, method, path, body, headers)

    def _check_signed_in(self) -> None:
        if not self._signed_in:
            raise RuntimeError("sign in first")

    def _path(self, table: str, sys_id: str, parameters: Mapping[str, str]) -> str:
        if not re.fullmatch("[a-z0-9_]{1,80}", table):
            raise ValueError("that is no name of a table")
        record = f"{table}/{sys_id}" if sys_id else table
        path = f"/api/now/table/{record}?{urlencode(parameters, quote_via=quote)}"
        if len(f"{self._line.base}{path}") >= URL_LIMIT:
            raise ValueError("the URL would be too long: ask for less at once")
        return path


def _row(record: object) -> Row | None:
    """A record's columns as texts; None where it is no record."""
    if not isinstance(record, dict):
        return None
    texts = {name: _text(value) for name, value in record.items()}
    if None in texts.values():
        return None
    return {name: text for name, text in texts.items() if text is not None}


def _text(value: object) -> str | None:
    match value:
        case None | {"value": None}:
            return ""
        case str():
            return value
        case bool() | int() | float():
            return json.dumps(value)
        case {"value": str(text)} | {"display_value": str(text)}:
            return text
    return None
