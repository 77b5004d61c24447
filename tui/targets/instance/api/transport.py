"""One request and its answer over the network: within one deadline, bounded, and followed."""

import asyncio
import logging
import ssl
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeAlias

import httpx2

from tui import __version__
from tui.credentials.secret import Secret
from tui.targets.instance.api.response_errors import InstanceProblem, RequestContext, Response
from tui.targets.instance.api.transport_errors import (
    Progress,
    TransportStage,
    failed,
    late,
    too_large,
)

BODY_LIMIT = 2 * 2**20
"""The most of one answer that is read, in bytes."""
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"glidemail/{__version__}",
}

Signer: TypeAlias = Callable[[httpx2.Request], httpx2.Request]

# It writes the headers of answers, and with them the cookies of a session.
logging.getLogger("httpcore2.http11").disabled = True


@dataclass(frozen=True, slots=True)
class Call:
    """What is sent.

    Attributes:
        asked: what it is, for words.
        sign: puts the credential into it, at the last moment.
    """

    asked: RequestContext
    method: str
    url: str
    body: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: Signer | None = None


class _TooLarge(Exception):
    """An answer does not end where every answer should have."""


def opened(
    host: str, ca_file: Path | None, transport: httpx2.AsyncBaseTransport | None
) -> httpx2.AsyncClient:
    """A client that trusts the system's store and one file, uses the proxy that the environment
    names, follows nothing, and keeps no cookie.

    Raises:
        InstanceProblem: the file or the proxy cannot be used.
    """
    context = _context(ca_file)
    try:
        return httpx2.AsyncClient(
            verify=context,
            transport=transport,
            headers=_HEADERS,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            timeout=None,  # one deadline holds for the whole exchange
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


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        if ca_file:
            context.load_verify_locations(ca_file)
    except OSError as error:
        why = "holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
    else:
        return context
    raise InstanceProblem(
        "instance.ca-file",
        f"{ca_file} cannot be used as ca_file: {why}.",
        "Name a file of certificates in PEM that you can read.",
    )


async def exchange(
    client: httpx2.AsyncClient, call: Call, deadline: float, progress: Progress
) -> Response | InstanceProblem:
    """Sends once, and gives what came of it.

    What the libraries raise holds what was sent: it is given up here, and not raised from.

    Args:
        deadline: in seconds, from now to the last byte of the answer.
    """
    within = asyncio.timeout(deadline)
    try:
        async with within:
            return await _sent(client, call, progress)
    except _TooLarge:
        return too_large(call.asked, BODY_LIMIT)
    except Exception as error:  # whatever it is, it must not go on: see above
        if within.expired():
            return late(call.asked, progress, deadline)
        return failed(call.asked, error, progress)


async def _sent(client: httpx2.AsyncClient, call: Call, progress: Progress) -> Response:
    connections: list[Any] = []
    try:
        async with client.stream(
            call.method,
            call.url,
            content=call.body.reveal() if call.body else None,
            headers=call.headers,
            auth=call.sign,
            extensions={"trace": _follow(progress, httpx2.URL(call.url), connections)},
        ) as response:
            body = await _bounded(response)
            return Response(response.status_code, response.headers, body)
    except BaseException:
        # Whoever is interrupted, a cancellation too, while they agree on TLS leaves it open.
        for connection in connections:
            await connection.aclose()
        raise


async def _bounded(response: httpx2.Response) -> bytes:
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > BODY_LIMIT:
            raise _TooLarge
    if response.headers.get("content-encoding", "").strip().lower() == "gzip":
        return _unpacked(body)
    return bytes(body)


def _unpacked(body: bytes | bytearray) -> bytes:
    """Of what was compressed unasked, no more than of anything else; nothing where it is not."""
    try:
        plain = zlib.decompressobj(wbits=31).decompress(body, BODY_LIMIT + 1)
    except zlib.error:
        return b""
    if len(plain) > BODY_LIMIT:
        raise _TooLarge
    return plain


def _follow(
    progress: Progress, url: httpx2.URL, connections: list[Any]
) -> Callable[[str, Any], Awaitable[None]]:
    """Notes what a request connects to and how far it gets, as httpcore2 tells its `trace`."""
    there = (url.raw_host.decode("ascii"), url.port or 443)

    async def follow(event: str, info: Any) -> None:
        match event:
            case "connection.connect_tcp.started":
                progress.at_proxy = (info["host"], info["port"]) != there
            case "connection.connect_tcp.complete":
                connections.append(info["return_value"])
            case "http11.send_request_headers.started" if info["request"].method == b"CONNECT":
                progress.stage = TransportStage.PROXY
            case "proxy.start_tls.started":
                progress.at_proxy, progress.stage = False, TransportStage.TLS
            case "connection.start_tls.started":
                progress.stage = TransportStage.TLS
            case "http11.send_request_headers.started":
                progress.at_proxy, progress.stage = False, TransportStage.ASKED
            case "http11.receive_response_headers.complete" if (
                progress.stage is TransportStage.ASKED
            ):
                progress.stage = TransportStage.ANSWER

    return follow
