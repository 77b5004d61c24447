"""Codes and tokens of people who sign in with a browser, as an instance gives them."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from tests.sandbox.browser import post_sign_in
from tests.sandbox.factories import PROPERTIES, open_client
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.browser_grants import REDIRECT_URL

VERIFIER = "v" * 43


def authorize(sandbox: Sandbox, user: str = "admin", password: str = "", **query: str) -> str:
    """Return the address that the browser ends at, or the status of the page that it stays on."""
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    whole = {
        "response_type": "code",
        "client_id": sandbox.running.oauth.client_id,
        "redirect_uri": REDIRECT_URL,
        "state": "a state",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    url = f"{sandbox.running.url}/oauth_auth.do?{urlencode({**whole, **query})}"
    response = post_sign_in(sandbox, url, user, password)
    return str(response.headers.get("location", response.status_code))


def code_of(address: str) -> str:
    query = parse_qs(urlsplit(address).query)
    assert query["state"] == ["a state"]
    return query["code"][0]


def request_token(sandbox: Sandbox, **form: str) -> httpx2.Response:
    body = {"client_id": sandbox.running.oauth.client_id, **form}
    with open_client(sandbox) as anybody:
        return anybody.post("/oauth_token.do", data=body)


def redeem(sandbox: Sandbox, code: str, /, **form: str) -> httpx2.Response:
    whole = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URL}
    return request_token(sandbox, **{**whole, "code_verifier": VERIFIER, **form})


def read_as(sandbox: Sandbox, token: str) -> int:
    with open_client(sandbox) as anybody:
        return anybody.get(PROPERTIES, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("with_secret", [True, False])
def test_a_code_gives_tokens_of_the_user_and_the_refresh_token_gives_more(
    sandbox: Sandbox, with_secret: bool
) -> None:
    oauth = sandbox.running.oauth
    more = {"client_secret": oauth.client_secret} if with_secret else {}
    tokens: dict[str, Any] = redeem(
        sandbox, code_of(authorize(sandbox, "mail.admin")), **more
    ).json()
    assert read_as(sandbox, tokens["access_token"]) == 200
    assert sandbox.recorded[-1].user == "mail.admin"
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **more}
    renewed = request_token(sandbox, **again).json()
    assert renewed["refresh_token"] == tokens["refresh_token"]
    assert read_as(sandbox, renewed["access_token"]) == 200
    sandbox.browser.revoke()
    assert read_as(sandbox, renewed["access_token"]) == 401
    assert request_token(sandbox, **again).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"code": "other"},
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://localhost/other"},
        {"client_id": "other"},
        {"client_secret": "wrong"},
    ],
)
def test_a_code_is_worth_nothing_with_anything_wrong(
    sandbox: Sandbox, form: dict[str, str]
) -> None:
    refused = redeem(sandbox, code_of(authorize(sandbox)), **form)
    assert (refused.status_code, refused.json()["error_description"]) == (401, "access_denied")


def test_a_code_works_once(sandbox: Sandbox) -> None:
    code = code_of(authorize(sandbox))
    assert [redeem(sandbox, code).status_code for _ in range(2)] == [200, 401]


@pytest.mark.parametrize(
    "query",
    [
        {"client_id": "other"},
        {"redirect_uri": "https://evil.example/"},
        {"response_type": "token"},
        {"code_challenge_method": "plain"},
        {"code_challenge": ""},
        {"state": ""},
    ],
)
def test_an_address_with_anything_wrong_leads_nowhere(
    sandbox: Sandbox, query: dict[str, str]
) -> None:
    assert authorize(sandbox, **query) == "400"


def test_a_wrong_password_there_gives_no_code(sandbox: Sandbox) -> None:
    address = authorize(sandbox, password="wrong")
    assert parse_qs(urlsplit(address).query) == {"error": ["access_denied"], "state": ["a state"]}
