"""A middleware that records requests and lets planned faults happen to them."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.sandbox import http_messages
from tui.sandbox.gateway import SWITCHES_PATH
from tui.sandbox.http_messages import capture_response, replay_body, wait_for_disconnect

EFFECTLESS = (
    "refuse_403",
    "status_429",
    "status_500",
    "drop_before",
    "garbage",
    "hibernating",
    "login_redirect",
    "never",
    "endless",
    "error_on_200",
)
"""Kinds of fault that happen before the request takes effect."""

EFFECTIVE = ("status_500_after", "drop_after", "garbage_after", "truncated_after", "never_after")
"""Kinds of fault that happen after the request has taken effect."""


@dataclass(slots=True)
class RecordedRequest:
    """A request as it arrived.

    Attributes:
        number: Counted from 1.
        method: Method in capitals.
        path: Path without the query.
        query: Parameters, decoded.
        headers: Headers by lower-case name.
        body: Body as it came.
        user: User who signed in, or "".
        status: Status of the response, 0 if there was none.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: str
    status: int = 0


def is_any(request: RecordedRequest) -> bool:
    """Return True for every request."""
    return True


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and with which requests.

    Attributes:
        kind: One of `EFFECTLESS` or `EFFECTIVE`.
        when: Which requests it hits.
        times: How many of them; later ones go well.

    Raises:
        ValueError: There is no such kind.
    """

    kind: str
    when: Callable[[RecordedRequest], bool] = is_any
    times: int = 1

    def __post_init__(self) -> None:
        if self.kind not in EFFECTLESS + EFFECTIVE:
            raise ValueError(f"there is no fault {self.kind}")


class FaultPlan:
    """The planned faults; the first one that fits a request hits it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Plan a fault."""
        with self._lock:
            self._left.append((fault, fault.times))

    def clear(self) -> None:
        """Cancel all planned faults."""
        with self._lock:
            self._left.clear()

    @property
    def left(self) -> int:
        """The number of requests still to be hit."""
        with self._lock:
            return sum(times for _, times in self._left)

    def take(self, request: RecordedRequest) -> str:
        """Return the kind of fault that hits a request, or "", and use it up."""
        with self._lock:
            for place, (fault, times) in enumerate(self._left):
                if fault.when(request):
                    if times > 1:
                        self._left[place] = (fault, times - 1)
                    else:
                        del self._left[place]
                    return fault.kind
        return ""


@dataclass(frozen=True, slots=True)
class FaultInjector:
    """Middleware in front of a sandbox.

    Attributes:
        app: The application that it wraps.
        faults: What is planned to go wrong.
        recorded: Every request as it arrived.
        identify: Returns the user who signs in with the headers of a request, or "".
    """

    app: ASGIApp
    faults: FaultPlan
    recorded: list[RecordedRequest]
    identify: Callable[[Mapping[str, str]], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record a request and pass it on, unless a fault hits it."""
        if scope["path"] == SWITCHES_PATH:
            await self.app(scope, receive, send)
            return
        try:
            body = await Request(scope, receive).body()
            request = self._record(scope, body)
            exchange = _Exchange(request, scope, receive, send)
            await self._respond(exchange, replay_body(body, receive))
        except ClientDisconnect:
            pass

    def _record(self, scope: Scope, body: bytes) -> RecordedRequest:
        headers = Headers(scope=scope)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        request = RecordedRequest(
            number=len(self.recorded) + 1,
            method=scope["method"],
            path=scope["path"],
            query=dict(query),
            headers=headers,
            body=body,
            user=self.identify(headers),
        )
        self.recorded.append(request)
        return request

    async def _respond(self, exchange: "_Exchange", receive: Receive) -> None:
        kind = self.faults.take(exchange.request)
        if not kind:
            await self.app(exchange.scope, receive, exchange.send_noting_status)
        elif kind in EFFECTLESS:
            await exchange.fail(kind, None)
        else:
            await exchange.fail(kind, await capture_response(self.app, exchange.scope, receive))


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request that waits for its response."""

    request: RecordedRequest
    scope: Scope
    receive: Receive
    send: Send

    async def fail(self, kind: str, response: Response | None) -> None:
        """Let a fault happen.

        Args:
            kind: Kind of the fault.
            response: What would have been sent, if the request has taken effect.

        Raises:
            ClientDisconnect: The connection has ended.
        """
        if make := _RESPONSES.get(kind):
            await make()(self.scope, self.receive, self.send_noting_status)
        elif kind in ("drop_before", "drop_after"):
            self.scope["state"]["transport"].abort()
            await wait_for_disconnect(self.receive)
        elif kind == "endless":
            await self._stream()
        elif kind == "truncated_after" and response:
            await self._truncate(response)
        else:
            await wait_for_disconnect(self.receive)

    async def send_noting_status(self, message: Message) -> None:
        """Send a part of the response and record its status."""
        if message["type"] == "http.response.start":
            self.request.status = message["status"]
        await self.send(message)

    async def _truncate(self, response: Response) -> None:
        await self._start(response.status_code, response.raw_headers)
        body = bytes(response.body)
        await self._send_piece(body[: len(body) // 2])
        # Unlike abort, this still sends what was written.
        self.scope["state"]["transport"].close()
        await wait_for_disconnect(self.receive)

    async def _stream(self) -> None:
        await self._start(200, [(b"content-type", b"application/json")])
        await self._send_piece(b'{"result":[')
        disconnect = asyncio.ensure_future(wait_for_disconnect(self.receive))
        while not disconnect.done():
            await self._send_piece(b'{"name":"glide.endless","value":"and on"},' * 64)
            await asyncio.wait([disconnect], timeout=0.001)

    async def _start(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        message = {"type": "http.response.start", "status": status, "headers": headers}
        await self.send_noting_status(message)

    async def _send_piece(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})


def _broken_json() -> Response:
    return Response(b'{"result": \xff\x00<garbage', media_type="application/json")


def _server_error() -> Response:
    return http_messages.error_response(500, "Internal Server Error", None)


_RESPONSES: Mapping[str, Callable[[], Response]] = {
    "refuse_403": lambda: http_messages.access_error("Update").response,
    "status_429": http_messages.rate_limit_error,
    "status_500": _server_error,
    "status_500_after": _server_error,
    "garbage": _broken_json,
    "garbage_after": _broken_json,
    "hibernating": http_messages.hibernation_page,
    "login_redirect": http_messages.login_redirect,
    "error_on_200": http_messages.error_with_status_200,
}
