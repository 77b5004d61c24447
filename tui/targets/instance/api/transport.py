"""One request and its response over the network: within a deadline, and of limited size."""

import asyncio
import logging
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tui import __version__
from tui.credentials.secret import Secret
from tui.targets.instance.api.proxy import Proxy
from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext, Response
from tui.targets.instance.api.session import ApiSession
from tui.targets.instance.api.transport_errors import (
    Progress,
    TransportStage,
    size_problem,
    timeout_problem,
    transport_problem,
)
from tui.tls.client_certificate import ClientCertificate, ClientCertificateError
from tui.tls.context import CaFileError, client_context

BODY_LIMIT = 2 * 2**20
"""The most of one response that is read, in bytes."""
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"glidemail/{__version__}",
}

# They log the headers of responses, with the cookies of a session, and the login at a proxy.
for _name in ("httpcore2.http11", "httpcore2.socks"):
    logging.getLogger(_name).disabled = True


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
    proxy: Proxy | None,
    ca_file: Path | None,
    session: ApiSession,
    client_certificate: ClientCertificate | None,
    transport: httpx2.AsyncBaseTransport | None,
) -> httpx2.AsyncClient:
    """Open an HTTP client that follows no redirect.

    It trusts the system's certificate authorities and those of one file, for a proxy as well, and
    takes nothing else from the environment. A proxy gets no client certificate.

    Raises:
        InstanceProblem: a file cannot be used.
    """
    tls_context = _tls_context(ca_file)
    if client_certificate:
        _load_client_certificate(tls_context, client_certificate, session.passphrase)
    return httpx2.AsyncClient(
        verify=tls_context,
        proxy=_proxy_setting(proxy, ca_file) if proxy else None,
        transport=transport,
        headers=_HEADERS,
        cookies=session.cookies,
        timeout=None,  # one deadline holds for all of it
        follow_redirects=False,
        trust_env=False,
    )


def _proxy_setting(proxy: Proxy, ca_file: Path | None) -> httpx2.Proxy:
    tls_context = _tls_context(ca_file) if proxy.scheme == "https" else None
    return httpx2.Proxy(proxy.url, ssl_context=tls_context)


def _load_client_certificate(
    context: ssl.SSLContext, client: ClientCertificate, passphrase: Secret | None
) -> None:
    try:
        client.load(context, passphrase)
    except ClientCertificateError as error:
        key = error.file == client.key_file and client.key is not None
        name = "client_key" if key or error.is_passphrase else "client_certificate"
        failed = error
    else:
        return
    raise InstanceProblem(
        "instance.passphrase" if failed.is_passphrase else "instance.client-certificate",
        f"Can't use {failed.file} as {name}: {failed.reason}. Nothing was sent.",
        "Type the passphrase again."
        if failed.is_passphrase
        else "Use a certificate and key in PEM form that you can read.",
    )


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return client_context(ca_file)
    except CaFileError as error:
        why = error.reason or "contains no certificates"
    raise InstanceProblem(
        "instance.ca-file",
        f"Can't use {ca_file} as ca_file: {why}.",
        "Use a file of certificates in PEM form that you can read.",
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
            extensions={"trace": _progress_trace(progress, connections)},
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
    progress: Progress, connections: list[Any]
) -> Callable[[str, Any], Awaitable[None]]:
    """Return a `trace` for httpcore2 that notes how far a request gets, and its connections."""

    async def trace(event: str, info: Any) -> None:
        match event:
            case "connection.connect_tcp.complete" | "socks.connect_tcp.complete":
                connections.append(info["return_value"])
            case "connection.start_tls.started":
                progress.stage = TransportStage.TLS
            case "socks.setup_socks5_connection.started":
                progress.stage = TransportStage.PROXY
            case "http11.send_request_headers.started" if info["request"].method == b"CONNECT":
                progress.stage = TransportStage.PROXY
            case "http11.receive_response_headers.complete" if (
                progress.stage is TransportStage.PROXY
            ):
                progress.proxy_logins = _proxy_logins(info["return_value"])
            case "proxy.start_tls.started" | "socks.start_tls.started":
                progress.is_past_proxy, progress.stage = True, TransportStage.TLS
            case "http11.send_request_headers.started":
                progress.is_past_proxy, progress.stage = True, TransportStage.REQUEST
            case "http11.receive_response_headers.complete" if (
                progress.stage is TransportStage.REQUEST
            ):
                progress.stage = TransportStage.RESPONSE

    return trace


def _proxy_logins(response: tuple[bytes, int, bytes, list[tuple[bytes, bytes]]]) -> tuple[str, ...]:
    """Return the ways to log in that a proxy's response to CONNECT offers, in lower case."""
    values = [value for name, value in response[3] if name.lower() == b"proxy-authenticate"]
    words = (value.decode("latin-1").lower().partition(" ")[0] for value in values)
    return tuple(word.strip(",") for word in words)
