"""What every request passes before the REST API: switches, delays, modes and sign-in."""

import asyncio
import json
import time
from collections.abc import Callable

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tui.sandbox import http_responses
from tui.sandbox.asgi import (
    ClientDisconnectedError,
    decode_headers,
    read_body,
    replay_body,
    wait_for_disconnect,
)
from tui.sandbox.authenticator import Authenticator, authentication_error
from tui.sandbox.rest_api import OPEN_PATHS
from tui.sandbox.sandbox_state import SandboxState

SWITCHES_PATH = "/sandbox/switches"
"""Where a person reads and changes the switches; not part of an instance."""


class Gateway:
    """ASGI application in front of the REST API."""

    def __init__(self, state: SandboxState, authenticator: Authenticator, api: ASGIApp) -> None:
        self._state = state
        self._authenticator = authenticator
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request, or leave it without a response."""
        try:
            body = await read_body(receive)
            if scope["path"] == SWITCHES_PATH:
                app: ASGIApp = self._handle_switches(scope["method"], body)
            else:
                await self._delay(scope["method"], receive)
                app = self._mode_response() or self._authenticate(scope)
        except ClientDisconnectedError:
            return
        await app(scope, replay_body(body, receive), send)

    def _authenticate(self, scope: Scope) -> ASGIApp:
        headers = decode_headers(scope)
        with self._state.lock:
            attempt = self._authenticator.attempt(headers)
            self._authenticator.count(attempt)
        if attempt.user is None and scope["path"] not in OPEN_PATHS:
            return authentication_error()
        scope["state"]["user"] = attempt.user
        return self._api

    async def _delay(self, method: str, receive: Receive) -> None:
        switches = self._state.switches
        seconds = switches.slow_seconds
        if method == "GET":
            seconds += max(0.0, self._state.flushed_until - time.monotonic())
        if not seconds and not switches.never_answers:
            return
        try:
            async with asyncio.timeout(None if switches.never_answers else seconds):
                await wait_for_disconnect(receive)
        except TimeoutError:
            return
        raise ClientDisconnectedError

    def _mode_response(self) -> Response | None:
        switches = self._state.switches
        modes: tuple[tuple[bool, Callable[[], Response]], ...] = (
            (switches.hibernating, http_responses.hibernation_page),
            (switches.broken, http_responses.server_error_page),
            (switches.login_redirect, http_responses.login_redirect),
            (switches.rate_limited, http_responses.rate_limit_error),
            (switches.error_on_200, http_responses.error_with_status_200),
        )
        return next((respond() for is_on, respond in modes if is_on), None)

    def _handle_switches(self, method: str, body: bytes) -> Response:
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
