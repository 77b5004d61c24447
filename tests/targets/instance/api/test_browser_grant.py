"""Sign-in with a browser: the address, what is pasted back, and what is kept of it."""

import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.credentials.secret import Secret
from tui.errors import Refusal
from tui.storage.instance import Instance, SignInMethod
from tui.targets.instance.api.browser_grant import (
    REDIRECT_URL,
    BrowserGrant,
    BrowserSignIn,
    parse_grant,
)

INSTANCE = Instance("https://dev1.example:8443", SignInMethod.BROWSER, "a client&id")
CODE = "c0de-c4nary_~"


def query(sign_in: BrowserSignIn) -> dict[str, str]:
    return {name: value for name, [value] in parse_qs(urlsplit(sign_in.url).query).items()}


def pasted(sign_in: BrowserSignIn, **values: str) -> Secret:
    """The address that the browser ends at."""
    answer = {"code": CODE, "state": query(sign_in)["state"], **values}
    return Secret(f"{REDIRECT_URL}?{urlencode(answer)}")


def form(secret: Secret) -> dict[str, str]:
    grant = parse_grant(secret)
    assert grant
    body = grant.form("id")
    assert body
    return {name: value for name, [value] in parse_qs(body.reveal()).items()}


def refusal(sign_in: BrowserSignIn, secret: Secret) -> Refusal:
    with pytest.raises(Refusal) as raised:
        sign_in.accept(secret)
    assert raised.value.code == "sign-in.browser"
    assert "c4nary" not in raised.value.message + raised.value.hint
    return raised.value


def test_the_address_names_the_client_and_holds_the_challenge_of_the_verifier() -> None:
    sign_in = BrowserSignIn(INSTANCE)
    asked = query(sign_in)
    assert sign_in.url.startswith("https://dev1.example:8443/oauth_auth.do?")
    assert (asked["client_id"], asked["redirect_uri"]) == ("a client&id", REDIRECT_URL)
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    verifier = form(sign_in.accept(pasted(sign_in)))["code_verifier"]
    digest = hashlib.sha256(verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert 43 <= len(verifier) <= 128  # RFC 7636, section 4.1
    assert verifier not in sign_in.url


def test_no_two_sign_ins_have_anything_in_common() -> None:
    one, other = query(BrowserSignIn(INSTANCE)), query(BrowserSignIn(INSTANCE))
    assert one["state"] != other["state"]
    assert one["code_challenge"] != other["code_challenge"]


def test_an_address_or_a_bare_code_is_exchanged_with_or_without_the_clients_secret() -> None:
    sign_in = BrowserSignIn(INSTANCE)
    address = pasted(sign_in).reveal()
    for text in (address, f"  {address} \r", address.partition("//")[2], CODE):
        exchanged = form(sign_in.accept(Secret(text)))
        assert exchanged.pop("code_verifier")
        assert exchanged == {
            "client_id": "id",
            "grant_type": "authorization_code",
            "redirect_uri": REDIRECT_URL,
            "code": CODE,
        }
    confidential = form(sign_in.accept(Secret(address), Secret("s=c &é")))
    assert confidential["client_secret"] == "s=c &é"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "c4nary"}, "its state is different"),
        ({"state": ""}, "its state is different"),
        ({"state": "é"}, "its state is different"),
        ({"code": ""}, "There is no code in that address."),
        ({"code": "a\nb"}, "There is no code in that address."),
        ({"code": "c" * 3000}, "There is no code in that address."),
        ({"error": "access_denied"}, 'It says: "access_denied".'),
        ({"error": "x", "error_description": "\x1b[2Jno"}, 'It says: "x: ^[[2Jno".'),
    ],
)
def test_an_address_that_does_not_fit_is_refused_in_words(
    values: dict[str, str], words: str
) -> None:
    sign_in = BrowserSignIn(INSTANCE)
    assert words in refusal(sign_in, pasted(sign_in, **values)).message


@pytest.mark.parametrize(
    "text",
    ["", " ", "two words", "é", "https://c4nary.example/", "http://[", "a=b", "c" * 9999],
)
def test_what_is_neither_address_nor_code_is_refused(text: str) -> None:
    refusal(BrowserSignIn(INSTANCE), Secret(text))


@given(st.text(max_size=60))
def test_whatever_is_pasted_is_a_code_or_a_refusal(text: str) -> None:
    sign_in = BrowserSignIn(INSTANCE)
    try:
        found = form(sign_in.accept(Secret(text)))
    except Refusal:
        return
    assert found["code"] == text.strip()


def test_a_code_is_used_once_and_a_refresh_token_goes_on() -> None:
    sign_in = BrowserSignIn(INSTANCE)
    grant = parse_grant(sign_in.accept(pasted(sign_in), Secret("s")))
    assert grant
    renewed = grant.renew(Secret("r3fresh"))
    kept = form(renewed.to_secret())
    assert kept == {
        "client_id": "id",
        "client_secret": "s",
        "grant_type": "refresh_token",
        "refresh_token": "r3fresh",
    }
    assert form(renewed.renew(None).to_secret()) == kept
    assert form(renewed.renew(Secret("next")).to_secret())["refresh_token"] == "next"
    assert grant.renew(None).form("id") is None


@pytest.mark.parametrize("text", ["", "x", "1", "[]", "null", '{"code": 1}', '{"other": "x"}'])
def test_what_is_no_browser_sign_in_is_none(text: str) -> None:
    assert parse_grant(Secret(text)) is None


def test_nothing_secret_is_shown() -> None:
    grant = BrowserGrant(Secret("c4nary"), Secret("c4nary"), Secret("c4nary"), Secret("c4nary"))
    assert "c4nary" not in repr(grant) + repr(grant.to_secret())
    assert len(grant.parts) == 4
