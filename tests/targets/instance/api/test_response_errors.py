"""Odd responses in words: each has a code, says what to do, and is honest on writes."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.secret import Secret
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    SignInRefused,
    parse_result,
    response_problem,
)
from tui.terminal.visible import visible

HTML = {"content-type": "text/html;charset=UTF-8"}
JSON = {"content-type": "application/json"}
READ = RequestContext("dev1.service-now.com", "sys_properties", "user admin")
WRITE = RequestContext("dev1.service-now.com", "sys_properties", "user admin", writes=True)


def error_body(message: str, detail: str | None = None) -> bytes:
    """Return an error in ServiceNow's shape."""
    return json.dumps(
        {"error": {"message": message, "detail": detail}, "status": "failure"}
    ).encode()


def page(title: str, text: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head>{text}</html>".encode()


CERTAIN, UNCERTAIN = False, True
DENIED = error_body("Operation Failed", "ACL Exception Update Failed due to security constraints")
OVER = error_body("Rate limit exceeded")
CASES: list[tuple[int, Mapping[str, str], bytes, str, bool, str]] = [
    (
        401,
        JSON,
        error_body("User Not Authenticated"),
        "sign-in",
        CERTAIN,
        "Basic authentication may be restricted",
    ),
    (401, HTML, page("Unauthorized"), "sign-in", CERTAIN, "lock the account"),
    (401, JSON, b'{"error": "invalid_client"}', "token", CERTAIN, "Application Registry"),
    (403, JSON, DENIED, "forbidden", CERTAIN, "ACL Exception Update Failed"),
    (403, JSON, DENIED, "forbidden", CERTAIN, "access rule, a business rule or a data policy"),
    (403, HTML, page("Blocked"), "web-page", UNCERTAIN, 'titled "Blocked"'),
    (404, JSON, error_body("No Record found"), "not-found", CERTAIN, "missing, or not visible"),
    (404, HTML, page("Not Found"), "web-page", UNCERTAIN, "proxy"),
    (400, JSON, error_body("Invalid table x"), "no-table", CERTAIN, "no such table"),
    (
        404,
        JSON,
        error_body("Requested URI does not represent any resource"),
        "no-table",
        CERTAIN,
        "the instance's own",
    ),
    (
        400,
        JSON,
        error_body("Exception while reading request"),
        "bad-request",
        CERTAIN,
        "doesn't accept",
    ),
    (405, JSON, error_body("Method not supported"), "unsupported", CERTAIN, "405"),
    (406, JSON, error_body("Not acceptable"), "unsupported", CERTAIN, "406"),
    (415, JSON, error_body("Unsupported"), "unsupported", CERTAIN, "415"),
    (409, JSON, error_body("Conflict"), "refused", CERTAIN, "409"),
    (429, JSON | {"retry-after": "17"}, OVER, "rate-limit", CERTAIN, "in 17 seconds"),
    (
        429,
        JSON | {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"},
        OVER,
        "rate-limit",
        CERTAIN,
        "after Wed, 21 Oct",
    ),
    (429, JSON | {"x-ratelimit-rule": "abc"}, OVER, "rate-limit", CERTAIN, "by rule abc"),
    (429, {}, b"", "rate-limit", UNCERTAIN, "Try again later"),
    (
        500,
        JSON,
        error_body("Transaction cancelled"),
        "server-error",
        UNCERTAIN,
        "Transaction cancelled",
    ),
    (502, HTML, page("Bad Gateway"), "unavailable", UNCERTAIN, "wake a developer instance"),
    (503, {}, b"", "unavailable", UNCERTAIN, "restarting or hibernating"),
    (200, HTML, page("Instance Hibernating page"), "hibernating", UNCERTAIN, "5 minutes"),
    (200, HTML, b"Your instance is hibernating", "hibernating", UNCERTAIN, "developer.service"),
    (200, HTML, page("Log in | ServiceNow"), "login-page", UNCERTAIN, "single sign-on"),
    (200, HTML, page("X", '<form action="login.do">'), "login-page", UNCERTAIN, "API key"),
    (200, HTML, page("Maintenance"), "web-page", UNCERTAIN, 'titled "Maintenance"'),
    (511, HTML, page("Hotel"), "web-page", UNCERTAIN, 'titled "Hotel"'),
    (200, {}, b" <!doctype html>", "web-page", UNCERTAIN, "browser"),
    (
        200,
        JSON,
        error_body("Operation Failed", "why"),
        "refused",
        UNCERTAIN,
        "Operation Failed: why",
    ),
    (
        200,
        JSON,
        b'{"result": [], "error": {"message": "Transaction cancelled"}}',
        "refused",
        UNCERTAIN,
        "Transaction cancelled",
    ),
    (200, JSON, b'{"result": ', "not-json", UNCERTAIN, "isn't JSON"),
    (200, JSON, b"[" * 100_000, "not-json", UNCERTAIN, "isn't JSON"),
    (200, JSON, b"[1]", "shape", UNCERTAIN, "isn't the Table API's"),
    (200, JSON, b'{"result": "x"}', "shape", UNCERTAIN, "isn't the Table API's"),
    (200, JSON, b" \r\n", "empty", UNCERTAIN, "empty"),
    (204, {}, b"", "empty", UNCERTAIN, "204"),
    (404, {}, b"", "empty", UNCERTAIN, "404"),
    (302, {"location": "/login.do"}, b"", "login-page", UNCERTAIN, "on dev1.service-now.com"),
    (
        302,
        {"location": "https://idp.example/saml?RelayState=c4nary"},
        b"",
        "login-page",
        UNCERTAIN,
        "on idp.example,",
    ),
    (301, {"location": "https://new.example/x"}, b"", "moved", UNCERTAIN, "on new.example."),
    (307, {"location": "//[bad"}, b"", "moved", UNCERTAIN, "an invalid address"),
    (302, {}, b"", "moved", UNCERTAIN, "not followed"),
    (400, JSON, b'{"error": "invalid_client"}', "token", CERTAIN, "invalid_client"),
    (
        403,
        JSON,
        b'{"error": "server_error", "error_description": "access_denied"}',
        "token",
        CERTAIN,
        "server_error: access_denied",
    ),
    (400, JSON, b'{"error": "invalid_request"}', "oauth", UNCERTAIN, "invalid_request"),
]


@pytest.mark.parametrize(("status", "headers", "body", "code", "uncertain", "words"), CASES)
def test_an_odd_answer_in_words(
    status: int, headers: Mapping[str, str], body: bytes, code: str, uncertain: bool, words: str
) -> None:
    answer = Response(status, headers, body)
    for context in (READ, WRITE):
        with pytest.raises(InstanceProblem) as raised:
            parse_result(context, answer, list)
        problem = raised.value
        assert problem.code == f"instance.{code}"
        assert words in problem.message + problem.hint
        assert "dev1.service-now.com" in problem.message
        assert "c4nary" not in problem.message
        assert problem.uncertain == (uncertain and context.writes)
        assert problem.hint.startswith("It may have been written") == problem.uncertain
        assert isinstance(problem, SignInRefused) == (code in ("sign-in", "token"))
        assert problem.exit_code == 1


def test_what_a_limit_means_for_a_write_is_left_to_whoever_wrote() -> None:
    for context in (READ, WRITE):
        assert response_problem(context, Response(429, JSON, OVER)).message.endswith("this hour.")


def test_a_good_answer_is_its_result() -> None:
    assert parse_result(READ, Response(200, {}, b'{"result": [{"a": "b"}]}'), list) == [{"a": "b"}]
    assert parse_result(WRITE, Response(201, {}, b'{"result": {"a": "b"}}'), dict) == {"a": "b"}


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("basic", "isn't allowed to sign in this way"),
        ("api-key", "expired"),
        ("x", "locked out"),
    ],
)
def test_a_refused_sign_in_tells_what_fits_its_way(method: str, words: str) -> None:
    context = RequestContext("host", "sys_properties", "user admin", method)
    assert words in response_problem(context, Response(401, {}, b"")).message


