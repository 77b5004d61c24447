"""The proxy for one host: which one it is, what is wrong with it, and what is never told of it."""

import asyncio
import base64
import logging
import os
import socket
import urllib.request
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.sandbox import Sandbox
from tests.targets.instance.api.factories import BASIC, WELCOME, ClientBench, visible_text
from tests.targets.instance.api.fakes import (
    HOST,
    Handler,
    ServerLog,
    close_after,
    free_port,
    listen,
    serve,
    stay_silent_after,
    tls_context,
)
from tests.targets.instance.api.proxies import LOGIN, serve_proxy, serve_socks
from tui.credentials.secret import Secret
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.proxy import find_proxy
from tui.targets.instance.api.response_errors import InstanceProblem

INSTANCE = httpx2.URL("https://dev1.service-now.com")
BY_ADDRESS = httpx2.URL("https://10.1.2.3:8443")
BY_ADDRESS_6 = httpx2.URL("https://[2001:db8::7]")
SILENT = stay_silent_after()
SOCKS = "socks5h://other.example:1080"


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientBench:
    return ClientBench(tmp_path, monkeypatch)


def found(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: httpx2.URL = INSTANCE
) -> str:
    """Return the proxy for an instance in words, "" without one."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = find_proxy(url)
    return str(proxy) if proxy else ""


def problem_of(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> InstanceProblem:
    with pytest.raises(InstanceProblem) as raised:
        found(monkeypatch, {name: value})
    assert raised.value.code == "instance.proxy-setting"
    assert "c4nary" not in visible_text(raised.value)
    return raised.value


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://a:1"}, "a:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2"}, "b:2 (https_proxy)"),
        ({"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://b:2"}, "b:2 (HTTPS_PROXY)"),
        ({"all_proxy": "socks5://a:1"}, "a:1 (all_proxy)"),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "http://a:1"}, "a:1 (ALL_PROXY)"),
        ({"HTTPS_PROXY": "http://a:1", "https_proxy": ""}, ""),
        ({"HTTPS_PROXY": " ", "ALL_PROXY": "http://a:1"}, "a:1 (ALL_PROXY)"),
        ({"HTTPS_PROXY": "a:1"}, "a:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": " HTTP://A:1\r\n"}, "a:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://u:c4nary@a:1/"}, "a:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://u:c4n@ry@a:1"}, "a:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://[::1]:1"}, "[::1]:1 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "http://a"}, "a:80 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "https://a"}, "a:443 (HTTPS_PROXY)"),
        ({"HTTPS_PROXY": "socks5h://a"}, "a:1080 (HTTPS_PROXY)"),
    ],
)
def test_the_variable_that_counts_is_named_with_host_and_port(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    assert found(monkeypatch, variables) == (expected and f"proxy {expected}")


@pytest.mark.parametrize("odd", ["gopher://h:1", "http://h:port", "::::", "\udcff", "http://", "%"])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY", "FTP_PROXY", "npm_config_proxy"])
def test_what_is_set_for_another_scheme_never_matters(
    monkeypatch: pytest.MonkeyPatch, name: str, odd: str
) -> None:
    variables = {name: odd, "HTTPS_PROXY": "http://a:1"}
    assert found(monkeypatch, variables) == "proxy a:1 (HTTPS_PROXY)"


@pytest.mark.parametrize("odd", ["gopher://h:1", "http://h:port", "::::", "\udcff", SOCKS])
def test_what_is_set_for_other_hosts_never_matters(
    monkeypatch: pytest.MonkeyPatch, odd: str
) -> None:
    assert found(monkeypatch, {"HTTPS_PROXY": odd, "NO_PROXY": INSTANCE.host}) == ""
    assert found(monkeypatch, {"ALL_PROXY": odd, "no_proxy": "*"}) == ""


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        (INSTANCE, "dev1.service-now.com"),
        (INSTANCE, "DEV1.Service-Now.com."),
        (INSTANCE, "service-now.com"),
        (INSTANCE, ".service-now.com"),
        (INSTANCE, "*.service-now.com"),
        (INSTANCE, "a.example, service-now.com"),
        (INSTANCE, "a.example service-now.com"),
        (INSTANCE, "dev1.service-now.com:443"),
        (INSTANCE, "service-now.com:443"),
        (INSTANCE, "https://dev1.service-now.com"),
        (INSTANCE, "a.example,*"),
        (BY_ADDRESS, "10.1.2.3"),
        (BY_ADDRESS, "10.1.2.3:8443"),
        (BY_ADDRESS, "10.0.0.0/8"),
        (BY_ADDRESS, "a,::1,10.1.2.0/255.255.255.0"),
        (BY_ADDRESS_6, "2001:db8::7"),
        (BY_ADDRESS_6, "[2001:0db8:0::7]"),
        (BY_ADDRESS_6, "[2001:db8::7]:443"),
        (BY_ADDRESS_6, "10.0.0.0/8,2001:db8::/32"),
    ],
)
def test_no_proxy_lists_hosts_domains_networks_and_ports(
    monkeypatch: pytest.MonkeyPatch, url: httpx2.URL, listed: str
) -> None:
    assert found(monkeypatch, {"HTTPS_PROXY": "http://a:1", "NO_PROXY": listed}, url) == ""


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        (INSTANCE, ""),
        (INSTANCE, ",, ."),
        (INSTANCE, "now.com"),
        (INSTANCE, "dev1"),
        (INSTANCE, "dev1.service-now.com:8443"),
        (INSTANCE, "x.dev1.service-now.com"),
        (INSTANCE, "10.0.0.0/8"),
        (INSTANCE, "http://dev1.service-now.com"),
        (BY_ADDRESS, "10.1.2.3:443"),
        (BY_ADDRESS, "2.3"),
        (BY_ADDRESS, "10.2.0.0/16,10.1.2.3/99,/8,10.1.2"),
        (BY_ADDRESS_6, "2001:db9::/32,[::1],[2001:db8::7]:8443"),
    ],
)
def test_no_proxy_excludes_nothing_else(
    monkeypatch: pytest.MonkeyPatch, url: httpx2.URL, listed: str
) -> None:
    assert found(monkeypatch, {"HTTPS_PROXY": "http://a:1", "NO_PROXY": listed}, url) != ""


WORDS = st.sampled_from(["dev1", "com", "service-now", "now", ".", ":", "443", "8443", ",", " "])


@given(st.lists(WORDS, max_size=9).map("".join))
def test_no_proxy_is_read_as_the_standard_library_reads_it(listed: str) -> None:
    bypasses = urllib.request.proxy_bypass_environment  # type: ignore[attr-defined]
    theirs = bypasses(f"{INSTANCE.host}:443", {"no": listed})
    with pytest.MonkeyPatch.context() as patch:
        ours = found(patch, {"HTTPS_PROXY": "http://a:1", "NO_PROXY": listed}) == ""
    # Blanks between names separate them here, as for curl, and dots at an end do not count.
    assert ours or not theirs
    if " " not in listed and ".," not in f"{listed},":
        assert ours == theirs


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("gopher://u:c4nary@h:1", "its scheme gopher:// isn't supported"),
        ("socks4://u:c4nary@h:1", "its scheme socks4:// isn't supported"),
        ("socks://h:1", "its scheme socks:// isn't supported"),
        ("http://u:c4nary@h:port", "isn't a valid proxy URL"),
        ("http://u:c4nary@h:0", "isn't a valid proxy URL"),
        ("http://u:c4nary@h:65536", "isn't a valid proxy URL"),
        ("http://u:c4nary@", "isn't a valid proxy URL"),
        ("http://:3128", "isn't a valid proxy URL"),
        ("http://a b:1", "isn't a valid proxy URL"),
        ("http://[::1", "isn't a valid proxy URL"),
        ("http://u:c4nary@h:1/proxy.pac", "isn't a valid proxy URL"),
        ("\udcff://h", "isn't a valid proxy URL"),
        ("http://\udcff:c4nary@h:1", "isn't a valid proxy URL"),
        (f"socks5h://u:{'c4nary' * 43}@h:1", "too long"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, value: str, words: str
) -> None:
    for name in ("https_proxy", "ALL_PROXY"):
        problem = problem_of(monkeypatch, name, value)
        assert words in problem.message
        assert name in problem.message


@pytest.mark.parametrize(
    "value", ["http://c4nary:12#4@h:1", "http://c4nary:1/2@h:1", "c4nary:1?@h"]
)
def test_a_password_that_ends_the_host_early_is_not_taken_for_host_and_port(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    assert "percent-encode" in problem_of(monkeypatch, "HTTPS_PROXY", value).hint


@given(
    st.binary(max_size=30).map(lambda octets: os.fsdecode(octets.replace(b"\0", b""))),
    st.sampled_from(["", "http://", "socks5://", "http://u:c4nary@"]),
)
def test_whatever_is_set_there_is_a_proxy_or_a_problem(value: str, start: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        try:
            told = found(patch, {"HTTPS_PROXY": start + value})
        except InstanceProblem as problem:
            told = problem.message + problem.hint
    assert "c4nary" not in told


# What real proxies do, and what is said of it.


async def sign_in(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, proxy: str, deadline: float = 5
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    async with (
        serve(WELCOME) as bench.served,
        bench.client(bench.served.url, deadline=deadline) as client,
    ):
        await client.sign_in()


def failure(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, act: Handler, scheme: str = "http"
) -> InstanceProblem:
    """Return the problem where the proxy does this with each connection."""

    async def main() -> None:
        async with listen(act, None) as port:
            url = f"{scheme}://{LOGIN}@{HOST}:{port}"
            await sign_in(bench, monkeypatch, url, 0.3 if act is SILENT else 5)

    return checked(main, bench)


def checked(main: Callable[[], Coroutine[Any, Any, None]], bench: ClientBench) -> InstanceProblem:
    """Return the problem that ends a run: it names the proxy, tells no login, and sent nothing."""
    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    problem = raised.value
    assert f"proxy {HOST}:" in problem.message
    assert "(HTTPS_PROXY)" in problem.message
    assert "c4nary" not in visible_text(problem)
    assert not problem.uncertain
    assert not bench.served.got
    return problem


@pytest.mark.parametrize(("no_proxy", "through_it"), [("", 1), (HOST, 0), ("*", 0)])
def test_an_http_proxy_is_used(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, no_proxy: str, through_it: int
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)

    async def main() -> ServerLog:
        async with serve_proxy() as proxy:
            await sign_in(bench, monkeypatch, f"http://{LOGIN}@{HOST}:{proxy.port}")
            return proxy

    proxy = asyncio.run(main())
    assert len(bench.served.got) == 1
    assert len(proxy.got) == through_it
    for got in proxy.got:
        assert got.line == f"CONNECT {HOST}:{bench.served.port} HTTP/1.1"
        assert "proxy-authorization" in got.headers
        assert BASIC not in str(got)


@pytest.mark.parametrize("login", ["", LOGIN, "ü%40:c4%20n%2Fary"])
@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
def test_every_kind_of_proxy_is_used_with_and_without_a_login(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, scheme: str, login: str
) -> None:
    plain = httpx2.URL(f"http://{login}@h") if login else httpx2.URL("http://h")
    expected = f"{plain.username}:{plain.password}" if login else ""

    async def main() -> ServerLog:
        tls = tls_context() if scheme == "https" else None
        server = (
            serve_socks(login=expected)
            if scheme.startswith("socks")
            else serve_proxy(login=expected, tls=tls)
        )
        async with server as proxy:
            url = f"{scheme}://{f'{login}@' if login else ''}{HOST}:{proxy.port}"
            await sign_in(bench, monkeypatch, url)
            return proxy

    proxy = asyncio.run(main())
    assert len(bench.served.got) == proxy.connections == 1


def test_a_socks_proxy_resolves_the_name_of_the_instance(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(scheme: str) -> list[str]:
        async with serve_socks() as proxy, serve(WELCOME) as bench.served:
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://{HOST}:{proxy.port}")
            async with bench.client(f"https://only-there.test:{bench.served.port}") as client:
                with pytest.raises(InstanceProblem, match="certificate"):
                    await client.sign_in()
            return proxy.targets

    for scheme in ("socks5", "socks5h"):
        assert asyncio.run(main(scheme)) == ["only-there.test"]


@pytest.mark.parametrize(
    ("response", "code", "words"),
    [
        (b"407 P\r\nProxy-Authenticate: Basic realm=c4nary", "sign-in", "rejected the user name"),
        (b"407 P\r\nProxy-Authenticate: NTLM c4nary", "sign-in", "requires a login by NTLM"),
        (
            b"407 P\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM",
            "sign-in",
            "by Negotiate or NTLM",
        ),
        (b"407 P", "sign-in", "rejected the user name and password (407)"),
        (b"403 c4nary", "refused", "refused to connect to 127.0.0.1 (403)"),
        (b"502 Bad", "refused", "can't connect to 127.0.0.1 (502)"),
        (b"504 Late", "refused", "can't connect to 127.0.0.1 (504)"),
        (b"405 Not Allowed", "refused", "may not be a proxy for HTTPS"),
    ],
)
def test_what_an_http_proxy_refuses_is_told_with_its_code(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, response: bytes, code: str, words: str
) -> None:
    act = close_after(b"HTTP/1.1 " + response + b"\r\nContent-Length: 0\r\n\r\n")
    problem = failure(bench, monkeypatch, act)
    assert problem.code == f"instance.proxy-{code}"
    assert words in problem.message + problem.hint


@pytest.mark.parametrize(
    ("act", "scheme", "code", "words"),
    [
        (close_after(b"SSH-2.0\r\n\r\n"), "http", "protocol", "a valid HTTP answer"),
        (close_after(b""), "http", "protocol", "socks5h://"),
        (close_after(b"\5\xff"), "http", "protocol", "a valid HTTP answer"),
        (close_after(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "socks5", "protocol", "http://"),
        (close_after(b""), "socks5h", "protocol", "a valid SOCKS5 answer"),
        (close_after(b"\5\0\5"), "socks5h", "protocol", "a valid SOCKS5 answer"),
        (close_after(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "https", "tls", "use http://"),
        (close_after(b""), "https", "tls", "Can't start TLS"),
        (SILENT, "http", "timeout", "did not connect to 127.0.0.1 within 0.3 seconds"),
        (SILENT, "socks5", "timeout", "did not connect to 127.0.0.1 within 0.3 seconds"),
        (SILENT, "https", "timeout", "did not accept a connection within 0.3 seconds"),
    ],
)
def test_what_is_no_such_proxy_is_told(
    bench: ClientBench,
    monkeypatch: pytest.MonkeyPatch,
    act: Handler,
    scheme: str,
    code: str,
    words: str,
) -> None:
    problem = failure(bench, monkeypatch, act, scheme)
    assert problem.code == f"instance.proxy-{code}"
    assert words in problem.message + problem.hint


@pytest.mark.parametrize("scheme", ["http", "https", "socks5", "socks5h"])
def test_a_proxy_that_does_not_listen_is_told(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    url = f"{scheme}://{LOGIN}@{HOST}:{free_port()}"
    problem = checked(lambda: sign_in(bench, monkeypatch, url), bench)
    assert problem.code == "instance.proxy-unreachable"
    assert "connection refused" in problem.message
    assert "It names no port" not in problem.hint


def test_a_proxy_whose_name_is_not_known_is_told(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def main() -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://u:c4nary@proxy.example:3128")
        async with bench.client("https://dev1.example") as client:
            monkeypatch.setattr(socket, "getaddrinfo", unknown)
            await client.sign_in()

    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    assert raised.value.message == (
        "Can't connect to the proxy proxy.example:3128 (HTTPS_PROXY): its name can't be resolved."
    )


def test_a_port_that_was_not_given_is_told_where_it_fails(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = checked(lambda: sign_in(bench, monkeypatch, f"socks5://{HOST}"), bench)
    assert f"{HOST}:1080" in problem.message
    assert "names no port" in problem.hint


@pytest.mark.parametrize("kind", ["unknown", "other name", "expired"])
def test_a_proxy_whose_certificate_is_not_right_is_sent_no_login(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    async def main() -> None:
        async with serve_proxy(tls=tls_context(kind)) as proxy:
            try:
                await sign_in(bench, monkeypatch, f"https://{LOGIN}@{HOST}:{proxy.port}")
            finally:
                assert not proxy.got

    assert checked(main, bench).code == "instance.proxy-certificate"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "general failure"),
        (2, "doesn't allow connections to 127.0.0.1"),
        (3, "can't reach the network of 127.0.0.1"),
        (4, "can't reach 127.0.0.1"),
        (5, "can't connect to 127.0.0.1: connection refused"),
        (6, "TTL"),
        (7, "command"),
        (8, "address"),
    ],
)
def test_what_a_socks_proxy_refuses_is_told_with_its_code(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    async def main() -> None:
        async with serve_socks(bytes([number]), login=LOGIN) as proxy:
            await sign_in(bench, monkeypatch, f"socks5h://{LOGIN}@{HOST}:{proxy.port}")

    problem = checked(main, bench)
    assert problem.code == "instance.proxy-refused"
    assert f"(SOCKS reply {number})" in problem.message
    assert words in problem.message


@pytest.mark.parametrize(
    ("given_login", "required", "words"),
    [
        ("", LOGIN, "requires a login"),
        ("u:wrong-c4nary@", LOGIN, "rejected the user name and password"),
        ("u:wrong-c4nary@", "", "doesn't accept a login"),
    ],
)
def test_a_login_that_a_socks_proxy_does_not_take_is_told(
    bench: ClientBench,
    monkeypatch: pytest.MonkeyPatch,
    given_login: str,
    required: str,
    words: str,
) -> None:
    async def main() -> None:
        async with serve_socks(login=required) as proxy:
            await sign_in(bench, monkeypatch, f"socks5://{given_login}{HOST}:{proxy.port}")

    problem = checked(main, bench)
    assert problem.code == "instance.proxy-sign-in"
    assert words in problem.message


def test_an_http_proxy_that_requires_a_login_is_told(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve_proxy(login=LOGIN) as proxy:
            await sign_in(bench, monkeypatch, f"http://{HOST}:{proxy.port}")

    problem = checked(main, bench)
    assert problem.code == "instance.proxy-sign-in"
    assert "requires a login (407)" in problem.message


def test_what_fails_behind_the_proxy_is_not_the_proxys_fault(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serve_proxy(b"HTTP/1.1 200 OK\r\n\r\n") as proxy:
            await sign_in(bench, monkeypatch, f"http://{LOGIN}@{HOST}:{proxy.port}")

    with pytest.raises(InstanceProblem) as raised:
        asyncio.run(main())
    assert raised.value.code == "instance.tls"
    assert f"The connection goes through the proxy {HOST}:" in raised.value.hint
    assert "c4nary" not in visible_text(raised.value)


def test_the_login_at_a_proxy_is_not_logged(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def main(server: AbstractAsyncContextManager[ServerLog], scheme: str) -> None:
        async with server as proxy:
            await sign_in(bench, monkeypatch, f"{scheme}://{LOGIN}@{HOST}:{proxy.port}")

    with caplog.at_level(logging.DEBUG):
        asyncio.run(main(serve_proxy(login=LOGIN), "http"))
        asyncio.run(main(serve_socks(login=LOGIN), "socks5"))
    assert "httpcore2" in caplog.text
    assert "c4nary" not in caplog.text
    assert base64.b64encode(LOGIN.encode()).decode() not in caplog.text


def test_the_sandbox_is_reached_through_a_socks_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(sandbox: Sandbox) -> list[str]:
        user = sandbox.running.user("admin")
        who = Identity(SignInMethod.BASIC, user.name, Secret(user.password))
        async with serve_socks(login=LOGIN) as proxy:
            monkeypatch.setenv("ALL_PROXY", f"socks5h://{LOGIN}@{HOST}:{proxy.port}")
            url, file = sandbox.running.url, sandbox.running.ca_file
            async with Client(url, who, ca_file=file) as client:
                await client.sign_in()
                assert (await client.list_records("sys_properties", "", ["name"])).records
            return proxy.targets

    with Sandbox() as sandbox:
        assert asyncio.run(main(sandbox))
