"""The client of the Table API: one attempt per request, and no secret told."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.targets.instance.api.factories import (
    BASIC,
    CANARY,
    HEAD,
    ID,
    SAVED,
    TOKEN,
    WELCOME,
    Action,
    ClientBench,
    create,
    do_nothing,
    identity,
    read,
    update,
    update_secret,
    visible_text,
)
from tests.targets.instance.api.fakes import (
    Handler,
    answer,
    close_after,
    records_response,
    serve,
    web_page,
)
from tui.credentials.secret import Secret
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity
from tui.targets.instance.api.browser_grant import BrowserGrant
from tui.targets.instance.api.client import PAGE, PAGES, Client, Page
from tui.targets.instance.api.response_errors import InstanceProblem, SignInRefused


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClientBench:
    return ClientBench(tmp_path, monkeypatch)


def test_rows_are_read(bench: ClientBench) -> None:
    found = {"name": "a", "user": {"link": "https://x", "value": "u"}, "none": None, "n": 1}
    label = {"label": {"display_value": "Ä b", "link": "x"}}
    shown = bench.run(read, records_response({**found, **label}, total=7))
    assert shown == Page(({"name": "a", "user": "u", "none": "", "n": "1", "label": "Ä b"},), 7)
    assert bench.requests == ["GET /api/now/table/sys_properties"]
    assert bench.parameters() == {
        "sysparm_query": "name=a",
        "sysparm_fields": "name,value",
        "sysparm_limit": str(PAGE),
        "sysparm_offset": "0",
        "sysparm_display_value": "false",
        "sysparm_exclude_reference_link": "true",
    }
    headers = bench.served.got[-1].headers
    assert headers["accept"] == "application/json"
    assert headers["user-agent"].startswith("glidemail/")
    assert headers["authorization"] == f"Basic {BASIC}"


def test_more_than_a_page_is_read_by_offset_and_no_link_is_followed(bench: ClientBench) -> None:
    full = answer(
        {"result": [{"name": "a"}] * PAGE},
        headers=f'X-Total-Count: {PAGE + 1}\r\nLink: <https://evil.example/>;rel="next"\r\n',
    )
    assert (
        len(bench.run(read, full, records_response({"name": "b"}, total=PAGE + 1)).records)
        == PAGE + 1
    )
    assert bench.parameters()["sysparm_offset"] == str(PAGE)
    assert len(bench.requests) == 2


def test_a_page_that_access_rules_thinned_out_is_not_the_last(bench: ClientBench) -> None:
    shown = bench.run(
        read,
        records_response({"name": "a"}, total=PAGE + 1),
        records_response({"name": "b"}, total=201),
    )
    assert [row["name"] for row in shown.records] == ["a", "b"]


def test_a_full_page_without_a_total_is_not_the_last(bench: ClientBench) -> None:
    assert (
        bench.run(read, records_response(*[{"name": "a"}] * PAGE), records_response()).total is None
    )
    assert len(bench.requests) == 2


def test_rows_without_end_are_a_problem(bench: ClientBench) -> None:
    problem = bench.problem(read, records_response(*[{"name": "a"}] * PAGE))
    assert problem.code == "instance.too-many-rows"
    assert len(bench.requests) == PAGES


def test_no_more_rows_than_are_wanted_are_asked_for(bench: ClientBench) -> None:
    async def first(client: Client) -> Page:
        return await client.list_records("sys_email", "ORDERBYsys_created_on", ["sys_id"], limit=1)

    assert bench.run(first, records_response({"sys_id": ID}, total=900)) == Page(
        ({"sys_id": ID},), 900
    )
    assert len(bench.requests) == 1
    assert bench.parameters()["sysparm_limit"] == "1"


@pytest.mark.parametrize(
    ("header", "count"),
    [
        ("X-Total-Count: 12\r\n", 12),
        ("", None),
        ("X-Total-Count: -1\r\n", None),
        ("X-Total-Count: 99999999999999\r\n", None),
    ],
)
def test_rows_are_counted_as_far_as_it_is_told(
    bench: ClientBench, header: str, count: int | None
) -> None:
    page = bench.run(read, answer({"result": []}, headers=header))
    assert page == Page((), count)


def test_no_row_at_all_is_an_empty_page(bench: ClientBench) -> None:
    missing = answer({"error": {"message": "No Record found"}}, 404)
    assert bench.run(read, missing) == Page((), 0)


@pytest.mark.parametrize("found", [1, "x", None, [], {"a": []}, {"a": {"b": "c"}}])
def test_rows_that_are_none_are_a_problem(bench: ClientBench, found: object) -> None:
    assert bench.problem(read, records_response(found)).code == "instance.shape"


def test_a_record_is_changed(bench: ClientBench) -> None:
    bench.run(update, SAVED)
    got = bench.served.got[-1]
    assert bench.requests == [f"PATCH /api/now/table/sys_properties/{ID}"]
    assert json.loads(got.body) == {"value": "x"}
    assert got.headers["content-type"] == "application/json"
    assert got.headers["accept"] == "application/json"
    assert "sysparm_input_display_value" not in bench.parameters()


@pytest.mark.parametrize("done", [answer(status=204), answer(), SAVED])
def test_a_secret_goes_alone_and_does_not_come_back(bench: ClientBench, done: bytes) -> None:
    bench.run(update_secret, done)
    got = bench.served.got[-1]
    assert json.loads(got.body) == {"password": "s3cret-c4nary"}
    assert got.headers["x-no-response-body"] == "true"
    assert bench.parameters()["sysparm_input_display_value"] == "true"
    assert "s3cret" not in got.line


def test_a_record_is_made(bench: ClientBench) -> None:
    assert bench.run(create, answer({"result": {"sys_id": ID}}, 201)) == ID
    assert bench.requests == ["POST /api/now/table/sys_properties"]
    assert json.loads(bench.served.got[-1].body) == {"name": "a"}


@pytest.mark.parametrize("record", [{}, {"sys_id": ""}, {"sys_id": 1}, []])
def test_a_record_without_an_id_may_have_been_made(bench: ClientBench, record: object) -> None:
    problem = bench.problem(create, answer({"result": record}, 201))
    assert (problem.code, problem.uncertain) == ("instance.shape", True)


@pytest.mark.parametrize("sys_id", ["", "..", "a/b", "a?b", "a\r\nb"])
def test_an_id_that_is_none_goes_nowhere(bench: ClientBench, sys_id: str) -> None:
    problem = bench.problem(lambda client: client.update("sys_properties", sys_id, {}))
    assert (problem.code, problem.uncertain) == ("instance.odd-id", False)
    assert not bench.requests


def test_a_long_url_and_an_odd_table_are_faults_of_the_caller(bench: ClientBench) -> None:
    async def tries(client: Client) -> None:
        for table, query in (("sys_properties", "x" * 2048), ("../x", ""), ("", "")):
            with pytest.raises(ValueError, match=r"URL|table"):
                await client.list_records(table, query, ["name"])

    bench.run(tries)
    assert not bench.requests


def test_nothing_is_asked_before_signing_in(bench: ClientBench) -> None:
    async def main() -> None:
        async with bench.client("https://127.0.0.1:9") as client:
            for do in (read, update, update_secret, create):
                with pytest.raises(RuntimeError, match="sign in"):
                    await do(client)
            with pytest.raises(RuntimeError, match="sign in"):
                await read(client)

    asyncio.run(main())


def test_an_api_key_goes_into_its_header_only(bench: ClientBench) -> None:
    bench.run(read, records_response(), who=identity("api-key"))
    for got in bench.served.got:
        assert got.headers["x-sn-apikey"] == CANARY
        assert "authorization" not in got.headers
        assert CANARY not in got.line


def test_client_credentials_get_a_token_first(bench: ClientBench) -> None:
    token = answer({"access_token": TOKEN, "expires_in": 1800})
    bench.run(read, WELCOME, records_response(), who=identity("client-credentials"), welcome=token)
    first, *others = bench.served.got
    assert first.line == "POST /oauth_token.do HTTP/1.1"
    assert first.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(first.body.decode())["client_secret"] == [CANARY]
    assert "authorization" not in first.headers
    assert [got.headers["authorization"] for got in others] == [f"Bearer {TOKEN}"] * 2


def test_a_token_that_runs_out_is_replaced_before_it_is_refused(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("tui.targets.instance.api.session.time.monotonic", lambda: now)

    async def later(client: Client) -> None:
        nonlocal now
        await read(client)
        now += 1750
        await asyncio.gather(read(client), read(client))

    tokens = [answer({"access_token": f"t{n}", "expires_in": 1800}) for n in range(2)]
    who = identity("client-credentials")
    bench.run(
        later,
        WELCOME,
        records_response(),
        tokens[1],
        records_response(),
        who=who,
        welcome=tokens[0],
    )
    shown = [got.headers.get("authorization", "") for got in bench.served.got]
    assert shown == ["", "Bearer t0", "Bearer t0", "", "Bearer t1", "Bearer t1"]


def browser_identity() -> Identity:
    grant = BrowserGrant(Secret("c0de"), Secret("verif1er"), client_secret=Secret(CANARY))
    return Identity(SignInMethod.BROWSER, "id", grant.to_secret())


def test_a_browser_sign_in_is_refreshed_when_its_token_runs_out(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("tui.targets.instance.api.session.time.monotonic", lambda: now)

    async def later(client: Client) -> None:
        nonlocal now
        for _ in range(2):
            now += 1750
            await asyncio.gather(read(client), read(client))

    first, *others = (
        answer({"access_token": f"t{n}", "expires_in": 1800, **more})
        for n, more in enumerate(({"refresh_token": "r0"}, {}, {"refresh_token": "r2"}))
    )
    rows = [records_response()] * 2
    answers = (WELCOME, others[0], *rows, others[1], *rows)
    bench.run(later, *answers, who=browser_identity(), welcome=first)
    forms = [parse_qs(got.body.decode()) for got in bench.served.got if got.body]
    assert [form.get("code", form.get("refresh_token")) for form in forms] == [
        ["c0de"],
        ["r0"],
        ["r0"],
    ]
    assert all(form["client_secret"] == [CANARY] for form in forms)
    shown = [got.headers["authorization"] for got in bench.served.got if not got.body]
    assert shown == ["Bearer t0", *["Bearer t1"] * 2, *["Bearer t2"] * 2]


def test_a_browser_sign_in_without_a_refresh_token_ends_in_words(
    bench: ClientBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("tui.targets.instance.api.session.time.monotonic", lambda: now)

    async def later(client: Client) -> None:
        nonlocal now
        now += 1750
        await read(client)

    token = answer({"access_token": "t0", "expires_in": 1800})
    problem = bench.problem(later, WELCOME, who=browser_identity(), welcome=token)
    assert isinstance(problem, SignInRefused)
    assert "the instance didn't issue a refresh token" in problem.message
    assert len(bench.served.got) == 2


@pytest.mark.parametrize("echoed", ["c0de", "verif1er", CANARY, "r3fresh", "t0ken"])
def test_nothing_of_a_browser_sign_in_is_repeated(bench: ClientBench, echoed: str) -> None:
    token = answer({"access_token": "t0ken", "refresh_token": "r3fresh"})
    echo = answer({"error": {"message": f"not {echoed}"}}, 403)
    problem = bench.problem(read, WELCOME, echo, who=browser_identity(), welcome=token)
    assert 'It says: "(text that contains a secret)".' in problem.message
    assert echoed not in visible_text(problem)


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        (answer({"error": "invalid_grant"}, 400), "instance.token"),
        (
            answer({"error": "server_error", "error_description": "access_denied"}, 401),
            "instance.token",
        ),
        (answer({"error": "unsupported_grant_type"}, 400), "instance.oauth"),
        (answer({"access_token": 1, "refresh_token": "x"}), "instance.shape"),
        (answer({"access_token": ""}), "instance.shape"),
        (web_page("<title>Log in</title>"), "instance.login-page"),
        (answer(status=503), "instance.unavailable"),
    ],
)
def test_an_odd_answer_to_a_code_is_diagnosed(bench: ClientBench, odd: bytes, code: str) -> None:
    assert bench.problem(do_nothing, welcome=odd, who=browser_identity()).code == code
    assert len(bench.served.got) == 1


def refused_ways() -> Iterator[tuple[str, bytes, str]]:
    denied = answer({"error": {"message": "User Not Authenticated", "detail": None}}, 401)
    yield "basic", denied, "instance.sign-in"
    yield "api-key", denied, "instance.sign-in"
    yield "basic", web_page("Unauthorized", 401), "instance.sign-in"
    yield "client-credentials", answer({"error": "invalid_client"}, 401), "instance.token"
    yield "client-credentials", answer({"error": "access_denied"}, 400), "instance.token"


@pytest.mark.parametrize(("method", "denied", "code"), refused_ways())
def test_a_wrong_secret_costs_one_request(
    bench: ClientBench, method: str, denied: bytes, code: str
) -> None:
    async def main() -> None:
        async with (
            serve(denied) as bench.served,
            bench.client(bench.served.url, identity(method)) as client,
        ):
            with pytest.raises(SignInRefused) as raised:
                await client.sign_in()
            assert raised.value.code == code
            with pytest.raises(SignInRefused, match="nothing more is sent"):
                await client.sign_in()

    asyncio.run(main())
    assert len(bench.served.got) == 1


def test_a_refusal_later_stops_those_who_wait(bench: ClientBench) -> None:
    """Four are under way at once; of the others none is sent."""

    async def many(client: Client) -> list[object]:
        return await asyncio.gather(
            *(read(client) for _ in range(20)), update(client), return_exceptions=True
        )

    ended = bench.run(many, answer({"error": {"message": "no"}}, 401))
    assert all(isinstance(each, SignInRefused) for each in ended)
    assert len(bench.requests) <= 4
    assert sum(getattr(each, "code", "") == "instance.stopped" for each in ended) >= 17


def test_who_may_not_read_that_table_is_signed_in(bench: ClientBench) -> None:
    forbidden = answer({"error": {"message": "User Not Authorized"}}, 403)
    assert bench.run(read, records_response(), welcome=forbidden) == Page((), None)


def test_a_sign_in_that_failed_otherwise_can_be_tried_anew(bench: ClientBench) -> None:
    async def main() -> None:
        async with (
            serve(answer(status=503), WELCOME, records_response()) as served,
            bench.client(served.url) as client,
        ):
            with pytest.raises(InstanceProblem, match="503"):
                await client.sign_in()
            with pytest.raises(RuntimeError):
                await read(client)
            await client.sign_in()
            await read(client)

    asyncio.run(main())


ECHO = answer({"error": {"message": f"no {CANARY} {BASIC} {TOKEN} s3cret-c4nary"}}, 403)
ODD = [
    ECHO,
    answer({"error": {"message": CANARY}}, 401),
    answer({"error": "invalid_client", "error_description": CANARY}, 400),
    answer({"result": {"password": "s3cret-c4nary", "Authorization": BASIC}}, 500),
    web_page(f"Log in {CANARY} {TOKEN}"),
    answer(status=302, headers=f"Location: https://{CANARY}.example/\r\n"),
    close_after(b""),
    close_after(HEAD + CANARY.encode()),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("method", ["basic", "api-key", "client-credentials"])
@pytest.mark.parametrize("do", [read, update_secret])
def test_no_secret_is_told(
    bench: ClientBench,
    caplog: pytest.LogCaptureFixture,
    odd: bytes | Handler,
    method: str,
    do: "Action[object]",
) -> None:
    caplog.set_level(logging.DEBUG)
    cookie = "Set-Cookie: JSESSIONID=c4nary\r\n"
    answers: list[bytes | Handler] = [answer({"result": []}, headers=cookie), odd]
    if method == "client-credentials":
        answers.insert(0, answer({"access_token": TOKEN}, headers=cookie))
    problem = bench.problem(do, *answers, who=identity(method), welcome=None)
    shown = visible_text(problem) + caplog.text
    for secret in ("c4nary", BASIC, TOKEN, CANARY):
        assert secret not in shown
        assert not any(secret in got.line for got in bench.served.got)
    assert "HTTP Request: GET" in caplog.text


@pytest.mark.parametrize("echoed", ["s3cret-c4nary", TOKEN, CANARY])
def test_each_secret_is_known_when_it_is_echoed(bench: ClientBench, echoed: str) -> None:
    token = answer({"access_token": TOKEN})
    echo = answer({"error": {"message": f"not {echoed}"}}, 403)
    who = identity("client-credentials")
    problem = bench.problem(update_secret, WELCOME, echo, who=who, welcome=token)
    assert 'It says: "(text that contains a secret)".' in problem.message


def test_no_secret_is_told_of_a_token_that_does_not_come(bench: ClientBench) -> None:
    for odd in (ECHO, answer({"access_token": [TOKEN]}), close_after(HEAD + TOKEN.encode())):
        problem = bench.problem(do_nothing, welcome=odd, who=identity("client-credentials"))
        assert "c4nary" not in visible_text(problem)


def test_the_client_itself_shows_no_secret(bench: ClientBench) -> None:
    async def shown(client: Client) -> str:
        held = [vars(client), vars(client._signer)]
        return f"{client!r} {held!r}"

    assert "c4nary" not in bench.run(shown)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["result", "error", "value", "display_value", "a"]), inner, max_size=3
        )
    ),
    max_leaves=9,
)


def test_any_json_is_rows_or_a_problem(bench: ClientBench) -> None:
    @settings(max_examples=60, deadline=None)
    @given(JSON.map(lambda value: json.dumps({"result": value})) | JSON.map(json.dumps))
    def test(body: str) -> None:
        def carry(request: httpx2.Request) -> httpx2.Response:
            content = body.encode() if b"name%3Da" in request.url.query else b'{"result": []}'
            return httpx2.Response(200, stream=httpx2.ByteStream(content))

        async def main() -> None:
            transport = httpx2.MockTransport(carry)
            async with Client("https://dev1.example", identity(), transport=transport) as client:
                await client.sign_in()
                with suppress(InstanceProblem):
                    for row in (await read(client)).records:
                        assert all(isinstance(each, str) for pair in row.items() for each in pair)

        asyncio.run(main())

    test()
