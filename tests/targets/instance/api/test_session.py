"""One run is one session: its cookies are sent back to the host alone, and end once at most."""

import asyncio
import logging
from pathlib import Path

import pytest

from tests.targets.instance.api.factories import (
    CANARY,
    TOKEN,
    WELCOME,
    ClientBench,
    do_nothing,
    identity,
    read,
    update,
    visible_text,
)
from tests.targets.instance.api.fakes import HOST, answer, records_response
from tui.targets.instance.api.client import Client
from tui.targets.instance.api.response_errors import SignInRefused
from tui.targets.instance.api.session import ApiSession

COOKIE = "c00kie-c4nary-of-a-session"
OPENS = answer(
    {"result": []}, headers=f"Set-Cookie: JSESSIONID={COOKIE}; Path=/; HttpOnly; Secure\r\n"
)
AGAIN = "Set-Cookie: JSESSIONID=second-session; Path=/\r\n"
OPENS_AGAIN = answer({"result": []}, headers=AGAIN)
ENDED = answer({"error": {"message": "User Not Authenticated", "detail": None}}, 401)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientBench:
    return ClientBench(tmp_path, monkeypatch)


def cookies(bench: ClientBench) -> list[str]:
    """The cookies of each request."""
    return [got.headers.get("cookie", "") for got in bench.served.got]


@pytest.mark.parametrize("method", ["basic", "api-key"])
def test_the_cookies_of_a_session_are_sent_back_with_the_sign_in(
    bench: ClientBench, method: str
) -> None:
    bench.run(read, records_response(), who=identity(method), welcome=OPENS)
    assert cookies(bench) == ["", f"JSESSIONID={COOKIE}"]
    header = "authorization" if method == "basic" else "x-sn-apikey"
    assert all(header in got.headers for got in bench.served.got)


def test_the_next_client_goes_on_in_the_session(bench: ClientBench) -> None:
    session = ApiSession(f"https://{HOST}")
    bench.run(do_nothing, welcome=OPENS, session=session)
    bench.run(read, records_response(), session=session)
    assert cookies(bench) == [f"JSESSIONID={COOKIE}"] * 2


def test_the_next_client_of_another_secret_does_not(bench: ClientBench) -> None:
    bench.run(do_nothing, welcome=OPENS)
    bench.run(read, records_response())
    assert cookies(bench) == ["", ""]


@pytest.mark.parametrize("host", [HOST, "localhost", "[::1]", "dev12345.service-now.com"])
@pytest.mark.parametrize("port", ["", ":8443"])
def test_a_cookie_of_the_host_is_kept_and_one_for_others_is_not(host: str, port: str) -> None:
    import httpx2

    for attribute, is_kept in (("", True), ("; Domain=service-now.com", False)):
        session = ApiSession(f"https://{host}{port}")
        response = httpx2.Response(
            200,
            headers={"Set-Cookie": f"a=b; Path=/{attribute}"},
            request=httpx2.Request("GET", f"https://{host}{port}/api"),
        )
        httpx2.Cookies(session.cookies).extract_cookies(response)
        assert len(session.cookies) == is_kept


def test_an_ended_session_is_opened_again_and_the_request_repeated(bench: ClientBench) -> None:
    bench.run(update, ENDED, answer({"result": {}}, headers=AGAIN), welcome=OPENS)
    first, ended, again = bench.served.got
    assert cookies(bench) == ["", f"JSESSIONID={COOKIE}", ""]
    assert ended.line.startswith("PATCH")
    assert (ended.line, ended.body) == (again.line, again.body)
    assert first.headers["authorization"] == again.headers["authorization"]


def test_it_is_opened_again_once_at_most(bench: ClientBench) -> None:
    async def both(client: Client) -> list[object]:
        first = await asyncio.gather(read(client), return_exceptions=True)
        return [*first, *await asyncio.gather(read(client), return_exceptions=True)]

    first, second = bench.run(both, ENDED, OPENS_AGAIN, ENDED, welcome=OPENS)
    assert not isinstance(first, Exception)
    assert isinstance(second, SignInRefused)
    assert cookies(bench)[-1] == "JSESSIONID=second-session"
    assert len(bench.served.got) == 4


def test_a_user_who_is_locked_in_the_middle_costs_one_more_attempt(bench: ClientBench) -> None:
    async def many(client: Client) -> list[object]:
        return await asyncio.gather(*(read(client) for _ in range(20)), return_exceptions=True)

    ended = bench.run(many, ENDED, welcome=OPENS)
    assert all(isinstance(each, SignInRefused) for each in ended)
    sent = cookies(bench)[1:]
    assert sent.count("") == 1
    assert len(sent) <= 5


def test_many_requests_go_on_in_the_session_that_the_first_opens_again(bench: ClientBench) -> None:
    async def many(client: Client) -> list[object]:
        return await asyncio.gather(*(read(client) for _ in range(12)))

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent = bench.served.got[-1].headers.get("cookie", "")
        writer.write(ENDED if COOKIE in sent else records_response() if sent else OPENS_AGAIN)

    assert len(bench.run(many, reply, welcome=OPENS)) == 12
    assert cookies(bench).count("") == 2


def test_a_session_that_ended_between_two_clients_is_opened_again(bench: ClientBench) -> None:
    session = ApiSession(f"https://{HOST}")
    bench.run(do_nothing, welcome=OPENS, session=session)
    bench.run(read, WELCOME, records_response(), welcome=ENDED, session=session)
    assert cookies(bench) == [f"JSESSIONID={COOKIE}", "", ""]


def test_a_token_that_is_revoked_is_replaced_once(bench: ClientBench) -> None:
    tokens = [answer({"access_token": name, "expires_in": 1800}) for name in (TOKEN, "n3w")]
    answers = (WELCOME, ENDED, tokens[1], records_response())
    bench.run(read, *answers, who=identity("client-credentials"), welcome=tokens[0])
    signed = [got.headers.get("authorization", "") for got in bench.served.got]
    assert signed == ["", f"Bearer {TOKEN}", f"Bearer {TOKEN}", "", "Bearer n3w"]


def test_a_wrong_password_opens_nothing(bench: ClientBench) -> None:
    denied = answer({"error": {}}, 401, headers=f"Set-Cookie: JSESSIONID={COOKIE}\r\n")
    assert isinstance(bench.problem(read, welcome=denied), SignInRefused)
    assert len(bench.served.got) == 1


def test_a_cookie_is_not_repeated(bench: ClientBench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = answer({"error": {"message": f"no {COOKIE}"}}, 403)
    problem = bench.problem(read, echo, welcome=OPENS)
    assert 'It says: "(text that contains a secret)".' in problem.message
    assert COOKIE not in visible_text(problem) + caplog.text
    assert CANARY not in visible_text(problem) + caplog.text
