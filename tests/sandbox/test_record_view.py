"""How records look to a request."""

import httpx2
import pytest

from tests.sandbox.factories import ACCOUNTS, PROPERTIES, find_property, read_result
from tests.sandbox.sandbox import Sandbox

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
