"""What every request passes before the REST API: switches, delays, modes and sign-in."""

import asyncio
import json
import time

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tui.sandbox import http_messages
from tui.sandbox.authenticator import Authenticator, User, authentication_error
from tui.sandbox.rest_api import OPEN_PATHS
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.sessions import Sessions

SWITCHES_PATH = "/sandbox/switches"
"""Where a person reads and changes the switches; not part of an instance."""


class Gateway:
    """ASGI application in front of the REST API.

    Attributes:
        sessions: The sessions that requests opened.
    """

    def __init__(self, state: SandboxState, authenticator: Authenticator, api: ASGIApp) -> None:
        self._state = state
        self._authenticator = authenticator
        self._api = api
        self.sessions = Sessions(state.platform.nodes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to a request, or leave it without a response."""
        try:
            request = Request(scope, receive)
            body = await request.body()
            if scope["path"] == SWITCHES_PATH:
                app: ASGIApp = self._handle_switches(request.method, body)
            else:
                await self._delay(request.method, receive)
                app = self._mode_response() or self._authenticate(request)
            await app(
                scope,
                http_messages.replay_body(body, receive),
                lambda message: self._send(request, message, receive, send),
            )
        except ClientDisconnect:
            return

    def _authenticate(self, request: Request) -> ASGIApp:
        with self._state.lock:
            attempt = self._authenticator.attempt(request.headers)
            self._authenticator.count(attempt)
        if attempt.user is None and request.scope["path"] not in OPEN_PATHS:
            return authentication_error()
        request.scope["user"] = attempt.user
        return self._api

    async def _send(self, request: Request, message: Message, receive: Receive, send: Send) -> None:
        """Send a part of a response, with a session's cookies and after a write's delay.

        Raises:
            ClientDisconnect: The client did not wait for it.
        """
        platform = self._state.platform
        user: User | None = request.scope.get("user")
        if message["type"] == "http.response.start" and user:
            if request.method != "GET":
                await _wait(platform.slow_write_seconds, receive)
            if platform.sessions and not self.sessions.find(request.cookies, user.name):
                session = self.sessions.open(request.cookies, user.name)
                cookies = [(b"set-cookie", cookie.encode()) for cookie in session.cookies]
                message = {**message, "headers": [*message.get("headers", []), *cookies]}
        await send(message)

    async def _delay(self, method: str, receive: Receive) -> None:
        switches = self._state.switches
        seconds = switches.slow_seconds
        if method == "GET":
            seconds += max(0.0, self._state.flushed_until - time.monotonic())
        await _wait(None if switches.never_answers else seconds, receive)

    def _mode_response(self) -> Response | None:
        switches = self._state.switches
        modes = {
            http_messages.hibernation_page: switches.hibernating,
            http_messages.server_error_page: switches.broken,
            http_messages.login_redirect: switches.login_redirect,
            http_messages.rate_limit_error: switches.rate_limited,
            http_messages.error_with_status_200: switches.error_on_200,
        }
        return next((respond() for respond, is_on in modes.items() if is_on), None)

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


async def _wait(seconds: float | None, receive: Receive) -> None:
    """Wait; None is for ever.

    Raises:
        ClientDisconnect: The client closed the connection or the server stops.
    """
    if seconds == 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await http_messages.wait_for_disconnect(receive)
    except TimeoutError:
        return
    raise ClientDisconnect
