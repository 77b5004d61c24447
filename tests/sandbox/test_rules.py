"""The rules an account is checked by before it is written."""

import httpx2
import pytest

from tests.sandbox.asking import ACCOUNTS, account, error, result, stamps
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, own_account

OWN = {
    "name": "Second",
    "type": "smtp",
    "server": "mail.corp.example",
    "port": "587",
    "authentication": "password",
}


def where(sandbox: Sandbox, name: str) -> str:
    return f"{ACCOUNTS}/{account(sandbox, name)['sys_id']}"


@pytest.mark.parametrize("switch", ["refuse", "deactivate_other"])
@pytest.mark.parametrize("created_active", [False, True])
def test_only_one_smtp_account_is_active(
    sandbox: Sandbox, admin: httpx2.Client, switch: str, created_active: bool
) -> None:
    sandbox.switches.change({"second_active": switch})
    if created_active:
        answer = admin.post(ACCOUNTS, json={**OWN, "active": "true"})
    else:
        result(admin.post(ACCOUNTS, json=OWN))
        answer = admin.patch(where(sandbox, "Second"), json={"active": "true"})
    active = [
        row["name"]
        for row in sandbox.rows("sys_email_account")
        if row["active"] == "true" and row["type"] == "smtp"
    ]
    if switch == "refuse":
        status, message, detail = error(answer)
        assert (status, message) == (403, "Operation Failed")
        assert "Only one SMTP account" in (detail or "")
        assert active == ["ServiceNow SMTP"]
    else:
        assert result(answer)["active"] == "true"
        assert active == ["Second"]
        assert stamps(account(sandbox, "ServiceNow SMTP")) == ("1", "system")


def test_own_server_takes_over_after_the_providers_is_deactivated(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    result(admin.post(ACCOUNTS, json=OWN))
    result(admin.patch(where(sandbox, "ServiceNow SMTP"), json={"active": "false"}))
    result(admin.patch(where(sandbox, "Second"), json={"active": "true"}))
    assert error(admin.patch(where(sandbox, "ServiceNow SMTP"), json={"active": "true"}))[0] == 403


def test_accounts_of_other_kinds_may_be_active_beside_it(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    for kind in ("pop3", "imap", "graph_in"):
        result(admin.post(ACCOUNTS, json={"name": kind, "type": kind, "active": "true"}))
    graph_sender(sandbox)
    result(admin.patch(where(sandbox, "ServiceNow SMTP"), json={"active": "true"}))


@pytest.mark.parametrize(
    "body", [{"server": "mail.corp.example"}, {"active": "false", "port": "25"}]
)
def test_the_providers_account_cannot_be_modified(
    sandbox: Sandbox, admin: httpx2.Client, body: dict[str, str]
) -> None:
    before = account(sandbox, "ServiceNow SMTP")
    assert error(admin.patch(where(sandbox, "ServiceNow SMTP"), json=body))[0] == 403
    same = {"password": before["password"]}
    shown = {"sysparm_input_display_value": "true"}
    assert error(admin.patch(where(sandbox, "ServiceNow SMTP"), json=same, params=shown))[0] == 403
    assert error(admin.delete(where(sandbox, "ServiceNow SMTP")))[0] == 403
    assert account(sandbox, "ServiceNow SMTP") == before


def test_nobody_makes_an_account_the_providers(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(ACCOUNTS, json={**OWN, "servicenow_configured": "true"})
    assert result(answer)["servicenow_configured"] == "false"


@pytest.mark.parametrize(
    "server", ["localhost", "LOCALHOST.", "127.0.0.1", "127.8.8.8", "127.1", "::1", "[::1]"]
)
def test_loopback_is_no_server(sandbox: Sandbox, admin: httpx2.Client, server: str) -> None:
    status, _, detail = error(admin.post(ACCOUNTS, json={**OWN, "server": server}))
    assert status == 403
    assert "KB0724199" in (detail or "")
    own_account(sandbox)
    moved = {"server": server, "port": "25"}
    assert error(admin.patch(where(sandbox, "Own SMTP"), json=moved))[0] == 403


@pytest.mark.parametrize("security", ["plain", "starttls", "ssl_tls"])
@pytest.mark.parametrize("server", ["localhost", "127.0.0.1"])
def test_its_own_mail_server_is_one(
    sandbox: Sandbox, admin: httpx2.Client, security: str, server: str
) -> None:
    port = str(sandbox.running.mail.ports[security])
    result(admin.post(ACCOUNTS, json={**OWN, "server": server, "port": port}))


def test_an_smtp_account_needs_a_server(sandbox: Sandbox, admin: httpx2.Client) -> None:
    status, _, detail = error(admin.post(ACCOUNTS, json={**OWN, "server": ""}))
    assert status == 403
    assert "mandatory" in (detail or "")
    result(admin.post(ACCOUNTS, json={**OWN, "type": "pop3", "server": ""}))


def test_choices_are_stored_as_no_client_would_guess(admin: httpx2.Client) -> None:
    answer = admin.get(
        "/api/now/table/sys_choice",
        params={
            "sysparm_query": "name=sys_email_account^ORDERBYelement^ORDERBYsequence",
            "sysparm_fields": "element,value,label",
        },
    )
    found = {(row["element"], row["label"]): row["value"] for row in result(answer)}
    assert found == {
        ("authentication", "--None--"): "NULL",
        ("authentication", "Password"): "password",
        ("authentication", "OAUTH"): "oauth",
        ("authentication", "OAUTH 2.0"): "oauth2",
        ("connection_security", "None"): "unencrypted",
        ("connection_security", "STARTTLS"): "explicit_tls",
        ("connection_security", "SSL/TLS"): "implicit_tls",
        ("type", "POP3"): "pop3",
        ("type", "IMAP"): "imap",
        ("type", "SMTP"): "smtp",
        ("type", "Microsoft Graph (Receive)"): "graph_in",
        ("type", "Microsoft Graph (Send)"): "graph_out",
    }
