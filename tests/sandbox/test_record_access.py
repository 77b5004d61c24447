"""What each user's roles allow, and records as a request wants to see them."""

from collections.abc import Callable

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_account,
    find_property,
    read_error,
    read_names,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

TABLES = ("sys_properties", "sys_email_account", "sys_choice", "sys_email", "sys_trigger")


SECRET_ROW = "glide.user.default_password"


def get_visible_tables(sandbox: Sandbox, name: str) -> dict[str, bool]:
    """In which tables a user sees anything."""
    with sign_in(sandbox, name) as somebody:
        return {
            table: bool(read_result(somebody.get(f"/api/now/table/{table}"))) for table in TABLES
        }


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("admin", set(TABLES)),
        ("mail.admin", {"sys_properties", "sys_email_account", "sys_choice"}),
        ("reader", {"sys_properties", "sys_choice"}),
        ("sender", {"sys_choice"}),
        ("nobody", set()),
    ],
)
def test_a_user_sees_rows_by_role(sandbox: Sandbox, name: str, tables: set[str]) -> None:
    assert {
        table for table, is_seen in get_visible_tables(sandbox, name).items() if is_seen
    } == tables


def test_rows_are_hidden_after_they_are_counted_and_cut(sandbox: Sandbox) -> None:
    with sign_in(sandbox, "reader") as reader:
        answer = reader.get(ACCOUNTS)
        assert (answer.headers["X-Total-Count"], read_result(answer)) == ("2", [])
        row = find_account(sandbox, "ServiceNow SMTP")
        assert read_error(reader.get(f"{ACCOUNTS}/{row['sys_id']}"))[0] == 404
        before = {"sysparm_query": f"name={SECRET_ROW}^ORname=instance_name^ORDERBYDESCname"}
        assert read_names(reader.get(PROPERTIES, params=before)) == ["instance_name"]
        last = {"sysparm_query": f"name={SECRET_ROW}^ORname=instance_name^ORDERBYname"}
        assert read_names(reader.get(PROPERTIES, params={**last, "sysparm_limit": 1})) == []


@pytest.mark.parametrize("name", ["mail.admin", "reader"])
def test_who_may_see_properties_may_not_write_them(sandbox: Sandbox, name: str) -> None:
    row = find_property(sandbox, "glide.email.test.user")
    where = f"{PROPERTIES}/{row['sys_id']}"
    refused: dict[str, Callable[[httpx2.Client], httpx2.Response]] = {
        "Update": lambda user: user.patch(where, json={"value": ""}),
        "Insert": lambda user: user.post(PROPERTIES, json={"name": "new"}),
        "Delete": lambda user: user.delete(where),
    }
    with sign_in(sandbox, name) as user:
        for operation, ask in refused.items():
            detail = f"ACL Exception {operation} Failed due to security constraints"
            assert read_error(ask(user)) == (403, "Operation Failed", detail)
    assert find_property(sandbox, "glide.email.test.user") == row
    assert not [one for one in sandbox.rows("sys_properties") if one["name"] == "new"]


def test_what_is_hidden_cannot_be_written_either(sandbox: Sandbox) -> None:
    row = find_account(sandbox, "ServiceNow SMTP")
    with sign_in(sandbox, "reader") as reader:
        answer = reader.patch(f"{ACCOUNTS}/{row['sys_id']}", json={"active": "false"})
    assert read_error(answer)[0] == 404
    assert find_account(sandbox, "ServiceNow SMTP") == row


def test_a_mail_admin_writes_accounts(sandbox: Sandbox) -> None:
    sys_id = own_account(sandbox)
    with sign_in(sandbox, "mail.admin") as user:
        read_result(user.patch(f"{ACCOUNTS}/{sys_id}", json={"email_user_label": "Desk"}))
        assert find_account(sandbox, "Own SMTP")["sys_updated_by"] == "mail.admin"
        answer = user.post(ACCOUNTS, json={"name": "more", "type": "pop3"})
        assert user.delete(f"{ACCOUNTS}/{read_result(answer)['sys_id']}").status_code == 204


@pytest.mark.parametrize(
    ("roles", "seen_by"),
    [
        ("", {"admin", "mail.admin", "reader"}),
        ("itil", {"admin"}),
        ("itil, email_api_send", {"admin", "sender"}),
    ],
)
def test_read_roles_of_a_property_decide_who_sees_it(
    sandbox: Sandbox, roles: str, seen_by: set[str]
) -> None:
    sys_id = find_property(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, read_roles=roles)
    found = set()
    for user in sandbox.running.users:
        with sign_in(sandbox, user.name) as client:
            if "instance_name" in read_names(client.get(PROPERTIES)):
                found.add(user.name)
    assert found == seen_by


