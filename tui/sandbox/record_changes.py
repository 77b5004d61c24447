"""Changes to records: access, then the platform's rules, then the write."""

from collections.abc import Mapping
from typing import Any

from tui.sandbox.access import User, get_visible, is_writable
from tui.sandbox.business_rules import check_account, check_account_removal
from tui.sandbox.http_responses import ApiError, access_error
from tui.sandbox.record_view import USER_TIMEZONE
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.table_schema import TABLES, Column, find_choice
from tui.sandbox.tables import format_time, is_secret, parse_time


def create_record(
    state: SandboxState, user: User, table: str, payload: Mapping[str, Any], as_display: bool
) -> dict[str, str]:
    """Add a record and return its row.

    Raises:
        ApiError: The user may not, or a rule forbids it.
    """
    blank = state.tables.blank(table)
    if not is_writable(user, table, blank):
        raise access_error("Insert")
    row = blank | _parse_payload(state, table, blank, payload, as_display)
    if table == "sys_email_account":
        check_account(state, None, row)
    own = {name: value for name, value in row.items() if not name.startswith("sys_")}
    sys_id = state.tables.insert(table, user.name, own)
    _flush_caches(state, table, row)
    return state.tables.get(table, sys_id) or {}


def update_record(
    state: SandboxState,
    user: User,
    table: str,
    sys_id: str,
    payload: Mapping[str, Any],
    as_display: bool,
) -> dict[str, str]:
    """Change a record and return its row.

    Raises:
        ApiError: The user may not see or write it, or a rule forbids it.
    """
    row = get_visible(state, user, table, sys_id)
    if not is_writable(user, table, row):
        raise access_error("Update")
    fields = _parse_payload(state, table, row, payload, as_display)
    after = {**row, **fields}
    # A secret is encrypted again with each write, so it always counts as changed.
    encrypts = any(is_secret(table, after, name) for name in fields)
    if encrypts or after != row:
        if table == "sys_email_account":
            check_account(state, row, after, encrypts)
        state.tables.update(table, sys_id, user.name, fields, encrypts)
        _flush_caches(state, table, after)
    return state.tables.get(table, sys_id) or {}


def delete_record(state: SandboxState, user: User, table: str, sys_id: str) -> None:
    """Delete a record.

    Raises:
        ApiError: The user may not see or write it, or a rule forbids it.
    """
    row = get_visible(state, user, table, sys_id)
    if not is_writable(user, table, row):
        raise access_error("Delete")
    if table == "sys_email_account":
        check_account_removal(row)
    state.tables.delete(table, sys_id)
    _flush_caches(state, table, row)


def _flush_caches(state: SandboxState, table: str, row: Mapping[str, str]) -> None:
    if table == "sys_properties" and row["ignore_cache"] != "true":
        state.flush_caches()


def _parse_payload(
    state: SandboxState,
    table: str,
    row: Mapping[str, str],
    payload: Mapping[str, Any],
    as_display: bool,
) -> dict[str, str]:
    """Return the fields that a payload sets, as they are stored.

    With `as_display` the whole payload is taken as display values; without it, fields that are
    kept encrypted are dropped (c_TableAPI, sysparm_input_display_value).

    Args:
        state: State of the sandbox.
        table: Name of the table.
        row: The row before; its type decides which value is a secret.
        payload: Fields by name.
        as_display: Whether values are display values.

    Raises:
        ApiError: A field is unknown and the switch says so, or a secret is too long.
    """
    fields: dict[str, str] = {}
    for name, value in payload.items():
        column = None if name in state.hidden_columns(table) else TABLES[table].get(name)
        if column is None and state.switches.unknown_fields_refused:
            raise ApiError(400, "Invalid field", f"Field {name} does not exist in {table}")
        if column is None or name.startswith("sys_") or name == "servicenow_configured":
            continue
        text = _to_text(value)
        fields[name] = _parse_display_value(state, table, column, text) if as_display else text
    after = {**row, **fields}
    for name in list(fields):
        if is_secret(table, after, name):
            if not as_display:
                del fields[name]
            else:
                fields[name] = _fit_secret(state, TABLES[table][name], fields[name])
    return fields


def _parse_display_value(state: SandboxState, table: str, column: Column, text: str) -> str:
    match column.type:
        case "choice":
            return find_choice(table, column.name, text)
        case "reference":
            for row in state.tables.rows(column.refers_to):
                if state.tables.display(column.refers_to, row["sys_id"]) == text:
                    return row["sys_id"]
        case "glide_date_time":
            try:
                return format_time(parse_time(text).replace(tzinfo=USER_TIMEZONE))
            except ValueError:
                return text
    return text


def _fit_secret(state: SandboxState, column: Column, text: str) -> str:
    if len(text) <= column.size:
        return text
    if state.switches.long_secret == "refuse":  # noqa: S105 - a policy, not a secret
        detail = f"Value of {column.name} is longer than {column.size} characters"
        raise ApiError(403, "Operation Failed", detail)
    return text[: column.size]


def _to_text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("value", value.get("display_value", ""))
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
