"""The HTTP client of one instance: one attempt per request, to one host, no secret repeated."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias
from urllib.parse import quote, urlencode

import httpx2

from tui.credentials.secret import Secret
from tui.targets.instance.api.auth import Identity, Signer
from tui.targets.instance.api.proxy import find_proxy
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    SignInRefused,
    parse_result,
    response_problem,
)
from tui.targets.instance.api.session import ApiSession
from tui.targets.instance.api.transport import HttpRequest, open_http_client, send_once
from tui.targets.instance.api.transport_errors import Progress, TransportStage
from tui.terminal.visible import visible
from tui.tls.client_certificate import ClientCertificate

URL_LIMIT = 2048
"""URLs stay shorter than this, in characters: longer ones are a known problem of the platform."""
PAGE = 200
"""The most records that one request asks for."""
PAGES = 10
"""The most requests that are made to read all records."""
EMAIL_API = "the Email API"
"""What a message calls it."""
_CONCURRENT = 4
_SYS_ID = re.compile("[0-9A-Za-z_-]{1,64}")
_STORED_VALUES = {"sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}
_JSON = {"Content-Type": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Record: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Records that were read.

    Attributes:
        total: how many match, including those that access rules hide; None if the instance
            does not say.
    """

    records: tuple[Record, ...]
    total: int | None