def test_words_from_outside_are_made_visible_and_cut() -> None:
    context = RequestContext("host", "table", "user admin", secrets=(Secret("c4nary"), Secret("")))
    shown = response_problem(
        context, Response(403, JSON, error_body("\x1b[2J\u202e" + "x" * 500))
    ).message
    assert "^[[2J\\u{202e}xxx" in shown
    assert "characters)" in shown
    assert len(shown) < 400


def test_words_that_hold_a_secret_are_not_repeated() -> None:
    context = RequestContext("host", "table", "user admin", secrets=(Secret("c4nary"),))
    for answer in (
        Response(403, JSON, error_body("Wrong c4nary")),
        Response(401, JSON, b'{"error": "invalid_client", "error_description": "c4nary"}'),
        Response(200, HTML, page("c4nary")),
        Response(302, {"location": "https://c4nary.example/"}, b""),
        Response(429, {"retry-after": "c4nary", "x-ratelimit-rule": "c4nary"}, b""),
    ):
        problem = response_problem(context, answer)
        assert "c4nary" not in problem.message + problem.hint
        assert "c4nary" not in repr(answer) + repr(context) + repr(problem)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["result", "error", "message", "detail", "error_description", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
BODIES = st.binary(max_size=60) | JSON_VALUES.map(lambda value: json.dumps(value).encode())
NAMES = ["content-type", "location", "retry-after", "x-ratelimit-rule"]


@given(
    st.integers(100, 999),
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60)),
    BODIES,
    st.booleans(),
)
def test_anything_at_all_is_a_result_or_a_problem(
    status: int, headers: dict[str, str], body: bytes, writes: bool
) -> None:
    context = RequestContext("host", "table", "user admin", writes=writes)
    try:
        result = parse_result(context, Response(status, headers, body), list)
    except InstanceProblem as problem:
        for text in (problem.message, problem.hint):
            assert text
            assert visible(text) == text
            assert len(text) < 700
        told = problem.uncertain
    else:
        assert 200 <= status < 300
        assert isinstance(result, list)
        told = False
    assert writes or not told


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("12", 12.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2001 00:00:00 +9999999999999999999", None),
        ("9" * 400, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_how_long_a_busy_instance_asks_to_wait_is_kept(
    status: int, header: str, seconds: float | None
) -> None:
    answer = Response(status, {"retry-after": header}, b'{"error": {"message": "busy"}}')
    context = RequestContext("corp.service-now.com", "sys_email_account", "user admin")
    assert response_problem(context, answer).retry_after == seconds
