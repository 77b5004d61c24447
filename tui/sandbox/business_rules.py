"""The platform's checks before an email account is written."""

from collections.abc import Mapping
from ipaddress import ip_address

from tui.sandbox.http_responses import ApiError, business_rule_error
from tui.sandbox.sandbox_state import SandboxState

Row = Mapping[str, str]

_TABLE = "sys_email_account"
_MANAGED_RULE = "Prevent changes to ServiceNow configured accounts"


def check_account(
    state: SandboxState, before: Row | None, after: Row, encrypts: bool = False
) -> None:
    """Check an account before it is written.

    Args:
        state: State of the sandbox.
        before: The row as it is, or None for a new one.
        after: The row as it would be.
        encrypts: Whether a secret is written, which always counts as a change.

    Raises:
        ApiError: A rule forbids it.
    """
    if (
        before
        and before["servicenow_configured"] == "true"
        and (encrypts or _differs(before, after))
    ):
        raise business_rule_error(_TABLE, _MANAGED_RULE)
    if after["type"] != "smtp":
        return
    _check_server(state, after)
    if after["active"] == "true" and (before is None or before["active"] != "true"):
        _check_single(state, after)


def check_account_removal(row: Row) -> None:
    """Check an account before it is deleted.

    Raises:
        ApiError: The account is ServiceNow-configured (c_EmailAccounts).
    """
    if row["servicenow_configured"] == "true":
        raise business_rule_error(_TABLE, _MANAGED_RULE)


def _differs(before: Row, after: Row) -> bool:
    return any(
        before[name] != after[name]
        for name in after
        if name != "active" and not name.startswith("sys_")
    )


def _check_server(state: SandboxState, row: Row) -> None:
    if not row["server"]:
        detail = "Data Policy Exception: The following fields are mandatory: Server"
        raise ApiError(403, "Operation Failed", detail)
    # The sandbox's own mail server is on loopback too and has to be allowed.
    if _is_loopback(row["server"]) and not state.mail.is_at(row["server"], row["port"]):
        rule = "localhost and 127.0.0.1 are not valid as an SMTP server (KB0724199)"
        raise business_rule_error(_TABLE, rule)


def _is_loopback(server: str) -> bool:
    name = server.strip().lower().rstrip(".")
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.startswith("127.")


def _check_single(state: SandboxState, row: Row) -> None:
    """Allow only one active SMTP account at a time (c_EmailAccounts)."""
    active = state.tables.find(_TABLE, type="smtp", active="true")
    others = [other for other in active if other["sys_id"] != row.get("sys_id")]
    if others and state.switches.second_active == "refuse":
        raise business_rule_error(_TABLE, "Only one SMTP account can be active at a time")
    for other in others:
        state.tables.update(_TABLE, other["sys_id"], "system", {"active": "false"})
