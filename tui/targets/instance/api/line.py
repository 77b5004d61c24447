"""A line to one instance: it signs what it sends, and stops when a sign-in is refused."""

import asyncio
import time
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Self

import httpx2

from tui.credentials.secret import Secret
from tui.targets.instance.api.auth import CLIENT_CREDENTIALS, Identity, sign, token_form, token_of
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    SignInRefused,
)
from tui.targets.instance.api.transport import Call, exchange, opened
from tui.targets.instance.api.transport_errors import Progress, TransportStage
from tui.terminal.visible import visible

_AT_ONCE = 4
_TOKEN_MARGIN = 60.0  # seconds
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Line:
    """Sends each request once, to one host, as one identity, and a few at a time.

    Args:
        url: `https://` and the instance's host.
        ca_file: certificates that are trusted beside the system's, in PEM.
        deadline: for a whole request, in seconds.
        transport: what carries the requests instead of the network.

    Raises:
        InstanceProblem: the url or the identity cannot be used.
    """

    def __init__(
        self,
        url: str,
        identity: Identity,
        ca_file: Path | None,
        deadline: float,
        transport: httpx2.AsyncBaseTransport | None,
    ) -> None:
        self.base = _base(url)
        self._identity = identity
        self._credential = identity.credential
        self._secrets = [identity.secret, self._credential]
        self._token_until = 0.0 if identity.method == CLIENT_CREDENTIALS else inf
        self._token_lock = asyncio.Lock()
        self._ca_file = ca_file
        self._deadline = deadline
        self._transport = transport
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._stopped = False

    async def __aenter__(self) -> Self:
        self._http = opened(self.base.host, self._ca_file, self._transport)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def asked(
        self, about: str, writes: bool = False, secret: Secret | None = None
    ) -> RequestContext:
        """What is asked, for words about its answer."""
        if secret:
            self._secrets.append(secret)
        identity = self._identity
        return RequestContext(
            visible(self.base.host), about, identity.words, identity.method, writes, self._secrets
        )

    async def send(
        self,
        asked: RequestContext,
        method: str,
        path: str,
        body: Secret | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends once.

        Args:
            path: on the instance, with its query.

        Raises:
            InstanceProblem: no whole answer came, or a refused sign-in has stopped it all.
        """
        await self.get_ready()
        return await self._exchange(
            Call(asked, method, f"{self.base}{path}", body, headers or {}, self._sign)
        )

    async def get_ready(self) -> None:
        """Gets a token, where one is needed and none is at hand.

        Raises:
            InstanceProblem: none was given.
        """
        async with self._token_lock:
            if time.monotonic() > self._token_until:
                await self._get_token()

    async def _get_token(self) -> None:
        """Before the one in hand runs out: one that is refused would end it all."""
        asked = self.asked("a token")
        url = f"{self.base}/oauth_token.do"
        answer = await self._exchange(
            Call(asked, "POST", url, token_form(self._identity), _FORM, None)
        )
        try:
            self._credential, seconds = token_of(asked, answer)
        except SignInRefused:
            self._stopped = True
            raise
        self._secrets.append(self._credential)
        self._token_until = time.monotonic() + seconds - min(_TOKEN_MARGIN, seconds / 2)

    def _sign(self, request: httpx2.Request) -> httpx2.Request:
        sign(request.headers, self._identity, self._credential)
        return request

    async def _exchange(self, call: Call) -> Response:
        async with self._turns:
            if self._stopped:
                raise SignInRefused(
                    "instance.stopped",
                    f"{self.base.host} has refused the sign-in of {self._identity.words}: "
                    "nothing more is sent.",
                    "Open the instance anew, with the right secret.",
                )
            # A transport that is given tells nothing of how far it got.
            progress = Progress(TransportStage.ASKED if self._transport else TransportStage.CONNECT)
            answer = await exchange(self._http, call, self._deadline, progress)
            self._stopped |= isinstance(answer, Response) and answer.status == 401
        if isinstance(answer, InstanceProblem):
            raise answer
        return answer


def _base(url: str) -> httpx2.URL:
    """The root of the instance, if that is what the URL names."""
    try:
        base = httpx2.URL(url)
    except httpx2.InvalidURL:
        base = httpx2.URL()
    if base.scheme == "http":
        raise InstanceProblem(
            "instance.plain-http",
            "The instance's url begins with http://: the sign-in would go over the network in "
            "clear.",
            "Write https:// in the profile.",
        )
    extras = base.userinfo or base.query or base.fragment or base.path not in ("", "/")
    if base.scheme != "https" or not base.host or extras:
        raise InstanceProblem(
            "instance.url",
            "The instance's url is not https:// and a host's name.",
            "Write it in the profile as in https://example.service-now.com, with nothing after "
            "it and no user or password in it.",
        )
    return base.copy_with(path="", query=None, fragment=None)
