"""Changes to properties and accounts are recorded."""

import pytest

from tests.sandbox.factories import (
    ACCOUNTS,
    PROPERTIES,
    get_property_path,
    make_sandbox,
    read_result,
    sign_in,
)
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.situations import own_account

AUDIT = "/api/now/table/sys_audit"
DISPLAY_INPUT = {"sysparm_input_display_value": "true"}


def read_changes(sandbox: Sandbox) -> list[tuple[str, str, str, str]]:
    return [
        (row["fieldname"], row["oldvalue"], row["newvalue"], row["user"])
        for row in sandbox.rows("sys_audit")
    ]


@pytest.mark.parametrize("is_audited", [True, False])
def test_each_changed_column_is_recorded_once(is_audited: bool) -> None:
    with (
        make_sandbox(audited=is_audited) as sandbox,
        sign_in(sandbox, "mail.admin") as user,
        sign_in(sandbox) as admin,
    ):
        path = f"{ACCOUNTS}/{own_account(sandbox)}"
        for _ in range(2):
            read_result(user.patch(path, json={"u_cost_center": "4711", "from": "a@corp.example"}))
        changes = read_changes(sandbox)
        assert len(read_result(admin.get(AUDIT))) == len(changes)
        assert read_result(user.get(AUDIT)) == []
    recorded = {(name, new, by) for name, _, new, by in changes}
    expected = {("u_cost_center", "4711", "mail.admin"), ("from", "a@corp.example", "mail.admin")}
    assert recorded == (expected if is_audited else set())
    assert len(changes) == len(recorded)


def test_a_new_secret_is_recorded_without_its_text(sandbox: Sandbox) -> None:
    with sign_in(sandbox) as admin:
        path = f"{ACCOUNTS}/{own_account(sandbox)}"
        secret = "Never in a record"
        read_result(admin.patch(path, json={"password": secret}, params=DISPLAY_INPUT))
        shown = admin.get(AUDIT).text
    ((name, old, new, _),) = read_changes(sandbox)
    assert name == "password"
    assert old != new
    assert secret not in shown
    assert sandbox.running.mail.password not in shown


def test_a_deletion_is_recorded(sandbox: Sandbox) -> None:
    with sign_in(sandbox) as admin:
        row = read_result(admin.post(PROPERTIES, json={"name": "new"}))
        assert read_changes(sandbox) == []
        assert admin.delete(get_property_path(sandbox, "new")).status_code == 204
    (entry,) = sandbox.rows("sys_audit")
    assert entry["documentkey"] == row["sys_id"]
    assert (entry["fieldname"], entry["tablename"]) == ("DELETED", "sys_properties")


def test_other_tables_are_not_recorded(sandbox: Sandbox) -> None:
    with sign_in(sandbox) as admin:
        job = sandbox.rows("sys_trigger")[0]["sys_id"]
        read_result(admin.patch(f"/api/now/table/sys_trigger/{job}", json={"state": "2"}))
    assert read_changes(sandbox) == []
