"""The state that all parts share, and its switches."""

import httpx2
import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    find_account,
    find_property,
    get_property_path,
    open_client,
    read_result,
)
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.sandbox_state import AT_START, Switches

ONE = {"sysparm_query": "name=ServiceNow SMTP"}


def test_only_writes_that_change_something_flush_caches(
    sandbox: Sandbox, admin: httpx2.Client
) -> None:
    for value in ("a@b.example", "a@b.example", "b@b.example"):
        admin.patch(get_property_path(sandbox), json={"value": value})
    assert sandbox.flushes == 2
    sandbox.change(
        "sys_properties", find_property(sandbox, "instance_name")["sys_id"], ignore_cache="true"
    )
    admin.patch(get_property_path(sandbox, "instance_name"), json={"value": "other"})
    assert sandbox.flushes == 2
    admin.post(PROPERTIES, json={"name": "new"})
    admin.delete(get_property_path(sandbox, "new"))
    assert sandbox.flushes == 4


@pytest.mark.parametrize(
    ("switch", "there", "absent"),
    [
        ("connection_security", {"connection_security"}, {"enable_tls", "enable_ssl"}),
        ("enable", {"enable_tls", "enable_ssl"}, {"connection_security"}),
    ],
)
def test_security_stands_in_the_columns_that_are_switched(
    sandbox: Sandbox, admin: httpx2.Client, switch: str, there: set[str], absent: set[str]
) -> None:
    sandbox.switches.change({"security_columns": switch})
    columns = read_result(admin.get(ACCOUNTS, params=ONE))[0].keys()
    assert there <= columns
    assert not absent & columns
    row = find_account(sandbox, "ServiceNow SMTP")
    sandbox.change("sys_email_account", row["sys_id"], servicenow_configured="false")
    path = f"{ACCOUNTS}/{row['sys_id']}"
    for name in absent:
        admin.patch(path, json={name: "moved"})
    assert find_account(sandbox, "ServiceNow SMTP")["sys_mod_count"] == "1"
    admin.patch(path, json=dict.fromkeys(there, "moved"))
    assert {find_account(sandbox, "ServiceNow SMTP")[name] for name in there} == {"moved"}


SWITCHES = "/sandbox/switches"


@pytest.mark.parametrize(
    "changes",
    [
        {"broken": True, "brokn": True},
        {"broken": True, "slow_seconds": "1"},
        {"broken": True, "slow_seconds": -1},
        {"broken": True, "slow_seconds": True},
        {"broken": True, "hibernating": 1},
        {"broken": True, "secrets_read": "clear"},
        *({"broken": True, name: True} for name in sorted(AT_START)),
        [],
        None,
    ],
)
def test_wrong_switches_change_nothing(sandbox: Sandbox, changes: object) -> None:
    with open_client(sandbox) as anybody:
        answer = anybody.patch(SWITCHES, json=changes)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert sandbox.switches == Switches(sender_seconds=0)
