"""A client that talks to a scripted server: what it does, and what comes of it."""

import asyncio
import base64
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.targets.instance.api.fakes import (
    Handler,
    ServerLog,
    answer,
    records_response,
    serve,
    write_ca_file,
)
from tui.credentials.secret import Secret
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client, Page
from tui.targets.instance.api.response_errors import InstanceProblem
from tui.targets.instance.api.session import ApiSession

T = TypeVar("T")
Action = Callable[[Client], Awaitable[T]]

CANARY = "c4nary-password"
BASIC = base64.b64encode(f"admin:{CANARY}".encode()).decode()
TOKEN = "t0ken-c4nary"
ID = "0123456789abcdef0123456789abcdef"
WELCOME = records_response({"name": "instance_name"}, total=1)
SAVED = answer({"result": {"sys_id": ID}})
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"


def identity(method: str = "basic") -> Identity:
    return Identity(SignInMethod(method), "" if method == "api-key" else "admin", Secret(CANARY))


class ClientBench:
    """Runs a client against a server that gives scripted answers, after a welcome.

    The system around it trusts one authority of its own, and has no proxy.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ca_file = write_ca_file(folder)
        self.served = ServerLog()
        monkeypatch.setenv("SSL_CERT_FILE", str(write_ca_file(folder, "system")))
        monkeypatch.setenv("SSL_CERT_DIR", str(folder))
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)

    def run(
        self,
        do: "Action[T]",
        *answers: bytes | Handler,
        who: Identity | None = None,
        deadline: float = 5,
        welcome: bytes | Handler | None = WELCOME,
        kind: str = "good",
        session: ApiSession | None = None,
    ) -> T:
        async def main() -> T:
            first = () if welcome is None else (welcome,)
            async with (
                serve(*first, *answers, kind=kind) as self.served,
                self.client(self.served.url, who, deadline, session) as client,
            ):
                await client.sign_in()
                return await do(client)

        return asyncio.run(main())

    def client(
        self,
        url: str,
        who: Identity | None = None,
        deadline: float = 5,
        session: ApiSession | None = None,
    ) -> Client:
        return Client(
            url, who or identity(), session=session, ca_file=self._ca_file, deadline=deadline
        )

    def problem(
        self, do: "Action[object]", *answers: bytes | Handler, **how: Any
    ) -> InstanceProblem:
        with pytest.raises(InstanceProblem) as raised:
            self.run(do, *answers, **how)
        return raised.value

    @property
    def requests(self) -> list[str]:
        """The method and path of each request but the first."""
        return [got.line.rsplit(" ", 1)[0].split("?")[0] for got in self.served.got[1:]]

    def parameters(self, which: int = -1) -> dict[str, str]:
        query = urlsplit(self.served.got[which].line.split(" ")[1]).query
        return {name: value for name, [value] in parse_qs(query, keep_blank_values=True).items()}


async def read(client: Client) -> Page:
    return await client.list_records("sys_properties", "name=a", ["name", "value"])


async def update(client: Client) -> None:
    await client.update("sys_properties", ID, {"value": "x"})


async def update_secret(client: Client) -> None:
    await client.update_secret("sys_email_account", ID, "password", Secret("s3cret-c4nary"))


async def create(client: Client) -> str:
    return await client.create("sys_properties", {"name": "a"})


async def do_nothing(_: Client) -> None:
    pass


def visible_text(problem: InstanceProblem) -> str:
    """Return what a traceback shows with local variables of `tui`; it has no other cause."""
    assert problem.__cause__ is None
    assert problem.__context__ is None
    shown = [repr(problem), problem.message, problem.hint]
    for frame, _ in traceback.walk_tb(problem.__traceback__):
        if frame.f_globals["__name__"].startswith("tui."):
            shown += map(repr, frame.f_locals.values())
    assert len(shown) > 5
    return "\n".join(shown)
