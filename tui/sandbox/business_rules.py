"""Rules that a write of an account or a property has to pass."""

from ipaddress import ip_address

from tui.sandbox.http_messages import ApiError
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import Row

MANAGED_RULE = "Prevent changes to ServiceNow configured accounts"
_LOOPBACK_RULE = "localhost and 127.0.0.1 are not valid as an SMTP server (KB0724199)"
_ACCOUNTS = "sys_email_account"


def check_account(state: SandboxState, before: Row | None, after: Row, encrypts: bool) -> None:
    """Check an account before it is written.

    Args:
        before: The row as it is, or None for a new one.
        after: The row as it would be.
        encrypts: Whether a secret is written, which always counts as a change.

    Raises:
        ApiError: A rule forbids it.
    """
    if before and before["servicenow_configured"] == "true":
        own = {name for name in after if name != "active" and not name.startswith("sys_")}
        if encrypts or any(before[name] != after[name] for name in own):
            raise rule_error(_ACCOUNTS, MANAGED_RULE)
    if after["type"] != "smtp":
        return
    if not after["server"]:
        detail = "Data Policy Exception: The following fields are mandatory: Server"
        raise ApiError(403, "Operation Failed", detail)
    # The sandbox's own mail server is on loopback too and has to be allowed.
    if _is_loopback(after["server"]) and not state.mail.is_at(after["server"], after["port"]):
        raise rule_error(
            _ACCOUNTS, "localhost and 127.0.0.1 are not valid as an SMTP server (KB0724199)"
        )
    if after["active"] == "true" and (before is None or before["active"] != "true"):
        _check_single(state, after)


def _is_loopback(server: str) -> bool:
    name = server.strip().lower().rstrip(".")
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.startswith("127.")


def _check_single(state: SandboxState, row: Row) -> None:
    """Allow only one active SMTP account at a time (c_EmailAccounts)."""
    active = state.tables.find(_ACCOUNTS, type="smtp", active="true")
    others = [other for other in active if other["sys_id"] != row.get("sys_id")]
    if others and state.switches.second_active == "refuse":
        raise rule_error(_ACCOUNTS, "Only one SMTP account can be active at a time")
    for other in others:
        state.tables.update(_ACCOUNTS, other["sys_id"], "system", {"active": "false"})


def check_property(state: SandboxState, before: Row | None, after: Row) -> None:
    """Check that no other property has the name, if the instance refuses that.

    Raises:
        ApiError: There is one.
    """
    if not state.platform.unique_property_names or (before and before["name"] == after["name"]):
        return
    if state.tables.find("sys_properties", name=after["name"]):
        raise rule_error("sys_properties", "Property names are unique")


def rule_error(table: str, rule: str) -> ApiError:
    """Return the error for a write that a business rule stops."""
    detail = f"Operation against file '{table}' was aborted by Business Rule '{rule}'"
    return ApiError(403, "Operation Failed", detail)
