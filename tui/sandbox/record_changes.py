"""Writes by a request: allowed or not, checked by the platform's rules, then done."""

from collections.abc import Mapping
from typing import Any

from tui.sandbox import business_rules
from tui.sandbox.access import User, may_read, may_write
from tui.sandbox.http_responses import access_denied, record_not_found
from tui.sandbox.record_view import parse_fields
from tui.sandbox.sandbox_state import SandboxState
from tui.sandbox.tables import is_secret


def create_record(
    state: SandboxState, user: User, table: str, body: Mapping[str, Any], as_display: bool
) -> dict[str, str]:
    """Adds a row and returns it.

    Raises:
        Refused: the user may not, or a rule forbids it.
    """
    blank = state.tables.blank(table)
    if not may_write(user, table, blank):
        raise access_denied("Insert")
    row = blank | parse_fields(state, table, blank, body, as_display)
    if table == "sys_email_account":
        business_rules.check_account(state, None, row)
    sys_id = state.tables.insert(table, user.name, _own(row))
    _after(state, table, row)
    return state.tables.get(table, sys_id) or {}


def update_record(
    state: SandboxState,
    user: User,
    table: str,
    sys_id: str,
    body: Mapping[str, Any],
    as_display: bool,
) -> dict[str, str]:
    """Changes a row and returns it as it is then.

    Raises:
        Refused: the user may not see or write it, or a rule forbids it.
    """
    row = get_visible(state, user, table, sys_id)
    if not may_write(user, table, row):
        raise access_denied("Update")
    fields = parse_fields(state, table, row, body, as_display)
    # A secret that is written is encrypted anew: it counts as changed.
    encrypts = any(is_secret(table, {**row, **fields}, name) for name in fields)
    if encrypts or any(row[name] != value for name, value in fields.items()):
        if table == "sys_email_account":
            business_rules.check_account(state, row, {**row, **fields}, encrypts)
        state.tables.update(table, sys_id, user.name, fields, encrypts)
        _after(state, table, {**row, **fields})
    return state.tables.get(table, sys_id) or {}


def delete_record(state: SandboxState, user: User, table: str, sys_id: str) -> None:
    """Removes a row.

    Raises:
        Refused: the user may not see or write it, or a rule forbids it.
    """
    row = get_visible(state, user, table, sys_id)
    if not may_write(user, table, row):
        raise access_denied("Delete")
    if table == "sys_email_account":
        business_rules.check_account_removal(row)
    state.tables.delete(table, sys_id)
    _after(state, table, row)


def get_visible(state: SandboxState, user: User, table: str, sys_id: str) -> dict[str, str]:
    """The row, if the user may see it.

    Raises:
        Refused: it is missing or hidden.
    """
    row = state.tables.get(table, sys_id)
    if row is None or not is_visible(state, user, table, row):
        raise record_not_found()
    return row


def is_visible(state: SandboxState, user: User, table: str, row: Mapping[str, str]) -> bool:
    """Whether the user may see a row, as things are switched."""
    if table == "sys_email_account" and state.switches.accounts_hidden:
        return False
    if table.startswith("sys_user") and not state.switches.roles_readable:
        return False
    return may_read(user, state.tables, table, row)


def _own(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if not name.startswith("sys_")}


def _after(state: SandboxState, table: str, row: Mapping[str, str]) -> None:
    if table == "sys_properties" and row["ignore_cache"] != "true":
        state.flush()
