"""How a fault looks to the client whom it hits."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tui.sandbox import http_responses
from tui.sandbox.faults import Recorded


class Gone(Exception):
    """The client hung up, or the stand-in stops."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request that waits for its answer."""

    recorded: Recorded
    scope: Scope
    receive: Receive
    send: Send

    async def reply(self, response: Response) -> None:
        """Answers it."""
        self.recorded.status = response.status_code
        await response(self.scope, self.receive, self.send)

    async def hang(self, seconds: float | None = None) -> None:
        """Waits, for ever or some seconds.

        Raises:
            Gone: at once, when the client or the stand-in ends it.
        """
        try:
            async with asyncio.timeout(seconds):
                while (await self.receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return
        raise Gone

    async def cut(self) -> None:
        """Ends the connection without one byte of an answer."""
        self.scope["state"]["transport"].abort()
        await self.hang()

    async def truncate(self, response: Response) -> None:
        """Answers half of a body, then ends the connection."""
        await self._begin(response.status_code, response.raw_headers)
        body = bytes(response.body)
        await self._piece(body[: len(body) // 2])
        # What was written still goes out, unlike with an abort.
        self.scope["state"]["transport"].close()
        await self.hang()

    async def stream(self) -> None:
        """Answers without an end."""
        await self._begin(200, [(b"content-type", b"application/json")])
        await self._piece(b'{"result":[')
        while True:
            await self._piece(b'{"name":"glide.endless","value":"and on"},' * 64)
            await self.hang(0.001)

    async def _begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.recorded.status = status
        await self.send({"type": "http.response.start", "status": status, "headers": headers})

    async def _piece(self, body: bytes) -> None:
        await self.send({"type": "http.response.body", "body": body, "more_body": True})


def rate_limited() -> Response:
    """Too many requests, for a minute."""
    return http_responses.rate_limit_response(int(time.time()) + 60)


def broken_json() -> Response:
    """What calls itself JSON and is none."""
    return Response(b'{"result": \xff\x00<garbage', media_type="application/json")


def server_error() -> Response:
    """An error of the instance itself."""
    return http_responses.error_response(500, "Internal Server Error", None)


_INSTEAD: Mapping[str, Callable[[], Response]] = {
    "refuse_403": lambda: http_responses.access_denied("Update").response,
    "status_429": rate_limited,
    "status_500": server_error,
    "status_500_after": server_error,
    "garbage": broken_json,
    "garbage_after": broken_json,
    "hibernating": http_responses.hibernation_page,
    "login_redirect": http_responses.login_redirect,
    "error_on_200": http_responses.error_with_status_200,
}


async def misbehave(kind: str, exchange: Exchange, response: Response | None) -> None:
    """Lets a fault happen.

    Args:
        kind: of the fault.
        response: what would have been answered, where the request has taken effect.
    """
    if make := _INSTEAD.get(kind):
        await exchange.reply(make())
    elif kind in ("drop_before", "drop_after"):
        await exchange.cut()
    elif kind == "endless":
        await exchange.stream()
    elif kind == "truncated_after" and response:
        await exchange.truncate(response)
    else:
        await exchange.hang()
