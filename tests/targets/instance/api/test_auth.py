"""Signing: where a secret goes, and that it fits there."""

import base64
import json
from math import inf
from urllib.parse import parse_qs

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.secret import Secret
from tui.storage.instance import SignInMethod
from tui.targets.instance.api.auth import Identity, Signer, parse_token, token_form
from tui.targets.instance.api.response_errors import (
    InstanceProblem,
    RequestContext,
    Response,
    SignInRefused,
)
from tui.targets.instance.api.session import ApiSession

TOKEN = RequestContext("host", "a token", "OAuth client abc", "client-credentials")


def signed_headers(method: str, user: str, secret: str) -> dict[str, str]:
    """Return the headers that signing adds."""
    request = httpx2.Request("GET", "https://dev1.example")
    before = set(request.headers)
    session = ApiSession("https://dev1.example")
    Signer(Identity(SignInMethod(method), user, Secret(secret)), session).sign(request)
    return {name: value for name, value in request.headers.items() if name not in before}


def test_a_password_goes_into_basic_sign_in() -> None:
    headers = signed_headers("basic", "Jörg", "pä:ss")
    scheme, value = headers["authorization"].split()
    assert scheme == "Basic"
    assert base64.b64decode(value).decode() == "Jörg:pä:ss"


def test_a_key_and_a_token_go_into_their_headers() -> None:
    assert signed_headers("api-key", "", "k3y") == {"x-sn-apikey": "k3y"}
    assert signed_headers("client-credentials", "id", "t0ken") == {"authorization": "Bearer t0ken"}


def test_a_token_is_asked_for_in_a_form() -> None:
    form = token_form(Identity(SignInMethod.CLIENT_CREDENTIALS, "a&b", Secret("s=c &é")))
    assert parse_qs(form.reveal()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["a&b"],
        "client_secret": ["s=c &é"],
    }
    assert "s=c" not in repr(form)


@pytest.mark.parametrize(
    ("method", "user", "secret", "words"),
    [
        ("basic", "", "x", "no user"),
        ("client-credentials", "", "x", "no user"),
        ("basic", "a:b", "x", "colon"),
        ("basic", "a", "", "empty"),
        ("basic", "a", "c4nary\ud800", "aren't text"),
        ("api-key", "", "c4nary\r\nX: y", "visible ASCII"),
        ("api-key", "", "c4nary é", "visible ASCII"),
    ],
)
def test_what_cannot_be_sent_is_told_before(
    method: str, user: str, secret: str, words: str
) -> None:
    with pytest.raises(InstanceProblem, match=words) as raised:
        signed_headers(method, user, secret)
    assert raised.value.code == "instance.sign-in-form"
    assert "c4nary" not in raised.value.message + raised.value.hint


def test_an_identity_says_who_it_is_and_no_more() -> None:
    identity = Identity(SignInMethod.BASIC, "ad\x1bmin", Secret("c4nary"))
    assert identity.words == "user ad^[min"
    assert Identity(SignInMethod.API_KEY, "", Secret("c4nary")).words == "the API key"
    assert (
        Identity(SignInMethod.CLIENT_CREDENTIALS, "id", Secret("c4nary")).words == "OAuth client id"
    )
    assert "c4nary" not in repr(identity) + repr(identity.credential)


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [(1800, 1800.0), (0, inf), (-5, inf), ("1800", inf), (None, inf), (10**400, inf)],
)
def test_a_token_and_how_long_it_is_good(expires: object, seconds: float) -> None:
    body = json.dumps({"access_token": "t0ken", "expires_in": expires}).encode()
    token, good_for = parse_token(TOKEN, Response(200, {}, body))
    assert token.reveal() == "t0ken"
    assert good_for == seconds


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"access_token": ""}', "shape"),
        (200, b'{"access_token": "a\\r\\nX: y"}', "shape"),
        (200, b'{"access_token": 1}', "shape"),
        (200, b'{"error": "server_error", "access_token": "x"}', "token"),
        (401, b'{"error": "invalid_client"}', "token"),
        (400, b'{"error": "unsupported_grant_type"}', "oauth"),
        (200, b"<html><title>Log in</title>", "login-page"),
        (500, b"", "server-error"),
    ],
)
def test_an_answer_without_a_token_is_a_problem(status: int, body: bytes, code: str) -> None:
    with pytest.raises(InstanceProblem) as raised:
        parse_token(TOKEN, Response(status, {}, body))
    assert raised.value.code == f"instance.{code}"
    assert isinstance(raised.value, SignInRefused) == (code == "token")
    assert not raised.value.uncertain


@given(st.integers(100, 599), st.binary(max_size=40))
def test_any_answer_is_a_token_or_a_problem(status: int, body: bytes) -> None:
    with pytest.raises(InstanceProblem):
        parse_token(TOKEN, Response(status, {}, body))
