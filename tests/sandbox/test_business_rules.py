"""What the platform refuses to write to an account."""

import httpx2
import pytest

from tests.sandbox.factories import ACCOUNTS, find_account, get_stamps, read_error, read_result
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, own_account

OWN = {
    "name": "Second",
    "type": "smtp",
    "server": "mail.corp.example",
    "port": "587",
    "authentication": "password",
}


def get_account_path(sandbox: Sandbox, name: str) -> str:
    return f"{ACCOUNTS}/{find_account(sandbox, name)['sys_id']}"


@pytest.mark.parametrize("switch", ["refuse", "deactivate_other"])
@pytest.mark.parametrize("created_active", [False, True])
def test_only_one_smtp_account_is_active(
    sandbox: Sandbox, admin: httpx2.Client, switch: str, created_active: bool
) -> None:
    sandbox.switches.change({"second_active": switch})
    if created_active:
        answer = admin.post(ACCOUNTS, json={**OWN, "active": "true"})
    else:
        read_result(admin.post(ACCOUNTS, json=OWN))
        answer = admin.patch(get_account_path(sandbox, "Second"), json={"active": "true"})
    active = [
        row["name"]
        for row in sandbox.rows("sys_email_account")
        if row["active"] == "true" and row["type"] == "smtp"
    ]
    if switch == "refuse":
        status, message, detail = read_error(answer)
        assert (status, message) == (403, "Operation Failed")
        assert "Only one SMTP account" in (detail or "")
        assert active == ["ServiceNow SMTP"]
    else:
        assert read_result(answer)["active"] == "true"
        assert active == ["Second"]
        assert get_stamps(find_account(sandbox, "ServiceNow SMTP")) == ("1", "system")


def test_own_server_takes_over_after_the_providers_is_deactivated(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    read_result(admin.post(ACCOUNTS, json=OWN))
    read_result(admin.patch(get_account_path(sandbox, "ServiceNow SMTP"), json={"active": "false"}))
    read_result(admin.patch(get_account_path(sandbox, "Second"), json={"active": "true"}))
    assert (
        read_error(
            admin.patch(get_account_path(sandbox, "ServiceNow SMTP"), json={"active": "true"})
        )[0]
        == 403
    )


def test_accounts_of_other_kinds_may_be_active_beside_it(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    for kind in ("pop3", "imap", "graph_in"):
        read_result(admin.post(ACCOUNTS, json={"name": kind, "type": kind, "active": "true"}))
    graph_sender(sandbox)
    read_result(admin.patch(get_account_path(sandbox, "ServiceNow SMTP"), json={"active": "true"}))


@pytest.mark.parametrize(
    "body", [{"server": "mail.corp.example"}, {"active": "false", "port": "25"}]
)
def test_the_providers_account_cannot_be_modified(
    sandbox: Sandbox, admin: httpx2.Client, body: dict[str, str]
) -> None:
    before = find_account(sandbox, "ServiceNow SMTP")
    assert (
        read_error(admin.patch(get_account_path(sandbox, "ServiceNow SMTP"), json=body))[0] == 403
    )
    same = {"password": before["password"]}
    shown = {"sysparm_input_display_value": "true"}
    assert (
        read_error(
            admin.patch(get_account_path(sandbox, "ServiceNow SMTP"), json=same, params=shown)
        )[0]
        == 403
    )
    assert read_error(admin.delete(get_account_path(sandbox, "ServiceNow SMTP")))[0] == 403
    assert find_account(sandbox, "ServiceNow SMTP") == before


def test_nobody_makes_an_account_the_providers(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(ACCOUNTS, json={**OWN, "servicenow_configured": "true"})
    assert read_result(answer)["servicenow_configured"] == "false"


@pytest.mark.parametrize(
    "server", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.8.8", "127.1", "::1", "[::1]"]
)
def test_loopback_is_no_server(sandbox: Sandbox, admin: httpx2.Client, server: str) -> None:
    status, _, detail = read_error(admin.post(ACCOUNTS, json={**OWN, "server": server}))
    assert status == 403
    assert "KB0724199" in (detail or "")
    own_account(sandbox)
    moved = {"server": server, "port": "25"}
    assert read_error(admin.patch(get_account_path(sandbox, "Own SMTP"), json=moved))[0] == 403


@pytest.mark.parametrize("security", ["plain", "starttls", "ssl_tls"])
@pytest.mark.parametrize("server", ["localhost", "127.0.0.1"])
def test_its_own_mail_server_is_one(
    sandbox: Sandbox, admin: httpx2.Client, security: str, server: str
) -> None:
    port = str(sandbox.running.mail.ports[security])
    read_result(admin.post(ACCOUNTS, json={**OWN, "server": server, "port": port}))


def test_an_smtp_account_needs_a_server(sandbox: Sandbox, admin: httpx2.Client) -> None:
    status, _, detail = read_error(admin.post(ACCOUNTS, json={**OWN, "server": ""}))
    assert status == 403
    assert "mandatory" in (detail or "")
    read_result(admin.post(ACCOUNTS, json={**OWN, "type": "pop3", "server": ""}))
