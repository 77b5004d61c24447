"""A session is kept by its cookie, on one node."""

import pytest

from tests.sandbox.factories import ACCOUNTS, make_sandbox, open_client, read_result, sign_in
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sessions import NODE_COOKIE, SESSION_COOKIE


def test_who_sends_the_cookies_back_stays_in_one_session(sandbox: Sandbox) -> None:
    with sign_in(sandbox) as admin:
        for _ in range(3):
            read_result(admin.get(ACCOUNTS))
        assert admin.cookies[SESSION_COOKIE] == sandbox.sessions[0].key
        assert admin.cookies[NODE_COOKIE] == f"glide.{sandbox.sessions[0].node}"
    assert [one.user for one in sandbox.sessions] == ["admin"]


@pytest.mark.parametrize("nodes", [1, 3])
def test_who_sends_no_cookie_gets_a_session_each_time_on_the_next_node(nodes: int) -> None:
    with make_sandbox(nodes=nodes) as sandbox, sign_in(sandbox) as admin:
        for _ in range(6):
            admin.cookies.clear()
            assert len(admin.get(ACCOUNTS).headers.get_list("Set-Cookie")) == 2
        used = [one.node for one in sandbox.sessions]
    assert len(used) == 6
    assert len(set(used)) == nodes
    assert used[:nodes] == used[nodes : 2 * nodes]


def test_a_node_that_is_named_is_kept_for_a_new_session() -> None:
    with make_sandbox(nodes=3) as sandbox, sign_in(sandbox) as admin:
        for _ in range(4):
            read_result(admin.get(ACCOUNTS))
            del admin.cookies[SESSION_COOKIE]
        assert len(sandbox.sessions) == 4
        assert len({one.node for one in sandbox.sessions}) == 1


def test_a_cookie_signs_nobody_in(sandbox: Sandbox) -> None:
    with sign_in(sandbox) as admin:
        read_result(admin.get(ACCOUNTS))
        cookies = dict(admin.cookies)
    with open_client(sandbox, cookies=cookies) as anybody:
        assert anybody.get(ACCOUNTS).status_code == 401
    with sign_in(sandbox, "reader") as reader:
        reader.cookies.update(cookies)
        assert read_result(reader.get(ACCOUNTS)) == []
    assert [one.user for one in sandbox.sessions] == ["admin", "reader"]


def test_an_instance_can_set_no_cookies() -> None:
    with make_sandbox(sessions=False) as sandbox, sign_in(sandbox) as admin:
        assert "Set-Cookie" not in admin.get(ACCOUNTS).headers
        assert sandbox.sessions == []


def test_a_rejected_sign_in_opens_no_session(sandbox: Sandbox) -> None:
    with open_client(sandbox, auth=("admin", "wrong")) as client:
        answer = client.get(ACCOUNTS)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert sandbox.sessions == []
