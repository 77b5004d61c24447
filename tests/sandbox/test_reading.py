"""What reading through the Table API gives."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.sandbox.asking import ACCOUNTS, PROPERTIES, account, error, names, prop, result
from tests.sandbox.sandbox import Sandbox

ONE = {"sysparm_query": "name=ServiceNow SMTP"}


def links(response: httpx2.Response) -> dict[str, int]:
    """The offset of each page that an answer links to."""
    found = re.findall(r'<([^>]*)>;rel="(\w+)"', response.headers["Link"])
    return {rel: int(parse_qs(urlsplit(url).query)["sysparm_offset"][0]) for url, rel in found}


def test_all_values_are_texts(admin: httpx2.Client) -> None:
    for row in result(admin.get(ACCOUNTS)):
        assert all(isinstance(value, str) for value in row.values())
        assert re.fullmatch("[0-9a-f]{32}", row["sys_id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["sys_created_on"])


def test_one_row_comes_alone(sandbox: Sandbox, admin: httpx2.Client) -> None:
    row = prop(sandbox, "instance_name")
    found = result(admin.get(f"{PROPERTIES}/{row['sys_id']}"))
    assert (found["name"], found["value"]) == ("instance_name", "sandbox")


def test_only_fields_that_exist_come(admin: httpx2.Client) -> None:
    answer = admin.get(ACCOUNTS, params={**ONE, "sysparm_fields": "name,nmae,port"})
    assert result(answer) == [{"name": "ServiceNow SMTP", "port": "465"}]


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
    assert result(answer) == [{"connection_security": expected}]


def test_times_are_shown_where_users_live(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sys_id = prop(sandbox, "instance_name")["sys_id"]
    sandbox.change("sys_properties", sys_id, sys_created_on="2026-03-01 04:00:00")
    answer = admin.get(
        f"{PROPERTIES}/{sys_id}",
        params={"sysparm_fields": "sys_created_on", "sysparm_display_value": "all"},
    )
    assert result(answer)["sys_created_on"] == {
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
    assert result(answer) == [{"sys_scope": expected}]


def test_pages_follow_each_other(sandbox: Sandbox, admin: httpx2.Client) -> None:
    total = len(sandbox.rows("sys_properties"))
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        answer = admin.get(
            PROPERTIES,
            params={"sysparm_query": "ORDERBYname", "sysparm_limit": 7, "sysparm_offset": offset},
        )
        assert answer.headers["X-Total-Count"] == str(total)
        assert links(answer)["first"] == 0
        assert links(answer)["last"] == (total - 1) // 7 * 7
        assert links(answer).get("prev") == (offset - 7 if offset else None)
        seen += names(answer)
        offset = links(answer).get("next")
    assert seen == sorted(row["name"] for row in sandbox.rows("sys_properties"))


@pytest.mark.parametrize(
    ("parameter", "has_count"),
    [("sysparm_suppress_pagination_header", True), ("sysparm_no_count", False)],
)
def test_headers_of_pages_can_be_left_out(
    admin: httpx2.Client, parameter: str, has_count: bool
) -> None:
    answer = admin.get(PROPERTIES, params={parameter: "true", "sysparm_limit": 2})
    assert len(result(answer)) == 2
    assert "Link" not in answer.headers
    assert ("X-Total-Count" in answer.headers) == has_count


@pytest.mark.parametrize(("version", "status"), [("", 200), ("v1/", 404), ("v2/", 200)])
def test_no_rows_are_an_error_in_the_first_version_only(
    admin: httpx2.Client, version: str, status: int
) -> None:
    path = f"/api/now/{version}table/sys_properties"
    assert names(admin.get(path, params={"sysparm_query": "name=glide.war"})) == ["glide.war"]
    answer = admin.get(path, params={"sysparm_query": "name=nothing"})
    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"result": []}
        assert answer.headers["X-Total-Count"] == "0"
    else:
        assert error(answer)[1] == "No Record found"


def test_rows_can_be_counted(sandbox: Sandbox, admin: httpx2.Client) -> None:
    path = "/api/now/stats/sys_email"
    query = {"sysparm_query": "type=send-ready", "sysparm_count": "true"}
    queued = sum(row["type"] == "send-ready" for row in sandbox.rows("sys_email"))
    assert result(admin.get(path, params=query)) == {"stats": {"count": str(queued)}}
    assert result(admin.get(path)) == {"stats": {}}


def test_what_is_missing_may_be_hidden(admin: httpx2.Client) -> None:
    assert error(admin.get(f"{PROPERTIES}/{'0' * 32}")) == (
        404,
        "No Record found",
        "Record doesn't exist or ACL restricts the record retrieval",
    )


def test_a_table_that_is_none_is_named(admin: httpx2.Client) -> None:
    status, message, _ = error(admin.get("/api/now/table/sys_nothing"))
    assert (status, message) == (400, "Invalid table sys_nothing")


def test_an_address_that_leads_nowhere_is_an_error(admin: httpx2.Client) -> None:
    status, message, detail = error(admin.get("/api/now/tables/sys_properties"))
    assert status == 400
    assert message.startswith("Requested URI does not represent any resource")
    assert detail is None


def test_a_method_that_is_none_is_an_error(admin: httpx2.Client) -> None:
    assert error(admin.put(PROPERTIES, json={}))[0] == 405


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
    shown = result(admin.get(ACCOUNTS, params=ONE))[0]["password"]
    assert {"blank": "", "masked": "********"}.get(switch, shown) == shown
    assert bool(shown) == (switch != "blank")


def test_ciphertext_is_another_after_each_writing(sandbox: Sandbox, admin: httpx2.Client) -> None:
    sandbox.switches.secrets_read = "ciphertext"
    row = account(sandbox, "ServiceNow SMTP")
    before = result(admin.get(ACCOUNTS, params=ONE))[0]["password"]
    sandbox.change("sys_email_account", row["sys_id"], password=row["password"])
    assert result(admin.get(ACCOUNTS, params=ONE))[0]["password"] != before


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
    columns = result(admin.get(ACCOUNTS, params=ONE))[0].keys()
    assert there <= columns
    assert not absent & columns
    row = account(sandbox, "ServiceNow SMTP")
    sandbox.change("sys_email_account", row["sys_id"], servicenow_configured="false")
    path = f"{ACCOUNTS}/{row['sys_id']}"
    for name in absent:
        admin.patch(path, json={name: "moved"})
    assert account(sandbox, "ServiceNow SMTP")["sys_mod_count"] == "1"
    admin.patch(path, json=dict.fromkeys(there, "moved"))
    assert {account(sandbox, "ServiceNow SMTP")[name] for name in there} == {"moved"}
