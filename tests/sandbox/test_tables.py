"""Columns and choices, rows, their stamps and their secrets."""

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    find_account,
    find_property,
    get_stamps,
    read_result,
)
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.tables import DISPLAY_COLUMNS, OAUTH_TABLES, TABLES


def test_choices_are_stored_as_no_client_would_guess(admin: httpx2.Client) -> None:
    answer = admin.get(
        "/api/now/table/sys_choice",
        params={
            "sysparm_query": "name=sys_email_account^ORDERBYelement^ORDERBYsequence",
            "sysparm_fields": "element,value,label",
        },
    )
    found = {(row["element"], row["label"]): row["value"] for row in read_result(answer)}
    assert found == {
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


ONE = {"sysparm_query": "name=ServiceNow SMTP"}


def test_somebody_elses_edit_moves_the_stamps(sandbox: Sandbox) -> None:
    sys_id = find_property(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, value="other")
    assert get_stamps(find_property(sandbox, "instance_name")) == ("1", "someone.else")
    sandbox.change("sys_properties", sys_id, by="another", value="other")
    assert get_stamps(find_property(sandbox, "instance_name")) == ("2", "another")


def test_what_is_no_column_is_nobodys_edit(sandbox: Sandbox) -> None:
    before = find_property(sandbox, "instance_name")
    with pytest.raises(KeyError, match="valeu"):
        sandbox.change("sys_properties", before["sys_id"], valeu="other")
    with pytest.raises(KeyError, match="nmae"):
        sandbox.insert("sys_properties", nmae="new")
    assert find_property(sandbox, "instance_name") == before


def test_rows_are_copies(sandbox: Sandbox) -> None:
    for one in sandbox.rows("sys_properties"):
        one["value"] = "moved"
    assert find_property(sandbox, "instance_name")["value"] == "sandbox"


def test_ciphertext_is_another_after_each_writing(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.secrets_read = "ciphertext"
    row = find_account(sandbox, "ServiceNow SMTP")
    before = read_result(admin.get(ACCOUNTS, params=ONE))[0]["password"]
    sandbox.change("sys_email_account", row["sys_id"], password=row["password"])
    assert read_result(admin.get(ACCOUNTS, params=ONE))[0]["password"] != before


def test_every_reference_leads_to_a_column_that_can_be_shown() -> None:
    for columns in TABLES.values():
        for column in columns.values():
            if table := column.refers_to:
                assert DISPLAY_COLUMNS.get(table, "name") in TABLES[table]


@pytest.mark.parametrize("display", ["false", "true", "all"])
@pytest.mark.parametrize("table", sorted(TABLES.keys() - OAUTH_TABLES))
def test_every_table_can_be_read_in_every_form(
    sandbox: Sandbox, admin: httpx2.Client, table: str, display: str
) -> None:
    first = next(iter(sandbox.rows("sys_email")))
    sandbox.insert("syslog_email", email=first["sys_id"], level="2", message="Failed")
    answer = admin.get(f"/api/now/table/{table}", params={"sysparm_display_value": display})
    assert len(read_result(answer)) == len(sandbox.rows(table)) - (
        2 if table == "sys_dictionary" else 0  # the security columns of older releases
    )
