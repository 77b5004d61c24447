"""Writes by a request: allowed or not, checked by the platform's rules, then done."""

from collections.abc import Mapping
from typing import Any

from tui.sandbox import rules
from tui.sandbox.access import User, may_read, may_write
from tui.sandbox.answers import denied, no_record
from tui.sandbox.reading import meant
from tui.sandbox.tables import is_secret
from tui.sandbox.world import SandboxState


def create(
    world: SandboxState, user: User, table: str, body: Mapping[str, Any], as_display: bool
) -> dict[str, str]:
    """Adds a row and returns it.

    Raises:
        Refused: the user may not, or a rule forbids it.
    """
    blank = world.tables.blank(table)
    if not may_write(user, table, blank):
        raise denied("Insert")
    row = blank | meant(world, table, blank, body, as_display)
    if table == "sys_email_account":
        rules.check(world, None, row)
    sys_id = world.tables.insert(table, user.name, _own(row))
    _after(world, table, row)
    return world.tables.get(table, sys_id) or {}


def update(
    world: SandboxState,
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
    row = visible(world, user, table, sys_id)
    if not may_write(user, table, row):
        raise denied("Update")
    fields = meant(world, table, row, body, as_display)
    # A secret that is written is encrypted anew: it counts as changed.
    encrypts = any(is_secret(table, {**row, **fields}, name) for name in fields)
    if encrypts or any(row[name] != value for name, value in fields.items()):
        if table == "sys_email_account":
            rules.check(world, row, {**row, **fields}, encrypts)
        world.tables.update(table, sys_id, user.name, fields, encrypts)
        _after(world, table, {**row, **fields})
    return world.tables.get(table, sys_id) or {}


def delete(world: SandboxState, user: User, table: str, sys_id: str) -> None:
    """Removes a row.

    Raises:
        Refused: the user may not see or write it, or a rule forbids it.
    """
    row = visible(world, user, table, sys_id)
    if not may_write(user, table, row):
        raise denied("Delete")
    if table == "sys_email_account":
        rules.check_removal(row)
    world.tables.delete(table, sys_id)
    _after(world, table, row)


def visible(world: SandboxState, user: User, table: str, sys_id: str) -> dict[str, str]:
    """The row, if the user may see it.

    Raises:
        Refused: it is missing or hidden.
    """
    row = world.tables.get(table, sys_id)
    if row is None or not is_visible(world, user, table, row):
        raise no_record()
    return row


def is_visible(world: SandboxState, user: User, table: str, row: Mapping[str, str]) -> bool:
    """Whether the user may see a row, as things are switched."""
    if table == "sys_email_account" and world.switches.accounts_hidden:
        return False
    if table.startswith("sys_user") and not world.switches.roles_readable:
        return False
    return may_read(user, world.tables, table, row)


def _own(row: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if not name.startswith("sys_")}


def _after(world: SandboxState, table: str, row: Mapping[str, str]) -> None:
    if table == "sys_properties" and row["ignore_cache"] != "true":
        world.flush()