@pytest.mark.parametrize(("roles", "may"), [("", False), ("email_account_admin", True)])
def test_write_roles_of_a_property_decide_who_writes_it(
    sandbox: Sandbox, roles: str, may: bool
) -> None:
    sys_id = find_property(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, write_roles=roles)
    with sign_in(sandbox, "mail.admin") as user:
        answer = user.patch(f"{PROPERTIES}/{sys_id}", json={"value": "moved"})
        own = {"name": "new", "write_roles": "email_account_admin"}
        assert user.post(PROPERTIES, json=own).status_code == 403
    assert answer.status_code == (200 if may else 403)
    assert (find_property(sandbox, "instance_name")["value"] == "moved") == may


def test_who_signs_in_sees_their_own_roles(sandbox: Sandbox) -> None:
    path = "/api/now/table/sys_user_has_role"
    shown = {"sysparm_display_value": "true", "sysparm_exclude_reference_link": "true"}
    with sign_in(sandbox, "mail.admin") as user:
        roles = [row["role"] for row in read_result(user.get(path, params=shown))]
        users = [row["user_name"] for row in read_result(user.get("/api/now/table/sys_user"))]
        assert (roles, users) == (["email_account_admin"], ["mail.admin"])
        assert read_names(user.get("/api/now/table/sys_user_role")) == ["email_account_admin"]
        sandbox.switches.roles_readable = False
        assert read_result(user.get(path)) == []


def test_accounts_can_be_hidden_from_everybody(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.accounts_hidden = True
    answer = admin.get(ACCOUNTS)
    assert (answer.headers["X-Total-Count"], read_result(answer)) == ("2", [])


ONE = {"sysparm_query": "name=ServiceNow SMTP"}


def test_only_fields_that_exist_come(admin: httpx2.Client) -> None:
    answer = admin.get(ACCOUNTS, params={**ONE, "sysparm_fields": "name,nmae,port"})
    assert read_result(answer) == [{"name": "ServiceNow SMTP", "port": "465"}]


@pytest.mark.parametrize(
    ("display", "expected"),
    [
        ("false", "implicit_tls"),
        ("true", "SSL/TLS"),
        ("all", {"display_value": "SSL/TLS", "value": "implicit_tls"}),
    ],
)
def test_a_choice_is_shown_as_its_label(
    admin: httpx2.Client, display: str, expected: object
) -> None:
    answer = admin.get(
        ACCOUNTS,
        params={
            **ONE,
            "sysparm_fields": "connection_security",
            "sysparm_display_value": display,
        },
    )
    assert read_result(answer) == [{"connection_security": expected}]


def test_times_are_shown_where_users_live(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sys_id = find_property(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, sys_created_on="2026-03-01 04:00:00")
    answer = admin.get(
        f"{PROPERTIES}/{sys_id}",
        params={"sysparm_fields": "sys_created_on", "sysparm_display_value": "all"},
    )
    assert read_result(answer)["sys_created_on"] == {
        "display_value": "2026-02-28 20:00:00",
        "value": "2026-03-01 04:00:00",
    }


@pytest.mark.parametrize(
    ("display", "excluded", "expected"),
    [
        ("false", "false", {"link": "LINK", "value": "global"}),
        ("true", "false", {"link": "LINK", "display_value": "Global"}),
        ("all", "false", {"link": "LINK", "display_value": "Global", "value": "global"}),
        ("false", "true", "global"),
        ("true", "true", "Global"),
        ("all", "true", {"display_value": "Global", "value": "global"}),
    ],
)
def test_a_reference_comes_with_its_address_unless_that_is_excluded(
    sandbox: Sandbox, admin: httpx2.Client, display: str, excluded: str, expected: object
) -> None:
    answer = admin.get(
        PROPERTIES,
        params={
            "sysparm_query": "name=instance_name",
            "sysparm_fields": "sys_scope",
            "sysparm_display_value": display,
            "sysparm_exclude_reference_link": excluded,
        },
    )
    if isinstance(expected, dict) and "link" in expected:
        expected = {**expected, "link": f"{sandbox.running.url}/api/now/table/sys_scope/global"}
    assert read_result(answer) == [{"sys_scope": expected}]


@pytest.mark.parametrize("switch", ["blank", "ciphertext", "masked"])
def test_secrets_are_never_read(sandbox: Sandbox, admin: httpx2.Client, switch: str) -> None:
    sandbox.switches.change({"secrets_read": switch})
    secrets = [row["password"] for row in sandbox.rows("sys_email_account")]
    secrets += [
        row["value"] for row in sandbox.rows("sys_properties") if row["type"] == "password2"
    ]
    told = "".join(
        admin.get(path, params={"sysparm_display_value": display}).text
        for path in (ACCOUNTS, PROPERTIES)
        for display in ("false", "true", "all")
    )
    assert not [secret for secret in secrets if secret and secret in told]
    shown = read_result(admin.get(ACCOUNTS, params=ONE))[0]["password"]
    assert {"blank": "", "masked": "********"}.get(switch, shown) == shown
    assert bool(shown) == (switch != "blank")
