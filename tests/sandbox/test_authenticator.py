"""Who gets in, and how often others were refused."""

import base64
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.sandbox.factories import PROPERTIES, open_client, read_error, read_names, sign_in
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.authenticator import ROLES_BY_USER
from tui.sandbox.sandbox_state import Switches

ONE = {"sysparm_query": "name=instance_name"}


REFUSED = (401, "User Not Authenticated", "Required to provide Auth information")


def get_properties(sandbox: Sandbox, **headers: str) -> httpx2.Response:
    with open_client(sandbox) as anybody:
        return anybody.get(PROPERTIES, params=ONE, headers=headers)


def make_basic_header(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def request_token(sandbox: Sandbox, **form: str) -> httpx2.Response:
    oauth = sandbox.running.oauth
    whole = {
        "grant_type": "client_credentials",
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
    }
    with open_client(sandbox) as anybody:
        return anybody.post("/oauth_token.do", data={**whole, **form})


def test_passwords_are_made_anew(sandbox: Sandbox, legacy: Sandbox) -> None:
    passwords = {user.password for one in (sandbox, legacy) for user in one.running.users}
    assert len(passwords) == 2 * len(ROLES_BY_USER)
    assert min(map(len, passwords)) >= 20


def test_every_user_gets_in_with_the_right_password(sandbox: Sandbox) -> None:
    for user in sandbox.running.users:
        with sign_in(sandbox, user.name) as somebody:
            assert somebody.get(PROPERTIES).status_code == 200
    assert [one.user for one in sandbox.recorded] == [user.name for user in sandbox.running.users]
    assert not sandbox.refused_sign_ins


@pytest.mark.parametrize(
    ("headers", "counted"),
    [
        ({}, []),
        ({"Authorization": make_basic_header("admin", "wrong")}, ["admin"]),
        ({"Authorization": make_basic_header("admin", "")}, ["admin"]),
        ({"Authorization": make_basic_header("stranger", "wrong")}, ["stranger"]),
        ({"Authorization": "Basic %%%"}, []),
        ({"Authorization": "Bearer wrong"}, ["token"]),
        ({"x-sn-apikey": "wrong"}, ["api key"]),
    ],
)
def test_whoever_does_not_sign_in_is_refused_and_counted(
    sandbox: Sandbox, headers: dict[str, str], counted: list[str]
) -> None:
    answer = get_properties(sandbox, **headers)
    assert read_error(answer) == REFUSED
    assert answer.headers["WWW-Authenticate"].startswith("BASIC")
    assert list(sandbox.refused_sign_ins.elements()) == counted
    assert sandbox.recorded[0].user == ""
    assert sandbox.recorded[0].status == 401


def test_an_api_key_is_admins(sandbox: Sandbox) -> None:
    answer = get_properties(sandbox, **{"x-sn-apikey": sandbox.running.api_key})
    assert read_names(answer) == ["instance_name"]
    assert sandbox.recorded[0].user == "admin"


def test_a_client_gets_a_token_that_is_admins(sandbox: Sandbox) -> None:
    granted = request_token(sandbox).json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 1799)
    answer = get_properties(sandbox, Authorization=f"Bearer {granted['access_token']}")
    assert read_names(answer) == ["instance_name"]
    assert sandbox.recorded[-1].user == "admin"


def test_a_token_ends() -> None:
    time = datetime(2026, 3, 1, tzinfo=UTC)
    switches = Switches(token_seconds=60, sender_seconds=0)
    with Sandbox(switches=switches, clock=lambda: time) as sandbox:
        bearer = f"Bearer {request_token(sandbox).json()['access_token']}"
        time += timedelta(seconds=59)
        assert get_properties(sandbox, Authorization=bearer).status_code == 200
        time += timedelta(seconds=1)
        assert read_error(get_properties(sandbox, Authorization=bearer)) == REFUSED
        assert sandbox.refused_sign_ins == {sandbox.running.oauth.client_id: 1}


def test_a_refused_client_is_told_in_the_words_of_oauth(sandbox: Sandbox) -> None:
    answer = request_token(sandbox, client_secret="wrong")
    assert answer.status_code == 401
    assert answer.json() == {"error": "server_error", "error_description": "access_denied"}
    assert sandbox.refused_sign_ins == {sandbox.running.oauth.client_id: 1}


def test_other_grants_are_not_known(sandbox: Sandbox) -> None:
    answer = request_token(sandbox, grant_type="password")
    assert answer.status_code == 400
    assert answer.json()["error"] == "unsupported_grant_type"


def test_five_wrong_passwords_in_a_row_lock_a_user(sandbox: Sandbox) -> None:
    user = sandbox.running.user("admin")
    right, wrong = make_basic_header("admin", user.password), make_basic_header("admin", "wrong")
    for _ in range(2):
        for _ in range(4):
            get_properties(sandbox, Authorization=wrong)
        assert get_properties(sandbox, Authorization=right).status_code == 200
    for _ in range(5):
        get_properties(sandbox, Authorization=wrong)
    assert read_error(get_properties(sandbox, Authorization=right)) == REFUSED
    assert sandbox.refused_sign_ins == {"admin": 14}
    with sign_in(sandbox, "reader") as reader:
        assert reader.get(PROPERTIES).status_code == 200
    sandbox.unlock("admin")
    assert get_properties(sandbox, Authorization=right).status_code == 200


def test_basic_sign_in_can_be_restricted(sandbox: Sandbox) -> None:
    bearer = f"Bearer {request_token(sandbox).json()['access_token']}"
    sandbox.switches.basic_restricted = True
    right = make_basic_header("admin", sandbox.running.user("admin").password)
    for _ in range(6):
        assert read_error(get_properties(sandbox, Authorization=right)) == REFUSED
    assert get_properties(sandbox, **{"x-sn-apikey": sandbox.running.api_key}).status_code == 200
    assert get_properties(sandbox, Authorization=bearer).status_code == 200
    sandbox.switches.basic_restricted = False
    assert get_properties(sandbox, Authorization=right).status_code == 200
