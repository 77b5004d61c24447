"""One run is one session on the instance."""

from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.cli.house import read_tree
from tests.cli.site import open_site
from tests.sandbox.fault_injection import FaultInjector
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.platform_switches import PlatformSwitches

SESSION = "a-c4nary-session"
ITS_OWN = PlatformSwitches(sessions=False)
"""The test sets the cookie instead."""


class SandboxWithSessions(Sandbox):
    """A sandbox that opens a session for each request without the cookie of one."""

    def _inject_faults(self, app: ASGIApp) -> FaultInjector:
        async def keep_sessions(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_cookie(message: Message) -> None:
                if message["type"] == "http.response.start" and "cookie" not in Headers(
                    scope=scope
                ):
                    cookie = f"JSESSIONID={SESSION}; Path=/; HttpOnly; Secure".encode()
                    headers = [*message["headers"], (b"set-cookie", cookie)]
                    message = {**message, "headers": headers}
                await send(message)

            await app(scope, receive, send_cookie)

        return super()._inject_faults(keep_sessions)


@pytest.mark.parametrize(
    "argv", [("show",), ("doctor",), ("apply", "--set", "test_recipients=a@corp.example", "--yes")]
)
def test_a_run_signs_in_once_and_keeps_its_session_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    monkeypatch.setattr("tests.cli.site.Sandbox", SandboxWithSessions)
    with open_site(tmp_path, platform=ITS_OWN) as site:
        for _ in range(2):
            site.sandbox.recorded.clear()
            done = site.call(*argv)
            assert done.code == 0
            first, *sent = [each.headers.get("cookie", "") for each in site.sandbox.recorded]
            assert first == ""
            assert all(f"JSESSIONID={SESSION}" in each.split("; ") for each in sent)
            assert SESSION not in done.out + done.err
        assert not [1 for data in read_tree(tmp_path).values() if SESSION.encode() in data]
