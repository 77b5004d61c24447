"""Clients of a sandbox, and what they get and find."""

import ssl
from typing import Any

import httpx2

from tests.sandbox.clock import ManualClock
from tests.sandbox.sandbox import Sandbox
from tui.sandbox.platform_switches import PlatformSwitches
from tui.sandbox.sandbox_state import Switches

PROPERTIES = "/api/now/table/sys_properties"
ACCOUNTS = "/api/now/table/sys_email_account"
WRONG_LOGIN = "535 5.7.8 Authentication credentials invalid"


def make_sandbox(**platform: Any) -> Sandbox:
    """Return a sandbox of another kind of instance, not yet started; a test runs its sender."""
    switches = Switches(sender_seconds=0)
    return Sandbox(switches=switches, platform=PlatformSwitches(**platform), clock=ManualClock())


def open_client(sandbox: Sandbox, **more: Any) -> httpx2.Client:
    """Return a client that trusts the sandbox."""
    context = ssl.create_default_context(cafile=str(sandbox.running.ca_file))
    return httpx2.Client(
        base_url=sandbox.running.url, verify=context, timeout=5, trust_env=False, **more
    )


def sign_in(sandbox: Sandbox, name: str = "admin") -> httpx2.Client:
    """Return a client that signs in as a user."""
    user = sandbox.running.user(name)
    return open_client(sandbox, auth=(user.name, user.password))


def find_row(sandbox: Sandbox, table: str, **values: str) -> dict[str, str]:
    """Return the one row that holds these values."""
    found = [row for row in sandbox.rows(table) if values.items() <= row.items()]
    assert len(found) == 1, f"{len(found)} rows of {table} hold {values}"
    return found[0]


def find_property(sandbox: Sandbox, name: str) -> dict[str, str]:
    """Return the row of a property."""
    return find_row(sandbox, "sys_properties", name=name)


def find_account(sandbox: Sandbox, name: str) -> dict[str, str]:
    """Return the row of an account."""
    return find_row(sandbox, "sys_email_account", name=name)


def read_result(response: httpx2.Response) -> Any:
    """Return the result in a successful response."""
    assert response.status_code in (200, 201), response.text
    return response.json()["result"]


def read_names(response: httpx2.Response) -> list[str]:
    """Return the names of the records in a response."""
    return [row["name"] for row in read_result(response)]


def read_error(response: httpx2.Response) -> tuple[int, str, str | None]:
    """Return status, message and detail of an error."""
    body = response.json()
    assert body["status"] == "failure"
    return response.status_code, body["error"]["message"], body["error"]["detail"]


def get_stamps(row: dict[str, str]) -> tuple[str, str]:
    """Return what tells two versions of a row apart."""
    return row["sys_mod_count"], row["sys_updated_by"]


def get_outcome(sandbox: Sandbox, sys_id: str) -> tuple[str, str, str]:
    """Return type, state and error of a message."""
    message = find_row(sandbox, "sys_email", sys_id=sys_id)
    return message["type"], message["state"], message["error_string"]


def get_property_path(sandbox: Sandbox, name: str = "glide.email.test.user") -> str:
    """Return the address of a property's record."""
    return f"{PROPERTIES}/{find_property(sandbox, name)['sys_id']}"


def get_senders(sandbox: Sandbox) -> list[str]:
    """Return the names of the accounts that send."""
    return [
        row["name"]
        for row in sandbox.rows("sys_email_account")
        if row["active"] == "true" and row["type"] in ("smtp", "graph_out")
    ]
