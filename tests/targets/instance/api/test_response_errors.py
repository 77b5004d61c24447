"""Odd answers and failures in words: each has a code, says what to do, and is honest on writes."""

import errno
import json
import socket
import ssl
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
    not_a_result,
    result_of,
)
from tui.targets.instance.api.transport_errors import (
    Progress,
    TransportStage,
    failed,
    late,
    too_large,
)
from tui.terminal.visible import visible

HTML = {"content-type": "text/html;charset=UTF-8"}
JSON = {"content-type": "application/json"}
READ = RequestContext("dev1.service-now.com", "sys_properties", "user admin")
WRITE = RequestContext("dev1.service-now.com", "sys_properties", "user admin", writes=True)


def said(message: str, detail: str | None = None) -> bytes:
    """An error in ServiceNow's shape."""
    return json.dumps(
        {"error": {"message": message, "detail": detail}, "status": "failure"}
    ).encode()


def page(title: str, text: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head>{text}</html>".encode()


CERTAIN, UNCERTAIN = False, True
DENIED = said("Operation Failed", "ACL Exception Update Failed due to security constraints")
OVER = said("Rate limit exceeded")
CASES: list[tuple[int, Mapping[str, str], bytes, str, bool, str]] = [
    (401, JSON, said("User Not Authenticated"), "sign-in", CERTAIN, "basic sign-in is restricted"),
    (401, HTML, page("Unauthorized"), "sign-in", CERTAIN, "lock the account"),
    (401, JSON, b'{"error": "invalid_client"}', "token", CERTAIN, "Application Registry"),
    (403, JSON, DENIED, "forbidden", CERTAIN, "ACL Exception Update Failed"),
    (403, JSON, DENIED, "forbidden", CERTAIN, "access rule, a business rule or a data policy"),
    (403, HTML, page("Blocked"), "web-page", UNCERTAIN, 'titled "Blocked"'),
    (404, JSON, said("No Record found"), "not-found", CERTAIN, "missing, or not visible"),
    (404, HTML, page("Not Found"), "web-page", UNCERTAIN, "proxy"),
    (400, JSON, said("Invalid table x"), "no-table", CERTAIN, "no such table"),
    (
        404,
        JSON,
        said("Requested URI does not represent any resource"),
        "no-table",
        CERTAIN,
        "the instance's own",
    ),
    (400, JSON, said("Exception while reading request"), "bad-request", CERTAIN, "does not take"),
    (405, JSON, said("Method not supported"), "unsupported", CERTAIN, "405"),
    (406, JSON, said("Not acceptable"), "unsupported", CERTAIN, "406"),
    (415, JSON, said("Unsupported"), "unsupported", CERTAIN, "415"),
    (409, JSON, said("Conflict"), "refused", CERTAIN, "409"),
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
    (500, JSON, said("Transaction cancelled"), "server-error", UNCERTAIN, "Transaction cancelled"),
    (502, HTML, page("Bad Gateway"), "unavailable", UNCERTAIN, "wake a developer instance"),
    (503, {}, b"", "unavailable", UNCERTAIN, "restarting or hibernating"),
    (200, HTML, page("Instance Hibernating page"), "hibernating", UNCERTAIN, "5 minutes"),
    (200, HTML, b"Your instance is hibernating", "hibernating", UNCERTAIN, "developer.service"),
    (200, HTML, page("Log in | ServiceNow"), "login-page", UNCERTAIN, "single sign-on"),
    (200, HTML, page("X", '<form action="login.do">'), "login-page", UNCERTAIN, "API key"),
    (200, HTML, page("Maintenance"), "web-page", UNCERTAIN, 'titled "Maintenance"'),
    (511, HTML, page("Hotel"), "web-page", UNCERTAIN, 'titled "Hotel"'),
    (200, {}, b" <!doctype html>", "web-page", UNCERTAIN, "browser"),
    (200, JSON, said("Operation Failed", "why"), "refused", UNCERTAIN, "Operation Failed: why"),
    (
        200,
        JSON,
        b'{"result": [], "error": {"message": "Transaction cancelled"}}',
        "refused",
        UNCERTAIN,
        "Transaction cancelled",
    ),
    (200, JSON, b'{"result": ', "not-json", UNCERTAIN, "no JSON"),
    (200, JSON, b"[" * 100_000, "not-json", UNCERTAIN, "no JSON"),
    (200, JSON, b"[1]", "shape", UNCERTAIN, "not what the Table API gives"),
    (200, JSON, b'{"result": "x"}', "shape", UNCERTAIN, "not what the Table API gives"),
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
    (307, {"location": "//[bad"}, b"", "moved", UNCERTAIN, "an address that is none"),
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
    for asked in (READ, WRITE):
        with pytest.raises(InstanceProblem) as raised:
            result_of(asked, answer, list)
        problem = raised.value
        assert problem.code == f"instance.{code}"
        assert words in problem.message + problem.hint
        assert "dev1.service-now.com" in problem.message
        assert "c4nary" not in problem.message
        assert problem.uncertain == (uncertain and asked.writes)
        assert problem.hint.startswith("It may have been written") == problem.uncertain
        assert isinstance(problem, SignInRefused) == (code in ("sign-in", "token"))
        assert problem.exit_code == 1


def test_what_a_limit_means_for_a_write_is_left_to_whoever_wrote() -> None:
    for asked in (READ, WRITE):
        assert not_a_result(asked, Response(429, JSON, OVER)).message.endswith("in this hour.")


def test_a_good_answer_is_its_result() -> None:
    assert result_of(READ, Response(200, {}, b'{"result": [{"a": "b"}]}'), list) == [{"a": "b"}]
    assert result_of(WRITE, Response(201, {}, b'{"result": {"a": "b"}}'), dict) == {"a": "b"}


@pytest.mark.parametrize(
    ("method", "words"),
    [("basic", "basic sign-in is restricted"), ("api-key", "expired"), ("x", "locked out")],
)
def test_a_refused_sign_in_tells_what_fits_its_way(method: str, words: str) -> None:
    asked = RequestContext("host", "sys_properties", "user admin", method)
    assert words in not_a_result(asked, Response(401, {}, b"")).message


def test_words_from_outside_are_made_visible_and_cut() -> None:
    asked = RequestContext("host", "table", "user admin", secrets=(Secret("c4nary"), Secret("")))
    shown = not_a_result(asked, Response(403, JSON, said("\x1b[2J\u202e" + "x" * 500))).message
    assert "^[[2J\\u{202e}xxx" in shown
    assert "characters)" in shown
    assert len(shown) < 400


def test_words_that_hold_a_secret_are_not_repeated() -> None:
    asked = RequestContext("host", "table", "user admin", secrets=(Secret("c4nary"),))
    for answer in (
        Response(403, JSON, said("Wrong c4nary")),
        Response(401, JSON, b'{"error": "invalid_client", "error_description": "c4nary"}'),
        Response(200, HTML, page("c4nary")),
        Response(302, {"location": "https://c4nary.example/"}, b""),
        Response(429, {"retry-after": "c4nary", "x-ratelimit-rule": "c4nary"}, b""),
    ):
        problem = not_a_result(asked, answer)
        assert "c4nary" not in problem.message + problem.hint
        assert "c4nary" not in repr(answer) + repr(asked) + repr(problem)


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
    asked = RequestContext("host", "table", "user admin", writes=writes)
    try:
        result = result_of(asked, Response(status, headers, body), list)
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


def certificate(number: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code = number
    return error


def caused(cause: BaseException) -> Exception:
    """As a library wraps it."""
    error = ConnectionError("c4nary")
    error.__cause__ = cause
    return error


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
NO_ROUTE = OSError(errno.EHOSTUNREACH, "No route to host")
FAILURES: list[tuple[Exception, Progress, str, str]] = [
    (
        caused(socket.gaierror(-2, "Name or service not known")),
        Progress(),
        "unknown-host",
        "Name or service not known",
    ),
    (caused(REFUSED), Progress(), "connection-refused", "nothing listens"),
    (
        caused(ExceptionGroup("all", [REFUSED, NO_ROUTE])),
        Progress(),
        "connection-refused",
        "firewall",
    ),
    (caused(NO_ROUTE), Progress(), "unreachable", "No route to host"),
    (caused(REFUSED), Progress(at_proxy=True), "proxy-unreachable", "Connection refused"),
    (caused(certificate(9)), Progress(TransportStage.TLS), "certificate-not-yet-valid", "clock"),
    (caused(certificate(10)), Progress(TransportStage.TLS), "certificate-expired", "renewed"),
    (caused(certificate(18)), Progress(TransportStage.TLS), "certificate-self-signed", "ca_file"),
    (
        caused(certificate(19)),
        Progress(TransportStage.TLS),
        "certificate-unknown-issuer",
        "ca_file",
    ),
    (
        caused(certificate(20)),
        Progress(TransportStage.TLS),
        "certificate-unknown-issuer",
        "ca_file",
    ),
    (caused(certificate(21)), Progress(TransportStage.TLS), "certificate-unknown-issuer", "chain"),
    (caused(certificate(62)), Progress(TransportStage.TLS), "certificate-name", "another name"),
    (caused(certificate(23)), Progress(TransportStage.TLS), "certificate-invalid", "is not valid"),
    (
        caused(ssl.SSLCertVerificationError("x")),
        Progress(TransportStage.TLS),
        "certificate-invalid",
        "",
    ),
    (caused(ssl.SSLError(1, "x")), Progress(TransportStage.TLS), "tls", "TLS 1.2"),
    (caused(EOFError()), Progress(TransportStage.TLS), "tls", "cannot be made secure"),
]


@pytest.mark.parametrize(("error", "progress", "code", "words"), FAILURES)
def test_a_failure_before_anything_was_sent_in_words(
    error: Exception, progress: Progress, code: str, words: str
) -> None:
    problem = failed(WRITE, error, progress)
    assert problem.code == f"instance.{code}"
    assert words in problem.message + problem.hint
    assert WRITE.host in problem.message
    assert "c4nary" not in problem.message + problem.hint
    assert not problem.uncertain


@pytest.mark.parametrize("stage", [TransportStage.ASKED, TransportStage.ANSWER])
def test_a_write_that_was_cut_is_uncertain(stage: TransportStage) -> None:
    for asked in (READ, WRITE):
        assert failed(asked, EOFError(), Progress(stage)).uncertain == asked.writes
        assert late(asked, Progress(stage), 2).uncertain == asked.writes
        assert too_large(asked, 2**21).uncertain == asked.writes


def test_a_cause_that_goes_in_a_circle_ends() -> None:
    error = ConnectionError()
    error.__cause__ = other = ConnectionError()
    other.__cause__ = error
    assert failed(READ, error, Progress()).code == "instance.unreachable"
