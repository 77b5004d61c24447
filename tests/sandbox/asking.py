"""How tests ask the stand-in."""

import ssl
from typing import Any

import httpx2

from tests.sandbox.sandbox import Sandbox

PROPERTIES = "/api/now/table/sys_properties"
ACCOUNTS = "/api/now/table/sys_email_account"


def client(sandbox: Sandbox, **more: Any) -> httpx2.Client:
    """A client that trusts the stand-in."""
    context = ssl.create_default_context(cafile=str(sandbox.running.ca_file))
    return httpx2.Client(
        base_url=sandbox.running.url, verify=context, timeout=5, trust_env=False, **more
    )


def signed_in(sandbox: Sandbox, name: str = "admin") -> httpx2.Client:
    """A client that signs in as a user."""
    user = sandbox.running.user(name)
    return client(sandbox, auth=(user.name, user.password))


def row(sandbox: Sandbox, table: str, **values: str) -> dict[str, str]:
    """The row that holds these values, as it is inside."""
    found = [row for row in sandbox.rows(table) if values.items() <= row.items()]
    assert len(found) == 1, f"{len(found)} rows of {table} hold {values}"
    return found[0]


def prop(sandbox: Sandbox, name: str) -> dict[str, str]:
    """The row of a property, as it is inside."""
    return row(sandbox, "sys_properties", name=name)


def account(sandbox: Sandbox, name: str) -> dict[str, str]:
    """The row of an account, as it is inside."""
    return row(sandbox, "sys_email_account", name=name)


def result(response: httpx2.Response) -> Any:
    """The result of an answer that went well."""
    assert response.status_code in (200, 201), response.text
    return response.json()["result"]


def names(response: httpx2.Response) -> list[str]:
    """The names of the rows in an answer."""
    return [row["name"] for row in result(response)]


def error(response: httpx2.Response) -> tuple[int, str, str | None]:
    """Status, message and detail of an error."""
    body = response.json()
    assert body["status"] == "failure"
    return response.status_code, body["error"]["message"], body["error"]["detail"]


def stamps(row: dict[str, str]) -> tuple[str, str]:
    """What tells two versions of a row apart."""
    return row["sys_mod_count"], row["sys_updated_by"]
