"""What the platform checks before it writes a row."""

from collections.abc import Mapping
from ipaddress import ip_address

from tui.sandbox.http_responses import ApiError, write_aborted
from tui.sandbox.sandbox_state import SandboxState

Row = Mapping[str, str]


def check_account(
    state: SandboxState, before: Row | None, after: Row, encrypts: bool = False
) -> None:
    """Checks an account before it is written.

    Args:
        before: the row as it is, or None for a new one.
        after: the row as it would be.
        encrypts: whether a secret is written, which is a change whatever it was before.

    Raises:
        Refused: a rule forbids it.
    """
    managed = before is not None and before["servicenow_configured"] == "true"
    if managed and (encrypts or _differs(before or {}, after, "active")):
        raise write_aborted(
            "sys_email_account", "Prevent changes to ServiceNow configured accounts"
        )
    if after["type"] != "smtp":
        return
    _check_server(state, after)
    if after["active"] == "true" and (before is None or before["active"] != "true"):
        _check_single(state, after)


def check_account_removal(row: Row) -> None:
    """Checks an account before it is removed.

    Raises:
        Refused: it is one of the provider's (c_EmailAccounts).
    """
    if row["servicenow_configured"] == "true":
        raise write_aborted(
            "sys_email_account", "Prevent changes to ServiceNow configured accounts"
        )


def _differs(before: Row, after: Row, allowed: str) -> bool:
    return any(
        before[name] != after[name]
        for name in after
        if name != allowed and not name.startswith("sys_")
    )


def _check_server(state: SandboxState, row: Row) -> None:
    if not row["server"]:
        detail = "Data Policy Exception: The following fields are mandatory: Server"
        raise ApiError(403, "Operation Failed", detail)
    # Its own mail server is on loopback too, and is the one that may be.
    if _is_loopback(row["server"]) and not state.mail.is_at(row["server"], row["port"]):
        why = "localhost and 127.0.0.1 are not valid as an SMTP server (KB0724199)"
        raise write_aborted("sys_email_account", why)


def _is_loopback(server: str) -> bool:
    name = server.strip().lower().rstrip(".")
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost" or name.startswith("127.")


def _check_single(state: SandboxState, row: Row) -> None:
    """Only one SMTP account can be active at a time (c_EmailAccounts)."""
    active = state.tables.find("sys_email_account", type="smtp", active="true")
    others = [other for other in active if other["sys_id"] != row.get("sys_id")]
    if others and state.switches.second_active == "refuse":
        raise write_aborted("sys_email_account", "Only one SMTP account can be active at a time")
    for other in others:
        state.tables.update("sys_email_account", other["sys_id"], "system", {"active": "false"})
