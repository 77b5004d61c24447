"""What every request passes first: recording, modes, faults and sign-in."""

import json
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.sandbox import http_responses
from tui.sandbox.authenticator import Authenticator, SignInAttempt, not_authenticated
from tui.sandbox.batch_api import call_app
from tui.sandbox.faults import EFFECTIVE, Faults, Recorded
from tui.sandbox.misbehaving import Exchange, Gone, misbehave, rate_limited
from tui.sandbox.rest_api import OPEN_PATHS
from tui.sandbox.sandbox_state import SandboxState

SWITCHES_PATH = "/sandbox/switches"
"""Where a person reads and changes the switches; it is no part of an instance."""


class Gateway:
    """The application that is served."""

    def __init__(
        self,
        state: SandboxState,
        sign_in: Authenticator,
        inner: ASGIApp,
        faults: Faults,
        recorded: list[Recorded],
    ) -> None:
        self._state = state
        self._sign_in = sign_in
        self._inner = inner
        self._faults = faults
        self._recorded = recorded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or does not."""
        try:
            body = await _read(receive)
            if scope["path"] == SWITCHES_PATH:
                await self._switches(scope["method"], body)(scope, receive, send)
            else:
                attempt, recorded = self._record(scope, body)
                await self._answer(attempt, Exchange(recorded, scope, receive, send))
        except Gone:
            pass

    def _record(self, scope: Scope, body: bytes) -> tuple[SignInAttempt, Recorded]:
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        with self._state.lock:
            attempt = self._sign_in.attempt(headers)
            recorded = Recorded(
                number=len(self._recorded) + 1,
                method=scope["method"],
                path=scope["path"],
                query=dict(query),
                headers=headers,
                body=body,
                user=attempt.user.name if attempt.user else "",
            )
            self._recorded.append(recorded)
        return attempt, recorded

    async def _answer(self, attempt: SignInAttempt, exchange: Exchange) -> None:
        await self._wait(exchange)
        if mode := self._mode():
            await exchange.reply(mode)
            return
        kind = self._faults.due(exchange.recorded)
        if kind and kind not in EFFECTIVE:
            await misbehave(kind, exchange, None)
            return
        response = await self._response(attempt, exchange)
        if kind:
            await misbehave(kind, exchange, response)
        else:
            await exchange.reply(response)

    async def _response(self, attempt: SignInAttempt, exchange: Exchange) -> Response:
        with self._state.lock:
            self._sign_in.count(attempt)
        if attempt.user is None and exchange.recorded.path not in OPEN_PATHS:
            return not_authenticated()
        exchange.scope["state"]["user"] = attempt.user
        answer = await call_app(self._inner, exchange.scope, exchange.recorded.body)
        response = Response(answer.body, answer.status)
        response.raw_headers = answer.headers
        return response

    async def _wait(self, exchange: Exchange) -> None:
        switches = self._state.switches
        if switches.never_answers:
            await exchange.hang()
        seconds = switches.slow_seconds
        if exchange.recorded.method == "GET":
            seconds += max(0.0, self._state.flushed_until - time.monotonic())
        if seconds:
            await exchange.hang(seconds)

    def _mode(self) -> Response | None:
        switches = self._state.switches
        modes: tuple[tuple[bool, Callable[[], Response]], ...] = (
            (switches.hibernating, http_responses.hibernation_page),
            (switches.broken, http_responses.server_error_page),
            (switches.login_redirect, http_responses.login_redirect),
            (switches.rate_limited, rate_limited),
            (switches.error_on_200, http_responses.error_with_status_200),
        )
        return next((make() for is_on, make in modes if is_on), None)

    def _switches(self, method: str, body: bytes) -> Response:
        switches = self._state.switches
        if method not in ("GET", "PATCH"):
            return JSONResponse({"error": "GET or PATCH"}, 405)
        try:
            if method == "PATCH":
                changes = json.loads(body)
                if not isinstance(changes, dict):
                    raise ValueError("a JSON object of switches is wanted")
                with self._state.lock:
                    switches.change(changes)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(switches.as_json())


async def _read(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)
