"""An HTTPS server on uvicorn's protocol that stops without waiting for clients."""

import asyncio
import socket

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tui.sandbox.loopback import make_server_context


class _HttpsConnection(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport into the scope, so that a middleware can cut the connection."""
        super().connection_made(transport)
        self.app_state = {"transport": transport}


class HttpsServer:
    """Serves an ASGI application over TLS."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http=_HttpsConnection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            # Keep the connection of a client that pauses between two requests.
            timeout_keep_alive=60,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Serve on a socket that listens already."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _HttpsConnection(self._config, self._state, {}),
            sock=listener,
            ssl=make_server_context(),
        )

    async def stop(self) -> None:
        """Accept no more connections and cut those that are open."""
        if self._server:
            self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        # Each request ends as if its client had disconnected.
        while self._state.tasks or self._state.connections:
            await asyncio.sleep(0)