class Client:
    """The Table API and the Email API of one instance, used by one identity.

    Each request is made once: nothing is retried or followed, a few are under way at a time,
    and after a rejected sign-in nothing more is sent. Only if the instance ended an open session
    (401), a new one is opened, once, and the request repeated in it. Every method that sends
    raises InstanceProblem.

    Args:
        url: as `check_url` returns it.
        session: of earlier clients of the same secret; a new one by default.
        client_certificate: shown to an instance that requires one.
        ca_file: certificate authorities to trust beside the system's, in PEM.
        deadline: seconds for a whole request.
        transport: what carries the requests instead of the network.

    Raises:
        InstanceProblem: the identity cannot be used.
    """

    def __init__(
        self,
        url: str,
        identity: Identity,
        *,
        session: ApiSession | None = None,
        client_certificate: ClientCertificate | None = None,
        ca_file: Path | None = None,
        deadline: float = 30.0,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._host = httpx2.URL(url).host
        self._session = session or ApiSession(url)
        self._signer = Signer(identity, self._session)
        self._token_lock = asyncio.Lock()
        self._renewal = asyncio.Lock()
        self._has_renewed = False
        self._client_certificate = client_certificate
        self._ca_file = ca_file
        self._deadline = deadline
        self._transport = transport
        self._slots = asyncio.Semaphore(_CONCURRENT)
        self._is_signed_in = False
        self._is_rejected = False

    async def __aenter__(self) -> Self:
        self._proxy = None if self._transport else find_proxy(httpx2.URL(self._url))
        self._http = open_http_client(
            self._proxy,
            self._ca_file,
            self._session,
            self._client_certificate,
            self._transport,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    @property
    def is_signed_in(self) -> bool:
        """Whether the first request was answered."""
        return self._is_signed_in

    async def sign_in(self) -> None:
        """Make the first request, alone, so that a wrong secret costs one attempt.

        A user who may not read that table is signed in all the same.
        """
        await self._ensure_token()
        try:
            await self._page("sys_properties", "name=instance_name", ["name"], 0, 1)
        except InstanceProblem as problem:
            if problem.code != "instance.forbidden":
                raise
        self._is_signed_in = self._session.is_signed_in = True

    async def list_records(
        self, table: str, query: str, fields: Sequence[str], *, limit: int | None = None
    ) -> Page:
        """Return the records that an encoded query finds; it should name an order.

        Args:
            limit: the most records to read; all of them without one.

        Raises:
            ValueError: the URL would be too long: ask for less at once.
        """
        self._require_sign_in()
        most = PAGES * PAGE if limit is None else limit
        records: list[Record] = []
        total = None
        for offset in range(0, most, PAGE):
            size = min(PAGE, most - offset)
            page = await self._page(table, query, fields, offset, size)
            records += page.records
            total = page.total
            # The server cuts a page before access rules thin it out: a short one may have more.
            if len(page.records) < size if total is None else total <= offset + size:
                break
        else:
            if limit is None:
                raise InstanceProblem(
                    "instance.too-many-rows",
                    f"{self._host}, {table}: more than {most} rows match.",
                    "Please report this message: no such table should have so many.",
                )
        return Page(tuple(records), total)

    async def update(self, table: str, sys_id: str, values: Mapping[str, str]) -> None:
        """Set columns of one record to stored values."""
        body = Secret(json.dumps(dict(values)))
        context, response = await self._write("PATCH", table, sys_id, body)
        parse_result(context, response, dict)

    async def update_secret(self, table: str, sys_id: str, column: str, secret: Secret) -> None:
        """Set one encrypted column of one record, and nothing else.

        The platform encrypts only what is given as a display value, which holds for a whole
        request; the record is not sent back.
        """
        body = Secret(json.dumps({column: secret.reveal()}))
        context, response = await self._write("PATCH", table, sys_id, body, secret)
        if not response.is_success or response.body.strip():
            parse_result(context, response, dict)

    async def create(self, table: str, values: Mapping[str, str]) -> str:
        """Create a record and return its sys_id."""
        context, response = await self._write("POST", table, "", Secret(json.dumps(dict(values))))
        sys_id = parse_result(context, response, dict).get("sys_id")
        if not isinstance(sys_id, str) or not sys_id:
            raise response_problem(context, response)
        return sys_id

    async def create_email(self, content: Mapping[str, object]) -> str:
        """Queue an email by the Email API, and return the sys_id of its record (email-api)."""
        self._require_sign_in()
        context = self._context(EMAIL_API, writes=True)
        body = Secret(json.dumps(dict(content)))
        url = f"{self._url}/api/now/email"
        request = HttpRequest(context, "POST", url, body, _JSON, self._signer.sign)
        response = await self._send(request)
        sys_id = parse_result(context, response, dict).get("id")
        if not isinstance(sys_id, str) or not _SYS_ID.fullmatch(sys_id):
            raise response_problem(context, response)
        return sys_id

    async def read_email(self, sys_id: str) -> Record:
        """Return id, type, state and error of an email, by the Email API.

        A record that is missing or hidden is a 403 there.
        """
        self._require_sign_in()
        context = self._context(EMAIL_API)
        fields = quote("id,type,state,error")
        url = f"{self._url}/api/now/email/{quote(sys_id)}?sysparm_fields={fields}"
        response = await self._send(HttpRequest(context, "GET", url, sign=self._signer.sign))
        record = _parse_record(parse_result(context, response, dict))
        if record is None or record.get("id") != sys_id or not record.get("type"):
            raise response_problem(context, response)
        return record

    async def _page(
        self, table: str, query: str, fields: Sequence[str], offset: int, size: int
    ) -> Page:
        parameters = {
            "sysparm_query": query,
            "sysparm_fields": ",".join(fields),
            "sysparm_limit": str(size),
            "sysparm_offset": str(offset),
            **_STORED_VALUES,
        }
        context = self._context(table)
        url = self._table_url(table, "", parameters)
        response = await self._send(HttpRequest(context, "GET", url, sign=self._signer.sign))
        try:
            records = [_parse_record(each) for each in parse_result(context, response, list)]
        except InstanceProblem as problem:
            # Version 1 of the Table API answers so if no record matches.
            if problem.code == "instance.not-found":
                return Page((), 0)
            raise
        if None in records:
            raise response_problem(context, response)
        count = response.headers.get("x-total-count", "")
        total = int(count) if re.fullmatch("[0-9]{1,12}", count) else None
        return Page(tuple(each for each in records if each is not None), total)

    async def _write(
        self, method: str, table: str, sys_id: str, body: Secret, secret: Secret | None = None
    ) -> tuple[RequestContext, Response]:
        self._require_sign_in()
        parameters = {"sysparm_fields": "sys_id", **_STORED_VALUES}
        headers = _JSON
        if secret:
            parameters["sysparm_input_display_value"] = "true"
            headers = _JSON | {"X-no-response-body": "true"}
            self._signer.secrets.append(secret)
        context = self._context(table, writes=True)
        if method == "PATCH" and not _SYS_ID.fullmatch(sys_id):
            raise InstanceProblem(
                "instance.odd-id",
                f"{self._host}, {table}: the record's id isn't valid. Nothing was written.",
                "Check that the URL is the instance's own; if it is, report this message.",
            )
        url = self._table_url(table, sys_id, parameters)
        request = HttpRequest(context, method, url, body, headers, self._signer.sign)
        return context, await self._send(request)

    def _require_sign_in(self) -> None:
        if not self._is_signed_in:
            raise RuntimeError("sign in first")

    def _table_url(self, table: str, sys_id: str, parameters: Mapping[str, str]) -> str:
        if not re.fullmatch("[a-z0-9_]{1,80}", table):
            raise ValueError("that is no name of a table")
        record = f"{table}/{sys_id}" if sys_id else table
        url = f"{self._url}/api/now/table/{record}?{urlencode(parameters, quote_via=quote)}"
        if len(url) >= URL_LIMIT:
            raise ValueError("the URL would be too long: ask for less at once")
        return url

    def _context(self, about: str, writes: bool = False) -> RequestContext:
        who, secrets = self._signer.identity, self._signer.secrets
        return RequestContext(visible(self._host), about, who.words, who.method, writes, secrets)

    async def _ensure_token(self) -> None:
        async with self._token_lock:
            if not self._signer.needs_token:
                return
            context, url = self._context("a token"), f"{self._url}/oauth_token.do"
            form = self._signer.token_form()
            response = await self._attempt(HttpRequest(context, "POST", url, form, _FORM))
            try:
                self._signer.use_response(context, response)
            except SignInRefused:
                self._is_rejected = True
                raise

    async def _send(self, request: HttpRequest) -> Response:
        await self._ensure_token()
        async with self._slots:
            # While a session is opened again, nothing else is sent.
            async with self._renewal:
                generation, was_open = self._session.generation, self._session.is_open
            response = await self._attempt(request)
            if response.status == 401 and not was_open:
                self._is_rejected = True
        if response.status != 401 or not was_open:
            return response
        async with self._renewal:
            return await self._repeat_in_new_session(request, response, generation)

    async def _repeat_in_new_session(
        self, request: HttpRequest, response: Response, generation: int
    ) -> Response:
        """Return the response to a request that is repeated because its session has ended.

        Args:
            response: the first one, which is returned if this has happened before.
            generation: of the session that has ended.
        """
        if generation == self._session.generation:
            if self._has_renewed:
                self._is_rejected = True
                return response
            self._has_renewed = True
            self._session.close()
        await self._ensure_token()
        response = await self._attempt(request)
        self._is_rejected |= response.status == 401
        return response

    async def _attempt(self, request: HttpRequest) -> Response:
        if self._is_rejected:
            raise SignInRefused(
                "instance.stopped",
                f"{self._host} rejected the sign-in of {self._signer.identity.words}: nothing "
                "more is sent.",
                "Open the instance again with the right secret.",
            )
        # A transport that is given does not report its progress.
        stage = TransportStage.REQUEST if self._transport else TransportStage.CONNECT
        progress = Progress(stage, self._proxy)
        outcome = await send_once(self._http, request, self._deadline, progress)
        self._session.hide_cookies()
        if isinstance(outcome, InstanceProblem):
            raise outcome
        return outcome


def _parse_record(record: object) -> Record | None:
    """Return a record's columns as texts, None if it is not a record."""
    if not isinstance(record, dict):
        return None
    texts = {name: _column_text(value) for name, value in record.items()}
    if None in texts.values():
        return None
    return {name: text for name, text in texts.items() if text is not None}


def _column_text(value: object) -> str | None:
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
