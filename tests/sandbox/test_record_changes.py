"""Changes to records, and the platform's rules for them."""

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_account,
    find_property,
    find_row,
    get_property_path,
    get_stamps,
    read_error,
    read_result,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import graph_sender, own_account

AS_DISPLAY = {"sysparm_input_display_value": "true"}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update_moves_the_stamps_and_leaves_the_rest(
    sandbox: Sandbox, admin: httpx2.Client, method: str
) -> None:
    before = find_property(sandbox, "glide.email.test.user")
    answer = admin.request(method, get_property_path(sandbox), json={"value": "qa@corp.example"})
    after = find_property(sandbox, "glide.email.test.user")
    assert read_result(answer)["value"] == after["value"] == "qa@corp.example"
    assert get_stamps(before) == ("0", "system")
    assert get_stamps(after) == ("1", "admin")
    moved = {name for name in before if before[name] != after[name]}
    assert moved - {"sys_updated_on"} == {"value", "sys_mod_count", "sys_updated_by"}


def test_an_update_that_changes_nothing_moves_nothing(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    before = find_property(sandbox, "instance_name")
    assert (
        admin.patch(
            get_property_path(sandbox, "instance_name"), json={"value": "sandbox"}
        ).status_code
        == 200
    )
    assert find_property(sandbox, "instance_name") == before
    assert sandbox.flushes == 0


def test_a_value_is_cleared_by_a_blank_one(sandbox: Sandbox, admin: httpx2.Client) -> None:
    assert read_result(admin.patch(get_property_path(sandbox), json={"value": ""}))["value"] == ""


def test_a_new_row_is_created(sandbox: Sandbox, admin: httpx2.Client) -> None:
    answer = admin.post(PROPERTIES, json={"name": "glide.smtp.encryption", "value": "TLS"})
    assert answer.status_code == 201
    made = find_property(sandbox, "glide.smtp.encryption")
    assert read_result(answer)["sys_id"] == made["sys_id"]
    assert answer.headers["Location"].endswith(made["sys_id"])
    assert (made["sys_created_by"], made["sys_mod_count"]) == ("admin", "0")


def test_a_row_is_removed(sandbox: Sandbox, admin: httpx2.Client) -> None:
    where = get_property_path(sandbox)
    answer = admin.delete(where)
    assert (answer.status_code, answer.content) == (204, b"")
    assert read_error(admin.delete(where))[0] == 404


def test_what_the_platform_keeps_itself_is_ignored(sandbox: Sandbox, admin: httpx2.Client) -> None:
    before = find_property(sandbox, "glide.email.test.user")
    body = {"sys_mod_count": "99", "sys_updated_by": "me", "sys_id": "0" * 32, "sys_scope": "x"}
    assert admin.patch(get_property_path(sandbox), json=body).status_code == 200
    assert find_property(sandbox, "glide.email.test.user") == before


@pytest.mark.parametrize("refused", [False, True])
def test_unknown_fields_are_ignored_or_refused(
    sandbox: Sandbox, admin: httpx2.Client, refused: bool
) -> None:
    sandbox.switches.unknown_fields_refused = refused
    answer = admin.patch(
        get_property_path(sandbox), json={"value": "a@b.example", "encryption": "TLS"}
    )
    assert answer.status_code == (400 if refused else 200)
    assert (find_property(sandbox, "glide.email.test.user")["value"] == "a@b.example") != refused


def test_a_secret_is_saved_as_a_display_value_only(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sys_id = own_account(sandbox)
    kept = sandbox.running.mail.password
    where = f"{ACCOUNTS}/{sys_id}"
    assert admin.patch(where, json={"password": "dropped"}).status_code == 200
    assert find_account(sandbox, "Own SMTP")["password"] == kept
    assert find_account(sandbox, "Own SMTP")["sys_mod_count"] == "0"
    answer = admin.patch(where, json={"password": "a new one"}, params=AS_DISPLAY)
    assert find_account(sandbox, "Own SMTP")["password"] == "a new one"
    assert "a new one" not in answer.text
    admin.patch(where, json={"password": ""}, params=AS_DISPLAY)
    assert find_account(sandbox, "Own SMTP")["password"] == ""


def test_a_secret_moves_the_stamps_even_if_it_is_the_same(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    sys_id = own_account(sandbox)
    same = {"password": sandbox.running.mail.password}
    admin.patch(f"{ACCOUNTS}/{sys_id}", json=same, params=AS_DISPLAY)
    assert get_stamps(find_account(sandbox, "Own SMTP")) == ("1", "admin")


def test_all_of_a_body_is_taken_for_display_values(sandbox: Sandbox, admin: httpx2.Client) -> None:
    where = f"{ACCOUNTS}/{own_account(sandbox)}"
    admin.patch(where, json={"connection_security": "SSL/TLS"}, params=AS_DISPLAY)
    assert find_account(sandbox, "Own SMTP")["connection_security"] == "implicit_tls"
    admin.patch(where, json={"connection_security": "SSL/TLS"})
    assert find_account(sandbox, "Own SMTP")["connection_security"] == "SSL/TLS"
    trigger = find_row(sandbox, "sys_trigger", name="SMTP Sender")
    admin.patch(
        f"/api/now/table/sys_trigger/{trigger['sys_id']}",
        json={"next_action": "2026-02-28 20:00:00"},
        params=AS_DISPLAY,
    )
    trigger = find_row(sandbox, "sys_trigger", name="SMTP Sender")
    assert trigger["next_action"] == "2026-03-01 04:00:00"


@pytest.mark.parametrize("kind", ["password2", "password", "string"])
def test_a_property_is_a_secret_by_its_type(
    admin: httpx2.Client, sandbox: Sandbox, kind: str
) -> None:
    name = "glide.email.user_password"
    sys_id = find_property(sandbox, name)["sys_id"]
    sandbox.change("sys_properties", sys_id, type=kind, value="old one")
    admin.patch(get_property_path(sandbox, name), json={"value": "new one"})
    is_saved = find_property(sandbox, name)["value"] == "new one"
    told = read_result(admin.get(get_property_path(sandbox, name)))["value"]
    assert is_saved == (kind == "string")
    assert told == ("new one" if is_saved else "")
    admin.patch(get_property_path(sandbox, name), json={"value": "newest"}, params=AS_DISPLAY)
    assert find_property(sandbox, name)["value"] == "newest"


@pytest.mark.parametrize(("kind", "kept"), [("password2", ""), ("string", "typed")])
def test_a_new_property_is_a_secret_by_the_type_it_is_given(
    sandbox: Sandbox, admin: httpx2.Client, kind: str, kept: str
) -> None:
    admin.post(PROPERTIES, json={"name": "new", "type": kind, "value": "typed"})
    assert find_property(sandbox, "new")["value"] == kept


@pytest.mark.parametrize(("switch", "kept"), [("refuse", "old"), ("truncate", "x" * 40)])
def test_a_secret_that_is_too_long_is_refused_or_cut(
    sandbox: Sandbox, admin: httpx2.Client, switch: str, kept: str
) -> None:
    sandbox.switches.change({"long_secret": switch})
    sys_id = own_account(sandbox)
    sandbox.change("sys_email_account", sys_id, password="old")
    size = find_row(sandbox, "sys_dictionary", name="sys_email_account", element="password")
    assert size["max_length"] == "40"
    where = f"{ACCOUNTS}/{sys_id}"
    answer = admin.patch(where, json={"password": "x" * 41}, params=AS_DISPLAY)
    assert answer.status_code == (403 if switch == "refuse" else 200)
    assert find_account(sandbox, "Own SMTP")["password"] == kept
    assert admin.patch(where, json={"password": "y" * 40}, params=AS_DISPLAY).status_code == 200


def test_display_values_of_references_and_times_are_stored_as_the_platform_does(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    body = {"user": "Reader", "role": "no such role"}
    path = "/api/now/table/sys_user_has_role"
    stored = read_result(admin.post(path, json=body, params=AS_DISPLAY))
    reader = find_row(sandbox, "sys_user", user_name="reader")["sys_id"]
    row = find_row(sandbox, "sys_user_has_role", sys_id=stored["sys_id"])
    assert (row["user"], row["role"]) == (reader, "no such role")
    for text, moment in (("2026-03-01 04:00:00", "2026-03-01 12:00:00"), ("", "")):
        body = {"name": "Job", "next_action": text}
        job = read_result(admin.post("/api/now/table/sys_trigger", json=body, params=AS_DISPLAY))
        assert find_row(sandbox, "sys_trigger", sys_id=job["sys_id"])["next_action"] == moment


def test_values_of_every_type_are_stored_as_texts(sandbox: Sandbox, admin: httpx2.Client) -> None:
    body = {"name": "new", "is_private": True, "value": 7, "suffix": None}
    body["description"] = {"value": "Stored", "display_value": "Shown"}
    read_result(admin.post(PROPERTIES, json=body))
    row = find_property(sandbox, "new")
    names = ("is_private", "value", "suffix", "description")
    assert [row[name] for name in names] == ["true", "7", "", "Stored"]


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
