"""One request and its response over the network: within a deadline, and of limited size."""

import asyncio
import logging
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx2

from tui import __version__
from tui.credentials.secret import Secret
from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext, Response
from tui.targets.instance.api.transport_errors import (
    Progress,
    TransportStage,
    size_problem,
    timeout_problem,
    transport_problem,
)
from tui.tls.context import CaFileError, client_context

BODY_LIMIT = 2 * 2**20
"""The most of one response that is read, in bytes."""
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"glidemail/{__version__}",
}

# It logs the headers of responses, and with them the cookies of a session.
logging.getLogger("httpcore2.http11").disabled = True


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request to send; `sign` puts the credential into it, at the last moment."""

    context: RequestContext
    method: str
    url: str
    body: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: Callable[[httpx2.Request], httpx2.Request] | None = None


class _TooLargeError(Exception):
    """A response is over the limit."""


def open_http_client(
    host: str, ca_file: Path | None, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    """Open an HTTP client that follows no redirect and keeps no cookie.

    It trusts the system's certificate authorities and those of one file, and uses the proxy that
    the environment names.

    Raises:
        InstanceProblem: the file or the proxy cannot be used.
    """
    tls_context = _tls_context(ca_file)
    try:
        return httpx2.AsyncClient(
            verify=tls_context,
            transport=transport,
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=None,  # one deadline holds for all of it
            follow_redirects=False,
        )
    except (ValueError, ImportError, httpx2.InvalidURL):
        pass  # its words may hold the proxy's password
    raise InstanceProblem(
        "instance.proxy-setting",
        f"The proxy that the environment names for {host} cannot be used: it is no URL, or none "
        "of an HTTP proxy.",
        "Correct HTTPS_PROXY or ALL_PROXY, as in http://proxy.example.com:8080.",
    )


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return client_context(ca_file)
    except CaFileError as error:
        why = error.reason or "holds no certificates"
    raise InstanceProblem(
        "instance.ca-file",
        f"{ca_file} cannot be used as ca_file: {why}.",
        "Name a file of certificates in PEM that you can read.",
    )


async def send_once(
    client: httpx2.AsyncClient, request: HttpRequest, deadline: float, progress: Progress
) -> Response | InstanceProblem:
    """Send a request once, and return the response or why there is none.

    What the libraries raise holds what was sent: it is dropped here, and nothing is raised from it.

    Args:
        deadline: seconds from now to the last byte of the response.
    """
    timeout = asyncio.timeout(deadline)
    try:
        async with timeout:
            return await _send(client, request, progress)
    except _TooLargeError:
        return size_problem(request.context, BODY_LIMIT)
    except Exception as error:  # whatever it is, it must not go on: see above
        if timeout.expired():
            return timeout_problem(request.context, progress, deadline)
        return transport_problem(request.context, error, progress)


async def _send(client: httpx2.AsyncClient, request: HttpRequest, progress: Progress) -> Response:
    connections: list[Any] = []
    try:
        async with client.stream(
            request.method,
            request.url,
            content=request.body.reveal() if request.body else None,
            headers=request.headers,
            auth=request.sign,
            extensions={"trace": _progress_trace(progress, httpx2.URL(request.url), connections)},
        ) as response:
            body = await _read_body(response)
            return Response(response.status_code, response.headers, body)
    except BaseException:
        # Interrupted during the TLS handshake, even by a cancellation, the library leaves it open.
        for connection in connections:
            await connection.aclose()
        raise


async def _read_body(response: httpx2.Response) -> bytes:
    """Return the body; one that was compressed unasked is unpacked, within the same limit."""
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > BODY_LIMIT:
            raise _TooLargeError
    if response.headers.get("content-encoding", "").strip().lower() != "gzip":
        return bytes(body)
    try:
        plain = zlib.decompressobj(wbits=31).decompress(body, BODY_LIMIT + 1)
    except zlib.error:
        return b""
    if len(plain) > BODY_LIMIT:
        raise _TooLargeError
    return plain


def _progress_trace(
    progress: Progress, url: httpx2.URL, connections: list[Any]
) -> Callable[[str, Any], Awaitable[None]]:
    """Return a `trace` for httpcore2 that notes how far a request gets, and its connections."""
    instance = (url.raw_host.decode("ascii"), url.port or 443)

    async def trace(event: str, info: Any) -> None:
        match event:
            case "connection.connect_tcp.started":
                progress.at_proxy = (info["host"], info["port"]) != instance
            case "connection.connect_tcp.complete":
                connections.append(info["return_value"])
            case "http11.send_request_headers.started" if info["request"].method == b"CONNECT":
                progress.stage = TransportStage.PROXY
            case "proxy.start_tls.started":
                progress.at_proxy, progress.stage = False, TransportStage.TLS
            case "connection.start_tls.started":
                progress.stage = TransportStage.TLS
            case "http11.send_request_headers.started":
                progress.at_proxy, progress.stage = False, TransportStage.REQUEST
            case "http11.receive_response_headers.complete" if (
                progress.stage is TransportStage.REQUEST
            ):
                progress.stage = TransportStage.RESPONSE

    return trace
